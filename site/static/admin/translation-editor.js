// Additions to the translation editor of wagtail-localize: a link opens one text, and publishing saves open texts first.

const SEGMENT = /^#segment-(\d+)$/;
const EDITOR = ".js-translation-editor";

// The entries of the editor in its lists. The editor gives them no identifiers.
const entries = () => [...document.querySelectorAll(`${EDITOR} li.complete, ${EDITOR} li.incomplete, ${EDITOR} li.errored`)];
const isOpen = (entry) => entry.querySelector("textarea") !== null;
const isSaving = (entry) => entry.querySelector(".icon-spinner") !== null;

// Resolves when `condition` is true, or after ten seconds. Returns whether it became true.
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

// Saves the open texts. Returns the first entry that could not be saved.
async function saveOpenEntries() {
  const open = entries().filter(isOpen);
  for (const entry of open) [...entry.querySelectorAll("button")].at(-1).click();
  await until(() => !open.some((entry) => isOpen(entry) || isSaving(entry)));
  return open.find((entry) => isOpen(entry) || isSaving(entry) || entry.classList.contains("errored"));
}

// In the capturing phase: before the editor's own handlers, which leave the page.
document.addEventListener(
  "click",
  async (event) => {
    const button = event.target.closest(`${EDITOR} button[name="action"][value="publish"]`);
    if (!button || !entries().some(isOpen)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const failed = await saveOpenEntries();
    if (failed) failed.scrollIntoView({ block: "center" });
    else button.click();
  },
  true,
);

// Opens the text that the address names.
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
  if (!entry) return;
  const panel = entry.closest('[role="tabpanel"]');
  if (panel?.id) document.querySelector(`[role="tab"][aria-controls="${panel.id}"]`)?.click();
  if (!isOpen(entry)) [...entry.querySelectorAll("button")].at(-1)?.click();
  await until(() => isOpen(entry));
  entry.scrollIntoView({ block: "center" });
  entry.querySelector("textarea")?.focus({ preventScroll: true });
}

document.addEventListener("DOMContentLoaded", openSegment);
