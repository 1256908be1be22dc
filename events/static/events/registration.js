// Shows the questions of the chosen way of taking part alone, and sends a form once. Without it, each such question says
// whom it is for, and the server sorts out the rest.

const form = document.querySelector("[data-registration]");

if (form) {
  const parts = form.querySelectorAll("[data-only-mode]");

  const showParts = () => {
    const chosen = form.querySelector("[name=mode]:checked, [name=mode][type=hidden]");
    for (const part of parts) {
      part.hidden = part.dataset.onlyMode !== (chosen ? chosen.value : "");
    }
  };

  form.addEventListener("change", (event) => {
    if (event.target.name === "mode") showParts();
  });
  showParts();

  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "true";
  });
  // Back from the next page: the form may be sent again.
  window.addEventListener("pageshow", () => {
    delete form.dataset.sent;
    showParts();
  });
}
