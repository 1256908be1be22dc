// Searches the pages of one language in the static copy of the site. The script before this one sets `searchIndex`. The
// rules are those of home/search.py: each word of the query must begin a word of the page; pages with the words in their
// titles come first; if nothing is found, letters are removed at the end of the words.
(() => {
  const place = document.getElementById("search-results");
  const field = document.querySelector("form[role=search] input[name=q]");
  const query = (new URLSearchParams(location.search).get("q") || "").trim();
  if (!place || !field || !query) return;
  field.value = query;

  const fold = (text) =>
    text
      .normalize("NFKD")
      .replace(/\p{M}/gu, "")
      .toLowerCase()
      .replaceAll("ς", "σ")
      .replaceAll("ß", "ss");
  const wordsOf = (text) => fold(text).match(/[\p{L}\p{N}_]+/gu) || [];
  const begins = (parts, word) => parts.some((part) => part.startsWith(word));

  const find = (words) =>
    window.searchIndex
      .filter((page) => words.every((word) => begins(page.words, word)))
      .map((page) => ({ page, missing: words.filter((word) => !begins(wordsOf(page.title), word)).length }))
      .sort((one, other) => one.missing - other.missing)
      .map((found) => found.page);

  for (const page of window.searchIndex) page.words = page.text.split(" ");
  const words = [...new Set(wordsOf(query))].slice(0, 20);
  let pages = [];
  for (let cut = 0; cut <= 3 && words.length && !pages.length; cut += 1) {
    pages = find(words.map((word) => word.slice(0, Math.max(4, word.length - cut))));
  }

  const title = document.createElement("h2");
  title.className = "list-title";
  const text = pages.length === 1 ? place.dataset.one : pages.length ? place.dataset.many : place.dataset.none;
  title.textContent = text.replace("{number}", pages.length).replace("{query}", query);
  const list = document.createElement("ol");
  list.className = "teasers";
  for (const page of pages) {
    const item = document.createElement("li");
    item.className = "teaser";
    const block = document.createElement("div");
    block.className = "teaser__text";
    const add = (name, className, content) => {
      if (!content) return null;
      const element = document.createElement(name);
      element.className = className;
      element.textContent = content;
      block.append(element);
      return element;
    };
    add("p", "meta", page.kind);
    const heading = add("h3", "teaser__title", " ");
    const link = document.createElement("a");
    link.href = page.file;
    link.textContent = page.title;
    heading.replaceChildren(link);
    add("p", "teaser__summary", page.summary);
    item.append(block);
    list.append(item);
  }
  place.replaceChildren(title, list);
})();
