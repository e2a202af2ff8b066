// A button that prints the page, for people who do not know the keys.

for (const button of document.querySelectorAll('[data-print]')) button.addEventListener('click', () => window.print());
