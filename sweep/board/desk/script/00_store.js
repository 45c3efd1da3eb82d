// State of the board, updated by the stream; clock of the day.
const mayAct = document.body.dataset.act === "yes";
const store = { plan: null, teams: new Map(), messages: new Map(), events: [], leads: [], figures: null, now: 0, at: 0, speed: 1 };

function nowS() { return store.now + Math.floor(((Date.now() - store.at) / 1000) * store.speed); }
function teamName(id) {
  const team = store.plan.teams.find((t) => t.id === id);
  return team ? team.letter + " " + team.id : id;
}
// An urgent visit that is not yet in a plan is identified by its event.
function visitName(id) {
  const known = store.plan.visits[id], urgent = store.events.find((e) => e.type === "urgent" && e.visit_id === id);
  return known ? known.name : urgent ? urgent.about[0] : id;
}
function place(element, from, until) {
  const all = store.until - store.from, left = (from - store.from) / all, width = (until - from) / all;
  element.style.left = 100 * Math.max(0, left) + "%";
  element.style.width = Math.max(0.3, 100 * (width + Math.min(0, left))) + "%";
  return element;
}
function ownId() { return crypto.randomUUID ? crypto.randomUUID() : Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join(""); }
function report(kind, body) { return send("/desk/reports", { id: ownId(), kind, body }); }
