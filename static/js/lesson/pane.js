// The lab's half of the page: what depends on its state, and the terminal once there is a machine.

let loaded = false;

function loadTerminal() {
  if (loaded) return;
  loaded = true;
  import('../terminal/mount.js').catch(() => window.muelleOnceMore() || sayItFailed());
}

function sayItFailed() {
  for (const place of document.querySelectorAll('muelle-terminals')) place.textContent = place.dataset.textFailed;
}

function look() {
  const pane = document.getElementById('lab');
  document.body.dataset.lab = pane.dataset.state;
  if (pane.dataset.state === 'ready') loadTerminal();
  fillValues(JSON.parse(pane.dataset.values));
  recallChecklist(pane);
}

/** The text shows example values until there is a session, then the reader's own. */
function fillValues(values) {
  for (const place of document.querySelectorAll('var[data-value]')) {
    const value = values[place.dataset.value];
    if (value !== undefined && place.textContent !== value) place.textContent = value;
  }
}

const KEY = 'muelle.checklist';
const ROOMY = window.matchMedia('(min-width: 54rem) and (min-height: 52rem)'); // below this, the list would leave too little of the terminal

function recallChecklist(pane) {
  const list = pane.querySelector('.checklist');
  if (list.dataset.recalled) return;
  list.dataset.recalled = 'yes';
  let chosen = null;
  try {
    chosen = localStorage.getItem(KEY);
  } catch {
    // Storage may be forbidden; the list is then as the window's size suggests.
  }
  list.open = chosen ? chosen === 'open' : ROOMY.matches;
}

document.addEventListener('click', (event) => {
  const list = event.target.closest('.checklist > summary')?.parentElement;
  if (!list) return;
  try {
    localStorage.setItem(KEY, list.open ? 'closed' : 'open'); // it toggles after this event
  } catch {
    // As above.
  }
});

// A pane that is drawn anew takes the button away that was pressed, and pressing had already disabled it: the keyboard goes on in the new one.
let worked = false; // whether the focus was last seen in the lab
document.addEventListener('focusin', ({ target }) => (worked = target.closest('#lab') !== null));
document.addEventListener('htmx:afterSettle', ({ target }) => {
  look();
  if (worked && target.id === 'lab' && document.activeElement === document.body) target.focus({ preventScroll: true });
});
document.addEventListener('submit', (event) => event.target.matches('[data-starts]') && loadTerminal()); // while the server works
look();
