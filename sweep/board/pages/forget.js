"use strict";
// Delete the orders in this browser: databases, caches, service workers. Unacknowledged reports stay, encrypted with
// a key that the server gives only to a phone of the same team, scenario and day.
// Mark a phone that has signed out offline, so that it signs out at the server as soon as it is online.
const LEFT = "sweep signed out";

function answerOfRequest(request) {
  return new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
}

async function encrypted(key, text) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { iv, sealed: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, new TextEncoder().encode(text)) };
}

async function forgetDatabase(name) {
  const base = await answerOfRequest(indexedDB.open(name));
  base.onversionchange = () => base.close();
  if (base.objectStoreNames.contains("queue") && base.objectStoreNames.contains("kept")) {
    const work = base.transaction(["queue", "kept"]), kept = work.objectStore("kept");
    const [queued, typed, key, device] = await Promise.all(
      [work.objectStore("queue").getAll(), kept.get("typed"), kept.get("seal"), kept.get("device")].map(answerOfRequest),
    );
    const rows = Object.entries(typed || {}).flatMap(([visit_id, own]) => Object.entries(own)
      .filter(([, row]) => row.sent === false)
      .map(([row, { unit, answers, at }]) => ({ text: JSON.stringify({ kind: "form", body: { visit_id, row, unit, answers }, t: at }) })));
    const unsent = await Promise.all([...queued, ...rows].map(async ({ seq, text, ...rest }) => {
      const own = seq === undefined ? {} : { seq };
      // A page of an older version has stored no key.
      return text === undefined ? { ...own, ...rest } : key ? { ...own, ...await encrypted(key, text) } : { ...own, text };
    }));
    if (unsent.length) {
      const change = base.transaction(["queue", "kept"], "readwrite", { durability: "strict" });
      change.objectStore("kept").clear();
      // The device keeps its name, so that the numbers of its reports continue.
      if (device) change.objectStore("kept").put(device, "device");
      for (const report of unsent) change.objectStore("queue").put(report);
      await new Promise((done, failed) => { change.oncomplete = done; change.onabort = () => failed(change.error); });
      base.close();
      return;
    }
  }
  base.close();
  await answerOfRequest(indexedDB.deleteDatabase(name));
}

async function forgetDatabases(but, more = []) {
  // Older browsers cannot list their databases.
  const listed = indexedDB.databases ? (await indexedDB.databases()).map(({ name }) => name) : [];
  const names = new Set([...listed, ...more].filter((name) => name.startsWith("sweep ") && name !== but));
  await Promise.allSettled([...names].map(forgetDatabase));
}

async function forgetOrders(more) {
  const workers = navigator.serviceWorker ? await navigator.serviceWorker.getRegistrations() : [];
  await Promise.allSettled(workers.map((worker) => worker.unregister()));
  if (globalThis.caches) await Promise.allSettled((await caches.keys()).map((name) => caches.delete(name)));
  await forgetDatabases(null, more);
}

// Sign-in and enrolment pages: delete at once without a session, else before another session replaces it.
const entry = document.querySelector("form[data-forgets]");
if (entry) {
  if (entry.dataset.forgets === "now") forgetOrders().catch(() => {});
  entry.addEventListener("submit", async (event) => {
    event.preventDefault();
    const soon = new Promise((done) => setTimeout(done, 3000));
    await Promise.race([forgetOrders().catch(() => {}), soon]);
    localStorage.removeItem(LEFT);
    entry.submit();
  });
}
