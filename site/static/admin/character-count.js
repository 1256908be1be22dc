// Shows the number of characters in text fields with a limit. Browsers cut pasted text at `maxlength` without a message, so
// the limit moves to another attribute: the form keeps the text and says that it is too long.

const template = document.currentScript.dataset.label;
const FIELDS = "textarea[maxlength], textarea[data-limit], input[type='text'][maxlength], input[type='text'][data-limit]";
// A single-line text, such as a title, shows the count only when it is nearly full.
const isNearlyFull = (count, limit) => count >= limit * 0.8;

function counterOf(field) {
  if (field.counter) return field.counter;
  field.dataset.limit = field.maxLength;
  field.removeAttribute("maxlength");
  const counter = document.createElement("p");
  counter.className = "character-count";
  counter.id = `${field.id || field.name}-count`;
  counter.setAttribute("role", "status");
  field.after(counter);
  const described = field.getAttribute("aria-describedby");
  field.setAttribute("aria-describedby", [described, counter.id].filter(Boolean).join(" "));
  field.counter = counter;
  return counter;
}

function update(event) {
  const field = event.target;
  if (!(field instanceof HTMLElement) || !field.matches(FIELDS)) return;
  const counter = counterOf(field);
  const limit = Number(field.dataset.limit);
  // A line break is sent to the server, and stored, as two characters.
  const count = [...field.value.replace(/\r?\n/g, "\r\n")].length;
  counter.hidden = field.tagName === "INPUT" && !isNearlyFull(count, limit);
  counter.textContent = template.replace("{count}", count).replace("{limit}", limit);
  counter.classList.toggle("character-count--over", count > limit);
}

document.addEventListener("focusin", update);
document.addEventListener("input", update);
