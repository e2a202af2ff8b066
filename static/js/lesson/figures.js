// A drawing that is wider than its place scrolls, and what scrolls must be reachable with the keyboard.

function look() {
  for (const figure of document.querySelectorAll('figure.diagram')) {
    if (figure.scrollWidth > figure.clientWidth) figure.tabIndex = 0;
    else figure.removeAttribute('tabindex');
  }
}

new ResizeObserver(look).observe(document.getElementById('reader'));
look();
