// A button with data-opens="id" opens that <dialog>; one with data-closes closes the dialog it is in. Sending its form closes it too.

document.addEventListener('click', (event) => {
  const opener = event.target.closest('[data-opens]');
  if (opener) {
    // A menu closes behind its dialog: what the browser gives the focus back to must still be there then.
    opener.closest('[data-menu]')?.querySelector('summary').focus();
    document.getElementById(opener.dataset.opens)?.showModal();
  }
  if (event.target.closest('[data-closes]')) event.target.closest('dialog').close();
  if (event.target.localName === 'dialog') event.target.close(); // the backdrop belongs to the dialog
});

document.addEventListener('submit', (event) => event.target.closest('dialog')?.close());
