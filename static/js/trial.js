// The page `/prueba/`: tests this browser and shows, of the sentences that the page brought along, those that are true.

const ECHOES = 12;
const ECHO_MS = 5000; // for one way there and back; more is no line to work on
const OPEN_MS = 8000;
const SLOW_MS = 250; // letters that come later than this feel late
const BROKEN_MS = 1500;
const CLOCK_MS = 120_000; // certificates and deadlines do not mind less
const SMALL_PX = 360;
const LETTERS = {
  socket: 'S', latency: 'L', cookies: 'C', storage: 'A', clipboard: 'P', screen: 'T', clock: 'H', private: 'E', ports: 'W',
};
const RANK = ['good', 'wait', 'bad'];

const page = document.getElementById('trial');

function show(test, state, value = '') {
  const item = page.querySelector(`[data-test="${test}"]`);
  if (!item) return;
  item.dataset.state = state;
  const says = item.querySelector(`[data-says="${state}"]`);
  if (says) says.hidden = false;
  const shown = item.querySelector('[data-value]');
  if (shown) shown.textContent = value;
}

function opened(socket) {
  return new Promise((resolve, reject) => {
    const clock = setTimeout(() => reject(new Error('late')), OPEN_MS);
    socket.onopen = () => { clearTimeout(clock); resolve(); };
    socket.onerror = socket.onclose = () => { clearTimeout(clock); reject(new Error('closed')); };
  });
}

function echo(socket, number) {
  const sent = performance.now();
  const wall = Date.now();
  return new Promise((resolve, reject) => {
    const clock = setTimeout(() => reject(new Error('late')), ECHO_MS);
    socket.onclose = () => { clearTimeout(clock); reject(new Error('closed')); };
    socket.onmessage = (message) => {
      clearTimeout(clock);
      const view = new DataView(message.data);
      if (view.getUint32(8) !== number) return;
      const took = performance.now() - sent;
      resolve({ took, ahead: wall + took / 2 - view.getFloat64(0) });
    };
    const frame = new DataView(new ArrayBuffer(4));
    frame.setUint32(0, number);
    socket.send(frame.buffer);
  });
}

async function testLine() {
  const address = new URL('/ws/echo/', location.href);
  address.protocol = address.protocol.replace('http', 'ws');
  const socket = new WebSocket(address);
  socket.binaryType = 'arraybuffer';
  try {
    await opened(socket);
  } catch {
    show('socket', 'bad');
    show('latency', 'bad', '–');
    show('clock', 'unknown', '–');
    return null;
  }
  const echoes = [];
  try {
    for (let number = 0; number < ECHOES; number += 1) echoes.push(await echo(socket, number));
  } catch { /* What came until then counts. */ }
  socket.onclose = null;
  socket.close();
  if (echoes.length < ECHOES / 2) {
    show('socket', 'bad');
    show('latency', 'bad', '–');
    show('clock', 'unknown', '–');
    return null;
  }
  show('socket', 'good');
  const middle = [...echoes].sort((a, b) => a.took - b.took)[Math.floor(echoes.length / 2)];
  const took = Math.round(middle.took);
  show('latency', took > BROKEN_MS ? 'bad' : took > SLOW_MS ? 'wait' : 'good', `${took} ms`);
  const seconds = Math.round(Math.abs(middle.ahead) / 1000);
  show('clock', Math.abs(middle.ahead) > CLOCK_MS ? 'wait' : 'good', seconds > 1 ? `± ${seconds} s` : '');
  return took;
}

function testCookies() {
  document.cookie = 'muelle-trial=1; path=/prueba/; SameSite=Lax';
  const kept = document.cookie.includes('muelle-trial=1');
  document.cookie = 'muelle-trial=; path=/prueba/; max-age=0; SameSite=Lax';
  show('cookies', kept ? 'good' : 'bad');
}

function testStorage() {
  try {
    for (const storage of [localStorage, sessionStorage]) {
      storage.setItem('muelle-trial', '1');
      storage.removeItem('muelle-trial');
    }
    show('storage', 'good');
  } catch {
    show('storage', 'wait');
  }
}

async function testPorts() {
  if (!page.dataset.probe) return;
  try {
    // Any answer will do, and only that there is one can be seen from here.
    await fetch(page.dataset.probe, { mode: 'no-cors', credentials: 'omit', signal: AbortSignal.timeout(OPEN_MS) });
    show('ports', 'good');
  } catch {
    show('ports', 'wait');
  }
}

function sum(took) {
  const found = [...page.querySelectorAll('[data-test]')];
  const worst = Math.max(...found.map((item) => RANK.indexOf(item.dataset.state)));
  for (const verdict of page.querySelectorAll('[data-verdict]')) verdict.hidden = verdict.dataset.verdict !== RANK[worst];
  const wrong = found.filter((item) => item.dataset.state !== 'good');
  const marks = wrong.map((item) => LETTERS[item.dataset.test] + Math.max(RANK.indexOf(item.dataset.state), 0));
  page.querySelector('[data-code]').textContent = [...(marks.length ? marks : ['OK']), took ?? 'X'].join('-');
  page.querySelector('.trial-code').hidden = false;
  page.dataset.state = RANK[worst];
}

testCookies();
testStorage();
show('clipboard', window.isSecureContext && navigator.clipboard ? 'good' : 'wait');
const narrow = Math.min(window.innerWidth, window.innerHeight) < SMALL_PX;
show('screen', narrow ? 'wait' : 'good', `${window.innerWidth} × ${window.innerHeight}`);
show('private', window.isSecureContext ? 'good' : 'wait');
const [took] = await Promise.all([testLine(), testPorts()]);
sum(took);
