// Buttons on blocks of code: run it in the terminal, write it as a file in the lab, copy it.

import { say, sentence } from '../strings.js';
import { remark } from '../trouble.js';

const template = document.getElementById('code-buttons');
const COPIED_FOR = 1500; // milliseconds that the button says so

for (const figure of document.querySelectorAll('figure[data-code]')) {
  const wanted = { run: ['run', 'copy'], file: ['file', 'copy'], copy: ['copy'] }[figure.dataset.mode] ?? [];
  if (!wanted.length) continue;
  const actions = document.createElement('div');
  actions.className = 'code-actions';
  for (const act of wanted) actions.append(template.content.querySelector(`[data-act="${act}"]`).cloneNode(true));
  figure.append(actions);
}

document.addEventListener('click', (event) => {
  const button = event.target.closest('.code-actions [data-act]');
  if (!button) return;
  const figure = button.closest('figure');
  const code = figure.querySelector('code').textContent;
  if (button.dataset.act === 'copy') copy(button, code);
  else if (document.body.dataset.lab !== 'ready') remark(sentence('needs_lab'));
  else run(button.dataset.act === 'file' ? fileCommand(figure.dataset.path, code) : code, figure.dataset.terminal);
});

function run(command, terminal) {
  document.body.dispatchEvent(new CustomEvent('muelle:view', { detail: { view: 'lab' } }));
  document.dispatchEvent(new CustomEvent('muelle:run', { detail: { command: command.trimEnd(), terminal: terminal || undefined } }));
}

/** What somebody would type to write that file: it can be read in the terminal, and learned from. */
function fileCommand(path, code) {
  const lines = code.trimEnd().split('\n');
  let end = 'EOF';
  while (lines.includes(end)) end += '_';
  const folder = path.includes('/') ? `mkdir -p '${path.slice(0, path.lastIndexOf('/'))}' && ` : '';
  return `${folder}cat > '${path}' << '${end}'\n${lines.join('\n')}\n${end}`;
}

async function copy(button, code) {
  const text = code.trimEnd();
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    if (!copyByHand(text)) {
      remark(sentence('not_copied'));
      return;
    }
  }
  button.classList.add('copied');
  say(sentence('copied'));
  setTimeout(() => button.classList.remove('copied'), COPIED_FOR);
}

/** For pages on plain http, as in a classroom without certificates: browsers keep the clipboard from them. */
function copyByHand(text) {
  const field = Object.assign(document.createElement('textarea'), { value: text, className: 'unseen' });
  document.body.append(field);
  field.select();
  try {
    return document.execCommand('copy');
  } catch {
    return false;
  } finally {
    field.remove();
  }
}
