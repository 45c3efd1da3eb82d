// The map: streets of the edition itself, each stop in its team's colour, filled in once it is done.
const map = L.map("map", { preferCanvas: true, zoomSnap: 0.25, zoomControl: false, attributionControl: false, zoomAnimation: false, fadeAnimation: false });
L.control.zoom({ zoomInTitle: say("map.zoom_in"), zoomOutTitle: say("map.zoom_out") }).addTo(map);
const marks = new Map(), places = new Map();
let routes = null;

async function drawGround() {
  const answer = await fetch("/desk/ground");
  if (!answer.ok) return;
  const ground = await answer.json();
  const under = map.createPane("ground"), still = L.canvas({ pane: "ground" });
  under.style.zIndex = 200;
  const colour = (name) => getComputedStyle(document.body).getPropertyValue(name).trim();
  L.polyline(ground.water, { color: colour("--water"), weight: 3, interactive: false, renderer: still }).addTo(map);
  L.polyline(ground.streets, { color: colour("--street"), weight: 1.2, interactive: false, renderer: still }).addTo(map);
}

function layOutMap() {
  if (routes) routes.remove();
  routes = L.layerGroup().addTo(map);
  marks.clear();
  places.clear();
  const all = [];
  for (const team of store.plan.teams) {
    if (team.stops.length) {
      all.push(team.base.at);
      const ways = [team.base.at, ...team.stops.map((s) => s.at), team.base.at];
      L.polyline(ways, { color: team.colour, weight: 2, opacity: 0.45, interactive: false }).addTo(routes);
    }
    for (const stop of team.stops) {
      all.push(stop.at);
      const mark = L.circleMarker(stop.at, { radius: 7, color: team.colour, weight: 2.5, fillColor: "#fff", fillOpacity: 1 });
      const label = make("span", "", team.letter + " " + stop.name + " " + clock(stop.start));
      mark.bindTooltip(label).addTo(routes);
      marks.set(team.id + " " + stop.visit, mark);
    }
  }
  if (all.length) map.fitBounds(L.latLngBounds(all).pad(0.15), { animate: false });
}

function drawMarks(id) {
  const own = drawn.get(id), known = store.teams.get(id);
  if (!own || !known) return;
  for (const stop of own.team.stops) {
    const was = known.stops[stop.visit] || {}, outcome = was.outcome;
    const isThere = !outcome && (was.inside || was.arrived);
    const fillColor = outcome === "done" ? own.team.colour : outcome ? "#6b7884" : isThere ? "#ffd54a" : "#fff";
    const mark = marks.get(id + " " + stop.visit), weight = isThere ? 5 : 2.5;
    // A mark that stays as it is costs no painting of the map.
    if (mark.options.fillColor !== fillColor || mark.options.weight !== weight) mark.setStyle({ fillColor, weight });
  }
  drawPlace(own.team, known.place);
}

// Where a team said it was with its last report; only where the scenario turns that on.
function drawPlace(team, place) {
  const mark = places.get(team.id);
  if (!place) { if (mark) mark.remove(); places.delete(team.id); return; }
  const at = place.slice(0, 2), label = make("span", "", team.letter + " " + clock(place[2]));
  if (mark) mark.setLatLng(at).setTooltipContent(label);
  else places.set(team.id, L.circleMarker(at, { radius: 5, color: "#1c2733", weight: 2, fillColor: team.colour, fillOpacity: 1 }).bindTooltip(label).addTo(routes));
}
