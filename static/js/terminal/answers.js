// Programs may ask a terminal who it is, where its cursor is, which colours it has; xterm answers as if the answer were typed.
// Only one of several viewers may answer, nobody answers what was asked before it came, and nobody answers in a loop.

const PER_SECOND = 50;

/** Lets xterm answer only while `allowed()`, and at most 50 times a second. @param {object} parser xterm's `terminal.parser` */
export function guardAnswers(parser, allowed) {
  let tokens = PER_SECOND;
  let filledAt = performance.now();

  const swallow = () => {
    if (!allowed()) return true;
    const now = performance.now();
    tokens = Math.min(PER_SECOND, tokens + ((now - filledAt) * PER_SECOND) / 1000);
    filledAt = now;
    if (tokens < 1) return true;
    tokens -= 1;
    return false; // xterm's own handler goes on and answers
  };
  const swallowQuestion = (data) => (data.includes('?') ? swallow() : false); // OSC 4, 10, 11, 12 also set colours

  for (const id of [
    { final: 'c' }, // DA1
    { prefix: '>', final: 'c' }, // DA2
    { prefix: '=', final: 'c' }, // DA3
    { final: 'n' }, // DSR, CPR
    { prefix: '?', final: 'n' }, // the same, private
    { intermediates: '$', final: 'p' }, // DECRQM
    { prefix: '?', intermediates: '$', final: 'p' },
    { prefix: '>', final: 'q' }, // XTVERSION
    { final: 't' }, // window reports; off in xterm's options, too
  ]) {
    parser.registerCsiHandler(id, swallow);
  }
  parser.registerDcsHandler({ intermediates: '$', final: 'q' }, swallow); // DECRQSS
  for (const code of [4, 10, 11, 12]) parser.registerOscHandler(code, swallowQuestion);
}
