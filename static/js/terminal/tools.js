// The buttons beside the tabs: search, text size, settings, full screen.

import { icon, iconButton } from './icons.js';
import { settings } from './settings.js';

function signButton(label, sign, action) {
  const made = Object.assign(document.createElement('button'), { type: 'button', textContent: sign, title: label, onclick: action });
  made.setAttribute('aria-label', label);
  return made;
}

function choice(label, name) {
  const row = document.createElement('label');
  const box = Object.assign(document.createElement('input'), { type: 'checkbox', checked: settings.get(name) });
  box.onchange = () => settings.set(name, box.checked);
  settings.addEventListener('change', () => (box.checked = settings.get(name)));
  row.append(box, label);
  return row;
}

function buildMenu(text) {
  const menu = document.createElement('details');
  menu.className = 'terminal-menu';
  const summary = Object.assign(document.createElement('summary'), { title: text('settings') });
  summary.setAttribute('aria-label', text('settings'));
  summary.append(icon('settings'));
  const sheet = document.createElement('div');
  sheet.className = 'terminal-sheet';
  const size = document.createElement('div');
  size.className = 'terminal-size';
  const shown = document.createElement('output');
  const show = () => (shown.textContent = `${settings.get('fontSize')} px`);
  settings.addEventListener('change', show);
  show();
  size.append(
    signButton(text('smaller'), 'A−', () => settings.set('fontSize', settings.get('fontSize') - 1)),
    shown,
    signButton(text('larger'), 'A+', () => settings.set('fontSize', settings.get('fontSize') + 1)),
  );
  sheet.append(size, choice(text('copyOnSelect'), 'copyOnSelect'), choice(text('screenReader'), 'screenReader'), choice(text('touchKeys'), 'touchKeys'));
  menu.append(summary, sheet);
  menu.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !menu.open) return;
    menu.open = false;
    summary.focus();
  });
  document.addEventListener('pointerdown', (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  return menu;
}

/**
 * @param {HTMLElement} host the element that can fill the screen
 * @param {{text: Function, search: () => void}} options
 */
export function buildTools(host, { text, search }) {
  const tools = document.createElement('div');
  tools.className = 'terminal-tools';
  tools.setAttribute('role', 'group');
  tools.setAttribute('aria-label', text('tools'));
  const full = iconButton('full', text('full'), () => {
    const isFull = host.classList.toggle('is-full');
    const label = text(isFull ? 'leaveFull' : 'full');
    full.title = label;
    full.setAttribute('aria-label', label);
    full.setAttribute('aria-pressed', String(isFull));
  });
  full.setAttribute('aria-pressed', 'false');
  tools.append(iconButton('search', text('search'), search), buildMenu(text), full);
  return tools;
}
