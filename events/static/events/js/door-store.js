// The data that a device stores for a door link: in IndexedDB, encrypted by AES-GCM with keys that scripts cannot read.
// The list of the event has a separate key, which is deleted with it. Waiting check-ins contain references that only
// the server can read, and the names and addresses of people who were added.

const LIST = "list";
const QUEUE = "queue";
const META = "meta";

const asPromise = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

// The name of the database contains a hash, so that it does not reveal the token.
const nameOf = async (token) => {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`door:${token}`)));
  return `door-${Array.from(bytes.slice(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
};

const open = async (token) => {
  const request = indexedDB.open(await nameOf(token), 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("keys");
    request.result.createObjectStore("data");
    request.result.createObjectStore("scans", { keyPath: "number", autoIncrement: true });
  };
  return asPromise(request);
};

class Store {
  constructor(database) {
    this.database = database;
  }

  do(store, mode, work) {
    return asPromise(work(this.database.transaction(store, mode).objectStore(store)));
  }

  // Keys

  async key(name) {
    const known = await this.do("keys", "readonly", (store) => store.get(name));
    if (known) return known;
    const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    // Another tab may have made a key in the meantime.
    await this.do("keys", "readwrite", (store) => store.add(made, name)).catch(() => {});
    return this.do("keys", "readonly", (store) => store.get(name));
  }

  async encrypt(name, value) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const text = new TextEncoder().encode(JSON.stringify(value));
    return { iv, bytes: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await this.key(name), text) };
  }

  async decrypt(name, { iv, bytes }) {
    const text = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, await this.key(name), bytes);
    return JSON.parse(new TextDecoder().decode(text));
  }

  // The list, and other data with names

  async write(name, value) {
    const data = await this.encrypt(LIST, value);
    await this.do("data", "readwrite", (store) => store.put(data, name));
  }

  async read(name) {
    const data = await this.do("data", "readonly", (store) => store.get(name));
    return data ? this.decrypt(LIST, data).catch(() => null) : null;
  }

  async forget(name) {
    await this.do("data", "readwrite", (store) => store.delete(name));
  }

  // The device, its clock, and the ends of the list and of sending. This is no personal data, so it is not encrypted.
  async meta() {
    const found = await this.do("data", "readonly", (store) => store.get(META));
    return found ?? { device: crypto.randomUUID() };
  }

  async setMeta(values) {
    const meta = { ...(await this.meta()), ...values };
    await this.do("data", "readwrite", (store) => store.put(meta, META));
    return meta;
  }

  // Check-ins. `waiting` is true while the server does not have them.

  async addScan(scan, waiting) {
    const data = await this.encrypt(QUEUE, scan);
    return this.do("scans", "readwrite", (store) => store.add({ ...data, waiting }));
  }

  async setScan(number, scan, waiting) {
    const data = await this.encrypt(QUEUE, scan);
    await this.do("scans", "readwrite", (store) => store.put({ ...data, waiting, number }));
  }

  async scans() {
    const rows = await this.do("scans", "readonly", (store) => store.getAll());
    const found = [];
    for (const row of rows) {
      found.push({ number: row.number, waiting: row.waiting, scan: await this.decrypt(QUEUE, row) });
    }
    return found;
  }

  // Called after the server has received the scan. The address of an added person is then deleted. Without a list, the
  // name is no longer needed either, and the scan is deleted.
  async settle(number, scan) {
    const hasList = await this.do("data", "readonly", (store) => store.count(LIST));
    if (scan.name && !hasList) await this.deleteScan(number);
    else await this.setScan(number, scan.name ? { ...scan, email: "" } : scan, false);
  }

  async deleteScan(number) {
    await this.do("scans", "readwrite", (store) => store.delete(number));
  }

  async waitingCount() {
    const rows = await this.do("scans", "readonly", (store) => store.getAll());
    return rows.filter((row) => row.waiting).length;
  }

  // Ends

  async wipeList() {
    await this.do("keys", "readwrite", (store) => store.delete(LIST));
    for (const name of [LIST, "conflicts"]) await this.forget(name);
    for (const row of await this.scans()) if (!row.waiting) await this.deleteScan(row.number);
    await this.setMeta({ endsAt: 0 });
  }

  async wipeAll() {
    for (const name of ["keys", "data", "scans"]) await this.do(name, "readwrite", (store) => store.clear());
  }
}

export const openStore = async (token) => new Store(await open(token));

// Unregisters the service worker of the link and deletes its cache. The page then no longer works without a connection.
export const removeWorkers = async (token) => {
  const registrations = (await navigator.serviceWorker?.getRegistrations()) ?? [];
  for (const registration of registrations) {
    if (registration.scope.includes(`/door/${token}/`)) await registration.unregister();
  }
  for (const name of await caches.keys()) if (name.includes(`/door/${token}/`)) await caches.delete(name);
};

// Sends the waiting scans, fifty in each request. Returns the results of the server; `ended` is true if the link was
// revoked.
export const sendWaiting = async (store, address) => {
  const found = { ended: false, results: [], unreadable: [] };
  for (;;) {
    const rows = (await store.scans()).filter((row) => row.waiting).slice(0, 50);
    if (!rows.length) return found;
    const { device } = await store.setMeta({});
    const response = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ device, clock: Date.now(), scans: rows.map((row) => row.scan) }),
      signal: AbortSignal.timeout(30_000),
    });
    if (response.status === 410 && (await response.json()).ended) return { ...found, ended: true };
    if (!response.ok) throw new Error(String(response.status));
    const answer = await response.json();
    const done = new Set(answer.unreadable);
    for (const result of answer.results) if (!result.again) done.add(result.id);
    const latest = new Map((await store.scans()).map((row) => [row.number, row.scan]));
    for (const { number, scan } of rows) {
      // If the scan was undone in the meantime, that has to be sent, too.
      const now = latest.get(number);
      if (done.has(scan.id) && now && now.undone === scan.undone) await store.settle(number, now);
    }
    found.results.push(...answer.results.filter((result) => !result.again));
    found.unreadable.push(...answer.unreadable);
    // The server is busy. The caller sends the rest later.
    if (done.size < rows.length) throw new Error("busy");
  }
};
