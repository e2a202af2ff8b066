// xterm makes <style> elements and sets style attributes. A strict Content-Security-Policy (style-src 'self' 'nonce-...') allows neither as
// xterm does it: elements need the page's nonce, and styles must be set through the CSSOM. These few lines see to both.

/** The nonce of this page's scripts, or '' where the page has none. */
export function pageNonce() {
  return document.querySelector('script[nonce]')?.nonce ?? '';
}

function tame(element, nonce) {
  if (element.localName === 'style') element.nonce = nonce;
  if (element.localName === 'span') {
    // Colours outside the palette: the attribute is forbidden, the property it stands for is not.
    element.setAttribute = (name, value) => {
      if (name === 'style') element.style.cssText = value;
      else Element.prototype.setAttribute.call(element, name, value);
    };
  }
  return element;
}

/** For xterm's option `documentOverride`: this document, except that the elements it makes obey the policy. */
export function strictDocument(nonce) {
  return new Proxy(document, {
    get(target, name) {
      if (name === 'createElement') return (...rest) => tame(target.createElement(...rest), nonce);
      const value = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** Runs `open`, during which xterm also asks the real document for <style> elements. */
export function withNonce(nonce, open) {
  const original = document.createElement;
  document.createElement = (...rest) => tame(original.apply(document, rest), nonce);
  try {
    return open();
  } finally {
    delete document.createElement; // the prototype's own is back
  }
}
