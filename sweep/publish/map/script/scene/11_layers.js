/* Layers of Leaflet, whose parts are drawn by the scene of their map; clicks on what they draw. */

const PlanLayer = L.Layer.extend({
  initialize: function (parts) {
    this._parts = parts;
  },
  onAdd: function () {
    this._parts.forEach((part) => on.add(part));
    redraw();
  },
  onRemove: function () {
    this._parts.forEach((part) => on.delete(part));
    redraw();
  },
});

function redraw() {
  scene.refresh();
  overlay.draw();
  map.fire("parts");
}

/** The layer of a kind, from the data in an element of the page. */
function layer(kind, dataId) {
  const parts = readers[kind](JSON.parse(document.getElementById(dataId).textContent));
  placed.clear();
  rankRoom.clear();
  lanes.zoom = null;
  return new PlanLayer(parts);
}

function pick(latlng, from, reach) {
  const at = unitsOf(latlng), found = thingAt(at[0], at[1], map.getZoom(), reach);
  if (!found) return;
  if (found.kind === "link") Object.assign(found, { x: at[0], y: at[1] });
  if (found.kind === "cluster") return show(Object.assign({}, found, { x: at[0], y: at[1] }), from);
  show(found, from);
}

// A tool that takes the clicks of the map, such as the one that measures.
let tool = null;

map.on("click", function (event) {
  if (tool) return tool(event.latlng);
  pick(event.latlng, null, event.originalEvent.pointerType === "mouse" ? 2 : 6);
});

let pointer = null;
map.on("mousemove", function (event) {
  if (pointer) return;
  pointer = setTimeout(function () {
    pointer = null;
    const at = unitsOf(event.latlng);
    map.getContainer().classList.toggle("pointing", Boolean(!tool && thingAt(at[0], at[1], map.getZoom(), 2)));
  }, 80);
});

/** Pictures of the closed network below everything, where the scenario names some. */
function addTiles() {
  const source = document.body.dataset.tiles;
  if (!source) return;
  const options = { maxNativeZoom: Number(document.body.dataset.tilesMax), minZoom: 3, maxZoom: 20, keepBuffer: 1 };
  (plan.baidu ? baiduTiles(source, options) : L.tileLayer(source, options)).addTo(map);
}

// Elements may come in any order: the time slider and the panel start when all layers have been read.
const controls = new Set();
function start() {
  if (controls.has("times")) startTimes();
  if (controls.has("panel")) startPanel();
  addTiles();
  scene.addTo(map);
  overlay.addTo(map);
  map.on("zoomend", () => scene.refresh());
}
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else setTimeout(start);

return { layer: layer, start: (part) => controls.add(part) };
