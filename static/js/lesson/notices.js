// Learns from the server that something changed, and tells the parts of the page, which read it again. A notice is never the truth and may
// be lost, so the page also looks by itself: rarely while the socket is open, often while it is not, never while nobody sees the page.

const KINDS = ['session', 'deadline', 'submission', 'class'];
const LOOK_WITH_SOCKET = 30_000; // milliseconds
const LOOK_WITHOUT_SOCKET = 4_000;
const FIRST_PAUSE = 1_000; // before the first attempt to connect again, doubling each time
const LONGEST_PAUSE = 30_000;
const SIGNED_OUT = 4401; // close code: trying again makes no sense

let socket = null;
let pause = FIRST_PAUSE;
let looked = performance.now();

function tell(kind, detail = {}) {
  document.body.dispatchEvent(new CustomEvent(`muelle:${kind}`, { detail }));
}

function look() {
  looked = performance.now();
  tell('refresh');
}

/** Which lesson somebody is at, for their instructor's view of the class; a page that nobody sees does not say it. */
function here() {
  const { lesson } = document.body.dataset;
  return lesson && document.visibilityState === 'visible' ? `?lesson=${encodeURIComponent(lesson)}` : '';
}

function connect() {
  const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
  const opened = new WebSocket(`${scheme}//${location.host}/ws/notices/${here()}`);
  opened.onopen = () => {
    socket = opened;
    pause = FIRST_PAUSE;
    look(); // what happened while there was no socket
  };
  opened.onmessage = ({ data }) => {
    const notice = JSON.parse(data);
    if (KINDS.includes(notice.kind)) tell(notice.kind, notice);
  };
  opened.onclose = ({ code }) => {
    socket = null;
    if (code === SIGNED_OUT) return;
    setTimeout(connect, pause);
    pause = Math.min(pause * 2, LONGEST_PAUSE);
  };
}

setInterval(() => {
  const due = socket ? LOOK_WITH_SOCKET : LOOK_WITHOUT_SOCKET;
  if (document.visibilityState === 'visible' && performance.now() - looked >= due) look();
}, 1_000);

document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible' && performance.now() - looked >= LOOK_WITHOUT_SOCKET) look();
});

connect();
