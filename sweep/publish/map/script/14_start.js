/* The map comes up. */

function pick(latlng, from, reach) {
  const at = unitsOf(latlng), found = thingAt(at[0], at[1], map.getZoom(), reach);
  if (!found) return;
  if (found.kind === "link") Object.assign(found, { x: at[0], y: at[1] });
  if (found.kind === "cluster") return show(Object.assign({}, found, { x: at[0], y: at[1] }), from);
  show(found, from);
}

map.on("click", function (event) {
  if (tools.measuring) return addPoint(event.latlng);
  pick(event.latlng, null, event.originalEvent.pointerType === "mouse" ? 2 : 6);
});
map.on("dblclick", () => tools.measuring && telling(say("measured", { distance: distance(tools.points), points: tools.points.length })));

let pointer = null;
map.on("mousemove", function (event) {
  if (pointer) return;
  pointer = setTimeout(function () {
    pointer = null;
    const at = unitsOf(event.latlng);
    map.getContainer().classList.toggle("pointing", Boolean(!tools.measuring && thingAt(at[0], at[1], map.getZoom(), 2)));
  }, 80);
});

/** Pictures of the closed network below everything, where the scenario names some. */
function addTiles() {
  const source = document.body.dataset.tiles;
  if (!source) return;
  const options = { maxNativeZoom: Number(document.body.dataset.tilesMax), minZoom: 3, maxZoom: 20, keepBuffer: 1 };
  (plan.baidu ? baiduTiles(source, options) : L.tileLayer(source, options)).addTo(map);
}

open(wide());
map.options.zoomSnap = 0.5;
map.setMinZoom(9);
map.setMaxZoom(19);
map.getContainer().setAttribute("role", "application");
map.getContainer().setAttribute("aria-label", document.title);
map.fitBounds(
  L.latLngBounds(shown(...unit(plan.view[0][0], plan.view[0][1])), shown(...unit(plan.view[1][0], plan.view[1][1]))),
  Object.assign({ animate: false }, wide() ? clear() : { paddingTopLeft: [16, 76], paddingBottomRight: [16, 92] })
);
addTiles();
scene.addTo(map);
overlay.addTo(map);
map.on("zoomend", () => scene.refresh());
const scale = L.control.scale({ imperial: false, maxWidth: wide() ? 140 : 90 }).addTo(map);
const corner = map.zoomControl.getContainer();
const zoomIn = corner.querySelector(".leaflet-control-zoom-in"), zoomOut = corner.querySelector(".leaflet-control-zoom-out");
zoomIn.title = plan.texts.zoom_in;
zoomIn.setAttribute("aria-label", plan.texts.zoom_in);
zoomOut.title = plan.texts.zoom_out;
zoomOut.setAttribute("aria-label", plan.texts.zoom_out);
const toolBar = document.getElementById("tools");
corner.after(toolBar);
L.DomEvent.disableClickPropagation(toolBar);
