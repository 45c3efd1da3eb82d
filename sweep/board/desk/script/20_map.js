// Map: streets of the edition, and stops in the colour of their team, filled after completion.
const map = L.map("map", { preferCanvas: true, zoomSnap: 0.25, zoomControl: false, attributionControl: false, zoomAnimation: false, fadeAnimation: false });
L.control.zoom({ zoomInTitle: say("map.zoom_in"), zoomOutTitle: say("map.zoom_out") }).addTo(map);
const marks = new Map(), places = new Map();
const MOST_LETTERS = 400;
let routes = null;

async function drawGround() {
  const answer = await fetch("/desk/ground");
  if (!answer.ok) return;
  const ground = await answer.json();
  const under = map.createPane("ground"), still = L.canvas({ pane: "ground" });
  under.style.zIndex = 200;
  const colour = (name) => getComputedStyle(document.body).getPropertyValue(name).trim();
  const lines = [["--water", 3, ground.water], ["--street", 1.2, ground.streets]].map(([name, weight, points]) => [name, L.polyline(points, { weight, interactive: false, renderer: still }).addTo(map)]);
  const paint = () => lines.forEach(([name, line]) => line.setStyle({ color: colour(name) }));
  paint();
  // Systems change to dark colours in the evening, while the page is open.
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
  streetNames = ground.names;
  drawNames();
}

// Street names that fit at the zoom level, longest streets first.
let names = null, streetNames = [];
function drawNames() {
  if (names) names.remove();
  names = L.layerGroup().addTo(map);
  const most = map.getZoom() < 12.5 ? 0 : map.getZoom() < 14 ? 12 : map.getZoom() < 15 ? 30 : streetNames.length;
  for (const [name, lat, lon] of streetNames.slice(0, most)) {
    L.tooltip({ permanent: true, direction: "center", className: "street", interactive: false }).setLatLng([lat, lon]).setContent(make("span", "", name)).addTo(names);
  }
}
map.on("zoomend", drawNames);

// Route line of each team along the streets; straight if the edition has no route lines.
async function drawRoutes(plan, layer) {
  const answer = await fetch("/desk/routes").catch(() => null), lines = answer && answer.ok ? await answer.json() : {};
  if (store.plan !== plan) return;
  for (const team of plan.teams.filter((t) => t.stops.length)) {
    const straight = [[team.base.at, ...team.stops.map((s) => s.at), team.base.at]], own = lines[team.id] || [];
    L.polyline(own.length ? own : straight, { color: team.colour, weight: 2.5, opacity: 0.5, interactive: false }).addTo(layer).bringToBack();
  }
}

function layOutMap() {
  if (routes) routes.remove();
  routes = L.layerGroup().addTo(map);
  marks.clear();
  places.clear();
  const all = [], at = new Map();
  for (const team of store.plan.teams) {
    if (team.stops.length) all.push(team.base.at);
    for (const stop of team.stops) {
      all.push(stop.at);
      at.set(stop.building, [...(at.get(stop.building) || []), [team, stop]]);
    }
  }
  for (const own of at.values()) {
    // Teams at one building are concentric rings, the outermost drawn first.
    own.map((pair, k) => [...pair, k]).reverse().forEach(([team, stop, k]) => {
      const mark = L.circleMarker(stop.at, { radius: 7 + 4 * k, color: team.colour, weight: 2.5, fillColor: "#fff", fillOpacity: 1 });
      const label = make("span", "", own.map(([t, s]) => t.letter + " " + clock(s.start)).join(" ") + " " + stop.name);
      mark.bindTooltip(label).addTo(routes);
      marks.set(team.id + " " + stop.visit, mark);
    });
    const letters = make("span", "", [...new Set(own.map(([team]) => team.letter))].join(" "));
    // A thousand labels would slow the page down.
    if (at.size <= MOST_LETTERS) L.tooltip({ permanent: true, direction: "right", offset: [4 + 4 * own.length, 0], className: "team", interactive: false }).setLatLng(own[0][1].at).setContent(letters).addTo(routes);
  }
  if (all.length) map.fitBounds(L.latLngBounds(all).pad(0.15), { animate: false });
  drawRoutes(store.plan, routes);
}

function drawMarks(id) {
  const own = drawn.get(id), known = store.teams.get(id);
  if (!own || !known) return;
  for (const stop of own.team.stops) {
    const was = known.stops[stop.visit] || {}, outcome = was.outcome;
    const isThere = !outcome && (was.inside || was.arrived);
    const fillColor = outcome === "done" ? own.team.colour : outcome ? "#6b7884" : isThere ? "#ffd54a" : "#fff";
    const mark = marks.get(id + " " + stop.visit), weight = isThere ? 5 : 2.5;
    // An unchanged marker is not redrawn.
    if (mark.options.fillColor !== fillColor || mark.options.weight !== weight) mark.setStyle({ fillColor, weight });
  }
  drawPlace(own.team, known.place);
}

// Position that a team sent with its last report; only if the scenario enables positions.
function drawPlace(team, place) {
  const mark = places.get(team.id);
  if (!place) { if (mark) mark.remove(); places.delete(team.id); return; }
  const at = place.slice(0, 2), label = make("span", "", team.letter + " " + clock(place[2]));
  if (mark) mark.setLatLng(at).setTooltipContent(label);
  else places.set(team.id, L.circleMarker(at, { radius: 5, color: "#1c2733", weight: 2, fillColor: team.colour, fillOpacity: 1 }).bindTooltip(label).addTo(routes));
}
