// Actions of the desk: a report for a team on the telephone, an event, a message.
const dialogs = Object.fromEntries([...document.querySelectorAll("dialog")].map((d) => [d.id, d]));
let open = null;

function options(select, pairs) {
  const chosen = select.value;
  select.replaceChildren(...pairs.map(([value, text]) => { const o = make("option", "", text); o.value = value; return o; }));
  if (pairs.some(([value]) => value === chosen)) select.value = chosen;
}
function fault(dialog, error) { dialog.querySelector(".wrong").textContent = error ? error.message : ""; }

function openTeam(team) {
  open = team;
  const dialog = dialogs.team, known = store.teams.get(team.id);
  dialog.querySelector("h2").textContent = team.letter + " " + team.id;
  const visits = dialog.querySelector("[name=visit]"), next = known && (known.expected[0] || [known.visit])[0];
  const elsewhere = known && inElsewhere(team, known) ? [[known.visit, visitName(known.visit)]] : [];
  options(visits, [...elsewhere, ...team.stops.map((s) => [s.visit, clock(s.start) + " " + s.name])]);
  if (elsewhere.length) visits.value = known.visit;
  else if (next) visits.value = next;
  // A team without a stop can only report that it is back.
  dialog.querySelectorAll("label, [data-report]:not([data-report=home])").forEach((e) => { e.hidden = !visits.options.length; });
  fault(dialog);
  dialog.showModal();
}

function listBuildings() {
  const all = store.plan.teams.flatMap((t) => t.stops);
  const named = new Map([...store.plan.unserved, ...all].map((v) => [v.building, v.name]));
  document.getElementById("buildings").replaceChildren(...[...named].map(([id, name]) => { const o = make("option"); o.value = buildingLabel(id, name); return o; }));
}
// The user selects a building by name; the option holds its unique id.
function buildingLabel(id, name) { return name === id ? id : name + " (" + id + ")"; }
function buildingId(label) {
  const all = [...store.plan.unserved, ...store.plan.teams.flatMap((t) => t.stops), ...store.leads];
  const found = all.find((v) => buildingLabel(v.building, v.name) === label);
  return found ? found.building : label;
}

function openEvent(type, building) {
  const dialog = dialogs.event, teams = store.plan.teams, all = teams.flatMap((t) => t.stops.map((s) => [t, s]));
  const named = (name) => dialog.querySelector("[name=" + name + "]");
  options(named("team_id"), teams.filter((t) => t.stops.length).map((t) => [t.id, t.letter + " " + t.id]));
  options(named("person_id"), teams.flatMap((t) => t.people.map((p) => [p, p + " (" + teamName(t.id) + ")"])));
  options(named("visit_id"), all.map(([t, s]) => [s.visit, t.letter + " " + s.name]));
  const places = [...new Map([...teams.map((t) => [t.base.id, t.base.name]), ...all.map(([, s]) => [s.building, s.name])])];
  options(named("from_id"), places);
  // The default end of a closed road differs from its start.
  options(named("to_id"), [...places.slice(1), ...places.slice(0, 1)]);
  listBuildings();
  if (type) named("type").value = type;
  if (building) named("building_id").value = building;
  showFields();
  fault(dialog);
  dialog.showModal();
}
function showFields() {
  const type = dialogs.event.querySelector("[name=type]").value;
  dialogs.event.querySelectorAll("[data-for]").forEach((l) => { l.hidden = !l.dataset.for.split(" ").includes(type); });
}

async function noteEvent() {
  const dialog = dialogs.event, type = dialog.querySelector("[name=type]").value, event = { type };
  dialog.querySelectorAll("label:not([hidden]) [name]").forEach((field) => {
    if (field.name === "type" || field.value === "") return;
    event[field.name] = field.type === "number" ? Number(field.value) : field.name === "building_id" ? buildingId(field.value.trim()) : field.value;
  });
  if (type === "urgent") event.visit_id = urgentId(event.building_id);
  try {
    if (type === "found") await noteDen(event);
    else await report("event", { event });
    dialog.close();
  } catch (error) { fault(dialog, error); }
}

// A den is a find at the team's current stop; the team stays there until it reports that it leaves.
async function noteDen({ team_id, until }) {
  const known = store.teams.get(team_id), next = known && (known.visit || (known.expected[0] || [])[0]);
  if (until) await report("event", { event: { type: "held", team_id, until } });
  await report("found", { team_id, visit_id: next });
}

// A second visit to one building gets its own id.
function urgentId(building) {
  const taken = new Set([...store.plan.unserved, ...store.plan.teams.flatMap((t) => t.stops)].map((v) => v.visit));
  let id = "U-" + building;
  for (let n = 2; taken.has(id); n++) id = "U-" + building + "-" + n;
  return id;
}

async function noteLead() {
  const dialog = dialogs.lead, fields = [...dialog.querySelectorAll("[name]")];
  try {
    await report("lead", Object.fromEntries(fields.map((f) => [f.name, f.name === "building_id" ? buildingId(f.value.trim()) : f.value.trim()])));
    dialog.querySelectorAll("input").forEach((f) => { f.value = ""; });
    dialog.close();
  } catch (error) { fault(dialog, error); }
}

async function sayTo() {
  const dialog = dialogs.say, text = dialog.querySelector("[name=text]"), to = dialog.querySelector("[name=to]").value;
  try { await report("message", { to, text: text.value }); text.value = ""; dialog.close(); } catch (error) { fault(dialog, error); }
}

async function reportFor(kind) {
  const dialog = dialogs.team, visit = dialog.querySelector("[name=visit]").value, until = dialog.querySelector("[name=until]").value;
  const body = kind === "home" ? { team_id: open.id } : { team_id: open.id, visit_id: visit };
  if (until && (kind === "held" || kind === "locked")) body.until = until;
  try { await report(kind, body); dialog.close(); } catch (error) { fault(dialog, error); }
}

const openers = {
  event: openEvent,
  lead: () => {
    listBuildings();
    fault(dialogs.lead);
    dialogs.lead.showModal();
  },
  say: () => {
    options(dialogs.say.querySelector("[name=to]"), [["all", say("board.desk.everybody")], ...store.plan.teams.map((t) => [t.id, t.letter + " " + t.id])]);
    fault(dialogs.say);
    dialogs.say.showModal();
  },
};
if (mayAct) {
  document.querySelectorAll("[data-open]").forEach((b) => b.addEventListener("click", () => openers[b.dataset.open]()));
  document.querySelectorAll("[data-report]").forEach((b) => b.addEventListener("click", () => reportFor(b.dataset.report)));
  document.getElementById("clock-confirm").addEventListener("click", () => report("clock", {}).catch(told));
  dialogs.event.querySelector("[name=type]").addEventListener("change", showFields);
  // The action may be for a delayed team or a locked door.
  dialogs.team.querySelector("[name=until]").addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  // Enter in a field clicks the first submit button of its form; the dialog stays open until the server accepts it.
  const acts = { event: noteEvent, lead: noteLead, say: sayTo };
  document.querySelectorAll("[data-do]").forEach((b) => b.addEventListener("click", (event) => { event.preventDefault(); acts[b.dataset.do](); }));
}
