// Frames between browser and terminal door, as docs/terminal-protocol.md writes them down.

export const VERSION = 1;
export const MAX_INPUT_BYTES = 16384;

/** Why the door closed a socket. */
export const Close = Object.freeze({
  POLICY: 1008,
  TOO_BIG: 1009,
  STALLED: 4008,
  SIGNED_OUT: 4401,
  HELP_OVER: 4403,
  NOT_FOUND: 4404,
  RESET: 4409,
  ENDED: 4410,
  NOT_READY: 4425,
  TOO_MANY: 4429,
});

function frame(type, size) {
  const view = new DataView(new ArrayBuffer(1 + size));
  view.setUint8(0, type);
  return view;
}

/**
 * @param {{viewer: Uint8Array, stream: Uint8Array | null, offset: number, columns: number, rows: number}} viewer
 *   `stream` is null for a viewer that has seen nothing yet.
 */
export function attach({ viewer, stream, offset, columns, rows }) {
  const view = frame(0x01, 38);
  view.setUint8(1, VERSION);
  view.setUint8(2, stream ? 1 : 0);
  const bytes = new Uint8Array(view.buffer);
  bytes.set(viewer, 3);
  if (stream) {
    bytes.set(stream, 19);
    view.setBigUint64(27, BigInt(offset));
  }
  view.setUint16(35, columns);
  view.setUint16(37, rows);
  return view.buffer;
}

/** @param {number} offset @param {Uint8Array} data at most MAX_INPUT_BYTES */
export function input(offset, data) {
  const view = frame(0x02, 8 + data.length);
  view.setBigUint64(1, BigInt(offset));
  new Uint8Array(view.buffer).set(data, 9);
  return view.buffer;
}

/** @param {number} offset */
export function ack(offset) {
  const view = frame(0x03, 8);
  view.setBigUint64(1, BigInt(offset));
  return view.buffer;
}

/** @param {number} columns @param {number} rows */
export function resize(columns, rows) {
  const view = frame(0x04, 4);
  view.setUint16(1, columns);
  view.setUint16(3, rows);
  return view.buffer;
}

export function restart() {
  return frame(0x05, 0).buffer;
}

/** @param {number} token */
export function ping(token) {
  const view = frame(0x06, 4);
  view.setUint32(1, token);
  return view.buffer;
}

/** @param {ArrayBuffer} buffer one message from the door; throws on a type this page does not know */
export function parse(buffer) {
  const view = new DataView(buffer);
  const offsetAt = (position) => Number(view.getBigUint64(position));
  switch (view.getUint8(0)) {
    case 0x81: {
      const flags = view.getUint8(2);
      return {
        type: 'hello',
        resumed: Boolean(flags & 1),
        driving: Boolean(flags & 2),
        known: Boolean(flags & 4),
        stream: new Uint8Array(buffer.slice(3, 11)),
        start: offsetAt(11),
        live: offsetAt(19),
        input: offsetAt(27),
        columns: view.getUint16(35),
        rows: view.getUint16(37),
      };
    }
    case 0x82:
      return { type: 'output', offset: offsetAt(1), data: new Uint8Array(buffer, 9) };
    case 0x83:
      return { type: 'accepted', offset: offsetAt(1) };
    case 0x84:
      return { type: 'size', columns: view.getUint16(1), rows: view.getUint16(3), driving: view.getUint8(5) === 1 };
    case 0x85:
      return { type: 'gap', lost: offsetAt(1), offset: offsetAt(9), modes: new Uint8Array(buffer, 17) };
    case 0x86:
      return { type: 'exited', kind: ['status', 'signal', 'errno'][view.getUint8(1)], value: view.getUint32(2) };
    case 0x87:
      return { type: 'pong', token: view.getUint32(1) };
    default:
      throw new Error(`unknown frame ${view.getUint8(0)}`);
  }
}
