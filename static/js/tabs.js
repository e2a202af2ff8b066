// Tabs and headings of areas that do not fit scroll sideways: the one of this page must not be among those that cannot be seen.

for (const here of document.querySelectorAll('.tabs [aria-current], .site-nav [aria-current]')) {
  const row = here.parentElement;
  row.scrollLeft = here.offsetLeft - row.offsetLeft - (row.clientWidth - here.offsetWidth) / 2;
}
