// xterm's colours from the page's: every one is a custom property of terminal.css, which builds on the page's tokens.

const COLOURS = [
  ['background', 'surface'],
  ['foreground', 'text'],
  ['cursor', 'accent'],
  ['cursorAccent', 'surface'],
  ['selectionBackground', 'selection'],
  ...['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'].flatMap((name) => [
    [name, name],
    [`bright${name[0].toUpperCase()}${name.slice(1)}`, `bright-${name}`],
  ]),
];

/** The theme that holds for `element` now. @param {HTMLElement} element */
export function readTheme(element) {
  const probe = document.createElement('span');
  probe.hidden = true;
  element.append(probe);
  const theme = {};
  for (const [option, property] of COLOURS) {
    // The computed colour, and not the property's text: that may be another property, or a mixture of colours.
    probe.style.color = `var(--terminal-${property})`;
    theme[option] = getComputedStyle(probe).color;
  }
  probe.remove();
  return theme;
}

/** Calls `changed` whenever the page or the device goes from light to dark or back. Returns a function that stops that. */
export function watchTheme(changed) {
  const later = () => requestAnimationFrame(changed);
  const observer = new MutationObserver(later);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['class', 'style', 'data-theme'] });
  const queries = ['(prefers-color-scheme: dark)', '(forced-colors: active)'].map((query) => window.matchMedia(query));
  queries.forEach((query) => query.addEventListener('change', later));
  return () => {
    observer.disconnect();
    queries.forEach((query) => query.removeEventListener('change', later));
  };
}
