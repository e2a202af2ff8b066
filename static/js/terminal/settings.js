// How this person likes their terminals, on this device.

const KEY = 'muelle.terminal';
const MIN_FONT = 9;
const MAX_FONT = 28;

function defaults() {
  const coarse = window.matchMedia('(pointer: coarse)').matches;
  return { fontSize: window.innerWidth < 600 ? 13 : 15, copyOnSelect: false, screenReader: false, touchKeys: coarse };
}

/** Event `change` after every change, from this tab or another. */
class Settings extends EventTarget {
  #values = { ...defaults(), ...read() };

  constructor() {
    super();
    window.addEventListener('storage', ({ key }) => {
      if (key !== KEY) return;
      this.#values = { ...defaults(), ...read() };
      this.dispatchEvent(new Event('change'));
    });
  }

  /** @param {'fontSize' | 'copyOnSelect' | 'screenReader' | 'touchKeys'} name */
  get(name) {
    return this.#values[name];
  }

  set(name, value) {
    const within = name === 'fontSize' ? Math.min(MAX_FONT, Math.max(MIN_FONT, value)) : Boolean(value);
    this.#values = { ...this.#values, [name]: within };
    try {
      localStorage.setItem(KEY, JSON.stringify(this.#values));
    } catch {
      // Storage may be forbidden or full; the choice then lasts until the page is left.
    }
    this.dispatchEvent(new Event('change'));
  }
}

function read() {
  try {
    const stored = JSON.parse(localStorage.getItem(KEY)) ?? {};
    return Object.fromEntries(Object.entries(defaults()).flatMap(([name, value]) => (typeof stored[name] === typeof value ? [[name, stored[name]]] : [])));
  } catch {
    return {};
  }
}

export const settings = new Settings();
