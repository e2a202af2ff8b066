// Menus are <details>, which open without us. They close on a click elsewhere, on Escape, and once something in them was chosen.

const open = () => document.querySelectorAll('details[data-menu][open]');

document.addEventListener('click', (event) => {
  for (const menu of open()) {
    if (!menu.contains(event.target) || event.target.closest('[data-opens]')) menu.open = false;
  }
});

document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  for (const menu of open()) {
    menu.open = false;
    menu.querySelector('summary').focus();
  }
});
