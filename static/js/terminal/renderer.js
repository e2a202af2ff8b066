// What xterm's renderer needs to live on a page with a strict Content-Security-Policy (style-src 'self' 'nonce-...'): its <style> elements need the
// page's nonce, and styles must be set through the CSSOM instead of the style attribute. And one repair.
//
// xterm offers no options for these, so they reach for private fields of the version that loader.js names. The browser tests fail if those move.

/** The nonce of this page's scripts, or '' where the page has none. */
export function pageNonce() {
  return document.querySelector('script[nonce]')?.nonce ?? '';
}

/** Runs `open`, in which xterm makes all its <style> elements, so that they get the nonce. */
export function withNonce(nonce, open) {
  document.createElement = (...rest) => {
    const element = Document.prototype.createElement.apply(document, rest);
    if (element.localName === 'style') element.nonce = nonce;
    return element;
  };
  try {
    return open();
  } finally {
    delete document.createElement; // the prototype's own is back
  }
}

/** Has the rows set the style property instead of the attribute: colours outside the palette, and contrast. */
export function obeyStylePolicy(terminal) {
  rowsOf(terminal)._document = {
    createElement(name) {
      const element = document.createElement(name);
      element.setAttribute = (attribute, value) => {
        if (attribute === 'style') element.style.cssText = value;
        else Element.prototype.setAttribute.call(element, attribute, value);
      };
      return element;
    },
  };
}

/**
 * Keeps reverse video as it is. xterm 6 compares its text colour with itself there, finds no contrast, and makes the text of every status
 * line in `less` and `nano` grey.
 */
export function keepReverseVideo(terminal) {
  const rows = rowsOf(terminal);
  const original = rows._applyMinimumContrast;
  rows._applyMinimumContrast = (element, background, foreground, ...rest) =>
    background.rgba !== foreground.rgba && original.call(rows, element, background, foreground, ...rest);
}

function rowsOf(terminal) {
  return terminal._core._renderService._renderer.value._rowFactory;
}
