// A door link that has ended: the list leaves the device, and what waits is sent. If it was revoked, nothing stays.

const box = document.querySelector("[data-ended]");
const { token, scans, waiting, sent, revoked } = box.dataset;

const end = async () => {
  const { openStore, removeWorkers, sendWaiting } = await import(box.dataset.store);
  const store = await openStore(token);
  await removeWorkers(token);
  await store.wipeList();
  const count = await store.waitingCount();
  if (!count) return store.wipeAll();
  box.textContent = waiting.replace("%(number)s", count);
  const { ended } = await sendWaiting(store, scans);
  box.textContent = ended ? revoked : sent;
  return store.wipeAll();
};

if ("indexedDB" in window && window.crypto?.subtle) {
  const attempt = () => end().catch(() => setTimeout(attempt, 15_000));
  attempt();
}
