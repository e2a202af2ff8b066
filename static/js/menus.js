// Menus are <details>, which open without us. They close on a click elsewhere, on Escape, and once something in them was chosen.

const open = () => document.querySelectorAll('details[data-menu][open]');

document.addEventListener('click', (event) => {
  for (const menu of open()) {
    if (!menu.contains(event.target) || event.target.closest('[data-opens]')) menu.open = false;
  }
});

// What opens in another tab leaves the menu behind; everything else loads the page or the part of it anew.
document.addEventListener('submit', (event) => {
  if (event.target.target === '_blank') event.target.closest('details[data-menu]')?.removeAttribute('open');
});

document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  for (const menu of open()) {
    menu.open = false;
    menu.querySelector('summary').focus();
  }
});
