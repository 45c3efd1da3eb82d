// The rest of the day planned anew: what would change, and on a click it is so.
const replan = document.getElementById("replan");
let shown = null;

// One line: whether the change is good, in expected finds, against the old routes and against the plan in force.
function summary(diff) {
  const [value, kept] = [diff.value.toFixed(2), diff.kept.toFixed(2)], gained = (value - kept).toFixed(2);
  const verdict = say(Number(gained) > 0 ? "board.desk.diff.better" : "board.desk.diff.same", { gained, value, kept, before: store.figures.value[1].toFixed(2) });
  return verdict + say("board.desk.diff.told", { n: diff.n_changed, at: clock(diff.at_s), events: diff.n_events });
}

async function showDiff() {
  const dialog = dialogs.diff, status = document.getElementById("diff-told"), rows = dialog.querySelector("tbody");
  fault(dialog);
  rows.replaceChildren();
  status.textContent = say("board.desk.diff.planning");
  document.getElementById("apply").disabled = true;
  if (!dialog.open) dialog.showModal();
  try {
    const diff = await send("/desk/diff", {});
    shown = diff.shown;
    status.textContent = summary(diff);
    const all = [...store.plan.unserved, ...store.plan.teams.flatMap((t) => t.stops)], names = new Map(all.map((v) => [v.visit, v.name]));
    rows.append(...diff.changes.map((c) => {
      const row = make("tr"), when = (team, at) => (team ? team + " " + clock(at) : "–");
      row.append(make("td", "", names.get(c.visit_id) || c.visit_id), make("td", "", say("replan.kind." + c.kind)), make("td", "", when(c.team_before, c.start_before_s)), make("td", "", when(c.team_after, c.start_after_s)), make("td", "", c.why));
      return row;
    }));
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
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (/^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName) || !mayAct) return;
  const act = { n: replan && showDiff, e: openers.event, l: openers.lead, m: openers.say }[event.key];
  if (act && store.plan) { event.preventDefault(); act(); }
});
