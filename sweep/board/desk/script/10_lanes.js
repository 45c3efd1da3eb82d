// Lane of each team: its reported position, and its schedule, planned above and actual below.
const lanes = document.getElementById("lanes"), axis = document.getElementById("axis"), drawn = new Map();

function layOut() {
  const teams = store.plan.teams.filter((t) => t.stops.length || t.depart !== null);
  store.from = Math.floor(Math.min(...teams.map((t) => t.depart ?? t.shift[0]), 86400) / 1800) * 1800;
  // After the plan's last hour the axis extends to the clock and to the forecasts.
  const ends = [...store.teams.values()].flatMap((t) => t.expected.map(([, , end]) => end));
  store.until = Math.ceil(Math.max(...teams.map((t) => t.back ?? t.shift[1]), store.from + 3600, nowS(), ...ends) / 1800) * 1800 + 1800;
  axis.replaceChildren();
  // A label at the end of the axis would be cut off.
  for (let s = Math.ceil(store.from / 3600) * 3600; s < store.until - 900; s += 3600) {
    const hour = make("span", "", clock(s));
    hour.style.left = (100 * (s - store.from)) / (store.until - store.from) + "%";
    axis.append(hour);
  }
  drawn.clear();
  lanes.replaceChildren(...store.plan.teams.map((team) => {
    const lane = make("li"), who = make(mayAct ? "button" : "div", "who"), letter = make("span", "letter", team.letter);
    letter.style.background = team.colour;
    letter.style.color = team.ink;
    who.append(letter, make("span", "state"), make("span", "next"));
    if (mayAct) { who.type = "button"; who.addEventListener("click", () => openTeam(team)); }
    const line = make("div", "line");
    lane.append(who, line);
    lane.dataset.team = team.id;
    drawn.set(team.id, { team, lane, who, line });
    return lane;
  }));
}

// A late report may refer to a visit that was moved to another team meanwhile.
function inElsewhere(team, known) { return known.state === "inside" && !team.stops.some((s) => s.visit === known.visit); }

// Whether the team has just become overdue, so that the tone is played once.
function drawLane(id) {
  const own = drawn.get(id), known = store.teams.get(id);
  if (!own || !known) return false;
  const { team, lane, who, line } = own;
  // For a team at a door or on site, the next stop is the one after the current stop.
  const at = known.stops[(known.expected[0] || [])[0]], isThere = Boolean(at) && (at.arrived ?? at.inside) !== null;
  const expected = known.expected[isThere ? 1 : 0], named = (visit) => (team.stops.find((s) => s.visit === visit) || {}).name;
  const isElsewhere = inElsewhere(team, known);
  const here = isElsewhere ? " · " + visitName(known.visit) : isThere ? " · " + named(known.expected[0][0]) : "";
  own.due = known.due;
  const until = known.state === "held" ? " " + say("board.desk.held_until", { at: clock(known.until) }) : "";
  own.here = here;
  own.said = (known.since ? clock(known.since) + " " : "") + say("board.state." + known.state) + until + here;
  who.querySelector(".next").textContent = expected
    ? team.id + " → " + named(expected[0]) + " " + clock(expected[1]) + (expected[3] ? " ⚠" : "")
    : team.id + " " + (isThere || isElsewhere ? say("board.desk.last_stop") : team.stops.length ? say("board.desk.all_done") : team.base.name);
  lane.classList.toggle("held", known.state === "held");
  line.replaceChildren();
  for (const s of team.stops) {
    const planned = place(make("i", "planned", s.name), s.start, s.end);
    planned.title = s.name + " " + clock(s.start) + "–" + clock(s.end);
    line.append(planned);
    const was = known.stops[s.visit];
    if (!was) continue;
    const at = was.inside ?? was.arrived;
    if (was.left !== null && (was.arrived ?? was.inside) !== null) line.append(place(make("i", "way"), was.left, was.arrived ?? was.inside));
    if (at !== null) line.append(place(make("i", "true" + (was.outcome && was.outcome !== "done" ? " shut" : "")), at, was.done ?? Math.max(at, nowS())));
  }
  for (const [visit, from, end, late] of known.expected) {
    const was = known.stops[visit];
    line.append(place(make("i", "foreseen" + (late ? " late" : "")), was && was.inside !== null ? Math.max(nowS(), from) : from, end));
  }
  own.now = make("i", "now");
  line.append(own.now);
  return tickLane(own);
}

function tickLane(own) {
  const now = nowS(), isOverdue = own.due !== null && own.due !== undefined && now > own.due;
  own.now.style.left = (100 * (now - store.from)) / (store.until - store.from) + "%";
  const text = isOverdue ? say("board.desk.overdue", { at: clock(own.due) }) + own.here : own.said, fresh = isOverdue && !own.isOverdue;
  if (own.isOverdue !== isOverdue || own.shown !== text) {
    own.isOverdue = isOverdue;
    own.shown = text;
    own.lane.classList.toggle("overdue", isOverdue);
    own.who.querySelector(".state").textContent = text;
  }
  return fresh;
}
