// Shows only the questions for the chosen attendance mode, also for each person in the form for a group. Prevents
// sending the form twice. Without this script, each question states its mode, and the server ignores answers for the
// other mode.

const form = document.querySelector("[data-registration]");

if (form) {
  const parts = form.querySelectorAll("[data-only-mode]");

  const showParts = () => {
    for (const part of parts) {
      const person = part.closest("[data-person]");
      const chosen =
        person?.querySelector("[name$='-mode']:checked") ??
        form.querySelector("[name=mode]:checked, [name=mode][type=hidden]");
      part.hidden = part.dataset.onlyMode !== (chosen ? chosen.value : "");
    }
  };

  form.addEventListener("change", (event) => {
    if (/^(p\d+-)?mode$/.test(event.target.name)) showParts();
  });
  showParts();

  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "true";
  });
  // The browser's back button may return to this page. The form can then be sent again.
  window.addEventListener("pageshow", () => {
    delete form.dataset.sent;
    showParts();
  });
}
