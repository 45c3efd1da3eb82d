// Stored on the phone: unsent reports, order and typed input, in a browser database for this team, scenario and day.
const kinds = JSON.parse(document.getElementById("kinds").textContent);
const { team: TEAM, day: DAY, scenario: SCENARIO, token } = document.body.dataset;
const DATABASE = ["sweep", DAY, SCENARIO, TEAM].join(" ");
// Whether the session has ended and all its stored data are deleted.
let isEnded = false;

function asked(request) {
  return new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
}
function finished(work) {
  return new Promise((done, failed) => {
    work.oncomplete = () => done();
    work.onabort = work.onerror = () => failed(work.error);
  });
}
const opened = new Promise((done, failed) => {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => {
    // The browser assigns each number of this store once.
    request.result.createObjectStore("queue", { keyPath: "seq", autoIncrement: true });
    request.result.createObjectStore("kept");
  };
  request.onsuccess = () => {
    // Another page of this browser deletes the database when the session ends.
    request.result.onversionchange = () => request.result.close();
    done(request.result);
  };
  request.onerror = () => failed(request.error);
});
async function keep(name, value) {
  const work = (await opened).transaction("kept", "readwrite", { durability: "strict" });
  work.objectStore("kept").put(value, name);
  return finished(work);
}
async function kept(name) { return asked((await opened).transaction("kept").objectStore("kept").get(name)); }
// Delete orders of other days, scenarios and teams (C30); their unsent input stays encrypted.
opened.then(() => forgetDatabases(DATABASE)).catch(() => {});
// Decrypt unsent reports of an earlier session of the team, with the key from the page.
async function unseal() {
  const bytes = Uint8Array.from(document.body.dataset.seal.match(/../g), (pair) => parseInt(pair, 16));
  const key = await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
  await keep("seal", key);
  for (const { seq, iv, sealed } of await asked((await opened).transaction("queue").objectStore("queue").getAll())) {
    if (!sealed) continue;
    // Reports encrypted with another server's key stay unchanged.
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, sealed).catch(() => null);
    if (!plain) continue;
    const text = new TextDecoder().decode(plain);
    const work = (await opened).transaction("queue", "readwrite", { durability: "strict" });
    work.objectStore("queue").put({ seq, text });
    await finished(work);
  }
}
async function device() {
  let own = await kept("device");
  if (!own) {
    own = Array.from(crypto.getRandomValues(new Uint8Array(8)), (b) => b.toString(16).padStart(2, "0")).join("");
    await keep("device", own);
  }
  return own;
}
// The display state of a report is stored in the same transaction, so that no unsent report looks sent.
async function queue(kind, body, shown = {}, t = Date.now()) {
  const work = (await opened).transaction(["queue", "kept"], "readwrite", { durability: "strict" });
  work.objectStore("queue").add({ text: JSON.stringify({ kind, body, t }) });
  for (const [name, value] of Object.entries(shown)) work.objectStore("kept").put(value, name);
  await finished(work);
  tellWaiting();
  push();
}
async function waiting(most) {
  const all = await asked((await opened).transaction("queue").objectStore("queue").getAll());
  return all.filter(({ text }) => text !== undefined).slice(0, most);
}
async function forget(seqs) {
  const work = (await opened).transaction("queue", "readwrite", { durability: "strict" });
  for (const seq of seqs) work.objectStore("queue").delete(seq);
  return finished(work);
}
