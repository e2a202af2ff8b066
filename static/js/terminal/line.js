// The thin line of text over a terminal: what the connection does, and small questions. Never a dialog.

const SOON = 700; // ms; a reconnect that takes less needs no words

export class StatusLine {
  #element;
  #text;
  #actions;
  #timer = 0;

  /** @param {HTMLElement} pane */
  constructor(pane) {
    this.#element = Object.assign(document.createElement('div'), { className: 'terminal-line', hidden: true });
    this.#text = document.createElement('span');
    this.#text.setAttribute('role', 'status');
    this.#actions = document.createElement('span');
    this.#element.append(this.#text, this.#actions);
    pane.append(this.#element);
  }

  /** Show a sentence until the next one. @param {string} text @param {{kind?: 'wait' | 'bad' | 'quiet', soon?: boolean}} options */
  show(text, { kind = 'quiet', soon = false } = {}) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#put(text, kind), soon ? SOON : 0);
  }

  /** Show a sentence for a moment. @param {string} text */
  flash(text) {
    this.show(text);
    this.#timer = setTimeout(() => this.#timer && this.hide(), 1500);
    this.#put(text, 'quiet');
  }

  /** Ask, and call the chosen answer. @param {string} text @param {[string, () => void][]} answers the first one gets the focus */
  ask(text, answers) {
    clearTimeout(this.#timer);
    this.#put(text, 'quiet');
    for (const [label, answer] of answers) {
      const button = Object.assign(document.createElement('button'), { type: 'button', textContent: label });
      button.onclick = () => {
        this.hide();
        answer();
      };
      this.#actions.append(button);
    }
    this.#actions.firstElementChild.focus();
  }

  hide() {
    clearTimeout(this.#timer);
    this.#element.hidden = true;
    this.#text.textContent = '';
    this.#actions.replaceChildren();
  }

  #put(text, kind) {
    this.#actions.replaceChildren();
    this.#element.hidden = false;
    this.#element.dataset.kind = kind;
    this.#text.textContent = text;
  }
}
