// Fetch the plan, and save it under its own name.
document.getElementById("undo").addEventListener("click", undo);
document.getElementById("save").addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = document.querySelector("#save .main"), name = document.getElementById("name").value.trim(), told = document.getElementById("saved");
  if (!name) return;
  button.disabled = true;
  told.textContent = say("board.edit.saving");
  try {
    const answer = await send(place + "/edit/save", { name, layout }), link = make("a", "", say("board.edit.look"));
    link.href = place.replace(/[^/]+$/, answer.plan_id) + "/report.html";
    told.replaceChildren(say("board.edit.saved", { name, plan: answer.plan_id }) + " ", link);
    wrong("");
    history.length = 0;
  } catch (error) {
    told.textContent = "";
    wrong(error.message);
  }
  button.disabled = shown.violations.length > 0 || shown.n_moved === 0;
});
addEventListener("beforeunload", (event) => { if (history.length) event.preventDefault(); });

(async () => {
  try {
    const answer = await answerOf(await fetch(place + "/edit/plan"));
    offer = answer;
    first = new Map(answer.shown.routes.flatMap((r) => r.stops.map((s) => [s[0] + " " + s[1], [r.team, s[3]]])));
    layout = Object.fromEntries(offer.teams.filter((t) => !t.is_reserve).map((t) => [t.id, []]));
    for (const r of answer.shown.routes) layout[r.team] = r.stops.filter((s) => !s[5]).map((s) => [s[0], s[1], s[3]]);
    layOut();
    take(answer.shown);
  } catch (error) {
    document.getElementById("told").textContent = "";
    wrong(error.message);
  }
})();
