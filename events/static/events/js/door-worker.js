// The service worker of one door link. It answers requests for the page and its files without a connection, and no
// other requests. `self.door` is set by the script at the worker's address (`events/views/door_offline.py`).

const { page, files, version } = self.door;
const NAME = `door ${version} ${page}`;
const own = page.replace(/offline\/$/, "");
const LIMIT = 5000; // milliseconds for the page of the server

const fill = async () => {
  const cache = await caches.open(NAME);
  await cache.addAll(files);
  await cache.add(new Request(page, { cache: "reload" }));
};

self.addEventListener("install", (event) => event.waitUntil(fill().then(() => self.skipWaiting())));

// If the list was removed and is stored again while the page is open, the worker is the same and is not installed
// again. The page therefore sends this message.
self.addEventListener("message", (event) => {
  const renew = async () => {
    if (!(await kept(page))) await fill();
    await self.clients.claim();
    event.ports[0]?.postMessage("kept");
  };
  event.waitUntil(renew());
});

self.addEventListener("activate", (event) => {
  const take = async () => {
    const old = (await caches.keys()).filter((name) => name.startsWith("door ") && name.endsWith(` ${page}`));
    for (const name of old) if (name !== NAME) await caches.delete(name);
    await self.clients.claim();
  };
  event.waitUntil(take());
});

const kept = async (address) => (await caches.open(NAME)).match(address, { ignoreVary: true });

const fromServer = (request) => {
  const late = new Promise((_resolve, reject) => setTimeout(() => reject(new Error("late")), LIMIT));
  return Promise.race([fetch(request), late]);
};

const openPage = async (request) => {
  try {
    const response = await fromServer(request);
    // A proxy answers, but its server does not.
    if (![502, 503, 504].includes(response.status)) return response;
    return (await kept(page)) ?? response;
  } catch (problem) {
    const found = await kept(page);
    if (found) return found;
    throw problem;
  }
};

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET") return;
  if (request.mode === "navigate") {
    if (url.pathname === own) event.respondWith(openPage(request));
  } else if (files.includes(url.pathname) || files.includes(url.href)) {
    event.respondWith(kept(request.url).then((found) => found ?? fetch(request)));
  }
});
