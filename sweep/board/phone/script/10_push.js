// Reports are sent in order, and deleted only after the server acknowledges the hash of their content.
const banner = document.getElementById("banner");
let isPushing = false, isAgain = false, isLinked = false, waitMs = 2000, timer = null;
// Last message of the server about an ended session, independent of the network.
let shutOut = null;
// Reason why the server rejected the reports in its last answer.
let refused = null;

// Any answer of the server means that the network is available.
async function refusalOf(answer) {
  if (answer.status === 507) return say("board.phone.disk_full");
  const told = await answer.json().catch(() => ({})), why = (told.issues || []).map((i) => i.code + " " + i.what + " → " + i.fix);
  return say("board.phone.refused", { why: why.join(" ") || answer.status });
}

async function sha256(text) {
  const sum = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(sum), (b) => b.toString(16).padStart(2, "0")).join("");
}

async function tellWaiting() {
  if (isEnded) return;
  const fault = shutOut || refused;
  const n = await asked((await opened).transaction("queue").objectStore("queue").count());
  const kind = fault ? "fault" : n ? "waits" : isLinked ? "sent" : "offline";
  banner.dataset.kind = kind;
  banner.dataset.n = n;
  banner.textContent = fault || say("board.phone." + kind, { n });
}

async function pushOnce() {
  const all = await waiting(100);
  if (!all.length) return false;
  const content = { device: await device(), sent: Date.now(), first: all[0].seq, reports: all.map(({ seq, text }) => ({ seq, text })) };
  const headers = { "Content-Type": "application/json", "X-Sweep-Token": token };
  const answer = await fetch("/phone/reports", { method: "POST", headers, body: JSON.stringify(content), signal: AbortSignal.timeout(15000) });
  if (answer.status === 401) { await endSession(say("board.phone.enrol_again")); return false; }
  isLinked = true;
  shutOut = answer.status === 403 ? say("board.phone.enrol_again") : null;
  if (shutOut) throw new Error(shutOut);
  refused = answer.ok ? null : await refusalOf(answer);
  if (refused) throw new Error(refused);
  const told = await answer.json(), hashes = new Map(told.acks.map((a) => [a.seq, a.sha256])), done = [];
  for (const { seq, text } of all) if (hashes.get(seq) === await sha256(text)) done.push(seq);
  await forget(done);
  for (const { code } of told.unread) notice(say("board.phone.unread", { code }));
  if (order && told.plan_id !== order.plan_id) loadOrder();
  return done.length > 0;
}

async function push() {
  if (isEnded) return;
  if (isPushing) { isAgain = true; return; }
  isPushing = true;
  clearTimeout(timer);
  try {
    do { isAgain = false; } while (await pushOnce() || isAgain);
    waitMs = 2000;
  } catch (error) {
    // Without a network all reports stay in the queue. The reason of a rejection is shown.
    if (error instanceof TypeError || error.name === "TimeoutError") { isLinked = false; refused = null; }
    waitMs = Math.min(60000, waitMs * 1.6);
  }
  isPushing = false;
  if (isEnded) return;
  await tellWaiting();
  timer = setTimeout(push, waitMs);
}
addEventListener("online", () => { waitMs = 2000; push(); loadOrder(); });
document.addEventListener("visibilitychange", () => { if (!document.hidden) { push(); loadOrder(); } });
