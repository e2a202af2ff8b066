// The divider between text and lab: dragged, or moved with the arrow keys; where it was left is remembered on this device.

const divider = document.querySelector('.divider');
const bench = divider.parentElement;
const LEAST = 25; // per cent of the window, as the style sheet's minimum widths allow
const MOST = 75;
const STEP = 2;
const KEY = 'muelle.split';

function current() {
  return (document.getElementById('reader').getBoundingClientRect().width / bench.getBoundingClientRect().width) * 100;
}

function set(share) {
  const kept = Math.min(MOST, Math.max(LEAST, share));
  document.documentElement.style.setProperty('--split', `${kept.toFixed(1)}%`);
  divider.setAttribute('aria-valuenow', String(Math.round(kept)));
}

function remember() {
  try {
    localStorage.setItem(KEY, current().toFixed(1));
  } catch {
    // Storage may be forbidden; the width then holds for this page only.
  }
}

divider.addEventListener('pointerdown', (event) => {
  if (event.button !== 0) return;
  divider.setPointerCapture(event.pointerId);
  divider.classList.add('dragging');
  document.body.classList.add('resizing');
});

divider.addEventListener('pointermove', (event) => {
  if (!divider.hasPointerCapture(event.pointerId)) return;
  const { left, width } = bench.getBoundingClientRect();
  set(((event.clientX - left) / width) * 100);
});

divider.addEventListener('lostpointercapture', () => {
  divider.classList.remove('dragging');
  document.body.classList.remove('resizing');
  remember();
});

divider.addEventListener('dblclick', () => {
  document.documentElement.style.removeProperty('--split');
  divider.setAttribute('aria-valuenow', String(Math.round(current())));
  remember();
});

divider.addEventListener('keydown', (event) => {
  const wanted = { ArrowLeft: current() - STEP, ArrowRight: current() + STEP, Home: LEAST, End: MOST }[event.key];
  if (wanted === undefined) return;
  event.preventDefault();
  set(wanted);
  remember();
});

divider.setAttribute('aria-valuenow', String(Math.round(current())));
