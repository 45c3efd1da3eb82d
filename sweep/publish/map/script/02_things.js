/* Everything that can be drawn, found or asked, in units. */

const buildings = (function () {
  const b = plan.buildings, list = [];
  let lat = 0, lon = 0;
  for (let i = 0; i < b.id.length; i++) {
    lat += b.at[2 * i];
    lon += b.at[2 * i + 1];
    const at = unit(lat / 1e6, lon / 1e6);
    const rings = (b.rings[i] || []).map(decode);
    list.push({ kind: "building", i: i, x: at[0], y: at[1], rings: rings, box: rings.length ? boxOf(rings[0]) : null, name: b.name[i] });
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

const clusters = plan.clusters.map(function (c) {
  const hull = decode(c.hull);
  return pointThing("cluster", c.label_at, { hull: hull, box: boxOf(hull), cluster: c, name: c.title, badge: String(c.rank) });
});
const bases = plan.bases.map((b) => pointThing("base", b.at, { base: b, name: b.title }));
const links = plan.links.map((l) => ({ kind: "link", link: l, places: l.places.map((i) => buildings[i]) }));
const unserved = plan.unserved.map(function (row) {
  const b = buildings[row[0]];
  return { kind: "unserved", x: b.x, y: b.y, building: b, row: row, code: row[1] < 0 ? "" : plan.words[row[1]] };
});

// Teams in one building stand beside each other.
const taken = new Map();
const teams = plan.teams.map(function (t, place) {
  const legs = t.legs.map(decode);
  const stops = t.stops.map(function (row, k) {
    const b = buildings[row[0]], beside = taken.get(b.i) || 0;
    taken.set(b.i, beside + 1);
    const isLocked = row[12] >= 0, name = isLocked ? plan.words[row[12]] : b.name;
    return { kind: "stop", x: b.x, y: b.y, building: b, name: name, isLocked: isLocked, row: row, beside: beside, label: t.letter + (k + 1), number: k + 1 };
  });
  const base = unit(t.base[0], t.base[1]);
  const team = { place: place, letter: t.letter, id: t.id, colour: t.colour, ink: t.ink, dash: t.dash, legs: legs, stops: stops, times: t.times,
                 base: base, baseName: t.base_name, layer: "team-" + t.letter, boxes: legs.map((l) => (l.length ? boxOf(l) : null)) };
  stops.forEach((s) => { s.team = team; });
  return team;
});
const stops = teams.flatMap((t) => t.stops);

/** Which layers are on; the boxes of the panel say. */
const on = new Set();

/** West, north, east, south of a team's route and stops. */
function boundsOf(team) {
  const around = team.stops.map((s) => [s.x, s.y, s.x, s.y]).concat(team.boxes.filter(Boolean), [[...team.base, ...team.base]]);
  return around.reduce(joined);
}
