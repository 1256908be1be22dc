// Improves what works without it: the menu closes with Escape, a video plays where it stands, an error summary takes the focus.

const menu = document.querySelector(".menu");

if (menu) {
  const summary = menu.querySelector("summary");
  const header = menu.closest("header");

  header.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open) {
      menu.open = false;
      summary.focus();
    }
  });
  document.addEventListener("click", (event) => {
    if (menu.open && !header.contains(event.target)) menu.open = false;
  });
}

// <a data-play="address of the player" href="the page of the video"> in a .video__frame.
// Browsers that were told to load nothing from elsewhere follow the link instead.
for (const link of document.querySelectorAll("[data-play]")) {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const player = document.createElement("iframe");
    player.src = link.dataset.play;
    player.title = link.dataset.title;
    player.allow = "fullscreen; picture-in-picture";
    player.allowFullscreen = true;
    link.closest(".video__frame").replaceChildren(player);
    player.focus();
  });
}

document.querySelector("[data-focus]")?.focus();
