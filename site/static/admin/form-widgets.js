// Starts what Wagtail's own templates start with inline scripts, which the policy of the admin refuses: calendars, choosers
// and rows of forms, also those in rows that are added later. Attributes say what to start (docs/decisions/0071).
const WIDGETS = "[data-calendar], [data-form-widget]";
// Attributes start nothing else.
const KNOWN = /^(?:\w*Chooser|InlinePanel|MultipleChooserPanel)$/;
const started = new WeakSet();

function start(element) {
  const { calendar, calendarOptions, formWidget, formWidgetOptions } = element.dataset;
  if (started.has(element)) return;
  started.add(element);
  if (calendar) {
    window[`init${calendar}Chooser`](element.id, JSON.parse(calendarOptions));
  } else if (formWidget === "createTaskChooser") {
    window.createTaskChooser(...JSON.parse(formWidgetOptions));
  } else if (KNOWN.test(formWidget)) {
    new window[formWidget](...JSON.parse(formWidgetOptions));
  }
}

document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll(WIDGETS).forEach(start);
  new MutationObserver((changes) => {
    for (const node of changes.flatMap(({ addedNodes }) => [...addedNodes])) {
      if (node.nodeType === Node.ELEMENT_NODE && node.isConnected) {
        if (node.matches(WIDGETS)) start(node);
        node.querySelectorAll(WIDGETS).forEach(start);
      }
    }
  }).observe(document.body, { childList: true, subtree: true });
});
