// Changes light and dark in place. The server has already kept the choice and says which tokens hold now.

document.addEventListener('muelle:theme', ({ detail }) => {
  document.documentElement.dataset.theme = detail.theme;
  document.getElementById('dark').media = detail.media;
  for (const button of document.querySelectorAll('[data-themes] button[name="theme"]')) {
    button.setAttribute('aria-pressed', String(button.value === detail.theme));
  }
});
