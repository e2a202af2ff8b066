// The width of the text that the reader chose, set before the first paint so that nothing jumps. A classic script: modules run too late.
try {
  const chosen = Number(localStorage.getItem('muelle.split'));
  if (chosen >= 25 && chosen <= 75) document.documentElement.style.setProperty('--split', `${chosen}%`);
} catch {
  // Storage may be forbidden; the style sheet has a width of its own.
}
