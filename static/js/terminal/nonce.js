// xterm makes <style> elements and sets style attributes. A strict Content-Security-Policy (style-src 'self' 'nonce-...') allows neither as
// xterm does it: elements need the page's nonce, and styles must be set through the CSSOM. These few lines see to both.

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

/**
 * Has xterm's rows set the style property instead of the style attribute: colours outside the palette, and contrast.
 * xterm offers no option for this, so it reaches for a private field of the version that loader.js names; a browser test fails if it moves.
 * @param {object} terminal an open xterm
 */
export function obeyStylePolicy(terminal) {
  const rows = terminal._core._renderService._renderer.value._rowFactory;
  rows._document = {
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
