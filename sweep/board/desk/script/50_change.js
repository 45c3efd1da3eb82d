// Re-planning of the remaining day: preview of the changes, and their activation.
const replan = document.getElementById("replan");
let shown = null;

// One line on the gain of the change in expected finds, against the old routes and the active plan.
function summary(diff) {
  const [value, kept] = [diff.value.toFixed(2), diff.kept.toFixed(2)], gained = (value - kept).toFixed(2);
  const verdict = say(Number(gained) > 0 ? "board.desk.diff.better" : "board.desk.diff.same", { gained, value, kept, before: diff.before.toFixed(2) });
  return verdict + say("board.desk.diff.told", { n: diff.n_changed, at: clock(diff.at_s), events: diff.n_events });
}

// Changes grouped by visit with all its teams: must-visits first, then dropped and new visits by value.
function byVisit(changes) {
  const groups = new Map();
  for (const c of changes) groups.set(c.visit_id, [...(groups.get(c.visit_id) || []), c]);
  const rank = ([visit, own]) => {
    const { must, value } = store.plan.visits[visit] || { must: false, value: 0 };
    return [must ? 0 : 1, own.some((c) => ["dropped", "new"].includes(c.kind)) ? 0 : 1, -value];
  };
  const order = (a, b) => rank(a).map((x, k) => x - rank(b)[k]).find((x) => x) || 0;
  return [...groups].sort(order);
}
// Changes grouped by team in the order of its day, the team with most changes first.
function byTeam(changes) {
  const groups = new Map();
  for (const c of changes) for (const team of new Set([c.team_before, c.team_after])) if (team) groups.set(team, [...(groups.get(team) || []), c]);
  const start = (c) => c.start_after_s ?? c.start_before_s;
  return [...groups].map(([team, own]) => [team, own.sort((a, b) => start(a) - start(b))]).sort((a, b) => b[1].length - a[1].length || teamName(a[0]).localeCompare(teamName(b[0])));
}
function unique(parts) { return [...new Set(parts.filter(Boolean))]; }
function reasonOf({ code, ...values }) {
  const named = { ...values, until_s: clock(values.until_s) };
  if (values.team) named.team = teamName(values.team);
  if (values.visit) named.visit = visitName(values.visit);
  if (values.visits) named.visits = values.visits.split(", ").map(visitName).join(say("board.comma"));
  return say("replan.cause." + code, named);
}
function silence({ team, due_s }) { return say("board.desk.diff.silent", { team: teamName(team), at: clock(due_s) }); }
function timeOf(c, side) { return clock(c["start_" + side + "_s"]) + (c["end_" + side + "_s"] ? "–" + clock(c["end_" + side + "_s"]) : ""); }
function visitRow([visit, own]) {
  const row = make("tr"), when = (side) => unique(own.map((c) => c["team_" + side] && teamName(c["team_" + side]) + " " + timeOf(c, side))).join(say("board.comma")) || "–";
  const name = make("th", "", visitName(visit));
  name.scope = "row";
  row.append(name, make("td", "", unique(own.map((c) => say("replan.kind." + c.kind))).join(say("board.comma"))), make("td", "", when("before")), make("td", "", when("after")), make("td", "", unique([...own.map((c) => reasonOf(c.cause)), ...own.flatMap((c) => c.silent.map(silence))]).join(say("board.comma"))));
  return row;
}
function teamLine([team, own]) {
  const line = make("li"), told = (c) => {
    const name = visitName(c.visit_id), kind = say("replan.kind." + c.kind), from = c.team_before === team ? timeOf(c, "before") : "", to = c.team_after === team ? timeOf(c, "after") : "";
    return [from, from && to ? "→" : "", to, name, "(" + kind + ")"].filter(Boolean).join(" ");
  };
  line.append(make("b", "", teamName(team)), " " + own.map(told).join(say("board.comma")));
  return line;
}

async function showDiff() {
  const dialog = dialogs.diff, status = document.getElementById("diff-told"), rows = dialog.querySelector("tbody");
  fault(dialog);
  rows.replaceChildren();
  document.getElementById("diff-teams").replaceChildren();
  status.textContent = say("board.desk.diff.planning");
  document.getElementById("apply").disabled = true;
  if (!dialog.open) dialog.showModal();
  try {
    const diff = await send("/desk/diff", {});
    shown = diff.shown;
    status.textContent = summary(diff);
    rows.append(...byVisit(diff.changes).map(visitRow));
    document.getElementById("diff-teams").replaceChildren(...byTeam(diff.changes).map(teamLine));
    document.getElementById("apply").disabled = false;
  } catch (error) {
    status.textContent = "";
    fault(dialog, error);
  }
}

async function applyDiff() {
  const dialog = dialogs.diff, button = document.getElementById("apply");
  button.disabled = true;
  try {
    const answer = await send("/desk/apply", { shown });
    if (answer.gone) return showDiff();
    if (answer.broken) throw new Error(answer.broken.join(" "));
    dialog.close();
  } catch (error) { fault(dialog, error); }
}
if (replan) {
  replan.addEventListener("click", showDiff);
  document.getElementById("apply").addEventListener("click", applyDiff);
  document.getElementById("keep").addEventListener("click", () => dialogs.diff.close());
}
// Users who dictate or hit keys by mistake can switch single-key shortcuts off (WCAG 2.1.4); the browser stores it.
const KEYS = "sweep single keys", keys = document.getElementById("keys");
function hasKeys() { return localStorage.getItem(KEYS) !== "off"; }
function showKeys() { if (keys) keys.setAttribute("aria-pressed", String(hasKeys())); }
if (keys) keys.addEventListener("click", () => { localStorage.setItem(KEYS, hasKeys() ? "off" : "on"); showKeys(); });
showKeys();
document.addEventListener("keydown", (event) => {
  if (!hasKeys() || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (/^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName) || !mayAct) return;
  const act = { n: replan && showDiff, e: openers.event, l: openers.lead, m: openers.say }[event.key];
  if (act && store.plan) { event.preventDefault(); act(); }
});
