// Progress of the current run, and outputs of the last one.
const part = (id) => document.getElementById(id);
const source = new EventSource("/runs/stream");

source.onmessage = (event) => {
  const told = JSON.parse(event.data), run = told.run;
  document.body.dataset.drawn = "yes";
  for (const button of document.querySelectorAll(".begin button")) button.disabled = told.is_running;
  part("run").hidden = !run;
  if (!run) return;
  part("run-head").textContent = run.scenario;
  part("run-share").value = run.share;
  part("run-told").textContent = run.state === "running" ? Math.round(100 * run.share) + " %  " + run.text : say("board.runs.state." + run.state);
  part("cut").hidden = run.state !== "running";
  part("run-issues").replaceChildren(...run.issues.map((i) => make("li", "wrong", i.code + " " + i.where + " " + i.what + " → " + i.fix)), ...(run.made.violations || []).map((v) => make("li", "wrong", v.rule_id + " " + v.where)));
  if (run.state === "done") {
    const place = "/editions/" + run.made.scenario + "/" + run.made.plan_id, report = make("a", "", say("board.runs.report")), edit = make("a", "", say("board.runs.edit"));
    report.href = place + "/report.html";
    edit.href = place + "/edit";
    part("run-made").replaceChildren(say("board.runs.made", { plan: run.made.plan_id, served: run.made.n_served, all: run.made.n_visits, value: run.made.value.toFixed(2), bound: run.made.bound.toFixed(2) }) + " ", report, " ", edit);
  } else part("run-made").replaceChildren();
};
source.onerror = () => { if (source.readyState === EventSource.CLOSED) location.assign("/login"); };
