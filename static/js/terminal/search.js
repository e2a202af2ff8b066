// Search in one terminal. The addon is loaded when it is first asked for.

import { iconButton } from './icons.js';
import { load } from './loader.js';


export class SearchBar {
  #pane;
  #terminal;
  #options;
  #element = null;
  #addon = null;

  /** @param {HTMLElement} pane @param {object} terminal @param {{text: Function, network: boolean, nonce: string}} options */
  constructor(pane, terminal, options) {
    this.#pane = pane;
    this.#terminal = terminal;
    this.#options = options;
  }

  async open() {
    this.#element ??= this.#build();
    this.#element.hidden = false;
    const field = this.#element.querySelector('input');
    field.focus();
    field.select();
    if (this.#addon) return;
    const { SearchAddon } = await load('addon-search.mjs', this.#options);
    this.#addon = new SearchAddon();
    this.#terminal.loadAddon(this.#addon);
    this.#addon.onDidChangeResults(({ resultIndex, resultCount }) => this.#count(resultIndex, resultCount));
    this.#find('findNext', true);
  }

  close() {
    if (!this.#element || this.#element.hidden) return;
    this.#element.hidden = true;
    this.#addon?.clearDecorations();
    this.#terminal.focus();
  }

  #build() {
    const { text } = this.#options;
    const bar = Object.assign(document.createElement('form'), { className: 'terminal-bar terminal-search' });
    bar.setAttribute('role', 'search');
    const field = Object.assign(document.createElement('input'), { type: 'search', autocomplete: 'off', spellcheck: false });
    field.setAttribute('aria-label', text('searchLabel'));
    const count = Object.assign(document.createElement('output'), { className: 'terminal-count' });
    bar.append(
      field,
      count,
      iconButton('up', text('previous'), () => this.#find('findPrevious')),
      iconButton('down', text('next'), () => this.#find('findNext')),
      iconButton('close', text('closeSearch'), () => this.close()),
    );
    field.oninput = () => this.#find('findNext', true);
    bar.onsubmit = (event) => {
      event.preventDefault();
      this.#find('findPrevious'); // upwards, as in a shell's history
    };
    bar.onkeydown = (event) => {
      if (event.key === 'Escape') this.close();
    };
    this.#pane.prepend(bar);
    return bar;
  }

  #find(direction, incremental = false) {
    const wanted = this.#element.querySelector('input').value;
    if (!this.#addon) return;
    if (!wanted) {
      this.#addon.clearDecorations();
      this.#element.querySelector('output').textContent = '';
      return;
    }
    this.#addon[direction](wanted, { incremental, decorations: this.#colours() });
  }

  #colours() {
    const { selectionBackground, cursor } = this.#terminal.options.theme;
    const [match, active] = [toHex(selectionBackground), toHex(cursor)];
    return { matchBackground: match, matchOverviewRuler: match, activeMatchBorder: active, activeMatchColorOverviewRuler: active };
  }

  #count(index, count) {
    const { text } = this.#options;
    this.#element.querySelector('output').textContent = count ? text('matches', { index: index + 1, count }) : text('noMatches');
  }
}

/** The addon takes #rrggbb only. @param {string} colour as getComputedStyle gives it */
function toHex(colour) {
  const [red, green, blue] = colour.match(/[\d.]+/g).map(Number);
  return `#${[red, green, blue].map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`;
}
