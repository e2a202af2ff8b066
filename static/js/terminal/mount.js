// <muelle-terminals>: the terminals of one lab session as tabs. Put on a page by templates/terminal/terminals.html; needs only this module.
//
//   data-url        "/ws/terminal/<lab session>/", to which "<name>/" is added
//   data-names      the lab's terminals, "principal" or "principal server"; the first is shown
//   data-title-NAME what its tab says; without it, the name
//   data-extra      how many more the learner may open (default 4)
//   data-watch      present: they are shown, and nothing can be typed
//   data-network    present: xterm may come from the content delivery network
//   data-text-*     the sentences of strings.js in the page's language
//
// Anything on the page may type into a terminal, whether it is shown yet or not:
//   document.dispatchEvent(new CustomEvent('muelle:run', { detail: { command: 'ls', terminal: 'principal' } }))   and press Enter
//   document.dispatchEvent(new CustomEvent('muelle:type', { detail: { text: 'ls ', terminal: 'principal' } }))    and not
// `terminal` may be left out: the one that is shown.

import { iconButton } from './icons.js';
import { Pane } from './pane.js';
import { stringsOf } from './strings.js';
import { buildTools } from './tools.js';

const MAX_EXTRA = 4; // as the door allows
let count = 0; // for ids that are unique on the page

class Terminals extends HTMLElement {
  #text;
  #tabs = new Map(); // name -> {tab, panel, pane}
  #list;
  #add;
  #close;
  #shown = null;
  #id = `terminals-${++count}`;
  #onRun = ({ detail }) => this.#type(detail.terminal, detail.command, true);
  #onType = ({ detail }) => this.#type(detail.terminal, detail.text, false);

  connectedCallback() {
    this.classList.add('terminals');
    this.#text = stringsOf(this);
    this.#buildHead();
    const names = this.dataset.names.split(/\s+/).filter(Boolean);
    for (const name of [...names, ...this.#remembered()]) this.#addTab(name);
    this.#show(names[0]);
    this.addEventListener('focusout', ({ relatedTarget }) => this.contains(relatedTarget) || this.#stopAtPanes(true));
    document.addEventListener('muelle:run', this.#onRun);
    document.addEventListener('muelle:type', this.#onType);
  }

  disconnectedCallback() {
    document.removeEventListener('muelle:run', this.#onRun);
    document.removeEventListener('muelle:type', this.#onType);
    for (const { pane } of this.#tabs.values()) pane?.stop();
    this.#tabs.clear();
    this.replaceChildren();
  }

  #buildHead() {
    const head = document.createElement('div');
    head.className = 'terminal-head';
    this.#list = document.createElement('div');
    this.#list.className = 'terminal-tabs';
    this.#list.setAttribute('role', 'tablist');
    this.#list.setAttribute('aria-label', this.#text('tabs'));
    this.#list.onkeydown = (event) => this.#walk(event);
    this.#add = iconButton('plus', this.#text('open'), () => this.#openExtra());
    // Beside the list and not in the tab: a list of tabs may contain nothing else. On the keyboard it is Delete.
    this.#close = iconButton('close', '', () => this.#closeExtra(this.#shown));
    const tools = buildTools(this, { text: this.#text, search: () => this.#tabs.get(this.#shown).pane?.search() });
    head.append(this.#list, this.#close, this.#add, tools);
    this.append(head);
  }

  #addTab(name) {
    const title = this.#titleOf(name);
    const tab = Object.assign(document.createElement('button'), { type: 'button', id: `${this.#id}-tab-${name}`, textContent: title, tabIndex: -1 });
    tab.setAttribute('role', 'tab');
    tab.setAttribute('aria-selected', 'false');
    tab.setAttribute('aria-controls', `${this.#id}-${name}`);
    tab.onclick = () => this.#show(name, true);
    const panel = Object.assign(document.createElement('div'), { id: `${this.#id}-${name}`, hidden: true });
    panel.setAttribute('role', 'tabpanel');
    panel.setAttribute('aria-labelledby', tab.id);
    this.#list.append(tab);
    this.append(panel);
    this.#tabs.set(name, { tab, panel, pane: null });
    this.#add.hidden = this.#nextExtra() === null;
  }

  #show(name, focus = false) {
    this.#shown = name;
    for (const [other, { tab, panel }] of this.#tabs) {
      const selected = other === name;
      tab.setAttribute('aria-selected', String(selected));
      tab.tabIndex = selected ? 0 : -1;
      panel.hidden = !selected;
    }
    this.#close.hidden = !isExtra(name);
    this.#close.title = this.#text('close', { name: this.#titleOf(name) });
    this.#close.setAttribute('aria-label', this.#close.title);
    const entry = this.#tabs.get(name);
    if (!entry.pane) {
      entry.pane = new Pane(entry.panel, {
        name,
        title: this.#titleOf(name),
        url: `${this.dataset.url}${name}/`,
        network: 'network' in this.dataset,
        watch: 'watch' in this.dataset,
        text: this.#text,
        leave: () => this.#leave(entry),
      });
      entry.pane.start().then(() => focus && this.#shown === name && entry.pane.focus());
    } else if (focus) {
      entry.pane.focus();
    }
  }

  /** Out to the tab; Tab then goes on past the terminal, which would keep that key for the shell once more. */
  #leave({ tab }) {
    this.#stopAtPanes(false);
    tab.focus();
  }

  #stopAtPanes(stop) {
    for (const { pane } of this.#tabs.values()) pane?.stopAt(stop);
  }

  #type(name, text, enter) {
    const wanted = this.#tabs.has(name) ? name : this.#shown;
    this.#show(wanted);
    const { pane } = this.#tabs.get(wanted);
    pane.type(text, { enter });
    if (!window.matchMedia('(pointer: coarse)').matches) pane.focus(); // on a phone the keyboard would cover the text
  }

  #walk(event) {
    if (event.key === 'Delete' && isExtra(this.#shown)) this.#closeExtra(this.#shown);
    const names = [...this.#tabs.keys()];
    const step = { ArrowRight: 1, ArrowLeft: -1, Home: -names.indexOf(this.#shown), End: names.length - 1 - names.indexOf(this.#shown) }[event.key];
    if (step === undefined || event.target.getAttribute('role') !== 'tab') return;
    event.preventDefault();
    const name = names[(names.indexOf(this.#shown) + step + names.length) % names.length];
    this.#show(name);
    this.#tabs.get(name).tab.focus();
  }

  #openExtra() {
    const name = this.#nextExtra();
    if (!name) return;
    this.#addTab(name);
    this.#remember();
    this.#show(name, true);
  }

  /** The tab goes; its shell stays, and is there again when the tab is opened anew. */
  #closeExtra(name) {
    const { tab, panel, pane } = this.#tabs.get(name);
    pane?.stop();
    tab.remove();
    panel.remove();
    this.#tabs.delete(name);
    this.#remember();
    this.#add.hidden = false;
    this.#show(this.#tabs.keys().next().value, true);
  }

  #nextExtra() {
    const most = Math.min(Number(this.dataset.extra ?? MAX_EXTRA), MAX_EXTRA);
    for (let number = 1; number <= most; number += 1) {
      if (!this.#tabs.has(`extra-${number}`)) return `extra-${number}`;
    }
    return null;
  }

  #titleOf(name) {
    if (isExtra(name)) return this.#text('extra', { number: name.split('-')[1] });
    return this.getAttribute(`data-title-${name}`) || name;
  }

  get #key() {
    return `muelle.tabs:${this.dataset.url}`;
  }

  #remembered() {
    try {
      const names = JSON.parse(sessionStorage.getItem(this.#key)) ?? [];
      return names.filter((name) => isExtra(name)).slice(0, MAX_EXTRA);
    } catch {
      return [];
    }
  }

  #remember() {
    try {
      sessionStorage.setItem(this.#key, JSON.stringify([...this.#tabs.keys()].filter(isExtra)));
    } catch {
      // Storage may be forbidden; the tabs are then opened by hand again.
    }
  }
}

function isExtra(name) {
  return /^extra-[1-9]$/.test(name);
}

customElements.define('muelle-terminals', Terminals);
