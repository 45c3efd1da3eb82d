// Start-up: show the stored order first, then fetch from the network if available.
document.getElementById("say").addEventListener("click", async () => {
  const field = document.getElementById("said");
  if (!field.value.trim()) return;
  await queue("message", { to: "desk", text: field.value }, { said: "" });
  notice("→ " + field.value);
  field.value = "";
});
document.getElementById("said").addEventListener("input", (event) => keep("said", event.target.value));

let source = null;
function listen() {
  if (isEnded) return;
  const heard = new Set();
  source = new EventSource("/phone/stream");
  source.onopen = () => { isLinked = true; push(); };
  source.onmessage = (event) => {
    const told = JSON.parse(event.data);
    for (const m of [...(told.messages || []), ...(told.message ? [told.message] : [])]) {
      if (m.team_id === TEAM || heard.has(m.id)) continue;
      heard.add(m.id);
      notice(clock(m.at_s) + " " + m.text);
    }
    const isSame = order && ["plan_id", "is_exercise", "codes"].every((key) => told[key] === order[key]);
    if (told.plan_id && !isSame) loadOrder();
  };
  source.onerror = () => {
    isLinked = false;
    tellWaiting();
    if (source.readyState === EventSource.CLOSED) { loadOrder(); setTimeout(listen, 15000); }
  };
}

// The session ended while the phone was offline.
function endInTime() { if (order && order.until <= Date.now()) endSession(say("board.phone.enrol_again")); }

async function start() {
  const left = localStorage.getItem(LEFT);
  if (left !== null) {
    await endSession(say("board.phone.signed_out"));
    return signOut(leaving, Number(left));
  }
  // With an untrusted certificate the page works, but the browser caches nothing.
  const registered = "serviceWorker" in navigator ? navigator.serviceWorker.register("/phone/worker.js") : Promise.reject(new Error());
  registered.catch(() => { document.getElementById("no-offline").hidden = false; });
  if (navigator.storage && navigator.storage.persist) navigator.storage.persist().catch(() => {});
  await unseal();
  order = (await kept("order")) || null;
  progress = (await kept("progress")) || {};
  marks = (await kept("marks")) || noMarks();
  typed = (await kept("typed")) || {};
  document.getElementById("said").value = (await kept("said")) || "";
  // Send rows that were typed before the page was closed and not sent.
  for (const [visit, rows] of Object.entries(typed)) for (const [row, own] of Object.entries(rows)) if (own.sent === false) await sendRow(visit, row);
  show();
  document.body.dataset.ready = "yes";
  listen();
  endInTime();
  setInterval(endInTime, 60000);
  await loadOrder();
  push();
}
