// The few signs on buttons, drawn: fonts of phones lack half of them.

const PATHS = {
  search: 'M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13m5 11.5L20 20',
  settings: 'M4 7h9m4 0h3M4 17h3m4 0h9M15 4.5v5M9 14.5v5',
  full: 'M9 4H4v5m11-5h5v5M9 20H4v-5m11 5h5v-5',
  plus: 'M12 5v14M5 12h14',
  close: 'M6 6l12 12M18 6L6 18',
  enter: 'M19 6v5a3 3 0 0 1-3 3H5m4-4l-4 4 4 4',
  left: 'M14 6l-6 6 6 6',
  right: 'M10 6l6 6-6 6',
  up: 'M6 14l6-6 6 6',
  down: 'M6 10l6 6 6-6',
};

const SVG = 'http://www.w3.org/2000/svg';

/** @param {keyof PATHS} name */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  const path = document.createElementNS(SVG, 'path');
  const attributes = { viewBox: '0 0 24 24', width: 20, height: 20, fill: 'none', stroke: 'currentColor', 'aria-hidden': 'true' };
  for (const [attribute, value] of Object.entries({ ...attributes, 'stroke-width': 1.75, 'stroke-linecap': 'round', 'stroke-linejoin': 'round' })) {
    svg.setAttribute(attribute, value);
  }
  path.setAttribute('d', PATHS[name]);
  svg.append(path);
  return svg;
}

/** A button with a sign on it. @param {keyof PATHS} name @param {string} label @param {() => void} action */
export function iconButton(name, label, action) {
  const button = Object.assign(document.createElement('button'), { type: 'button', title: label, onclick: action });
  button.setAttribute('aria-label', label);
  button.append(icon(name));
  return button;
}
