// Gives a form that was kept a new token before it is sent, because signing in again makes the earlier one invalid.
const form = document.querySelector("[data-token-from]");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    const answer = await fetch(form.getAttribute("data-token-from"));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const name = "[name=csrfmiddlewaretoken]";
    form.querySelector(name).value = page.querySelector(name)?.value ?? form.querySelector(name).value;
  } catch {
    // Without a connection, the browser says so when the form is sent.
  }
  // Fields may have the names of the form's methods.
  HTMLFormElement.prototype.submit.call(form);
});
