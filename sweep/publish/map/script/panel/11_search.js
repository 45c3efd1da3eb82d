/* Search by name: buildings, teams, clusters, bases. */

const field = document.getElementById("search");
const results = document.getElementById("results");
const said = document.getElementById("found");
const MOST = 12;

const index = []
  .concat(teams.map((t) => [t.letter + " " + t.id, "team", t]))
  .concat(bases.map((b) => [b.name, "base", b]))
  .concat(clusters.map((c) => [c.name, "cluster", c]))
  .concat(buildings.map((b) => [b.name + " " + plan.buildings.address[b.i] + " " + plan.buildings.id[b.i], "building", b]))
  .map((row) => [row[0].toLowerCase(), row[1], row[2]]);
const stopOf = new Map();
stops.forEach((s) => stopOf.has(s.building.i) || stopOf.set(s.building.i, s));

/** Names that begin with the words first, then those that hold them. */
function search(words) {
  const parts = words.toLowerCase().split(/\s+/).filter(Boolean);
  if (!parts.length) return [];
  const hits = index.filter((row) => parts.every((part) => row[0].includes(part)));
  return hits.sort((a, b) => b[0].startsWith(parts[0]) - a[0].startsWith(parts[0])).map((row) => row[2]);
}

function nameOf(thing) {
  if (!thing.kind) return [thing.letter + " · " + thing.id, plan.texts["kind.team"]];
  if (thing.kind !== "building") return [thing.name, plan.texts["kind." + thing.kind]];
  const stop = stopOf.get(thing.i);
  return [thing.name, (stop ? stop.label + " · " : "") + plan.buildings.address[thing.i]];
}

function choose(thing, from) {
  if (!wide()) open(false);
  if (!thing.kind) return fitTeam(thing);
  if (thing.kind === "building") {
    const stop = stopOf.get(thing.i);
    if (stop) turnOn(stop.team.layer);
    else turnOn("buildings");
    return goTo(stop || thing, from);
  }
  turnOn(thing.kind === "base" ? "bases" : "clusters");
  goTo(thing, from);
}

function list() {
  const found = search(field.value);
  results.replaceChildren();
  for (const thing of found.slice(0, MOST)) {
    const item = element("li"), button = element("button"), [name, sub] = nameOf(thing);
    button.type = "button";
    button.append(element("span", "name", name), element("span", "sub", sub));
    button.addEventListener("click", () => choose(thing, button));
    item.append(button);
    results.append(item);
  }
  results.hidden = !found.length;
  said.textContent = !field.value.trim() ? "" : found.length ? say("found", { n: found.length }) : plan.texts.none_found;
}

field.addEventListener("input", list);
field.form.addEventListener("submit", function (event) {
  event.preventDefault();
  const found = search(field.value);
  if (found.length) choose(found[0], field);
});
field.addEventListener("keydown", function (event) {
  if (event.key === "Escape") {
    field.value = "";
    list();
  } else if (event.key === "ArrowDown" && results.firstChild) {
    event.preventDefault();
    results.querySelector("button").focus();
  }
});
results.addEventListener("keydown", function (event) {
  const step = { ArrowDown: "nextSibling", ArrowUp: "previousSibling" }[event.key];
  if (!step) return;
  event.preventDefault();
  const next = event.target.closest("li")[step];
  if (next) next.firstChild.focus();
  else if (event.key === "ArrowUp") field.focus();
});
