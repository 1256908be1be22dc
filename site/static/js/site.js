// Closes the menu of small screens with the Escape key and with a click outside. The menu also works without this script.

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

// <button data-copy="id of the element to copy" data-copied="label after copying" hidden>: shown only if the browser can copy.
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
    button.textContent = button.dataset.copied;
    button.setAttribute("role", "status");
  });
}
