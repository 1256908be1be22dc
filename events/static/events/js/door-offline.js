// Check-in without a connection: answers from the list that the device stores, saves check-ins, and sends them later.
// The server decides: `events/attendance/offline.py` makes the list and merges the sent check-ins.

// `door.js` loads this module and calls `start`.

const REFRESH = 15 * 60_000; // milliseconds after which the list is fetched again
const RECENT = 120_000; // milliseconds for which the list is recent enough after sending
const CUT_OFF = 15_000; // milliseconds for which the server is not asked again after a failure
const PATIENCE = 4_000; // milliseconds for an answer of the server
const LONGEST_PAUSE = 120_000; // milliseconds between two attempts to send
const MOST_RESULTS = 30;

// The interface for `door.js`

export class Offline {
  constructor({ box, store, tools, show }) {
    const settings = JSON.parse(document.getElementById("door-settings").textContent);
    Object.assign(this, settings, { box, store, tools, show });
    this.list = null;
    this.cutOffUntil = 0;
    this.pause = 5_000;
  }

  async start() {
    this.meta = await this.store.meta();
    this.offset = this.meta.offset ?? 0;
    this.part("keep").addEventListener("click", () => this.keep());
    this.part("remove").addEventListener("click", () => this.remove());
    this.part("remove-all").addEventListener("click", () => this.removeAll());
    this.part("send").addEventListener("click", () => this.flush(true));
    this.part("clear").addEventListener("click", () => this.clearConflicts());
    addEventListener("online", () => this.flush(true));
    addEventListener("offline", () => this.render());
    await this.load();
    if (this.list) await this.register();
    await this.tick();
    setInterval(() => this.tick(), 5_000);
  }

  part(name) {
    return this.box.querySelector(`[data-${name}]`);
  }

  now() {
    return Date.now() + this.offset;
  }

  get isCutOff() {
    return Boolean(this.list) && (this.isKept || !navigator.onLine || Date.now() < this.cutOffUntil);
  }

  // The abort signal for `fetch`. If there is a list, a slow server need not be waited for.
  get signal() {
    return this.list ? AbortSignal.timeout(PATIENCE) : undefined;
  }

  failed() {
    this.cutOffUntil = Date.now() + CUT_OFF;
  }

  // The list

  async load() {
    const data = await this.store.read("list");
    this.list = data && this.now() < data.endsAt ? new this.tools.List(data) : null;
    if (!this.list) return;
    for (const { scan } of await this.store.scans()) this.list.apply(scan, this.name, scan.offset ?? this.offset);
  }

  async download() {
    const response = await fetch(this.urls.people, { signal: AbortSignal.timeout(30_000) });
    if (response.status === 410 && (await response.json()).ended) return this.store.wipeList().then(() => this.load());
    if (!response.ok) throw new Error(String(response.status));
    const data = await response.json();
    this.offset = data.madeAt - Date.now();
    this.meta = await this.store.setMeta({ offset: this.offset, endsAt: data.endsAt, sendUntil: data.sendUntil });
    await this.store.write("list", data);
    // The new list includes check-ins that were sent before.
    for (const row of await this.store.scans()) if (!row.waiting) await this.store.deleteScan(row.number);
    await this.load();
  }

  async register() {
    const worker = await navigator.serviceWorker?.register(this.urls.worker, { scope: this.urls.door });
    this.isRenewed = worker?.active && this.renew(worker.active);
  }

  // Makes an existing worker fetch its page again. It has lost the page if the list was removed since it was installed.
  renew(worker) {
    const { port1, port2 } = new MessageChannel();
    return new Promise((done) => {
      port1.onmessage = done;
      setTimeout(done, CUT_OFF);
      worker.postMessage("renew", [port2]);
    });
  }

  async keep() {
    this.part("problem").hidden = true;
    this.part("keep").disabled = true;
    try {
      await this.register();
      await this.isRenewed;
      await this.download();
      await navigator.storage?.persist?.();
    } catch {
      this.part("problem").hidden = false;
    }
    this.part("keep").disabled = false;
    await this.render();
    this.part(this.list ? "remove" : "keep").focus();
  }

  // Check-ins that wait to be sent are kept until they are sent. If people were added, these contain names, so the user
  // is asked whether to delete them as well.
  async remove() {
    await this.flush(true);
    this.part("unsent").hidden = !(await this.unsentPeople()).length;
    if (!this.part("unsent").hidden) return this.part("remove-all").focus();
    await this.wipe();
    this.part("keep").focus();
  }

  async removeAll() {
    for (const { number } of await this.unsentPeople()) await this.store.deleteScan(number);
    this.part("unsent").hidden = true;
    await this.wipe();
    this.part("keep").focus();
  }

  async unsentPeople() {
    return (await this.store.scans()).filter(({ waiting, scan }) => waiting && scan.name);
  }

  async wipe() {
    await this.store.wipeList();
    await this.tools.removeWorkers(this.token);
    this.list = null;
    await this.flush(true);
    await this.render();
  }

  async tick() {
    if (this.list && this.now() >= this.list.endsAt) await this.wipe();
    if (this.meta.sendUntil && this.now() >= this.meta.sendUntil) await this.store.wipeAll();
    await this.flush();
    const isOld = this.list && this.now() - this.list.madeAt > REFRESH;
    if (isOld && !document.hidden && navigator.onLine) await this.download().catch(() => {});
    await this.render();
  }

  // Sending

  async flush(isUrgent = false) {
    if (this.isFlushing || !(await this.store.waitingCount())) return;
    if (!isUrgent && (!navigator.onLine || Date.now() < (this.nextAt ?? 0))) return;
    this.isFlushing = true;
    try {
      const sent = await this.tools.sendWaiting(this.store, this.urls.scans);
      this.pause = 5_000;
      this.cutOffUntil = 0;
      if (sent.ended) {
        this.isRevoked = true;
        await this.store.wipeAll();
        await this.tools.removeWorkers(this.token);
        this.list = null;
      } else if (this.list) {
        await this.addConflicts(sent);
        // With a bad connection, each scan may be sent alone. The list is not fetched again after each one.
        if (this.now() - this.list.madeAt > RECENT) await this.download().catch(() => {});
      }
    } catch {
      this.nextAt = Date.now() + this.pause;
      this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
    } finally {
      this.isFlushing = false;
    }
    await this.render();
  }

  async addConflicts({ results, unreadable }) {
    const found = results.filter((result) => result.level !== "good");
    for (const _id of unreadable) found.push({ heading: this.texts.unreadable, name: "", lines: [] });
    if (found.length) await this.store.write("conflicts", [...((await this.store.read("conflicts")) ?? []), ...found]);
  }

  async clearConflicts() {
    await this.store.forget("conflicts");
    await this.render();
  }

  // Answers. Each function returns whether the device has answered.

  async answer(data) {
    if (data.get("scan")) return this.undo(data.get("scan"));
    if (!this.list) return false;
    const point = { day: data.get("day") ?? this.list.today, point: data.get("at") ?? "" };
    if (data.has("walk_in")) return this.walkIn(data, point);
    if (data.has("undo")) return this.undoPerson(data.get("person"), point);
    if (data.has("person")) return this.checkIn(this.list.byReference.get(data.get("person")), point, true);
    return this.scan(data.get("code") ?? "", point, data.has("anyway"));
  }

  async scan(text, point, isAnyway) {
    const code = this.tools.readCode(text);
    if (!code) return this.showAnswer(this.tools.looksLikeCode(text) ? "misread" : "unknown");
    const hash = await this.tools.hashOf(this.list.salt, code);
    const index = this.list.byHash.get(hash);
    if (index !== undefined) return this.checkIn(index, point);
    const reason = this.list.others.get(hash);
    if (reason === "replaced") return this.showAnswer("replaced");
    if (reason) return this.showAnswer("no_place", this.texts.status.replace("%(label)s", reason));
    if (!isAnyway) return this.showAnswer("not_listed", this.texts.notListed, { button: ["checkInAnyway", { code, anyway: "1", ...this.fields(point) }] });
    const scan = await this.save({ ...point, code });
    return this.showAnswer("saved", this.texts.checkedLater, { button: ["undo", { scan: scan.id }] });
  }

  // The fields of a button that the device answers itself, even if the connection is back.
  fields({ day, point }) {
    return { day, at: point, here: "1" };
  }

  // Adds a person without a registration. The server registers them later, or finds that they are registered.
  async walkIn(data, point) {
    const [name, email] = ["name", "email"].map((field) => (data.get(field) ?? "").trim().replace(/\s+/g, " "));
    const id = data.get("key") || crypto.randomUUID();
    const isSame = (scan) => scan.id === id || (this.tools.sameName(scan.name, name) && scan.email === email);
    const known = (await this.store.scans()).find(({ scan }) => scan.name && !scan.undone && isSame(scan));
    if (known) return this.showAnswer("already_in", this.whenAndWho({ at: known.scan.at + this.offset, who: this.name }), { name });
    if (!data.has("anyway") && this.list.people.some(([, , other]) => this.tools.sameName(other, name))) {
      const fields = { walk_in: "1", name, email, key: id, anyway: "1", ...this.fields(point) };
      return this.showAnswer("same_name", this.texts.sameName, { name, button: ["addAnyway", fields] });
    }
    const scan = await this.save({ ...point, id, name, email });
    return this.showAnswer("welcome", this.texts.savedWalkIn, { name, button: ["undo", { scan: scan.id }] });
  }

  async checkIn(index, point, isAnyway = false) {
    const person = this.list.people[index];
    if (!person) return this.showAnswer("not_listed", this.texts.notListedName);
    const [, reference, name, isOnline] = person;
    const isLeaving = point.point.endsWith(":leaving");
    const known = this.list.inside.get(`${index} ${this.list.keyOf(point.day, point.point)}`);
    if (known && !isLeaving && !known.left) return this.showAnswer("already_in", this.whenAndWho(known), { name });
    if (known?.left && isLeaving) return this.showAnswer("already_left", this.whenAndWho(known), { name });
    if (isOnline && !isLeaving && !isAnyway) {
      return this.showAnswer("online", this.texts.askForRoom, { name, button: ["checkInAnyway", { person: reference, ...this.fields(point) }] });
    }
    const scan = await this.save({ ...point, person: reference });
    return this.showAnswer(isLeaving ? "left" : "welcome", this.texts.saved, { name, button: ["undo", { scan: scan.id }] });
  }

  async save(values) {
    const scan = { id: crypto.randomUUID(), at: Date.now(), offset: this.offset, undone: null, person: "", code: "", ...values };
    await this.store.addScan(scan, true);
    this.list.apply(scan, this.name, this.offset);
    this.flush();
    await this.render();
    return scan;
  }

  // Stores what the server has answered, so that the list is up to date when the connection is lost.
  async noteAnswer(data, level) {
    const code = this.tools.readCode(data.get("code") ?? "");
    const index = code ? this.list?.byHash.get(await this.tools.hashOf(this.list.salt, code)) : undefined;
    const person = index === undefined ? data.get("person") : this.list.people[index][1];
    if (level !== "good" || !person || !this.list) return;
    const undone = data.has("undo") ? Date.now() : null;
    const [day, point] = [data.get("day") ?? this.list.today, data.get("at") ?? ""];
    const scan = { id: crypto.randomUUID(), at: Date.now(), offset: this.offset, undone, person, day, point, isNoted: true };
    await this.store.addScan(scan, false);
    this.list.apply(scan, this.name, this.offset);
  }

  async undo(id) {
    const row = (await this.store.scans()).find(({ scan }) => scan.id === id);
    if (!row || row.scan.isNoted) return this.showAnswer("bad", this.texts.noUndo);
    row.scan.undone ??= Date.now();
    await this.store.setScan(row.number, row.scan, true);
    await this.load();
    this.flush();
    await this.render();
    return this.showAnswer("undone", "", { name: this.nameOf(row.scan) });
  }

  async undoPerson(reference, { day, point }) {
    const rows = (await this.store.scans()).reverse();
    const row = rows.find(({ scan }) => scan.person === reference && scan.day === day && scan.point === point && !scan.undone);
    return row ? this.undo(row.scan.id) : this.showAnswer("bad", this.texts.noUndo);
  }

  nameOf(scan) {
    return this.list?.people[this.list.byReference.get(scan.person)]?.[2] ?? (scan.name || scan.code);
  }

  time(moment, styles = { timeStyle: "short" }) {
    const language = document.documentElement.lang;
    const locale = language === "en" ? "en-GB" : language;
    const timeZone = this.list?.zone ?? this.zone;
    return new Intl.DateTimeFormat(locale, { ...styles, timeZone, hourCycle: "h23" }).format(moment);
  }

  whenAndWho({ at, who, left }) {
    if (left) return this.texts.leftAt.replace("%(time)s", this.time(left));
    const text = who ? this.texts.checkedInBy : this.texts.checkedInAt;
    return text.replace("%(time)s", this.time(at)).replace("%(who)s", who);
  }

  // `result` is a key of `answers`, or a level; then `line` is the heading.
  showAnswer(result, line = "", { name = "", button = null } = {}) {
    const [level, heading] = this.answers[result] ?? [result, line];
    const box = this.element("div", `door-answer door-answer--${level}`);
    box.append(this.element("p", "door-answer__heading", heading));
    if (name) box.append(this.element("p", "door-answer__name", name));
    if (line && line !== heading) box.append(this.element("p", "", line));
    if (button) box.append(this.form(...button));
    this.show(box, level);
    return true;
  }

  // Parts of the page

  element(tag, className = "", text = "") {
    const made = document.createElement(tag);
    made.className = className;
    made.textContent = text;
    return made;
  }

  form(label, fields, name = "") {
    const form = this.element("form");
    Object.assign(form, { method: "post", action: this.urls.door });
    form.dataset.doorForm = "";
    for (const [field, value] of Object.entries(fields)) {
      const input = this.element("input");
      Object.assign(input, { type: "hidden", name: field, value });
      form.append(input);
    }
    const button = this.element("button", label === "undo" ? "button button--quiet" : "button", this.texts[label]);
    if (name) button.append(this.element("span", "visually-hidden", `: ${name}`));
    form.append(button);
    return form;
  }

  row(name, quiet, ...rest) {
    const row = this.element("li");
    const text = this.element("div");
    text.append(this.element("strong", "", name), " ", this.element("span", "door__quiet", quiet));
    row.append(text, ...rest);
    return row;
  }

  showResults(place, search, point) {
    const found = this.list.named(search);
    const rows = found.slice(0, MOST_RESULTS).map(({ index, reference, name }) => {
      const known = this.list.inside.get(`${index} ${this.list.keyOf(point.day, point.point)}`);
      const isLeaving = point.point.endsWith(":leaving");
      const button = known && !known.left && !isLeaving ? [] : [this.form(isLeaving ? "recordLeaving" : "checkIn", { person: reference, ...this.fields(point) }, name)];
      return this.row(name, known ? this.whenAndWho(known) : "", ...button);
    });
    place.replaceChildren(...(rows.length ? rows : [this.element("li", "", this.texts.nobody)]));
    if (found.length > MOST_RESULTS) place.append(this.element("li", "", this.texts.more));
  }

  async showLatest(place) {
    const rows = (await this.store.scans()).filter(({ scan }) => !scan.undone && !scan.isNoted).reverse().slice(0, 8);
    place.replaceChildren(
      ...rows.map(({ scan }) => this.row(this.nameOf(scan), this.time(scan.at + this.offset), this.form("undo", { scan: scan.id }, this.nameOf(scan)))),
    );
  }

  async render() {
    const count = await this.store.waitingCount();
    const waiting = this.part("waiting");
    waiting.hidden = !count && !this.isRevoked;
    this.part("send").hidden = this.isRevoked || !navigator.onLine;
    const text = this.isRevoked ? this.texts.revoked : this.texts.waiting[count === 1 ? 0 : 1].replace("%(number)s", count);
    if (this.part("count").textContent !== text) this.part("count").textContent = text;
    const state = this.list
      ? this.texts.kept
          .replace("%(number)s", this.list.people.length)
          .replace("%(time)s", this.time(this.list.madeAt))
          .replace("%(end)s", this.time(this.list.endsAt, { dateStyle: "short", timeStyle: "short" }))
      : this.texts.notKept;
    if (this.part("state").textContent !== state) this.part("state").textContent = state;
    this.part("keep").hidden = Boolean(this.list) || this.isKept;
    this.part("remove").hidden = !this.list;
    await this.renderConflicts();
    this.onRender?.();
  }

  async renderConflicts() {
    const found = (this.list && (await this.store.read("conflicts"))) || [];
    this.part("conflicts").hidden = !found.length;
    const rows = found.map(({ name, heading, lines }) => this.row(name, [heading, ...lines].join(". ")));
    this.part("conflict-list").replaceChildren(...rows);
  }
}
