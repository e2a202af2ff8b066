// The driving viewer's space decides the terminal's size. The others show that size in their own space, with smaller letters if need be.

import { settings } from './settings.js';

const SETTLE = 80; // ms; while a divider is dragged, programs need not redraw at every pixel
const SMALLEST_FONT = 5;
const LIMITS = { columns: [2, 500], rows: [1, 300] };

const clamp = (value, [least, most]) => Math.min(most, Math.max(least, value));

export class Sizing {
  #terminal;
  #fit;
  #report;
  #observer;
  #timer = 0;
  #shared = null; // the terminal's size while another viewer drives
  #own = { columns: 80, rows: 24 };

  /**
   * @param {object} terminal an open xterm @param {object} fit its fit addon
   * @param {(columns: number, rows: number) => void} report told whenever other columns and rows fit here
   */
  constructor(terminal, fit, report) {
    this.#terminal = terminal;
    this.#fit = fit;
    this.#report = report;
    this.#observer = new ResizeObserver(() => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.apply(), SETTLE);
    });
    this.#observer.observe(terminal.element.parentElement);
    this.apply();
  }

  /** Columns and rows that fit here at the chosen font size. */
  get own() {
    return this.#own;
  }

  /** Whether the terminal is shown at another viewer's size. */
  get isShared() {
    return this.#shared !== null;
  }

  drive() {
    this.#shared = null;
    this.apply();
  }

  /** Another viewer drives. */
  follow(columns, rows) {
    this.#shared = { columns, rows };
    this.apply();
  }

  /** Measure again: the space, the font size or the driver has changed. */
  apply() {
    this.#terminal.options.fontSize = settings.get('fontSize');
    const proposed = this.#fit.proposeDimensions();
    if (!proposed || Number.isNaN(proposed.cols)) return; // not shown just now
    const own = { columns: clamp(proposed.cols, LIMITS.columns), rows: clamp(proposed.rows, LIMITS.rows) };
    const { columns, rows } = this.#shared ?? own;
    if (this.#shared) this.#shrink(columns, rows);
    if (this.#terminal.cols !== columns || this.#terminal.rows !== rows) this.#terminal.resize(columns, rows);
    if (own.columns === this.#own.columns && own.rows === this.#own.rows) return;
    this.#own = own;
    this.#report(own.columns, own.rows);
  }

  stop() {
    clearTimeout(this.#timer);
    this.#observer.disconnect();
  }

  #shrink(columns, rows) {
    for (let size = settings.get('fontSize'); size > SMALLEST_FONT; size -= 0.5) {
      this.#terminal.options.fontSize = size;
      const { cols: fittingColumns, rows: fittingRows } = this.#fit.proposeDimensions();
      if (fittingColumns >= columns && fittingRows >= rows) return;
    }
  }
}
