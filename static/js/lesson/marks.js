// When a mark changes to done: it is drawn once with a stroke, its exercise says so, and screen readers hear it. Nothing moves.

import { say, sentence } from '../strings.js';

const known = new Map();

function marks() {
  return document.querySelectorAll('.exercise .state[id]');
}

function compare() {
  for (const mark of marks()) {
    const { state } = mark.dataset;
    const before = known.get(mark.id);
    known.set(mark.id, state);
    if (before === undefined || before === state) continue;
    const exercise = mark.closest('.exercise');
    exercise.dataset.state = state;
    if (state !== 'passed') continue;
    mark.classList.add('arrived');
    settle(exercise);
    say(sentence('passed', { title: exercise.querySelector('h3, .question')?.textContent.trim() ?? '' }));
  }
}

/** What an earlier check found is no longer so. The room it took stays, so that the text does not move under the reader. */
function settle(exercise) {
  const result = exercise.querySelector('.result');
  if (!result.querySelector('.verdict.bad, .verdict.wait')) return;
  result.style.minBlockSize = `${result.offsetHeight}px`;
  result.replaceChildren(document.getElementById('done-line').content.cloneNode(true));
}

for (const mark of marks()) known.set(mark.id, mark.dataset.state);
document.addEventListener('htmx:afterSettle', compare);
document.addEventListener('htmx:oobAfterSwap', () => queueMicrotask(compare));
