// What is pasted runs as typed: several lines are asked about first, and characters that could end the shell's paste mode are taken out.

// eslint-disable-next-line no-control-regex
const CONTROLS = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/g; // all but tab, line feed and carriage return

/** @param {string} text */
export function cleanPaste(text) {
  return text.replace(CONTROLS, '');
}

/** How many lines of commands `text` is; a line feed at the end alone makes it two, since it would run at once. */
export function countLines(text) {
  return text.split(/\r\n|\r|\n/).length;
}

/**
 * Take over pasting in `pane`.
 * @param {HTMLElement} pane @param {{paste: (text: string) => void, ask: (lines: number, paste: () => void) => void}} actions
 */
export function guardPaste(pane, { paste, ask }) {
  pane.addEventListener(
    'paste',
    (event) => {
      if (event.target.closest('.terminal-bar')) return; // the search field and the compose line paste for themselves
      event.preventDefault();
      event.stopPropagation();
      const text = cleanPaste(event.clipboardData?.getData('text/plain') ?? '');
      if (!text) return;
      const lines = countLines(text);
      if (lines > 1) ask(lines, () => paste(text));
      else paste(text);
    },
    { capture: true },
  );
}
