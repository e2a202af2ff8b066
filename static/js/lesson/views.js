// On a phone the lesson and its lab are two tabs. Each keeps the place it was left at.

const tabs = [...document.querySelectorAll('.views [role="tab"]')];
const small = window.matchMedia('(max-width: 53.99rem)'); // as in lesson.css
let place = 0; // where the text was scrolled to

function show(view) {
  const { dataset } = document.body;
  if (dataset.view === view) return;
  if (dataset.view === 'lesson') place = scrollY;
  dataset.view = view;
  for (const tab of tabs) {
    const selected = tab.dataset.view === view;
    tab.setAttribute('aria-selected', String(selected));
    tab.tabIndex = selected ? 0 : -1;
  }
  if (small.matches) scrollTo({ top: view === 'lesson' ? place : 0, behavior: 'instant' });
}

for (const tab of tabs) {
  tab.addEventListener('click', () => show(tab.dataset.view));
  tab.addEventListener('keydown', (event) => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    const other = tabs[1 - tabs.indexOf(tab)];
    show(other.dataset.view);
    other.focus();
  });
}

// Whatever leads into the other half brings it to the front first.
document.body.addEventListener('muelle:view', ({ detail }) => small.matches && show(detail.view));
document.addEventListener('click', (event) => {
  if (event.target.closest('.checklist-items a')) show('lesson');
});
