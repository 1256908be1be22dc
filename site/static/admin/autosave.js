// A form that is sent during an automatic save waits until the save ends. Otherwise the server gets both at once and creates
// a new page twice; it refuses the second one, because its address is in use.

let saving = false;
let waiting = false;
let leaving = false;

document.addEventListener("w-autosave:save", (event) => {
  // Once the form is sent, later changes must not be saved automatically.
  if (leaving) event.preventDefault();
  else saving = true;
});
document.addEventListener("w-autosave:success", () => (saving = false));
document.addEventListener("w-autosave:error", () => (saving = false));

// In the capturing phase, so that it runs before Wagtail's own handlers, which treat the form as sent.
document.addEventListener(
  "submit",
  (event) => {
    const { target: form, submitter } = event;
    if (!form.matches("[data-edit-form]")) return;
    if (!saving) {
      leaving = true;
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    if (waiting) return;
    waiting = true;
    const send = () => {
      document.removeEventListener("w-autosave:success", send);
      document.removeEventListener("w-autosave:error", send);
      waiting = false;
      // If a button was clicked, it is disabled, so its value would not be sent.
      if (submitter) submitter.disabled = false;
      form.requestSubmit(submitter);
    };
    document.addEventListener("w-autosave:success", send);
    document.addEventListener("w-autosave:error", send);
  },
  true,
);
