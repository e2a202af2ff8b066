// How long the lab still lives. Quiet, in minutes, until the end is near; then the server is asked once more, and offers more time.

import { sentence } from '../strings.js';

const seen = new WeakMap(); // clock element -> when it came, and whether the server was asked about it

function tick() {
  const place = document.getElementById('clock');
  if (!place?.querySelector('[data-clock]')) return;
  if (!seen.has(place)) seen.set(place, { at: performance.now(), asked: false });
  const state = seen.get(place);
  const passed = (performance.now() - state.at) / 1000;
  const left = Math.max(0, Number(place.dataset.remaining) - passed);
  const idle = Math.max(0, Number(place.dataset.idle) - passed);
  const near = left <= Number(place.dataset.warn) || idle <= Number(place.dataset.idleWarn);
  show(place.querySelector('[data-clock]'), near ? Math.min(left, idle) : left, near);
  if (near && !state.asked && !place.querySelector('.clock-offer')) {
    state.asked = true; // the idle limit moves with every keystroke, which only the server has counted
    document.body.dispatchEvent(new CustomEvent('muelle:clock'));
  }
}

function show(place, seconds, exact) {
  const minutes = Math.ceil(seconds / 60);
  const text = exact
    ? sentence('time_left', { time: `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}` })
    : sentence('minutes_left', { count: minutes });
  if (place.textContent !== text) place.textContent = text;
}

setInterval(tick, 1000);
tick();
