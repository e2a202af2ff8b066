// What was typed, kept until the shell has it. Offsets count this page's input in one stream.

import { MAX_INPUT_BYTES } from './frames.js';

const WINDOW = 65536; // As the door allows: so much may be sent beyond what was accepted.
const CAPACITY = 16 * 1024 * 1024; // A pasted file is legitimate, endless memory is not.
const INTERRUPT = 0x03;

export class Outbox {
  #chunks = []; // {offset, data} in order, without holes, from #accepted to #end
  #accepted = 0;
  #sent = 0;
  #end = 0;

  /** Bytes that the shell does not have yet. */
  get size() {
    return this.#end - this.#accepted;
  }

  /**
   * Keep `data` until it is accepted. Returns false, and keeps nothing of it, when there is no room.
   * A lone ^C overtakes what was not sent yet: whoever interrupts does not want the rest of a paste.
   * @param {Uint8Array} data
   */
  push(data) {
    if (data.length === 1 && data[0] === INTERRUPT) this.#forgetUnsent();
    if (this.size + data.length > CAPACITY) return false;
    for (let start = 0; start < data.length; start += MAX_INPUT_BYTES) {
      const piece = data.slice(start, start + MAX_INPUT_BYTES);
      this.#chunks.push({ offset: this.#end, data: piece });
      this.#end += piece.length;
    }
    return true;
  }

  /** The next piece that may be sent now, or null. @returns {{offset: number, data: Uint8Array} | null} */
  next() {
    const room = this.#accepted + WINDOW - this.#sent;
    const chunk = this.#chunks.find(({ offset, data }) => offset + data.length > this.#sent);
    if (!chunk || room <= 0) return null;
    const from = this.#sent - chunk.offset;
    const data = chunk.data.subarray(from, from + room);
    const piece = { offset: this.#sent, data };
    this.#sent += data.length;
    return piece;
  }

  /** The shell has every byte before `offset`. @param {number} offset */
  accept(offset) {
    if (offset <= this.#accepted || offset > this.#end) return;
    this.#accepted = offset;
    this.#sent = Math.max(this.#sent, offset);
    while (this.#chunks.length && this.#chunks[0].offset + this.#chunks[0].data.length <= offset) this.#chunks.shift();
  }

  /**
   * Take up again after a reconnect to the same stream. What the agent has is dropped, the rest will be sent again. If it does
   * not remember this page, what was sent is dropped as well: typed twice would be worse than typed never.
   * @param {{known: boolean, input: number}} hello
   */
  resume({ known, input }) {
    if (!known) {
      this.accept(this.#sent);
    } else if (input >= this.#accepted && input <= this.#end) {
      this.accept(input);
      this.#sent = input;
    } else {
      this.#chunks = [];
      this.#accepted = this.#sent = this.#end = input;
    }
  }

  /** Forget everything: the shell it was typed for has ended. */
  clear() {
    this.#chunks = [];
    this.#accepted = this.#sent = this.#end;
  }

  #forgetUnsent() {
    this.#chunks = this.#chunks
      .filter(({ offset }) => offset < this.#sent)
      .map(({ offset, data }) => ({ offset, data: data.subarray(0, this.#sent - offset) }));
    this.#end = this.#sent;
  }
}
