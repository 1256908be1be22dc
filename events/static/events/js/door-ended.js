// Runs for a door link that has ended: deletes the list from the device and sends the waiting check-ins. If the link
// was revoked, they are deleted, too.

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
