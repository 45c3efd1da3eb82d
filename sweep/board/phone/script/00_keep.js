// What the phone keeps: reports that wait, the order, what is typed; in a database of the browser's, for this team, scenario and day.
const kinds = JSON.parse(document.getElementById("kinds").textContent);
const { team: TEAM, day: DAY, scenario: SCENARIO, token } = document.body.dataset;

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
  const request = indexedDB.open(["sweep", DAY, SCENARIO, TEAM].join(" "), 1);
  request.onupgradeneeded = () => {
    // The numbers of this store are given once each, by the browser, and never again.
    request.result.createObjectStore("queue", { keyPath: "seq", autoIncrement: true });
    request.result.createObjectStore("kept");
  };
  request.onsuccess = () => done(request.result);
  request.onerror = () => failed(request.error);
});
async function keep(name, value) {
  const work = (await opened).transaction("kept", "readwrite", { durability: "strict" });
  work.objectStore("kept").put(value, name);
  return finished(work);
}
async function kept(name) { return asked((await opened).transaction("kept").objectStore("kept").get(name)); }
// Orders and forms of days that are over stay on no phone, once all that was typed there was sent (C30).
async function forgetPast() {
  for (const { name } of await indexedDB.databases()) {
    if (!name.startsWith("sweep ") || name.split(" ")[1] >= DAY) continue;
    const past = await asked(indexedDB.open(name)), work = past.transaction(["queue", "kept"]);
    const [n, rows] = await Promise.all([asked(work.objectStore("queue").count()), asked(work.objectStore("kept").get("typed"))]);
    past.close();
    const unsent = Object.values(rows || {}).flatMap(Object.values).some((row) => row.sent === false);
    if (!n && !unsent) await asked(indexedDB.deleteDatabase(name));
  }
}
// An older browser does not say which there are.
opened.then(forgetPast).catch(() => {});
async function device() {
  let own = await kept("device");
  if (!own) {
    own = Array.from(crypto.getRandomValues(new Uint8Array(8)), (b) => b.toString(16).padStart(2, "0")).join("");
    await keep("device", own);
  }
  return own;
}
// What the page shows of a report is kept with it or not at all: nothing looks as if it were sent and is not.
async function queue(kind, body, name, value, t = Date.now()) {
  const work = (await opened).transaction(["queue", "kept"], "readwrite", { durability: "strict" });
  work.objectStore("queue").add({ text: JSON.stringify({ kind, body, t }) });
  if (name) work.objectStore("kept").put(value, name);
  await finished(work);
  tellWaiting();
  push();
}
async function waiting(most) { return asked((await opened).transaction("queue").objectStore("queue").getAll(null, most)); }
async function forget(seqs) {
  const work = (await opened).transaction("queue", "readwrite", { durability: "strict" });
  for (const seq of seqs) work.objectStore("queue").delete(seq);
  return finished(work);
}
