// The start: what the phone kept first, then the network, if there is one.
document.getElementById("say").addEventListener("click", async () => {
  const field = document.getElementById("said");
  if (!field.value.trim()) return;
  await queue("message", { to: "desk", text: field.value }, "said", "");
  notice("→ " + field.value);
  field.value = "";
});
document.getElementById("said").addEventListener("input", (event) => keep("said", event.target.value));

function listen() {
  const source = new EventSource("/phone/stream"), heard = new Set();
  source.onopen = () => { isLinked = true; push(); };
  source.onmessage = (event) => {
    const told = JSON.parse(event.data);
    for (const m of [...(told.messages || []), ...(told.message ? [told.message] : [])]) {
      if (m.team_id === TEAM || heard.has(m.id)) continue;
      heard.add(m.id);
      notice(clock(m.at_s) + " " + m.text);
    }
    const isSame = order && told.plan_id === order.plan_id && told.is_exercise === order.is_exercise;
    if (told.plan_id && !isSame) loadOrder();
  };
  source.onerror = () => {
    isLinked = false;
    tellWaiting();
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 15000);
  };
}

async function start() {
  if ("serviceWorker" in navigator) navigator.serviceWorker.register("/phone/worker.js").catch(() => {});
  if (navigator.storage && navigator.storage.persist) navigator.storage.persist().catch(() => {});
  order = (await kept("order")) || null;
  progress = (await kept("progress")) || {};
  typed = (await kept("typed")) || {};
  document.getElementById("said").value = (await kept("said")) || "";
  // A page that was closed before a row went out sends it now.
  for (const [visit, rows] of Object.entries(typed)) for (const [row, own] of Object.entries(rows)) if (own.sent === false) await sendRow(visit, row);
  show();
  document.body.dataset.ready = "yes";
  listen();
  await loadOrder();
  push();
}
start().catch(() => { banner.dataset.kind = "fault"; banner.textContent = say("board.phone.no_store"); });
