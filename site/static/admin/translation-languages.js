// Chooses all languages of a new translation at once.
document.querySelector('[name="select_all"]')?.addEventListener("change", ({ target }) => {
  for (const language of document.querySelectorAll('[name="locales"]')) language.checked = target.checked;
});
