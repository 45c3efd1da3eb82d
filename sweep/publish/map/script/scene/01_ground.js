/* The data shared by all layers of a plan, and places on it. All data are true WGS-84; a shift is added when a thing is drawn. */

const plan = JSON.parse(document.getElementById(id).textContent);
const shift = { gcj02: gcj02, bd09: bd09 }[document.body.dataset.datum] || null;
// Only a page with Baidu's pictures, which lie in a grid of their own, is drawn in that grid.
if (shift !== bd09) plan.baidu = null;
if (plan.baidu) map.options.crs = baiduGrid(plan.baidu);

// Units are pixels at this zoom from the middle of the view: small enough to be exact in the 32 bits of a canvas.
const UNIT_ZOOM = 18;
const WORLD = 256 * Math.pow(2, UNIT_ZOOM);
const origin = project((plan.view[0][0] + plan.view[1][0]) / 2, (plan.view[0][1] + plan.view[1][1]) / 2);
origin[0] = Math.round(origin[0]);
origin[1] = Math.round(origin[1]);

/** Pixels at UNIT_ZOOM of a true place. */
function project(lat, lon) {
  const at = shift ? shift(lat, lon) : [lat, lon];
  if (plan.baidu) {
    const p = map.options.crs.latLngToPoint(L.latLng(at[0], at[1]), UNIT_ZOOM);
    return [p.x, p.y];
  }
  // Leaflet's own would make two objects a point, of which there are some hundred thousand.
  const s = Math.sin((at[0] * Math.PI) / 180);
  return [((at[1] + 180) / 360) * WORLD, (0.5 - Math.log((1 + s) / (1 - s)) / (4 * Math.PI)) * WORLD];
}

/** The place in units about the origin. */
function unit(lat, lon) {
  const p = project(lat, lon);
  return [p[0] - origin[0], p[1] - origin[1]];
}

/** Where Leaflet shows a place given in units. */
function shown(x, y) {
  return map.unproject(L.point(x + origin[0], y + origin[1]), UNIT_ZOOM);
}

/** Units of a place that Leaflet names. */
function unitsOf(latlng) {
  const p = map.project(latlng, UNIT_ZOOM);
  return [p.x - origin[0], p.y - origin[1]];
}

function scaleAt(zoom) {
  return Math.pow(2, zoom - UNIT_ZOOM);
}

/** An encoded polyline (sweep/publish/map/map_polylines.py) as units: x, y, x, y ... */
function decode(text) {
  const points = [];
  let lat = 0, lon = 0, at = 0;
  function step() {
    let bits = 0, by = 0, sign;
    do {
      sign = text.charCodeAt(at++) - 63;
      bits |= (sign & 31) << by;
      by += 5;
    } while (sign >= 32);
    return bits & 1 ? ~(bits >> 1) : bits >> 1;
  }
  while (at < text.length) {
    lat += step();
    lon += step();
    const p = unit(lat / 1e6, lon / 1e6);
    points.push(p[0], p[1]);
  }
  return points;
}

/** A sentence of the catalogue with its place-holders filled. */
function say(key, values) {
  return plan.texts[key].replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

function fixed(value, digits) {
  return value.toFixed(digits).replace(/\B(?=(\d{3})+(?!\d))/, ",");
}

/** To the nearest minute, halves to the even one: as orders and reports have it. */
function clock(seconds) {
  const exact = seconds / 60, minutes = exact % 1 === 0.5 ? 2 * Math.round(exact / 2) : Math.round(exact);
  return String(Math.floor(minutes / 60)).padStart(2, "0") + ":" + String(minutes % 60).padStart(2, "0");
}

/** An element whose text is text. */
function element(tag, name, text) {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text !== undefined) node.textContent = text;
  return node;
}

const wide = () => window.innerWidth > 760;

/** Paddings of a view; the panel replaces them by those that it and the time slider cover. */
let clear = () => ({ paddingTopLeft: [16, 16], paddingBottomRight: [16, 16] });
