// Gets xterm: from the content delivery network if it answers within half a second, with its hash verified; else, or always where the
// page says so, from this site. Both are the same files (static/vendor/README.md).

const NETWORK = 'https://cdn.jsdelivr.net/npm/';
const LOCAL = new URL('../../vendor/xterm/', import.meta.url);
const SILENCE = 500; // ms after which the local copy is asked for as well
const REMEMBERED = 'muelle.network-silent'; // for this visit, so that a class without internet waits once

/** Name of the local file: where the network has it, and its hash. */
const PARTS = {
  'xterm.mjs': {
    path: '@xterm/xterm@6.0.0/lib/xterm.mjs',
    integrity: 'sha384-8Xik+BkzF4UFDtZa8HkUiQ0FE/Xl+03xMuv69uQB3ichDzm8dWs4kPRihQxSZDiY',
  },
  'addon-fit.mjs': {
    path: '@xterm/addon-fit@0.11.0/lib/addon-fit.mjs',
    integrity: 'sha384-0/1EW6dUPoaun7dgdlOtb5Wk8x5UQRW6hYM3ihuCCnaA2Xd4HwMFcn378RpxmoAc',
  },
  'addon-search.mjs': {
    path: '@xterm/addon-search@0.16.0/lib/addon-search.mjs',
    integrity: 'sha384-6fzeg4FW5+buVGJyAfTNU52K/BvMebbt+9KaCwcurJO0rjgWbw0ayrm5f9nVPHgL',
  },
  'addon-web-links.mjs': {
    path: '@xterm/addon-web-links@0.12.0/lib/addon-web-links.mjs',
    integrity: 'sha384-8xdb77IBX7nO5M3j14TJ/k10PpINL32DVcHHKNjUWkNcsRqFNRg7Cx7jeHWPkcGy',
  },
};

const loaded = new Map();

/**
 * The module `name`, loaded once. Rejects only if neither copy can be had.
 * @param {keyof PARTS} name @param {{network: boolean, nonce: string}} options
 */
export function load(name, { network, nonce }) {
  if (!loaded.has(name)) {
    const promise = network && !isRemembered() ? race(name, nonce) : fromHere(name);
    promise.catch(() => loaded.delete(name)); // a later try may have more luck
    loaded.set(name, promise);
  }
  return loaded.get(name);
}

/** xterm's style sheet, always from here: it is small, and a page without it would flicker. */
export function loadStyles() {
  const href = new URL('xterm.css', LOCAL).href;
  if ([...document.styleSheets].some((sheet) => sheet.href === href)) return Promise.resolve();
  const link = Object.assign(document.createElement('link'), { rel: 'stylesheet', href });
  return inserted(link);
}

function race(name, nonce) {
  const silent = new Promise((resolve) => setTimeout(resolve, SILENCE, 'silent'));
  const remote = fromNetwork(name, nonce);
  const local = Promise.race([silent, remote.catch(() => 'silent')]).then((outcome) => {
    if (outcome !== 'silent') return outcome;
    remember();
    return fromHere(name);
  });
  return Promise.any([remote, local]);
}

function fromHere(name) {
  return import(new URL(name, LOCAL).href);
}

/** A dynamic import cannot carry a hash, a script element can; the import after it finds the verified module already loaded. */
async function fromNetwork(name, nonce) {
  const { path, integrity } = PARTS[name];
  const src = NETWORK + path;
  await inserted(Object.assign(document.createElement('script'), { type: 'module', src, integrity, crossOrigin: 'anonymous', nonce }));
  return import(src);
}

function inserted(element) {
  return new Promise((resolve, reject) => {
    element.onload = resolve;
    element.onerror = () => reject(new Error(`could not load ${element.src ?? element.href}`));
    document.head.append(element);
  });
}

function isRemembered() {
  try {
    return sessionStorage.getItem(REMEMBERED) === 'yes';
  } catch {
    return false; // storage may be forbidden; then each page waits anew
  }
}

function remember() {
  try {
    sessionStorage.setItem(REMEMBERED, 'yes');
  } catch {
    // As above.
  }
}
