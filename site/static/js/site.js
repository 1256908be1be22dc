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
