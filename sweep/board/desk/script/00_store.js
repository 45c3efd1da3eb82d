// What the board knows, filled by the stream; words of the reader's language; the clock of the day.
const words = JSON.parse(document.getElementById("words").textContent);
const token = document.body.dataset.token, mayAct = document.body.dataset.act === "yes";
const store = { plan: null, teams: new Map(), messages: new Map(), events: [], figures: null, now: 0, at: 0, speed: 1 };

function say(key, values) {
  return (words[key] || key).replace(/\{(\w+)\}/g, (_, name) => String((values || {})[name] ?? ""));
}
function nowS() { return store.now + Math.floor(((Date.now() - store.at) / 1000) * store.speed); }
function clock(s) {
  if (s === null || s === undefined) return "–";
  const minutes = Math.round(s / 60);
  return String(Math.floor(minutes / 60)).padStart(2, "0") + ":" + String(minutes % 60).padStart(2, "0");
}
function make(tag, name, text) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text !== undefined) made.textContent = text;
  return made;
}
function place(element, from, until) {
  const all = store.until - store.from, left = (from - store.from) / all, width = (until - from) / all;
  element.style.left = 100 * Math.max(0, left) + "%";
  element.style.width = Math.max(0.3, 100 * (width + Math.min(0, left))) + "%";
  return element;
}
async function send(path, content) {
  const headers = { "Content-Type": "application/json", "X-Sweep-Token": token };
  const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(content) });
  const told = await answer.json().catch(() => ({}));
  if (answer.status === 401) location.assign("/login");
  if (told.issues) throw new Error(told.issues.map((i) => i.code + " " + i.what + " → " + i.fix).join("\n"));
  if (!answer.ok) throw new Error(String(answer.status));
  return told;
}
function ownId() { return crypto.randomUUID ? crypto.randomUUID() : Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join(""); }
function report(kind, body) { return send("/desk/reports", { id: ownId(), kind, body }); }
