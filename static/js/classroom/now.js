// The class view learns from the server that something changed in the class, and reads it again. A notice is never the truth and may be lost:
// the page also looks by itself (hx-trigger in templates/classroom/_class.html).

const FIRST_PAUSE = 1_000; // ms before the first attempt to connect again, doubling each time
const LONGEST_PAUSE = 30_000;
const FINAL = [4401, 4404]; // close codes: signed out, or this class is not ours any more; trying again makes no sense

let pause = FIRST_PAUSE;

function connect() {
  const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
  const socket = new WebSocket(`${scheme}//${location.host}/ws/classes/${document.body.dataset.class}/`);
  socket.onopen = () => {
    pause = FIRST_PAUSE;
    document.body.dataset.live = 'yes';
  };
  socket.onmessage = () => document.body.dispatchEvent(new CustomEvent('muelle:class'));
  socket.onclose = ({ code }) => {
    delete document.body.dataset.live;
    if (FINAL.includes(code)) return;
    setTimeout(connect, pause);
    pause = Math.min(pause * 2, LONGEST_PAUSE);
  };
}

connect();
