// Shows the progress of background tasks: reads the page again while one is running, and replaces the part that shows it.
// Without this script, the link in that part shows the latest progress.
const PAUSE = 3000;

function show(part) {
  const waits = part.querySelector("[data-progress-reload]");
  if (waits) {
    waits.hidden = true;
    setTimeout(() => update(part), PAUSE);
  }
}

async function update(part) {
  // A focused button or link must not be replaced.
  if (document.hidden || part.contains(document.activeElement)) {
    setTimeout(() => update(part), PAUSE);
    return;
  }
  try {
    const response = await fetch(location.href, { credentials: "same-origin" });
    const read = new DOMParser().parseFromString(await response.text(), "text/html");
    // A page may show the progress of several things, each with a value of its own.
    const latest = read.querySelector(`[data-progress="${part.dataset.progress}"]`);
    if (response.ok && latest) {
      part.replaceWith(latest);
      show(latest);
      return;
    }
  } catch {
    // The connection failed: the link is still there.
  }
  part.querySelector("[data-progress-reload]").hidden = false;
}

for (const part of document.querySelectorAll("[data-progress]")) {
  show(part);
}
