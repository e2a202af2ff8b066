// What the terminal says. The page's language comes from data-text-* attributes (templates/terminal/terminals.html); English is the fallback.

const ENGLISH = {
  label: 'Terminal {name}. F6 leaves it.',
  tabs: 'Terminals',
  tools: 'Terminal tools',
  open: 'Open another terminal',
  close: 'Close {name}',
  extra: 'Extra {number}',
  connecting: 'Connecting…',
  reconnecting: 'The connection is down. Reconnecting; what you type is kept.',
  notReady: 'The lab is not ready yet…',
  refused: 'The connection was refused. Reload the page.',
  signedOut: 'You are no longer signed in. Sign in again to go on.',
  helpOver: 'This is over: the learner, the time or the lab has ended it.',
  notFound: 'This terminal does not exist.',
  ended: 'The lab has ended.',
  tooMany: 'You have too many terminals open. Close some; this one then connects by itself.',
  failed: 'The terminal could not be loaded. Reload the page.',
  exited: 'The shell has ended. Press Enter for a new one.',
  exitedStatus: 'The shell has ended with status {value}. Press Enter for a new one.',
  exitedSignal: 'The shell was ended by signal {value}. Press Enter for a new one.',
  notStarted: 'The shell could not be started. Press Enter to try again.',
  gap: '[{size} of earlier output are not kept]',
  watching: 'Shown at the size of another device. Type here to use your own.',
  pasteLines: 'Paste {count} lines?',
  pasteLong: 'That is too much to paste at once. Split it up.',
  paste: 'Paste',
  cancel: 'Cancel',
  openLink: 'Open this address in a new tab?',
  search: 'Search',
  searchLabel: 'Search in the terminal',
  previous: 'Previous match',
  next: 'Next match',
  matches: '{index} of {count}',
  noMatches: 'No matches',
  closeSearch: 'Close search',
  settings: 'Settings',
  smaller: 'Smaller text',
  larger: 'Larger text',
  copyOnSelect: 'Copy what is selected',
  screenReader: 'Screen reader mode',
  touchKeys: 'Key row',
  full: 'Full screen',
  leaveFull: 'Leave full screen',
  keys: 'Keys',
  compose: 'Command line',
  composeHint: 'Write here, send it whole',
  send: 'Send with Enter',
  type: 'Type without Enter',
  up: 'Up',
  down: 'Down',
  left: 'Left',
  right: 'Right',
};

/**
 * A function that gives the sentence `key` with {placeholders} filled in.
 * @param {HTMLElement} element carries the page's language in data-text-* attributes
 */
export function stringsOf(element) {
  return (key, values = {}) => {
    const text = element.dataset[`text${key[0].toUpperCase()}${key.slice(1)}`] ?? ENGLISH[key];
    return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '');
  };
}

/** Bytes for people: "12 kB". @param {number} bytes @param {string} language */
export function sizeText(bytes, language) {
  const [value, unit] = bytes >= 1e6 ? [bytes / 1e6, 'megabyte'] : bytes >= 1e3 ? [bytes / 1e3, 'kilobyte'] : [bytes, 'byte'];
  return new Intl.NumberFormat(language || 'en', { style: 'unit', unit, maximumFractionDigits: value < 10 ? 1 : 0 }).format(value);
}
