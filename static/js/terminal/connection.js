// One WebSocket after the other: reconnects, and notices when the line is dead without saying so.

import * as frames from './frames.js';

const FIRST_DELAY = 200; // ms; a web server that restarts is back within a second
const LONGEST_DELAY = 10_000;
const NOT_READY_DELAY = 1000;
const TOO_MANY_DELAY = 10_000;
const QUIET = 15_000; // ms without a frame before the line is asked whether it is alive
const PATIENCE = 8000; // ms for its answer; a phone that changed networks never gets one
const FINAL = new Set([
  frames.Close.POLICY,
  frames.Close.TOO_BIG,
  frames.Close.SIGNED_OUT,
  frames.Close.HELP_OVER,
  frames.Close.NOT_FOUND,
  frames.Close.ENDED,
]);

/**
 * Events: `open` (socket is there, send ATTACH), `frame` (detail: parsed frame), `down` (detail: close code; it will try again),
 * `final` (detail: close code; it will not).
 */
export class Connection extends EventTarget {
  #url;
  #socket = null;
  #delay = FIRST_DELAY;
  #retry = 0;
  #heardAt = 0;
  #askedAt = 0;
  #pulse = 0;
  #wanted = false;
  #wake = () => this.#hurry();

  /** @param {string} url path or address of the terminal */
  constructor(url) {
    super();
    const address = new URL(url, document.baseURI);
    address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
    this.#url = address.href;
  }

  /** Connect, and stay connected until `stop`. */
  start() {
    if (this.#wanted) return;
    this.#wanted = true;
    window.addEventListener('online', this.#wake);
    window.addEventListener('pageshow', this.#wake);
    document.addEventListener('visibilitychange', this.#wake);
    this.#pulse = window.setInterval(() => this.#feelPulse(), 1000);
    this.#connect();
  }

  /** Leave; `start` comes back. */
  stop() {
    this.#wanted = false;
    window.removeEventListener('online', this.#wake);
    window.removeEventListener('pageshow', this.#wake);
    document.removeEventListener('visibilitychange', this.#wake);
    window.clearInterval(this.#pulse);
    window.clearTimeout(this.#retry);
    this.#drop();
  }

  /** Begin a new connection in place of this one. */
  reconnect() {
    this.#lost(1006);
  }

  /** Send one frame; without a connection it is lost, and whoever needs it sends it again. @param {ArrayBuffer} frame */
  send(frame) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(frame);
  }

  #connect() {
    window.clearTimeout(this.#retry);
    this.#drop();
    const socket = new WebSocket(this.#url);
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    this.#heardAt = Date.now();
    this.#askedAt = 0;
    socket.onopen = () => this.dispatchEvent(new Event('open'));
    socket.onmessage = ({ data }) => this.#hear(frames.parse(data));
    socket.onclose = ({ code }) => this.#lost(code);
  }

  #hear(frame) {
    this.#heardAt = Date.now();
    this.#askedAt = 0;
    if (frame.type === 'hello') this.#delay = FIRST_DELAY;
    if (frame.type !== 'pong') this.dispatchEvent(new CustomEvent('frame', { detail: frame }));
  }

  #lost(code) {
    this.#drop();
    if (!this.#wanted) return;
    if (FINAL.has(code)) {
      this.stop();
      this.dispatchEvent(new CustomEvent('final', { detail: code }));
      return;
    }
    let delay = this.#delay * (0.8 + 0.4 * Math.random()); // so that a class does not come back in one instant
    if (code === frames.Close.NOT_READY) delay = NOT_READY_DELAY;
    else if (code === frames.Close.TOO_MANY) delay = TOO_MANY_DELAY;
    else this.#delay = Math.min(this.#delay * 2, LONGEST_DELAY);
    this.#retry = window.setTimeout(() => this.#connect(), delay);
    this.dispatchEvent(new CustomEvent('down', { detail: code }));
  }

  #drop() {
    const socket = this.#socket;
    if (!socket) return;
    this.#socket = null;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  #hurry() {
    if (!this.#wanted || document.visibilityState === 'hidden') return;
    if (!this.#socket) {
      this.#delay = FIRST_DELAY;
      this.#connect();
    } else if (!this.#askedAt) {
      this.#ask();
    }
  }

  #ask() {
    this.#askedAt = Date.now();
    this.send(frames.ping(Math.floor(Math.random() * 2 ** 32)));
  }

  #feelPulse() {
    if (!this.#socket) return;
    const now = Date.now();
    if (this.#askedAt && now - this.#askedAt > PATIENCE) this.#lost(1006);
    else if (!this.#askedAt && now - this.#heardAt > QUIET) this.#ask();
  }
}
