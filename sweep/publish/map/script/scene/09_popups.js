/* Popups: what matters about a thing, every text put in as text. */

function minutes(seconds) {
  return Math.round(seconds / 60);
}

/** Title, line below it, and pairs of label and value. */
function facts(thing) {
  switch (thing.kind) {
    case "stop": return stopFacts(thing);
    case "building": return buildingFacts(thing.i);
    case "unserved": return unservedFacts(thing);
    case "cluster": return [thing.cluster.title, thing.cluster.sub, pairs("cluster", thing.cluster.values)];
    case "base": return [thing.base.title, thing.base.sub, pairs("base", thing.base.values)];
    case "link": return [thing.link.title, thing.link.sub, []];
    default: return teamFacts(thing.team);
  }
}

function pairs(kind, values) {
  return values.map((value, i) => [plan.labels[kind][i], value]).filter((pair) => pair[1] !== null && pair[1] !== undefined && pair[1] !== "");
}

function buildingFacts(i) {
  const b = plan.buildings, plain = [String(b.firms[i]), String(b.floors[i]), String(b.exits[i])];
  // A building that is not ranked, or whose layer is missing, has the plain facts only.
  if (i >= b.n_ranked || !b.rank) return [b.name[i], b.address[i], pairs("building", Array(5).fill(null).concat(plain))];
  const values = [
    say("rank_of", { rank: b.rank[i], n: b.n_ranked }),
    b.cluster[i] ? say("cluster_no", { rank: b.cluster[i] }) : null,
    say("finds_per_hour", { value: fixed(b.value[i], 3) }),
    say("rate", { rate: fixed(b.rate[i], 2), low: fixed(b.rate_low[i], 2), high: fixed(b.rate_high[i], 2) }),
    say("leads_30d", { n: b.n_leads[i], n_30d: b.n_leads_30d[i] }),
    ...plain, b.last_visit[i] || null,
  ];
  return [b.name[i], b.address[i], pairs("building", values)];
}

function stopFacts(s) {
  const b = plan.buildings, i = s.building.i, row = s.row;
  const together = row[11].map((letter) => say("with_team", { letter: letter })).concat(row[8] ? [plan.texts.linked_start] : []);
  const values = [
    clock(row[1]) + " → " + clock(row[2]) + " – " + clock(row[3]),
    say("travel", { minutes: minutes(row[4]), km: fixed(row[5] / 1000, 1) }),
    row[9],
    String(b.floors[i]),
    say("exits_guards", { exits: b.exits[i], guards: row[6] }),
    String(row[7]),
    together.join(plan.texts.list_separator) || null,
    row[10],
  ];
  return [s.label + " · " + s.name, b.address[i], pairs("stop", values)];
}

function unservedFacts(u) {
  const b = plan.buildings, i = u.building.i;
  return [b.name[i], b.address[i], pairs("unserved", [u.row[2], fixed(u.row[3], 3), u.row[4], u.row[5]])];
}

function teamFacts(team) {
  const list = team.stops.map((s) => [s.label, clock(s.row[2]) + "–" + clock(s.row[3]) + " " + s.name]);
  return [say("team_popup", { letter: team.letter, team: team.id }), clock(team.times[0]) + " – " + clock(team.times[2]), list];
}

function content(thing) {
  const [title, sub, list] = facts(thing);
  const box = element("div", "popup");
  box.append(element("h3", "", title));
  if (sub) box.append(element("p", "sub", sub));
  const lines = element("dl");
  for (const [name, value] of list) lines.append(element("dt", "", name), element("dd", "", value));
  if (list.length) box.append(lines);
  return box;
}

const popup = L.popup({ maxWidth: window.innerWidth > 760 ? 300 : 262, minWidth: 200, className: "thing" });

/** Open a thing's popup; from the keyboard the focus goes with it, and back when it closes. */
function show(thing, from) {
  const size = sizeOf(thing, map.getZoom()), k = scaleAt(map.getZoom());
  const room = clear();
  popup.options.autoPanPaddingTopLeft = L.point(room.paddingTopLeft);
  popup.options.autoPanPaddingBottomRight = L.point(room.paddingBottomRight);
  popup.options.offset = L.point(0, thing.kind === "team" ? 4 : 7 - size.h);
  popup.setLatLng(shown(thing.x + size.aside / k, thing.y)).setContent(content(thing)).openOn(map);
  const close = popup.getElement().querySelector(".leaflet-popup-close-button");
  close.setAttribute("aria-label", plan.texts.close);
  popup.getElement().onkeydown = (event) => event.key === "Escape" && map.closePopup(popup);
  if (!from) return;
  close.focus({ preventScroll: true });
  popup.once("remove", () => from.isConnected && from.focus({ preventScroll: true }));
}

/** Bring a thing into view, near enough to see it, and open its popup. */
function goTo(thing, from) {
  const zoom = Math.max(map.getZoom(), thing.kind === "cluster" ? 15 : 16);
  map.setView(shown(thing.x, thing.y), zoom, { animate: false });
  show(thing, from);
}
