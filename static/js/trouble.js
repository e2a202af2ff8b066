// One line at the foot of the window when a request got lost, or when something could not be done. It goes when the next request succeeds.

import { sentence } from './strings.js';

const line = document.getElementById('trouble');
const words = line.querySelector('[data-words]');
const retry = line.querySelector('[data-retry]');
const SHOWN_FOR = 6000; // milliseconds; a remark without a button goes by itself

let timer = 0;

/** Show a sentence for a moment. @param {string} text */
export function remark(text) {
  clearTimeout(timer);
  words.textContent = text;
  retry.hidden = true;
  line.hidden = false;
  timer = setTimeout(() => (line.hidden = true), SHOWN_FOR);
}

function lost() {
  clearTimeout(timer);
  words.textContent = sentence('trouble');
  retry.hidden = false;
  line.hidden = false;
}

retry.addEventListener('click', () => document.body.dispatchEvent(new CustomEvent('muelle:refresh')));
document.addEventListener('htmx:sendError', lost);
document.addEventListener('htmx:timeout', lost);
document.addEventListener('htmx:responseError', ({ detail }) => {
  if (detail.xhr.status >= 500) lost();
  else if (detail.xhr.status !== 401) remark(sentence('gone')); // a 401 is on its way to the sign-in page
});
document.addEventListener('htmx:afterOnLoad', ({ detail }) => {
  if (detail.xhr.status < 400 && !retry.hidden) line.hidden = true;
});
