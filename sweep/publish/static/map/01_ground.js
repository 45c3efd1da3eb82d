/* The plan's data, and places on it. Everything in the file is true WGS-84; a shift is added when a thing is drawn. */

const plan = JSON.parse(document.getElementById("plan-data").textContent);
const map = map_sweep;
const shift = document.body.dataset.datum === "gcj02" ? gcj02 : null;

// Units are pixels at this zoom from the middle of the view: small enough to be exact in the 32 bits of a canvas.
const UNIT_ZOOM = 18;
const WORLD = 256 * Math.pow(2, UNIT_ZOOM);
const origin = project((plan.view[0][0] + plan.view[1][0]) / 2, (plan.view[0][1] + plan.view[1][1]) / 2);
origin[0] = Math.round(origin[0]);
origin[1] = Math.round(origin[1]);

/** Web Mercator pixels at UNIT_ZOOM of a true place. */
function project(lat, lon) {
  const at = shift ? shift(lat, lon) : [lat, lon];
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

/** An encoded polyline (sweep/publish/mapdata.py) as units: x, y, x, y ... */
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

/** GCJ-02 of a WGS-84 place in China; the same formula as geodata/shifts.py. */
function gcj02(lat, lon) {
  const a = 6378245.0, ee = 0.00669342162296594323, pi = Math.PI;
  const x = lon - 105.0, y = lat - 35.0, sin = Math.sin;
  const waves = (20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)) * 2 / 3;
  let dLat = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * Math.sqrt(Math.abs(x)) + waves;
  dLat += ((20 * sin(y * pi) + 40 * sin((y / 3) * pi)) * 2) / 3 + ((160 * sin((y / 12) * pi) + 320 * sin((y * pi) / 30)) * 2) / 3;
  let dLon = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * Math.sqrt(Math.abs(x)) + waves;
  dLon += ((20 * sin(x * pi) + 40 * sin((x / 3) * pi)) * 2) / 3 + ((150 * sin((x / 12) * pi) + 300 * sin((x / 30) * pi)) * 2) / 3;
  const rad = (lat / 180) * pi, magic = 1 - ee * sin(rad) * sin(rad), root = Math.sqrt(magic);
  return [lat + (dLat * 180) / (((a * (1 - ee)) / (magic * root)) * pi), lon + (dLon * 180) / ((a / root) * Math.cos(rad) * pi)];
}

/** A sentence of the catalogue with its place-holders filled. */
function say(key, values) {
  return plan.texts[key].replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
}

function fixed(value, digits) {
  return value.toFixed(digits).replace(/\B(?=(\d{3})+(?!\d))/, ",");
}

function clock(seconds) {
  const minutes = Math.floor(seconds / 60);
  return String(Math.floor(minutes / 60)).padStart(2, "0") + ":" + String(minutes % 60).padStart(2, "0");
}

/** An element whose text is text. */
function element(tag, name, text) {
  const node = document.createElement(tag);
  if (name) node.className = name;
  if (text !== undefined) node.textContent = text;
  return node;
}

const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
