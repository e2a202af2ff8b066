// One viewer of one terminal: what xterm shows and what is typed, across as many connections as it takes.

import { Connection } from './connection.js';
import * as frames from './frames.js';
import { Outbox } from './outbox.js';

const ACK_BYTES = 4096; // Acknowledge at once when so much was shown: half of the smallest window.
const ACK_DELAY = 100; // ms; less is acknowledged after this, so that a keystroke's echo costs no second frame
const HIDDEN_BACKLOG = 10_000; // ms; browsers slow hidden pages down, and a slow viewer would slow the shell down
const FIRST_LINE = 4096; // The first line after a gap has lost its beginning: within this it is not shown.
const LINE_FEED = 0x0a;

// Puts any terminal into the modes of a new one, and keeps its scrollback: ends a half-received sequence, soft reset, main screen, colours,
// character set, cursor keys and keypad, mouse, focus, bracketed paste, synchronised output.
const RESET_MODES = '\x18\x1b[!p\x1b[?47l\x1b[0m\x1b(B\x0f\x1b[?1l\x1b>\x1b[4l\x1b[?9;1000;1002;1003;1004;1005;1006;1015;1016;2004;2026l\x1b[?7;25h';

/**
 * Events: `hello`, `size`, `exited` (detail: the frame), `gap` (detail: the frame; fired when its place in the output is reached),
 * `down` and `final` (detail: close code).
 */
export class TerminalSession extends EventTarget {
  #terminal;
  #connection;
  #size;
  #describeGap;
  #outbox = new Outbox();
  #viewer = crypto.getRandomValues(new Uint8Array(16));
  #stream = null;
  #received = 0; // next byte expected from the door
  #shown = 0; // every byte before it has been parsed by xterm
  #acknowledged = 0;
  #ackTimer = 0;
  #live = 0;
  #ready = false; // HELLO is here: input may be sent
  #exited = false;
  #trim = false;
  #backlogTimer = 0;
  #away = false;

  /**
   * @param {object} terminal an xterm @param {string} url
   * @param {{size: () => {columns: number, rows: number}, describeGap: (lost: number) => string}} options
   */
  constructor(terminal, url, { size, describeGap }) {
    super();
    this.#terminal = terminal;
    this.#size = size;
    this.#describeGap = describeGap;
    this.#connection = new Connection(url);
    this.#connection.addEventListener('open', () => this.#attach());
    this.#connection.addEventListener('frame', ({ detail }) => this.#obey(detail));
    for (const name of ['down', 'final']) {
      this.#connection.addEventListener(name, ({ detail }) => {
        this.#ready = false;
        this.dispatchEvent(new CustomEvent(name, { detail }));
      });
    }
    document.addEventListener('visibilitychange', this.#visibility);
  }

  /** Whether what is on the screen is older than this connection: nobody answers questions of then. */
  get isReplaying() {
    return this.#shown < this.#live;
  }

  /** Whether the shell has ended and waits for Enter. */
  get hasExited() {
    return this.#exited;
  }

  start() {
    this.#connection.start();
  }

  stop() {
    clearTimeout(this.#ackTimer);
    clearTimeout(this.#backlogTimer);
    document.removeEventListener('visibilitychange', this.#visibility);
    this.#connection.stop();
  }

  /** Type `bytes`; kept until the shell has them. Returns false when there is no room. @param {Uint8Array} bytes */
  type(bytes) {
    if (this.#exited) {
      if (bytes.includes(0x0d) && this.#ready) this.#connection.send(frames.restart());
      return true;
    }
    const kept = this.#outbox.push(bytes);
    this.#flush();
    return kept;
  }

  /** Tell what fits here. */
  resize(columns, rows) {
    if (this.#ready) this.#connection.send(frames.resize(columns, rows));
  }

  #attach() {
    this.#connection.send(frames.attach({ viewer: this.#viewer, stream: this.#stream, offset: this.#received, ...this.#size() }));
  }

  #obey(frame) {
    switch (frame.type) {
      case 'hello':
        return this.#begin(frame);
      case 'output':
        return this.#show(frame);
      case 'accepted':
        this.#outbox.accept(frame.offset);
        return this.#flush();
      case 'gap':
        return this.#skip(frame);
      case 'exited':
        this.#exited = true;
        this.#outbox.clear();
        break;
    }
    return this.dispatchEvent(new CustomEvent(frame.type, { detail: frame }));
  }

  #begin(hello) {
    if (!hello.resumed) {
      if (this.#stream) {
        // Another sandbox: its screen is another screen, and what was typed was not meant for it.
        this.#outbox.clear();
        this.#write('\x1bc');
      }
      this.#received = this.#shown = 0;
    }
    this.#stream = hello.stream;
    if (hello.start < this.#received) this.#received = hello.start;
    this.#acknowledged = hello.start;
    this.#live = hello.live;
    this.#exited = false;
    this.#ready = true;
    this.#outbox.resume(hello);
    this.dispatchEvent(new CustomEvent('hello', { detail: hello }));
    const { columns, rows } = this.#size();
    this.resize(columns, rows); // it may have changed since ATTACH was sent
    this.#flush();
  }

  #show({ offset, data }) {
    if (offset !== this.#received) return this.#connection.reconnect(); // cannot be; a new HELLO puts it right
    const end = offset + data.length;
    this.#received = end;
    // Where the replay ends the answers begin, so that place must be the end of a piece.
    if (offset < this.#live && this.#live < end) {
      const split = this.#live - offset;
      this.#write(this.#trimmed(data.subarray(0, split)), this.#live);
      this.#write(data.subarray(split), end);
    } else {
      this.#write(this.#trimmed(data), end);
    }
    return this.#noticeBacklog();
  }

  #trimmed(data) {
    if (!this.#trim) return data;
    this.#trim = false;
    const lineFeed = data.subarray(0, FIRST_LINE).indexOf(LINE_FEED);
    return data.subarray(lineFeed + 1);
  }

  #skip(gap) {
    const text = this.#describeGap(gap.lost);
    const before = this.#received > 0 ? '\r\n' : '';
    this.#received = gap.offset;
    this.#write(`${RESET_MODES}${before}\x1b[2m${text}\x1b[0m\r\n`);
    this.#write(gap.modes, gap.offset);
    this.#trim = gap.modes.length === 0; // with modes set a full-screen program runs, and draws itself again
    this.dispatchEvent(new CustomEvent('gap', { detail: gap }));
  }

  #write(data, end = null) {
    this.#terminal.write(data, () => {
      if (end === null) return;
      this.#shown = end;
      if (this.#received - end < ACK_BYTES) this.#keptUp();
      this.#acknowledge();
    });
  }

  #acknowledge() {
    const due = this.#shown - this.#acknowledged;
    clearTimeout(this.#ackTimer);
    if (due >= ACK_BYTES) this.#sendAck();
    else if (due > 0) this.#ackTimer = setTimeout(() => this.#sendAck(), ACK_DELAY);
  }

  #sendAck() {
    if (!this.#ready || this.#shown <= this.#acknowledged) return;
    this.#acknowledged = this.#shown;
    this.#connection.send(frames.ack(this.#shown));
  }

  #flush() {
    if (!this.#ready || this.#exited) return;
    for (let piece = this.#outbox.next(); piece; piece = this.#outbox.next()) {
      this.#connection.send(frames.input(piece.offset, piece.data));
    }
  }

  /** A hidden page is given a few milliseconds a minute. If it cannot keep up it leaves, so that the shell does not wait for it. */
  #noticeBacklog() {
    if (document.visibilityState !== 'hidden' || this.#backlogTimer) return;
    this.#backlogTimer = setTimeout(() => {
      this.#away = true;
      this.#ready = false;
      this.#connection.stop();
    }, HIDDEN_BACKLOG);
  }

  #keptUp() {
    clearTimeout(this.#backlogTimer);
    this.#backlogTimer = 0;
  }

  #visibility = () => {
    if (document.visibilityState !== 'visible') return;
    this.#keptUp();
    if (this.#away) this.#connection.start();
    this.#away = false;
  };
}
