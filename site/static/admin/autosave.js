// A form that is sent while it is being saved automatically waits for that. Otherwise the server gets both at once, and a
// new page is made twice: the second one is refused, because its address is in use.

let saving = false;
let waiting = false;
let leaving = false;

document.addEventListener("w-autosave:save", (event) => {
  // Once the form is sent, a change that is saved later would only be in the way.
  if (leaving) event.preventDefault();
  else saving = true;
});
document.addEventListener("w-autosave:success", () => (saving = false));
document.addEventListener("w-autosave:error", () => (saving = false));

// In the capturing phase: before Wagtail's own handlers, which take the form as sent.
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
      // A button that was clicked is disabled, and would not say what to do.
      if (submitter) submitter.disabled = false;
      form.requestSubmit(submitter);
    };
    document.addEventListener("w-autosave:success", send);
    document.addEventListener("w-autosave:error", send);
  },
  true,
);
