// For touch screens: the keys their keyboards lack, and a line that is written in peace and sent whole.

import { icon } from './icons.js';

const ARROWS = { up: 'A', down: 'B', right: 'C', left: 'D' };
const SIGNS = ['|', '/', '-', '~'];
const CONTROL_LETTERS = ['C', 'D', 'Z', 'L', 'R']; // shown while Ctrl is held, in place of the signs

/** Key row and compose line of one pane. */
export class TouchKeys {
  #text;
  #send;
  #terminal;
  #control;
  #signs;
  #letters;

  /** @param {HTMLElement} pane @param {object} terminal @param {{text: Function, send: (data: string) => void}} options */
  constructor(pane, terminal, { text, send }) {
    this.#text = text;
    this.#send = send;
    this.#terminal = terminal;
    this.element = Object.assign(document.createElement('div'), { className: 'terminal-bar terminal-touch' });
    this.element.append(this.#buildRow(), this.#buildLine());
    pane.append(this.element);
  }

  #buildRow() {
    const row = Object.assign(document.createElement('div'), { className: 'terminal-keys' });
    row.setAttribute('role', 'toolbar');
    row.setAttribute('aria-label', this.#text('keys'));
    this.#control = this.#key('Ctrl', () => this.#hold(!this.#isHeld));
    this.#control.setAttribute('aria-pressed', 'false');
    this.#signs = SIGNS.map((sign) => this.#key(sign, () => this.#send(sign)));
    this.#letters = CONTROL_LETTERS.map((letter) => this.#key(`^${letter}`, () => this.#press(letter)));
    row.append(
      this.#key('Esc', () => this.#send('\x1b')),
      this.#key('Tab', () => this.#send('\t')),
      this.#control,
      ...['left', 'up', 'down', 'right'].map((name) => this.#arrow(name)),
      ...this.#signs,
      ...this.#letters,
    );
    this.#hold(false);
    return row;
  }

  #buildLine() {
    const line = Object.assign(document.createElement('form'), { className: 'terminal-compose' });
    const field = Object.assign(document.createElement('input'), {
      type: 'text',
      placeholder: this.#text('composeHint'),
      autocapitalize: 'none',
      autocomplete: 'off',
      spellcheck: false,
      enterKeyHint: 'send',
    });
    field.setAttribute('autocorrect', 'off');
    field.setAttribute('aria-label', this.#text('compose'));
    const type = this.#key('Aa', () => this.#sendLine(field, ''), this.#text('type'));
    const enter = this.#key(icon('enter'), () => this.#sendLine(field, '\r'), this.#text('send'));
    line.onsubmit = (event) => {
      event.preventDefault();
      this.#sendLine(field, '\r');
    };
    field.oninput = (event) => {
      if (!this.#isHeld || event.isComposing || !field.value) return;
      this.#press(field.value.at(-1));
      field.value = field.value.slice(0, -1);
    };
    line.append(field, type, enter);
    return line;
  }

  #sendLine(field, end) {
    this.#send(field.value + end);
    field.value = '';
  }

  #arrow(name) {
    const press = () => this.#send(`\x1b${this.#terminal.modes.applicationCursorKeysMode ? 'O' : '['}${ARROWS[name]}`);
    return this.#key(icon(name), press, this.#text(name));
  }

  #key(sign, action, label = sign) {
    const button = Object.assign(document.createElement('button'), { type: 'button' });
    button.append(sign);
    button.setAttribute('aria-label', label);
    button.onpointerdown = (event) => event.preventDefault(); // keeps the focus, and so the on-screen keyboard, where it is
    button.onclick = action;
    return button;
  }

  get #isHeld() {
    return this.#control.getAttribute('aria-pressed') === 'true';
  }

  #hold(held) {
    this.#control.setAttribute('aria-pressed', String(held));
    this.#signs.forEach((key) => (key.hidden = held));
    this.#letters.forEach((key) => (key.hidden = !held));
  }

  #press(letter) {
    this.#hold(false);
    const code = letter.toUpperCase().charCodeAt(0);
    if (code >= 0x40 && code <= 0x5f) this.#send(String.fromCharCode(code - 0x40));
    else this.#send(letter);
  }
}
