// Functions that audits.py runs in a page. Each audit returns a list of sentences, one for each problem.
// test_audits.py runs each audit on a page with a fault.
(() => {
  const label = (element) => {
    const classes = [...element.classList].map((name) => `.${name}`).join("");
    const text = (element.getAttribute("aria-label") || element.innerText || element.value || "").trim();
    const id = element.id ? `#${element.id}` : "";
    return `<${element.localName}${id}${classes}>${text ? ` "${text.replace(/\s+/g, " ").slice(0, 40)}"` : ""}`;
  };

  const shown = (element) =>
    element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && element.getClientRects().length > 0;

  const ancestors = function* (element) {
    for (let node = element; node && node !== document.documentElement; node = node.parentElement) yield node;
  };

  const unique = (sentences, limit = 8) => {
    const all = [...new Set(sentences)];
    return all.length > limit ? [...all.slice(0, limit), `… and ${all.length - limit} more of the same kind`] : all;
  };

  // Text for screen readers only is clipped on purpose.
  const visuallyHidden = (element) => {
    for (const node of ancestors(element)) {
      const style = getComputedStyle(node);
      const box = node.getBoundingClientRect();
      if (style.clipPath !== "none" || style.clip !== "auto" || box.width <= 1 || box.height <= 1) return true;
    }
    return false;
  };

  const overflow = () => {
    const width = document.documentElement.clientWidth;
    const found = [];
    for (const element of document.body.querySelectorAll("*")) {
      const box = element.getBoundingClientRect();
      if (box.right <= width + 1 || box.width === 0 || !shown(element)) continue;
      const contained = [...ancestors(element.parentElement)].some(
        (node) => node !== document.body && getComputedStyle(node).overflowX !== "visible",
      );
      if (!contained) found.push(`${label(element)} ends at ${Math.round(box.right)} px in a window of ${width} px`);
    }
    if (!found.length && document.scrollingElement.scrollWidth > width) {
      found.push(`the page is ${document.scrollingElement.scrollWidth} px wide in a window of ${width} px`);
    }
    return unique(found);
  };

  const clippedText = () => {
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const parent = walker.currentNode.parentElement;
      if (!walker.currentNode.data.trim() || !shown(parent) || visuallyHidden(parent)) continue;
      if (["SCRIPT", "STYLE", "OPTION", "TITLE"].includes(parent.tagName) || parent.closest("svg")) continue;
      const range = document.createRange();
      range.selectNodeContents(walker.currentNode);
      const text = range.getBoundingClientRect();
      for (const node of ancestors(parent)) {
        const style = getComputedStyle(node);
        const box = node.getBoundingClientRect();
        const cuts = (value) => value === "hidden" || value === "clip";
        if (
          (cuts(style.overflowX) && (text.right > box.right + 2 || text.left < box.left - 2)) ||
          (cuts(style.overflowY) && (text.bottom > box.bottom + 2 || text.top < box.top - 2))
        ) {
          found.push(`text is cut off by ${label(node)}: "${walker.currentNode.data.trim().slice(0, 40)}"`);
        }
      }
    }
    return unique(found);
  };

  // WCAG 1.4.12. The page's Content Security Policy allows constructed style sheets, unlike inline styles.
  const textSpacing = () => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`
      * { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
      p { margin-block-end: 2em !important; }
    `);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    const found = [...overflow(), ...clippedText()];
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
    return unique(found);
  };

  const storage = async () => {
    const found = [];
    if (document.cookie) found.push(`cookies: ${document.cookie}`);
    if (localStorage.length) found.push(`localStorage: ${Object.keys(localStorage)}`);
    if (sessionStorage.length) found.push(`sessionStorage: ${Object.keys(sessionStorage)}`);
    for (const database of await indexedDB.databases()) found.push(`indexedDB: ${database.name}`);
    for (const name of await caches.keys()) found.push(`cache: ${name}`);
    for (const worker of await navigator.serviceWorker.getRegistrations()) found.push(`service worker: ${worker.scope}`);
    return found.map((what) => `the page stores ${what}`);
  };

  // Needs a context that prefers reduced motion.
  const motion = () => {
    const milliseconds = (list) => Math.max(...list.split(",").map((t) => parseFloat(t) * (t.includes("ms") ? 1 : 1000)));
    const found = [];
    for (const element of document.querySelectorAll("*")) {
      const style = getComputedStyle(element);
      if (style.animationName !== "none" && milliseconds(style.animationDuration) > 10)
        found.push(`${label(element)} is animated (${style.animationName})`);
      if (style.transitionProperty !== "none" && milliseconds(style.transitionDuration) > 10)
        found.push(`${label(element)} has a transition (${style.transitionProperty})`);
      if (style.scrollBehavior === "smooth") found.push(`${label(element)} scrolls smoothly`);
    }
    return unique(found);
  };

  const luminance = (color) => {
    const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    context.fillStyle = color;
    context.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = context.getImageData(0, 0, 1, 1).data;
    const channel = (value) => (value / 255 <= 0.03928 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
    return a === 0 ? 1 : 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  };

  // In print: dark text on white, no navigation, and nothing that covers the text.
  const print = () => {
    const found = [];
    const main = document.querySelector("main");
    if (!main || !shown(main) || !main.innerText.trim()) found.push("the main text is not printed");
    for (const element of [document.documentElement, document.body, main].filter(Boolean)) {
      const style = getComputedStyle(element);
      if (luminance(style.backgroundColor) < 0.9) found.push(`${label(element).slice(0, 40)} has a dark background on paper`);
    }
    if (main && luminance(getComputedStyle(main).color) > 0.2) found.push("the main text is pale on paper");
    for (const element of document.body.querySelectorAll("*")) {
      if (!shown(element)) continue;
      const style = getComputedStyle(element);
      if (["fixed", "sticky"].includes(style.position)) found.push(`${label(element)} floats over the printed text`);
      if (element.matches("header nav, [role=search]")) found.push(`${label(element)} is printed, and paper has no links`);
    }
    return unique([...found, ...overflow()]);
  };

  // With forced colours every text uses them, and controls have a border or an outline.
  const forcedColors = () => {
    const found = [];
    for (const element of document.body.querySelectorAll("a, button, input, select, textarea, summary, p, li, h1, h2, h3, dd, dt")) {
      if (!shown(element) || visuallyHidden(element)) continue;
      const style = getComputedStyle(element);
      if (style.forcedColorAdjust === "none") found.push(`${label(element)} does not use the forced colours`);
      if (element.matches("button, input, select, textarea") && element.type !== "hidden") {
        const border = ["Top", "Bottom"].some((side) => style[`border${side}Style`] !== "none" && parseFloat(style[`border${side}Width`]) > 0);
        if (!border && style.outlineStyle === "none") found.push(`${label(element)} has no border with forced colours`);
      }
    }
    for (const element of document.body.querySelectorAll(".breadcrumbs li:not(:last-child), .meta > * + *")) {
      if (!shown(element)) continue;
      const dot = getComputedStyle(element, element.matches(".breadcrumbs li") ? "::after" : "::before");
      if (dot.backgroundColor === getComputedStyle(document.body).backgroundColor || dot.forcedColorAdjust !== "none") {
        found.push(`${label(element)} has no separator with forced colours`);
      }
    }
    return unique(found);
  };

  // The keyboard

  const INTERACTIVE = "a[href], area[href], button, input, select, textarea, summary, iframe, audio[controls], video[controls], [tabindex], [contenteditable=true]";
  const PROPERTIES = ["boxShadow", "backgroundColor", "backgroundImage", "borderTopColor", "borderBottomColor", "borderTopWidth",
    "borderBottomWidth", "borderBottomStyle", "textDecorationLine", "textDecorationThickness", "textDecorationColor"];

  const appearance = (element) =>
    [[element, null], [element, "::before"], [element, "::after"], [element.parentElement, null]].map(([node, pseudo]) => {
      const style = getComputedStyle(node, pseudo);
      return PROPERTIES.map((name) => style[name]).join("|") + outline(style);
    });

  const outline = (style) =>
    style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0
      ? `${style.outlineStyle} ${style.outlineWidth} ${style.outlineColor}`
      : "";

  const isFocusable = (element) => {
    if (element.disabled || element.inert || element.closest("[inert]") || element.tabIndex < 0) return false;
    if (element.type === "radio" && !element.checked && element.name) {
      const group = [...document.getElementsByName(element.name)].filter((other) => other.form === element.form);
      if (group.some((other) => other.checked) || group[0] !== element) return false;
    }
    return element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0;
  };

  // Returns the labels of all elements that Tab must reach, and stores their appearance without focus for focused().
  const interactive = () => {
    document.activeElement?.blur();
    window.auditedElements = [...document.querySelectorAll(INTERACTIVE)].filter(isFocusable);
    window.auditedAppearances = window.auditedElements.map(appearance);
    return window.auditedElements.map(label);
  };

  const indicated = (element, index) => {
    const style = getComputedStyle(element);
    if (outline(style) && luminance(style.outlineColor) !== luminance(getComputedStyle(document.body).backgroundColor)) return true;
    return index >= 0 && appearance(element).some((now, part) => now !== window.auditedAppearances[index][part]);
  };

  const isUncovered = (element) => {
    const boxes = [...element.getClientRects()].filter((box) => box.width > 1 && box.height > 1);
    const points = boxes.flatMap((box) => [
      [box.left + box.width / 2, box.top + box.height / 2],
      [box.left + 3, box.top + 3],
      [box.right - 3, box.bottom - 3],
    ]);
    return points.some(([x, y]) => {
      const hit = document.elementFromPoint(x, y);
      return hit && (element.contains(hit) || hit.contains(element) || element.labels?.[0]?.contains(hit));
    });
  };

  // Returns the focused element with its problems, or null.
  const focused = () => {
    const element = document.activeElement;
    if (!element || element === document.body || element === document.documentElement) return null;
    const index = window.auditedElements.indexOf(element);
    const problems = [];
    if (element.tabIndex > 0) problems.push(`${label(element)} has a positive tabindex`);
    if (!indicated(element, index)) problems.push(`${label(element)} does not show that it has the focus`);
    if (!isUncovered(element)) problems.push(`${label(element)} has the focus, but is not visible or covered`);
    return { index, label: label(element), problems };
  };

  // Returns the labels of controls that open something. isOpen(index) tells whether it is open.
  const switches = () => {
    window.auditedSwitches = [...document.querySelectorAll("summary, button[aria-expanded], button[popovertarget]")].filter(isFocusable);
    return window.auditedSwitches.map(label);
  };
  const focusSwitch = (index) => window.auditedSwitches[index].focus();
  const isOpen = (index) => {
    const element = window.auditedSwitches[index];
    if (element.localName === "summary") return element.parentElement.open;
    if (element.hasAttribute("aria-expanded")) return element.getAttribute("aria-expanded") === "true";
    return element.popoverTargetElement.matches(":popover-open");
  };

  // After the skip link is used, the next Tab must reach its target or an element after it.
  const skipTarget = () => {
    const link = document.activeElement;
    return link?.localName === "a" && link.getAttribute("href")?.startsWith("#") ? link.getAttribute("href").slice(1) : null;
  };
  const isInOrAfter = (id) => {
    const target = document.getElementById(id);
    const element = document.activeElement;
    if (!target || !element || element === document.body) return false;
    return target.contains(element) || Boolean(target.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING);
  };

  const axeProblems = async (colorsOnly) => {
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"];
    const options = colorsOnly
      ? { runOnly: { type: "rule", values: ["color-contrast", "link-in-text-block"] } }
      : { runOnly: { type: "tag", values: tags }, rules: { "target-size": { enabled: true } } };
    const result = await window.axe.run(document, { ...options, resultTypes: ["violations"] });
    return result.violations.flatMap((violation) =>
      unique(violation.nodes.map((node) => {
        const why = node.failureSummary.split("\n").slice(1).map((line) => line.trim()).join("; ");
        return `axe ${violation.id}: ${violation.help}: ${node.target.join(" ")} (${why})`;
      }), 4),
    );
  };

  // A heading is not smaller than the headings below it: in a list, the entries would look more important than their heading.
  const headings = () => {
    const found = [];
    const above = [];
    for (const heading of document.querySelectorAll("main :is(h1, h2, h3, h4, h5, h6)")) {
      if (!shown(heading) || visuallyHidden(heading)) continue;
      const level = Number(heading.localName[1]);
      const size = parseFloat(getComputedStyle(heading).fontSize);
      while (above.length && above.at(-1).level >= level) above.pop();
      const parent = above.at(-1);
      if (parent && parent.size < size - 0.1) {
        found.push(`${label(heading)} has ${size} px, the heading above it, ${label(parent.heading)}, ${parent.size} px`);
      }
      above.push({ level, size, heading });
    }
    return unique(found);
  };

  // Lines of running text. A line holds up to 70 characters.
  const lineLengths = () => {
    const found = [];
    for (const element of document.querySelectorAll(":is(main, footer) :is(p, li, dd, blockquote, figcaption)")) {
      if (element.querySelector("p, li, dd, h2, h3, h4") || element.textContent.trim().length <= 70 || !shown(element)) continue;
      const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
      const range = document.createRange();
      const lines = new Map();
      while (walker.nextNode()) {
        const { data, parentElement } = walker.currentNode;
        if (visuallyHidden(parentElement)) continue;
        for (let place = 0; place < data.length; place += 1) {
          if (/\s/.test(data[place]) && (place === 0 || /\s/.test(data[place - 1]))) continue;
          range.setStart(walker.currentNode, place);
          range.setEnd(walker.currentNode, place + 1);
          const [box] = range.getClientRects();
          if (!box?.width) continue;
          const line = Math.round(box.bottom / 6);
          lines.set(line, (lines.get(line) ?? 0) + 1);
        }
      }
      const longest = Math.max(0, ...lines.values());
      if (longest > 70) found.push(`${label(element)} has a line of ${longest} characters`);
    }
    return unique(found);
  };

  return {
    headings, lineLengths, overflow, clippedText, textSpacing, storage, motion, print, forcedColors, interactive, focused, switches, focusSwitch,
    isOpen, skipTarget, isInOrAfter, axeProblems,
  };
})()
