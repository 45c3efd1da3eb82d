/* What lies under a point: the topmost of what is drawn there. */

/** The thing at a place in units, null if there is none; `reach` is the finger's, in pixels. */
function thingAt(x, y, zoom, reach) {
  const k = scaleAt(zoom);
  const hit = (t) => isOnMark(t, x, y, zoom, reach);
  return (
    stops.find((s) => on.has(s.team.layer) && hit(s)) ||
    (on.has("bases") && bases.find(hit)) ||
    (on.has("clusters") && ranksAt(zoom).find(hit)) ||
    (on.has("unserved") && unserved.find((u) => on.has("unserved-" + u.code) && hit(u))) ||
    (on.has("buildings") && ranked.find((b) => isOnBuilding(b, x, y, zoom, reach / k))) ||
    (on.has("links") && linkAt(x, y, 19 / k)) ||
    legAt(x, y, zoom, (reach + 3) / k) ||
    (on.has("clusters") && clusters.find((c) => within(c.box, x, y, 0) && isInside([c.hull], x, y))) ||
    null
  );
}

function isOnMark(thing, x, y, zoom, reach) {
  const size = sizeOf(thing, zoom), k = scaleAt(zoom);
  return Math.abs((x - thing.x) * k - size.aside) <= size.w + reach && Math.abs((y - thing.y) * k) <= size.h + reach;
}

function isOnBuilding(b, x, y, zoom, reach) {
  if (zoom >= NEAR && b.rings.length) return within(b.box, x, y, 0) && isInside(b.rings, x, y);
  const r = reach + (zoom >= NEAR ? 6 : 4) / scaleAt(zoom);
  return Math.hypot(b.x - x, b.y - y) <= r;
}

/** Whether a point lies inside rings, by crossings of a ray. */
function isInside(rings, x, y) {
  let inside = false;
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
      const over = ring[i + 1] > y !== ring[j + 1] > y;
      if (over && x < ((ring[j] - ring[i]) * (y - ring[i + 1])) / (ring[j + 1] - ring[i + 1]) + ring[i]) inside = !inside;
    }
  }
  return inside;
}

function linkAt(x, y, reach) {
  return links.find((l) => l.places.some((p) => Math.hypot(p.x - x, p.y - y) <= reach));
}

function legAt(x, y, zoom, reach) {
  const leg = lanesAt(zoom).find((l) => on.has(l.team.layer) && within(l.box, x, y, reach) && isAlong(l.points, x, y, reach));
  return leg ? { kind: "team", team: leg.team, x: x, y: y } : null;
}

function isAlong(points, x, y, reach) {
  for (let i = 2; i < points.length; i += 2) {
    const ax = points[i - 2], ay = points[i - 1], dx = points[i] - ax, dy = points[i + 1] - ay;
    const t = Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)));
    if (Math.hypot(ax + t * dx - x, ay + t * dy - y) <= reach) return true;
  }
  return false;
}
