// Additions to the translation editor of wagtail-localize: a link can open a text, publishing first saves open texts, and
// machine translations are marked until someone confirms them.

const { glossary: GLOSSARY, unread: UNREAD, confirm: CONFIRM, direction: DIRECTION } = document.currentScript.dataset;
const SEGMENT = /^#segment-(\d+)$/;
const EDITOR = ".js-translation-editor";

// The entries in the editor's lists. The editor sets no identifiers on them.
const entries = () => [...document.querySelectorAll(`${EDITOR} li.complete, ${EDITOR} li.incomplete, ${EDITOR} li.errored`)];
const isOpen = (entry) => entry.querySelector("textarea") !== null;
const isSaving = (entry) => entry.querySelector(".icon-spinner") !== null;

// The comment of a machine translation begins with this mark. The server removes it when a person saves the text.
const isUnread = (entry) => !isOpen(entry) && Boolean(entry.querySelector(":scope > ul")?.textContent.includes(UNREAD));

// Resolves to true when `condition` is true, or to false after ten seconds.
function until(condition) {
  return new Promise((resolve) => {
    const start = Date.now();
    const check = () => {
      if (condition()) resolve(true);
      else if (Date.now() - start > 10000) resolve(false);
      else setTimeout(check, 50);
    };
    check();
  });
}

// Saves the open texts. Resolves to the first entry that could not be saved.
async function saveOpenEntries() {
  const opened = entries().filter(isOpen);
  for (const entry of opened) [...entry.querySelectorAll("button")].at(-1).click();
  await until(() => !opened.some((entry) => isOpen(entry) || isSaving(entry)));
  return opened.find((entry) => isOpen(entry) || isSaving(entry) || entry.classList.contains("errored"));
}

// Shows the tab that contains the entry.
function showPanel(entry) {
  // The element with the role of a panel contains the panels of all tabs.
  const panel = entry.closest("section[hidden]");
  if (panel) document.querySelector(`[role="tab"][aria-controls="${panel.id}"]`)?.click();
}

// Opens the text of an entry for editing.
async function open(entry) {
  showPanel(entry);
  if (!isOpen(entry)) [...entry.querySelectorAll("button")].at(-1)?.click();
  await until(() => isOpen(entry));
  entry.scrollIntoView({ block: "center" });
  entry.querySelector("textarea")?.focus({ preventScroll: true });
}

// In the capturing phase, so that it runs before the editor's own handlers, which leave the page.
document.addEventListener(
  "click",
  async (event) => {
    const button = event.target.closest(`${EDITOR} button[name="action"][value="publish"], [data-saves-texts]`);
    if (!button || !entries().some(isOpen)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const failed = await saveOpenEntries();
    if (failed) failed.scrollIntoView({ block: "center" });
    else button.click();
  },
  true,
);

// Opens the text that the address identifies.
async function openSegment() {
  const wanted = SEGMENT.exec(window.location.hash);
  const editor = document.querySelector(EDITOR);
  if (!wanted || !editor) return;
  const { segments } = JSON.parse(editor.dataset.props);
  const segment = segments.find((item) => item.type === "string" && item.id === Number(wanted[1]));
  if (!segment) return;
  const hasText = (entry) => [...entry.children].some((child) => child.textContent === segment.source);
  const same = segments.filter((item) => item.type === "string" && item.source === segment.source);
  await until(() => entries().some(hasText));
  const entry = entries().filter(hasText)[same.indexOf(segment)] ?? entries().find(hasText);
  if (entry) await open(entry);
}

document.addEventListener("DOMContentLoaded", openSegment);
window.addEventListener("hashchange", openSegment);

// Shows the glossary terms beside the text that is being translated.
document.addEventListener("focusin", (event) => {
  const entry = event.target.closest(`${EDITOR} li`);
  if (event.target.nodeName !== "TEXTAREA" || !entry || entry.querySelector(".translation-terms")) return;
  const { glossary } = JSON.parse(document.querySelector(EDITOR).dataset.props);
  const source = [...entry.children].map((child) => child.textContent).find((text) => glossary[text]);
  if (!source) return;
  const list = document.createElement("ul");
  list.className = "translation-terms";
  list.setAttribute("aria-label", GLOSSARY);
  for (const [term, translation] of glossary[source]) {
    const item = document.createElement("li");
    const right = document.createElement("b");
    right.textContent = translation;
    item.append(`${term}: `, right);
    list.append(item);
  }
  event.target.after(list);
});

// Ctrl+Enter saves the open text and opens the next one that has no translation or an unread machine translation.
document.addEventListener("keydown", async (event) => {
  const entry = event.target.closest?.(`${EDITOR} li`);
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.target.nodeName !== "TEXTAREA" || !entry) return;
  event.preventDefault();
  const place = entries().indexOf(entry);
  [...entry.querySelectorAll("button")].at(-1).click();
  await until(() => !isOpen(entry) && !isSaving(entry));
  const all = entries();
  const next = [...all.slice(place + 1), ...all.slice(0, place)].find(
    (other) => !other.classList.contains("complete") || isUnread(other),
  );
  if (!next) {
    if (!isOpen(entry)) [...entry.querySelectorAll("button")].at(-1)?.focus();
    return;
  }
  await open(next);
});

// Marks machine translations, and adds to each a button that saves it unchanged.
function markUnread() {
  for (const entry of entries()) {
    const button = entry.querySelector(".translation-confirm");
    if (isUnread(entry) === Boolean(button)) continue;
    entry.toggleAttribute("data-unread", !button);
    if (button) button.remove();
    else entry.querySelector(":scope > ul").before(confirmButton(entry));
  }
}

function confirmButton(entry) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button-small translation-confirm";
  button.textContent = CONFIRM;
  button.addEventListener("click", async () => {
    [...entry.querySelectorAll("button")].at(-1).click();
    if (await until(() => isOpen(entry))) [...entry.querySelectorAll("button")].at(-1).click();
    await until(() => !isOpen(entry) && !isSaving(entry));
    const next = entries().find(isUnread);
    if (next) showPanel(next);
    (next?.querySelector(".translation-confirm") ?? [...entry.querySelectorAll("button")].at(-1))?.focus();
  });
  return button;
}

// Removes the glossary terms from texts that are no longer open.
function removeTerms() {
  for (const entry of entries()) if (!isOpen(entry)) entry.querySelector(".translation-terms")?.remove();
}

// The editor writes this heading in English.
function translateHeadings() {
  for (const heading of document.querySelectorAll(`${EDITOR} h3`)) {
    if (/ to .+ translation$/.test(heading.textContent) && heading.textContent !== DIRECTION) heading.textContent = DIRECTION;
  }
}

document.addEventListener("DOMContentLoaded", () => {
  const editor = document.querySelector(EDITOR);
  if (!editor) return;
  // The template cannot insert anything between the header and the editor.
  const notes = document.querySelector("[data-translation-notes]");
  if (notes) editor.before(notes);
  const update = () => {
    markUnread();
    removeTerms();
    translateHeadings();
  };
  update();
  new MutationObserver(update).observe(editor, { childList: true, subtree: true, characterData: true });
});
