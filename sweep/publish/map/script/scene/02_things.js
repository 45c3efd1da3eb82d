/* Everything that can be drawn, found or asked, in units. Each layer's reader takes its data and returns its parts. */

const readers = {};
const buildings = (function () {
  const b = plan.buildings, list = [];
  let lat = 0, lon = 0;
  for (let i = 0; i < b.id.length; i++) {
    lat += b.at[2 * i];
    lon += b.at[2 * i + 1];
    const at = unit(lat / 1e6, lon / 1e6);
    list.push({ kind: "building", i: i, x: at[0], y: at[1], rings: [], box: null, name: b.name[i] });
  }
  return list;
})();
const ranked = buildings.slice(0, plan.buildings.n_ranked);

function boxOf(points) {
  let w = Infinity, n = Infinity, e = -Infinity, s = -Infinity;
  for (let k = 0; k < points.length; k += 2) {
    w = Math.min(w, points[k]);
    e = Math.max(e, points[k]);
    n = Math.min(n, points[k + 1]);
    s = Math.max(s, points[k + 1]);
  }
  return [w, n, e, s];
}

function joined(a, b) {
  return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];
}

function meets(a, b) {
  return a[0] <= b[2] && a[2] >= b[0] && a[1] <= b[3] && a[3] >= b[1];
}

function pointThing(kind, at, thing) {
  const p = unit(at[0], at[1]);
  return Object.assign({ kind: kind, x: p[0], y: p[1] }, thing);
}

let clusters = [], bases = [], links = [], unserved = [], teams = [], stops = [];
const reasonColour = new Map();

readers.clusters = function (data) {
  clusters = data.map(function (c) {
    const hull = decode(c.hull);
    return pointThing("cluster", c.label_at, { hull: hull, box: boxOf(hull), cluster: c, name: c.title, badge: String(c.rank) });
  });
  return ["clusters"];
};

readers.unserved = function (data) {
  data.reasons.forEach((code, k) => reasonColour.set(code, data.colours[k % data.colours.length]));
  unserved = data.visits.map(function (visit) {
    const row = withTexts(visit, [1, 2, 4, 5], data.words), b = buildings[row[0]];
    return { kind: "unserved", x: b.x, y: b.y, building: b, row: row, code: row[1] || "" };
  });
  return ["unserved"].concat(data.reasons.map((code) => "unserved-" + code));
};

/** The row with the texts of a layer's table instead of their indices; null instead of -1. */
function withTexts(row, places, words) {
  for (const k of places) row[k] = row[k] < 0 ? null : words[row[k]];
  return row;
}

readers.routes = function (data) {
  bases = data.bases.map((b) => pointThing("base", b.at, { base: b, name: b.title }));
  links = data.links.map((l) => ({ kind: "link", link: l, places: l.places.map((i) => buildings[i]) }));
  // Teams in one building have their marks side by side.
  const taken = new Map();
  teams = data.teams.map((t, place) => teamOf(t, place, data.words, taken));
  stops = teams.flatMap((t) => t.stops);
  return ["bases", "links"].concat(teams.map((t) => t.layer));
};

function teamOf(t, place, words, taken) {
  const legs = t.legs.map(decode);
  const stops = t.stops.map(function (stop, k) {
    const row = withTexts(stop, [9, 10, 12], words), b = buildings[row[0]], beside = taken.get(b.i) || 0;
    taken.set(b.i, beside + 1);
    const isLocked = row[12] !== null, name = isLocked ? row[12] : b.name;
    return { kind: "stop", x: b.x, y: b.y, building: b, name: name, isLocked: isLocked, row: row, beside: beside, label: t.letter + (k + 1), number: k + 1 };
  });
  const base = unit(t.base[0], t.base[1]);
  const team = { place: place, letter: t.letter, id: t.id, colour: t.colour, ink: t.ink, dash: t.dash, legs: legs, stops: stops, times: t.times,
                 base: base, baseName: t.base_name, layer: "team-" + t.letter, boxes: legs.map((l) => (l.length ? boxOf(l) : null)) };
  stops.forEach((s) => { s.team = team; });
  return team;
}

/** The parts of layers that are on: those of the layers on the map, less those that the panel turns off. */
const on = new Set();

/** West, north, east, south of a team's route and stops. */
function boundsOf(team) {
  const around = team.stops.map((s) => [s.x, s.y, s.x, s.y]).concat(team.boxes.filter(Boolean), [[...team.base, ...team.base]]);
  return around.reduce(joined);
}
