// Improves what works without it: the menu of small screens closes with Escape and with a click beside it.

const menu = document.querySelector(".menu");

if (menu) {
  const header = menu.closest("header");

  header.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  document.addEventListener("click", (event) => {
    if (menu.open && !header.contains(event.target)) {
      menu.open = false;
    }
  });
}

// <button data-copy="id of what is copied" data-copied="what the button says then" hidden>: shown only where copying works.
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
    button.textContent = button.dataset.copied;
    button.setAttribute("role", "status");
  });
}
