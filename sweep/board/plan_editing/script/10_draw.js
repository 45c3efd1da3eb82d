// Lanes with their stops, unserved visits, verdict and cost.
const lanes = document.getElementById("lanes"), rows = new Map();
const list = document.querySelector("#left ul");

function layOut() {
  const teams = offer.teams.filter((t) => !t.is_reserve);
  from = Math.floor(Math.min(...teams.map((t) => t.shift[0])) / 1800) * 1800;
  // A delayed team may be at a stop after the end of its shift.
  const ends = offer.shown.routes.flatMap((r) => r.stops.map((s) => s[4]));
  until = Math.ceil(Math.max(...teams.map((t) => t.shift[1]), ...ends) / 1800) * 1800;
  const axis = document.getElementById("axis");
  for (let s = Math.ceil(from / 3600) * 3600; s <= until; s += 3600) {
    const hour = make("span", "", clock(s));
    hour.style.left = share(s) + "%";
    axis.append(hour);
  }
  lanes.replaceChildren(...teams.map((t) => {
    const row = make("li"), who = make("div"), letter = make("span", "letter", t.letter), line = make("div", "line");
    letter.style.background = t.colour;
    letter.style.color = t.ink;
    who.append(letter, t.id);
    row.append(who, line);
    row.dataset.team = t.id;
    rows.set(t.id, { team: t, row, line });
    return row;
  }));
  document.getElementById("what").textContent = offer.name + " " + offer.day + " " + offer.plan_id;
}
function share(s) { return (100 * (s - from)) / (until - from); }
function spread(element, start, end) {
  element.style.left = share(start) + "%";
  element.style.width = Math.max(0.5, share(end) - share(start)) + "%";
  return element;
}

function draw() {
  const held = document.activeElement.dataset, broken = new Set(shown.violations.flatMap((v) => v.where.split(" ")));
  for (const route of shown.routes) {
    const own = rows.get(route.team);
    if (own) own.line.replaceChildren(...wayParts(route), ...route.stops.map((s) => stopOf(own.team, s, broken)));
  }
  drawLeft();
  drawVerdict();
  const again = held.visit && document.querySelector('.stop[data-visit="' + CSS.escape(held.visit) + '"][data-slot="' + held.slot + '"]');
  if (again) again.focus();
}
function wayParts(route) {
  const parts = [];
  let left = route.depart;
  for (const [, , arrive, , end] of route.stops) { parts.push(spread(make("i"), left, arrive)); left = end; }
  if (route.stops.length) parts.push(spread(make("i"), left, route.back));
  if (route.pause) parts.push(spread(make("i", "pause"), ...route.pause));
  return parts;
}
function stopOf(team, [visit, slot, , start, end, hasBegun], broken) {
  const was = first.get(visit + " " + slot), isMoved = !was || was[0] !== team.id || was[1] !== start;
  const about = offer.visits[visit] || { name: visit, windows: [], slots: [] };
  const made = spread(make("button", "stop" + (isMoved ? " moved" : "") + (broken.has(visit) ? " broken" : "")), start, end);
  made.type = "button";
  made.append(about.name, make("small", "", clock(start) + "–" + clock(end)));
  made.disabled = hasBegun;
  made.title = about.name + " " + clock(start) + "–" + clock(end) + " " + windowsOf(about);
  made.setAttribute("aria-label", say("board.edit.stop", { team: team.letter + " " + team.id, name: about.name, start: clock(start), end: clock(end) }) + (isMoved ? " " + say("board.edit.moved") : ""));
  return marked(made, visit, slot, team.id, start);
}
function windowsOf(about) { return about.windows.map((w) => clock(w[0]) + "–" + clock(w[1])).join(" "); }
function marked(made, visit, slot, team, start) {
  Object.assign(made.dataset, { visit, slot, team, start });
  return made;
}

// Unserved slots, by decreasing value of the visit.
function drawLeft() {
  const why = new Map(shown.left.map((l) => [l.visit, l.why])), there = new Set(shown.routes.flatMap((r) => r.stops.map((s) => s[0] + " " + s[1])));
  const out = Object.entries(offer.visits).flatMap(([visit, about]) => about.slots.filter((slot) => !there.has(visit + " " + slot)).map((slot) => [visit, slot, about]));
  out.sort((a, b) => b[2].must - a[2].must || b[2].value - a[2].value);
  document.getElementById("n-left").textContent = String(out.length);
  list.replaceChildren(...out.map(([visit, slot, about]) => {
    const item = make("li"), made = make("button", "stop" + (about.must ? " broken" : ""));
    made.type = "button";
    const parts = about.slots.length > 1 ? " " + say("board.edit.part", { n: about.slots.indexOf(slot) + 1, all: about.slots.length }) : "";
    made.append(about.name + parts, make("small", "", about.value.toFixed(2) + " · " + windowsOf(about)));
    made.title = [about.district, ...(why.get(visit) || [])].join(" ");
    item.append(marked(made, visit, slot, "", about.windows.length ? about.windows[0][0] : from));
    return item;
  }));
}

function drawVerdict() {
  const n = shown.violations.length, box = document.getElementById("verdict"), signed = (x, d) => (x >= 0 ? "+" : "−") + Math.abs(x).toFixed(d);
  box.className = n ? "bad" : "good";
  document.getElementById("told").textContent = (n ? say("board.edit.broken", { n }) : say("board.edit.kept")) + (shown.at_s === null ? "" : " " + say("board.edit.from", { at: clock(shown.at_s) }));
  const price = [["value", shown.value.toFixed(2)], ["gained", signed(shown.gained, 2), shown.gained < -0.005], ["musts", shown.musts.length, shown.musts.length > 0], ["travel", signed(shown.travel_s / 60, 0)], ["moved", shown.n_moved], ["teams", shown.teams.length ? shown.teams.length + " (" + shown.teams.slice(0, 8).join(" ") + (shown.teams.length > 8 ? " …" : "") + ")" : "0"]];
  document.getElementById("price").replaceChildren(...price.map(([key, value, isWorse]) => {
    const pair = make("div", isWorse ? "worse" : "");
    pair.append(make("dt", "", say("board.edit.price." + key)), make("dd", "", String(value)));
    return pair;
  }));
  const breach = (v, name) => { const item = make("li", name); item.append(make("b", "", v.rule), " " + v.text); return item; };
  document.getElementById("breaches").replaceChildren(...shown.violations.map((v) => breach(v, "")), ...shown.shortfalls.map((v) => breach(v, "soft")));
  document.querySelector("#save .main").disabled = n > 0 || shown.n_moved === 0;
  document.getElementById("undo").disabled = !history.length;
}
