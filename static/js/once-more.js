// A script of the page that did not arrive leaves half a page: a browser whose network changes in that moment (a phone that leaves the Wi-Fi, a
// laptop whose Docker makes a bridge) drops what is on its way and never asks again. So the page is loaded once more, and at most once in a while:
// where the file is really missing, that would go on for ever. A classic script, and the first: it has to be there before the others fail.
(() => {
  const KEY = 'muelle.once-more';
  const PAUSE = 30_000; // milliseconds between two of these

  window.muelleOnceMore = () => {
    try {
      if (Date.now() - Number(sessionStorage.getItem(KEY)) < PAUSE) return false;
      sessionStorage.setItem(KEY, String(Date.now()));
    } catch {
      return false; // storage may be forbidden; without it nobody would count
    }
    location.reload();
    return true;
  };

  const isOurs = ({ tagName, src, href }) => (tagName === 'SCRIPT' || tagName === 'LINK') && (src || href || '').startsWith(location.origin);
  addEventListener('error', ({ target }) => target !== window && isOurs(target) && window.muelleOnceMore(), true);
})();
