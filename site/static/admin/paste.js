// Handles text pasted into a rich text field. The server reads what Word and other programs put on the clipboard.

const { url, failed } = document.currentScript.dataset;
// HTML that the rich text editor cannot read by itself.
const STRUCTURE = /<h[1-6]\b|<table\b|mso-list|role="heading"|MsoTitle|docs-internal-guid/i;

function show(type, text) {
  document.dispatchEvent(new CustomEvent("w-messages:add", { detail: { text, type } }));
}

async function read(html) {
  const headers = { [window.wagtailConfig.CSRF_HEADER_NAME]: window.wagtailConfig.CSRF_TOKEN };
  const response = await fetch(url, { method: "POST", body: new URLSearchParams({ html }), headers });
  if (!response.ok) throw new Error(response.statusText);
  return response.json();
}

function pasteAgain(target, html, text) {
  const clipboardData = new DataTransfer();
  if (html) clipboardData.setData("text/html", html);
  clipboardData.setData("text/plain", text);
  target.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}

// In the capturing phase, so that it runs before the handlers of the rich text editor.
document.addEventListener(
  "paste",
  async (event) => {
    const editor = event.target.closest?.(".Draftail-Editor");
    const html = event.clipboardData.getData("text/html");
    // Only for text that a person pastes. Browsers do not mark the events of `pasteAgain` as trusted.
    if (!editor || !STRUCTURE.test(html) || editor.dataset.isPasting) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const { target } = event;
    const text = event.clipboardData.getData("text/plain");
    const isEmpty = editor.querySelector("[contenteditable]").textContent.trim() === "";
    editor.dataset.isPasting = "yes";
    try {
      const answer = await read(html);
      const blocks = new CustomEvent("home:paste", { detail: { blocks: answer.blocks, isEmpty }, bubbles: true, cancelable: true });
      const asBlocks = answer.blocks.some((block) => block.type !== "text") && !target.dispatchEvent(blocks);
      if (!asBlocks) pasteAgain(target, answer.html, text);
      for (const message of asBlocks ? answer.messages : answer.text_messages) show("warning", message);
    } catch {
      pasteAgain(target, "", text);
      show("error", failed);
    } finally {
      delete editor.dataset.isPasting;
    }
  },
  true,
);
