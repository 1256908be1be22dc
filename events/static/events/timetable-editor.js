// The grid of the timetable editor: builds the rows, adds, sorts, duplicates and deletes them, reads pasted text, and
// sends them in one form field. The server validates everything again.

const data = JSON.parse(document.getElementById("timetable-data").textContent);
const form = document.getElementById("timetable-form");
const field = document.getElementById("timetable-rows");
const grid = form.querySelector("[data-grid]");
const warnings = form.querySelector("[data-warnings]");
const messages = form.querySelector("[data-messages]");
const labels = data.labels;
const token = form.querySelector("[name=csrfmiddlewaretoken]").value;

let dirty = false;
let number = 0;

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (key === "class") made.className = value;
    else if (key in made && typeof value !== "string") made[key] = value;
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#icon-${name}`);
  svg.append(use);
  return svg;
}

function select(options, value, attributes) {
  const made = element("select", attributes);
  for (const option of options) made.append(new Option(option.label, option.value, false, option.value === value));
  return made;
}

function named(label, control, extra = "") {
  const id = `row-${(number += 1)}`;
  control.id = id;
  return element("div", { class: `timetable-field ${extra}` }, element("label", { for: id }, label), control);
}

// A text field, since time fields of browsers may use 12 hours. It accepts "930" as well as "9:30".
function timeInput(name, value) {
  const made = element("input", { type: "text", name, value: value || "", inputmode: "numeric", autocomplete: "off", placeholder: "--:--", maxlength: "5" });
  made.addEventListener("change", () => {
    const match = /^\s*(\d{1,2})(?:[:.]?(\d{2}))?\s*$/.exec(made.value);
    if (match && Number(match[1]) < 24 && Number(match[2] ?? 0) < 60) made.value = `${match[1].padStart(2, "0")}:${match[2] ?? "00"}`;
  });
  return made;
}

const inputs = {
  day: (row) =>
    select(
      days().map((label, place) => ({ value: String(place + 1), label })),
      String(row.day || 1),
      { name: "day" },
    ),
  start: (row) => timeInput("start", row.start),
  end: (row) => timeInput("end", row.end),
  kind: (row) => select(data.kinds, row.kind || "talk", { name: "kind" }),
  title: (row) => element("input", { type: "text", name: "title", value: row.title || "", maxlength: "200", required: true }),
  speakers: (row) => element("input", { type: "text", name: "speakers", value: row.speakers || "", list: "timetable-people" }),
  chairs: (row) => element("input", { type: "text", name: "chairs", value: row.chairs || "", list: "timetable-people" }),
  room: (row) => element("input", { type: "text", name: "room", value: row.room || "", maxlength: "80", list: "timetable-rooms" }),
  track: (row) => element("input", { type: "text", name: "track", value: row.track || "", maxlength: "60", list: "timetable-tracks" }),
  language: (row) => select([{ value: "", label: labels.none }, ...data.languages], row.language || "", { name: "language" }),
  organisation: (row) =>
    select([{ value: "", label: labels.none }, ...data.organisations], row.organisation || "", { name: "organisation" }),
  slides_url: (row) => element("input", { type: "url", name: "slides_url", value: row.slides_url || "" }),
  recording_url: (row) => element("input", { type: "url", name: "recording_url", value: row.recording_url || "" }),
};

// Wagtail's document chooser, since a select could hold thousands of files.
function slidesField(row) {
  const id = `row-${(number += 1)}`;
  const value = element("input", { type: "hidden", name: "slides", value: row.slides || "" });
  const shown = element("span", { id: `${id}-file`, class: "timetable-file" });
  const choose = element("button", { type: "button", id, class: "button button-secondary button-small", "aria-describedby": `${id}-file` }, labels.choose_slides);
  const clear = element("button", { type: "button", class: "button button-secondary button-small" }, labels.clear_slides);
  const show = () => {
    shown.textContent = value.value ? data.documents[value.value] ?? labels.none : labels.none;
    clear.hidden = !value.value;
  };
  const set = (key) => {
    value.value = key;
    show();
    choose.focus();
    changed();
  };
  choose.addEventListener("click", () => {
    new window.DocumentChooserModal(data.urls.documents).open({}, (chosen) => {
      data.documents[chosen.id] = chosen.title;
      set(String(chosen.id));
    });
  });
  clear.addEventListener("click", () => set(""));
  show();
  return element(
    "div",
    { class: "timetable-field timetable-field--file", role: "group", "aria-labelledby": `${id}-label` },
    element("span", { id: `${id}-label`, class: "timetable-label" }, labels.slides),
    shown,
    element("span", { class: "timetable-file__tools" }, choose, clear),
    value,
  );
}

// Sessions can run past midnight of the last day, so there is one more day than the event has.
function days() {
  const last = Math.max(0, ...rows().map((item) => Number(item.querySelector("[name=day]")?.value || 1)));
  const names = [...data.days];
  while (names.length < Math.max(last, data.days.length + 1)) names.push(`+${names.length - data.days.length + 1}`);
  return names;
}

function rows() {
  return [...grid.querySelectorAll(".timetable-row")];
}

function button(name, symbol, label, act) {
  const made = element("button", { type: "button", class: "timetable-tool", "aria-label": label, title: label }, icon(symbol));
  made.dataset.tool = name;
  made.addEventListener("click", act);
  return made;
}

function details(row) {
  const abstract = element("textarea", { name: "abstract", rows: "2", maxlength: "2000" });
  abstract.value = row.abstract || "";
  const qa = element("input", { type: "checkbox", name: "has_qa", checked: Boolean(row.has_qa) });
  const cancelled = element("input", { type: "checkbox", name: "is_cancelled", checked: Boolean(row.is_cancelled) });
  return element(
    "div",
    { class: "timetable-row__more", hidden: true },
    named(labels.abstract, abstract, "timetable-field--wide"),
    named(labels.chairs, inputs.chairs(row)),
    named(labels.organisation, inputs.organisation(row)),
    named(labels.language, inputs.language(row)),
    named(labels.qa, qa, "timetable-field--box"),
    named(labels.cancelled, cancelled, "timetable-field--box"),
    slidesField(row),
    named(labels.slides_url, inputs.slides_url(row)),
    named(labels.recording_url, inputs.recording_url(row)),
  );
}

function buildRow(row) {
  const item = element("li", { class: "timetable-row" });
  item.dataset.key = row.key || "";
  let more = null;
  // The other fields are built when they are opened, so that a page with 200 rows loads fast.
  const open = () => {
    if (more) return more;
    more = details(row);
    item.append(more);
    return more;
  };
  item.read = () => {
    const values = { ...row, key: item.dataset.key };
    for (const control of item.querySelectorAll("[name]")) {
      values[control.name] = control.type === "checkbox" ? control.checked : control.value;
    }
    values.day = Number(values.day);
    delete values.line;
    delete values.warnings;
    return values;
  };
  item.open = open;
  const toggle = button("more", "dots-horizontal", labels.more, () => {
    const shown = open();
    shown.hidden = !shown.hidden;
    toggle.setAttribute("aria-expanded", String(!shown.hidden));
  });
  toggle.setAttribute("aria-expanded", "false");
  const main = element(
    "div",
    { class: "timetable-row__main" },
    named(labels.day, inputs.day(row), "timetable-field--day"),
    named(labels.from, inputs.start(row), "timetable-field--time"),
    named(labels.to, inputs.end(row), "timetable-field--time"),
    named(labels.kind, inputs.kind(row), "timetable-field--kind"),
    named(labels.title, inputs.title(row), "timetable-field--title"),
    named(labels.speakers, inputs.speakers(row), "timetable-field--people"),
    named(labels.room, inputs.room(row), "timetable-field--room"),
    named(labels.track, inputs.track(row), "timetable-field--track"),
    element(
      "div",
      { class: "timetable-row__tools" },
      button("up", "arrow-up", labels.up, () => move(item, -1)),
      button("down", "arrow-down", labels.down, () => move(item, 1)),
      button("duplicate", "copy", labels.duplicate, () => duplicate(item)),
      button("remove", "bin", labels.remove, () => remove(item)),
      toggle,
    ),
  );
  const signs = [row.is_cancelled && labels.cancelled, row.has_qa && labels.qa, row.chairs && `${labels.chairs}: ${row.chairs}`, row.abstract].filter(Boolean);
  if (signs.length) main.append(element("p", { class: "timetable-row__signs" }, signs.join(" · ")));
  if (row.line) {
    item.classList.add("timetable-row--new");
    main.append(element("p", { class: "timetable-row__line" }, labels.pasted.replace("%s", row.line)));
  }
  if (row.warnings?.length) {
    const id = `row-${(number += 1)}`;
    item.classList.add("timetable-row--warning");
    main.append(element("ul", { class: "timetable-row__warnings", id }, ...row.warnings.map((text) => element("li", {}, text))));
    main.querySelector("[name=title]").setAttribute("aria-describedby", id);
  }
  item.append(main);
  updateRow(item);
  return item;
}

function updateRow(item) {
  const kind = item.querySelector("[name=kind]").value;
  item.classList.toggle("timetable-row--pause", data.kinds.find((known) => known.value === kind)?.pause ?? false);
  item.setAttribute("aria-label", `${labels.row} ${item.querySelector("[name=start]").value} ${item.querySelector("[name=title]").value}`);
}

const list = element("ol", { class: "timetable-rows" });
grid.append(list);

function changed() {
  dirty = true;
  suggest();
  clearTimeout(changed.timer);
  changed.timer = setTimeout(checkRows, 600);
}

// The day field is hidden for a one-day event without sessions after midnight.
function showDays() {
  const several = data.days.length > 1 || rows().some((item) => item.querySelector("[name=day]").value !== "1");
  grid.classList.toggle("timetable-grid--days", several);
}

function suggest() {
  showDays();
  for (const [id, name] of [["timetable-rooms", "room"], ["timetable-tracks", "track"]]) {
    const values = new Set(rows().map((item) => item.querySelector(`[name=${name}]`).value).filter(Boolean));
    document.getElementById(id).replaceChildren(...[...values].map((value) => element("option", { value })));
  }
}

function move(item, step) {
  const other = step < 0 ? item.previousElementSibling : item.nextElementSibling;
  if (!other) return;
  if (step < 0) other.before(item);
  else other.after(item);
  item.querySelector(`[data-tool=${step < 0 ? "up" : "down"}]`).focus();
  changed();
}

function duplicate(item) {
  const copy = buildRow({ ...item.read(), key: "" });
  item.after(copy);
  copy.querySelector("[name=title]").focus();
  copy.querySelector("[name=title]").select();
  changed();
}

function remove(item) {
  const after = item.nextElementSibling;
  const near = after || item.previousElementSibling;
  item.remove();
  const back = element("button", { type: "button", class: "button button-secondary button-small" }, labels.undo);
  back.addEventListener("click", () => {
    if (after?.isConnected) after.before(item);
    else list.append(item);
    showMessage();
    item.querySelector("[name=title]").focus();
    changed();
  });
  showMessage(labels.removed, back);
  (near?.querySelector("[name=title]") ?? form.querySelector("[data-add]")).focus();
  changed();
}

// A new row starts when the last one ends, on the same day and in the same track.
function add() {
  const last = rows().at(-1)?.read();
  const item = buildRow({ day: last?.day ?? 1, start: last?.end || "", track: last?.track ?? "", language: last?.language ?? "" });
  list.append(item);
  item.querySelector(last?.end ? "[name=title]" : "[name=start]").focus();
  changed();
}

function sort() {
  const order = rows()
    .map((item, place) => ({ item, place, ...item.read() }))
    .sort((a, b) => a.day - b.day || a.start.localeCompare(b.start) || a.place - b.place);
  list.append(...order.map((entry) => entry.item));
  changed();
}

function showMessage(...parts) {
  messages.replaceChildren(...parts.map((part) => (typeof part === "string" ? element("p", {}, part) : part)));
}

async function post(url, values) {
  const body = new FormData();
  body.set("csrfmiddlewaretoken", token);
  for (const [key, value] of Object.entries(values)) body.set(key, value);
  const response = await fetch(url, { method: "POST", body, headers: { "X-Requested-With": "XMLHttpRequest" } });
  if (!response.ok && response.status !== 422) throw new Error(String(response.status));
  return response.json();
}

function json() {
  return JSON.stringify(rows().map((item) => item.read()));
}

async function checkRows() {
  if (!rows().length || rows().some((item) => !item.querySelector("[name=start]").value || !item.querySelector("[name=title]").value)) return;
  try {
    const answer = await post(data.urls.check, { rows: json() });
    if (!Object.keys(answer.errors).length) showWarnings(answer.warnings);
  } catch {
    // The next change checks again, and the server checks on saving.
  }
}

function showWarnings(found) {
  const all = rows();
  for (const item of all) item.classList.toggle("timetable-row--warning", Boolean(item.querySelector(".timetable-row__warnings")));
  warnings.replaceChildren();
  for (const warning of found) {
    const item = all[warning.row];
    if (!item) continue;
    item.classList.add("timetable-row--warning");
    const title = `${item.querySelector("[name=start]").value} ${item.querySelector("[name=title]").value}`;
    const link = element("button", { type: "button", class: "timetable-warning" }, title);
    link.addEventListener("click", () => item.querySelector("[name=start]").focus());
    warnings.append(element("li", {}, link, ` ${warning.text}`));
  }
  if (!found.length && all.length) warnings.append(element("li", { class: "help" }, labels.no_warnings));
}

function showErrors(errors) {
  for (const [place, fields] of Object.entries(errors)) {
    const item = rows()[place];
    if (!item) continue;
    item.classList.add("timetable-row--error");
    for (const [name, texts] of Object.entries(fields)) {
      let control = item.querySelector(`[name=${name}]`);
      if (!control) {
        item.open().hidden = false;
        control = item.querySelector(`[name=${name}]`);
      }
      const id = `error-${(number += 1)}`;
      const message = element("p", { class: "timetable-error", id }, texts.join(" "));
      (control?.parentElement ?? item).append(message);
      control?.setAttribute("aria-invalid", "true");
      control?.setAttribute("aria-describedby", id);
    }
  }
  grid.querySelector("[aria-invalid]")?.focus();
}

// The clipboard of a browser or word processor also has the tables as HTML. It belongs to the text that was pasted: it is
// sent while the box contains that text and nothing else.
const pasteBox = document.getElementById("timetable-text");
const pasteNote = form.querySelector("[data-paste-note]");
const pasted = { text: "", html: "" };

// Styles, pictures and scripts are not sent: a word processor adds hundreds of kilobytes of them. The parsed document is
// never shown, and the server reads text and tables only.
function tablesOf(html) {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  if (!parsed.querySelector("table")) return "";
  for (const node of parsed.querySelectorAll("style, script, img, svg, link, meta, object, iframe, template")) node.remove();
  for (const node of parsed.body.querySelectorAll("*")) {
    for (const { name } of [...node.attributes]) if (name !== "rowspan" && name !== "colspan") node.removeAttribute(name);
  }
  return parsed.body.innerHTML;
}

function pastedHtml() {
  return pasted.html && pasteBox.value === pasted.text ? pasted.html : "";
}

function showPasteNote() {
  pasteNote.textContent = pastedHtml() ? labels.tables : "";
}

pasteBox.addEventListener("paste", (event) => {
  const isEmpty = !pasteBox.value.trim();
  const html = isEmpty ? tablesOf(event.clipboardData?.getData("text/html") ?? "") : "";
  if (!html) return;
  // The browser inserts the text after this event.
  setTimeout(() => {
    pasted.text = pasteBox.value;
    pasted.html = html;
    showPasteNote();
  });
});
pasteBox.addEventListener("input", showPasteNote);

form.querySelector("[data-paste]").addEventListener("click", async () => {
  try {
    const answer = await post(data.urls.paste, { text: pasteBox.value, html: pastedHtml(), day: rows().at(-1)?.read().day ?? 1 });
    if (answer.error) return showMessage(answer.error);
    if (!answer.rows.length) return showMessage(labels.nothing_read);
    const added = answer.rows.map(buildRow);
    list.append(...added);
    const uncertain = answer.rows.filter((row) => row.warnings.length).length;
    showMessage(
      labels.read_rows.replace("%s", String(answer.rows.length)),
      ...(uncertain ? [labels.uncertain_rows.replace("%s", String(uncertain))] : []),
      ...(answer.left_over.length ? [labels.left_over.replace("%s", answer.left_over.join(" · "))] : []),
    );
    pasted.html = "";
    // What is in no session stays, so that it can be copied.
    pasteBox.value = answer.left_over.join("\n");
    showPasteNote();
    form.querySelector(".timetable-paste").open = answer.left_over.length > 0;
    added[0].querySelector("[name=title]").focus();
    return changed();
  } catch {
    return showMessage(labels.failed);
  }
});

form.querySelector("[data-add]").addEventListener("click", add);
form.querySelector("[data-sort]").addEventListener("click", sort);
list.addEventListener("input", (event) => {
  updateRow(event.target.closest(".timetable-row"));
  changed();
});
// Enter moves to the next row or adds one, and does not submit the form.
list.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.target.tagName !== "INPUT") return;
  event.preventDefault();
  const next = event.target.closest(".timetable-row").nextElementSibling;
  if (next) next.querySelector("[name=start]").focus();
  else add();
});
form.addEventListener("submit", () => {
  field.value = json();
  dirty = false;
});
window.addEventListener("beforeunload", (event) => {
  if (dirty) event.preventDefault();
});

document.getElementById("timetable-people").append(...data.people.map((value) => element("option", { value })));
list.append(...data.rows.map(buildRow));
suggest();
showWarnings(data.warnings);
showErrors(data.errors);
