// One terminal on the page: xterm, its session, and everything around it.

import { guardAnswers } from './answers.js';
import { Close } from './frames.js';
import { TouchKeys } from './keys.js';
import { StatusLine } from './line.js';
import { load, loadStyles } from './loader.js';
import { guardPaste } from './paste.js';
import { keepReverseVideo, obeyStylePolicy, pageNonce, withNonce } from './renderer.js';
import { SearchBar } from './search.js';
import { TerminalSession } from './session.js';
import { settings } from './settings.js';
import { Sizing } from './sizing.js';
import { sizeText } from './strings.js';
import { readTheme, watchTheme } from './theme.js';

const SCROLLBACK = 5000; // lines
const FONTS = 'ui-monospace, "Cascadia Mono", "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace';
const FOCUS_REPORTS = new Set(['\x1b[I', '\x1b[O']);
const encoder = new TextEncoder();

/** The sentence for a close code, and whether it is bad news. */
const SENTENCES = {
  [Close.NOT_READY]: ['notReady', 'wait'],
  [Close.TOO_MANY]: ['tooMany', 'bad'],
  [Close.SIGNED_OUT]: ['signedOut', 'bad'],
  [Close.HELP_OVER]: ['helpOver', 'quiet'],
  [Close.NOT_FOUND]: ['notFound', 'bad'],
  [Close.ENDED]: ['ended', 'quiet'],
  [Close.POLICY]: ['refused', 'bad'],
  [Close.TOO_BIG]: ['refused', 'bad'],
};

export class Pane {
  #text;
  #options;
  #terminal = null;
  #session = null;
  #sizing = null;
  #search = null;
  #touch = null;
  #line;
  #driving = false;
  #waiting = []; // what is to be typed once xterm is here
  #stops = [];

  /**
   * @param {HTMLElement} element made the pane of one terminal
   * @param {{name: string, title: string, url: string, network: boolean, watch?: boolean, text: Function, leave: () => void}} options
   */
  constructor(element, options) {
    this.element = element;
    this.#options = { ...options, nonce: pageNonce() };
    this.#text = options.text;
    element.classList.add('terminal-pane'); // xterm's own element has the class "terminal"
    this.screen = Object.assign(document.createElement('div'), { className: 'terminal-screen' });
    element.append(this.screen);
    this.#line = new StatusLine(element);
    this.#line.show(this.#text('connecting'), { kind: 'wait', soon: true });
  }

  /** Load xterm and connect. The pane must be shown, so that it can be measured. */
  async start() {
    try {
      const [{ Terminal }, { FitAddon }, { WebLinksAddon }] = await Promise.all([
        ...['xterm.mjs', 'addon-fit.mjs', 'addon-web-links.mjs'].map((name) => load(name, this.#options)),
        loadStyles(),
      ]);
      this.#open(Terminal, FitAddon, WebLinksAddon);
    } catch (error) {
      console.error(error);
      this.#line.show(this.#text('failed'), { kind: 'bad' });
    }
  }

  stop() {
    this.#session?.stop();
    this.#stops.forEach((stop) => stop());
    this.#terminal?.dispose();
  }

  focus() {
    this.#terminal?.focus();
  }

  /** Whether the Tab key of the page stops here. */
  stopAt(stop) {
    if (this.#terminal) this.#terminal.textarea.tabIndex = stop ? 0 : -1;
  }

  search() {
    return this.#search?.open();
  }

  /** Type `text` as if it came from the keyboard; several lines go as one paste where the shell can take one. */
  type(text, { enter = false } = {}) {
    if (!this.#terminal) {
      this.#waiting.push([text, { enter }]);
      return;
    }
    const lines = text.replace(/\r\n|\n/g, '\r');
    const whole = lines.includes('\r') && this.#terminal.modes.bracketedPasteMode ? `\x1b[200~${lines}\x1b[201~` : lines;
    this.#send(enter ? `${whole}\r` : whole);
    this.#terminal.scrollToBottom();
  }

  #open(Terminal, FitAddon, WebLinksAddon) {
    const { nonce, url, network, title } = this.#options;
    const openLink = (event, address, confirmed) => this.#openLink(address, confirmed);
    const terminal = new Terminal({
      allowProposedApi: true, // the search addon marks its matches with it
      disableStdin: Boolean(this.#options.watch),
      cursorBlink: !window.matchMedia('(prefers-reduced-motion: reduce)').matches,
      fontFamily: FONTS,
      fontSize: settings.get('fontSize'),
      lineHeight: 1.15,
      linkHandler: { activate: (event, address) => openLink(event, address, false), allowNonHttpProtocols: false },
      minimumContrastRatio: 4.5, // WCAG AA, whatever colours a program chooses
      screenReaderMode: settings.get('screenReader'),
      scrollback: SCROLLBACK,
      theme: readTheme(this.element),
    });
    this.#terminal = terminal;
    const fit = new FitAddon();
    terminal.loadAddon(fit);
    terminal.loadAddon(new WebLinksAddon((event, address) => openLink(event, address, true)));
    withNonce(nonce, () => terminal.open(this.screen));
    obeyStylePolicy(terminal);
    keepReverseVideo(terminal);
    terminal.textarea.setAttribute('aria-label', this.#text('label', { name: title }));
    this.#sizing = new Sizing(terminal, fit, (columns, rows) => this.#session?.resize(columns, rows));
    this.#session = new TerminalSession(terminal, url, {
      size: () => this.#sizing.own,
      describeGap: (lost) => this.#text('gap', { size: sizeText(lost, document.documentElement.lang) }),
    });
    guardAnswers(terminal.parser, () => this.#driving && !this.#options.watch && !this.#session.isReplaying);
    this.#search = new SearchBar(this.element, terminal, { text: this.#text, network, nonce });
    this.#listen();
    this.#applySettings();
    this.#session.start();
    this.#waiting.forEach(([text, options]) => this.type(text, options));
  }

  #listen() {
    const terminal = this.#terminal;
    terminal.onData((data) => {
      // A terminal that only looks on must not become the one that is typed in because its window was clicked.
      if (FOCUS_REPORTS.has(data) && !this.#driving) return;
      this.#send(data);
    });
    terminal.onBinary((data) => this.#sendBytes(Uint8Array.from(data, (letter) => letter.charCodeAt(0))));
    terminal.onSelectionChange(() => settings.get('copyOnSelect') && this.#copy());
    terminal.attachCustomKeyEventHandler((event) => this.#handleKey(event));
    guardPaste(this.element, {
      paste: (text) => terminal.paste(text),
      ask: (count, paste) =>
        this.#line.ask(this.#text('pasteLines', { count }), [
          [this.#text('paste'), () => (paste(), terminal.focus())],
          [this.#text('cancel'), () => terminal.focus()],
        ]),
    });
    const session = this.#session;
    session.addEventListener('hello', ({ detail }) => this.#follow(detail));
    session.addEventListener('size', ({ detail }) => this.#follow(detail));
    session.addEventListener('exited', ({ detail }) => this.#line.show(this.#exitSentence(detail)));
    for (const event of ['down', 'final']) {
      session.addEventListener(event, ({ detail }) => {
        this.element.dataset.state = event;
        const [sentence, kind] = SENTENCES[detail] ?? ['reconnecting', 'wait'];
        this.#line.show(this.#text(sentence), { kind, soon: event === 'down' });
      });
    }
    const applySettings = () => this.#applySettings();
    settings.addEventListener('change', applySettings);
    this.#stops.push(
      () => settings.removeEventListener('change', applySettings),
      watchTheme(() => (terminal.options.theme = readTheme(this.element))),
      () => this.#sizing.stop(),
    );
  }

  #follow({ type, columns, rows, driving }) {
    this.#driving = driving;
    if (driving && !this.#options.watch) this.#sizing.drive();
    else this.#sizing.follow(columns, rows);
    this.element.dataset.state = driving ? 'driving' : 'watching';
    const own = this.#sizing.own;
    if (!driving && !this.#options.watch && (own.columns !== columns || own.rows !== rows)) this.#line.show(this.#text('watching'), { soon: true });
    else if (type === 'hello' || !this.#session.hasExited) this.#line.hide();
  }

  #exitSentence({ kind, value }) {
    if (kind === 'errno') return this.#text('notStarted');
    if (kind === 'signal') return this.#text('exitedSignal', { value });
    return value ? this.#text('exitedStatus', { value }) : this.#text('exited');
  }

  #send(text) {
    this.#sendBytes(encoder.encode(text));
  }

  #sendBytes(bytes) {
    if (this.#options.watch) return; // the door would close the socket of a viewer that only looks on
    if (!this.#session.type(bytes)) this.#line.show(this.#text('pasteLong'), { kind: 'bad' });
  }

  /** Returns false for keys that are ours and not the shell's. */
  #handleKey(event) {
    if (event.type !== 'keydown') return true;
    const shifted = (event.ctrlKey || event.metaKey) && event.shiftKey;
    if (event.key === 'F6') this.#options.leave();
    else if (shifted && event.code === 'KeyF') this.search();
    else if (shifted && event.code === 'KeyC' && this.#terminal.hasSelection()) this.#copy();
    else if (shifted && event.code === 'KeyV') return false; // the browser pastes
    else return true;
    event.preventDefault();
    return false;
  }

  async #copy() {
    const text = this.#terminal.getSelection();
    if (!text) return;
    if (navigator.clipboard) await navigator.clipboard.writeText(text).catch(() => {});
    else document.execCommand('copy'); // plain http in a classroom has no other way
  }

  #openLink(address, sameAsText) {
    if (!/^https?:\/\//i.test(address)) return;
    // A program may show one address and link to another; such a link says where it leads before it opens.
    if (!sameAsText && !window.confirm(`${this.#text('openLink')}\n\n${address}`)) return;
    window.open(address, '_blank', 'noopener,noreferrer');
  }

  #applySettings() {
    this.#terminal.options.screenReaderMode = settings.get('screenReader');
    if (settings.get('touchKeys') && !this.#options.watch) this.#touch ??= new TouchKeys(this.element, this.#terminal, { text: this.#text, send: (data) => this.#send(data) });
    if (this.#touch) this.#touch.element.hidden = !settings.get('touchKeys');
    this.#sizing.apply();
  }
}
