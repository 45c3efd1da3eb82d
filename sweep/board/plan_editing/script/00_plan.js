// Edited plan: the visits on offer, the requested changes, and the resulting routes with times and verdict.
const place = document.body.dataset.place;
let offer = null, shown = null, first = null, from = 0, until = 86400;
// Requested starts by team: [visit, slot, start], without the executed prefix.
let layout = {};
const history = [];

function take(answer) {
  shown = answer;
  document.body.dataset.drawn = "yes";
  draw();
}
function slotsOf(visit) { return Object.values(layout).flat().filter((s) => s[0] === visit); }
function begun() { return shown.routes.flatMap((r) => r.stops.filter((s) => s[5]).map((s) => s[0])); }

// Edits are checked one at a time; after a check only the newest of the edits made meanwhile is checked.
let isAsking = false, isStale = false;
async function judge() {
  isStale = true;
  if (isAsking) return;
  isAsking = true;
  while (isStale) {
    isStale = false;
    const began = performance.now();
    try {
      const answer = await send(place + "/edit/judge", { layout });
      wrong("");
      document.body.dataset.took = String(Math.round(performance.now() - began));
      take(answer);
    } catch (error) { wrong(error.message); }
  }
  isAsking = false;
}
function wrong(text) { document.getElementById("wrong").textContent = text; }

function change(edit) {
  history.push(JSON.stringify(layout));
  edit();
  judge();
}
function undo() {
  if (!history.length) return;
  layout = JSON.parse(history.pop());
  judge();
}

// A synchronised visit starts at the same time for all its teams, and is removed from all of them.
function moveTo(visit, slot, team, start) {
  const at = Math.max(0, Math.min(172799, start));
  change(() => {
    for (const id of Object.keys(layout)) layout[id] = layout[id].filter((s) => s[0] !== visit || s[1] !== slot);
    for (const s of slotsOf(visit)) s[2] = at;
    layout[team].push([visit, slot, at]);
  });
}
function leaveOut(visit) {
  change(() => { for (const id of Object.keys(layout)) layout[id] = layout[id].filter((s) => s[0] !== visit); });
}
