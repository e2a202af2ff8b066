// The sentences that scripts show, in the page's language (platform/web/context.py).

const sentences = JSON.parse(document.getElementById('strings').textContent);

/**
 * The sentence `key` with its {placeholders} filled in.
 * @param {string} key @param {Record<string, string | number>} [values]
 */
export function sentence(key, values = {}) {
  return sentences[key].replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '');
}

/** Have screen readers say `text`, without moving anything. @param {string} text */
export function say(text) {
  document.getElementById('said').textContent = text;
}
