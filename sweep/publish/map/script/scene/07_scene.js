/* Tiles that the page draws itself: to move the map is then as cheap as with pictures, whatever lies on it. */

const TILE = 512;
const pixels = Math.min(2, window.devicePixelRatio || 1);

const Scene = L.GridLayer.extend({
  options: { tileSize: TILE, updateWhenIdle: false, updateInterval: 120, keepBuffer: 1, pane: "overlayPane" },

  initialize: function (options) {
    L.GridLayer.prototype.initialize.call(this, options);
    this._queue = [];
  },

  createTile: function (coords, done) {
    const tile = document.createElement("canvas");
    tile.width = tile.height = TILE * pixels;
    this._ask({ tile: tile, coords: coords, done: done });
    return tile;
  },

  /** Draw the tiles on the screen again, each over itself: no tile goes blank. */
  refresh: function () {
    if (!this._map) return;
    for (const key of Object.keys(this._tiles)) {
      const t = this._tiles[key];
      if (!this._queue.some((job) => job.tile === t.el)) this._ask({ tile: t.el, coords: t.coords, done: null });
    }
  },

  _ask: function (job) {
    this._queue.push(job);
    document.body.dataset.drawn = "no";
    if (this._queue.length === 1) requestAnimationFrame(() => this._work());
  },

  // A few tiles a frame: while some are drawn the map still follows the hand.
  _work: function () {
    const until = performance.now() + 9;
    do {
      const job = this._queue.shift();
      if (!job) break;
      drawTile(job.tile, job.coords);
      if (job.done) job.done(null, job.tile);
    } while (performance.now() < until);
    if (this._queue.length) requestAnimationFrame(() => this._work());
    else document.body.dataset.drawn = "yes";
  },
});

function drawTile(tile, coords) {
  const ctx = tile.getContext("2d"), k = scaleAt(coords.z);
  const left = coords.x * TILE - origin[0] * k, top = coords.y * TILE - origin[1] * k;
  ctx.setTransform(1, 0, 0, 1, 0, 0);
  ctx.clearRect(0, 0, tile.width, tile.height);
  ctx.setTransform(k * pixels, 0, 0, k * pixels, -left * pixels, -top * pixels);
  // Between whole zooms Leaflet shrinks the tiles of the next one; marks and lines are drawn as much larger.
  const zoom = Math.round(map.getZoom()) === coords.z ? map.getZoom() : coords.z;
  draw({ ctx: ctx, zoom: zoom, k: scaleAt(zoom), box: [left / k, top / k, (left + TILE) / k, (top + TILE) / k] });
}

/** Everything that is on, from the ground up. */
function draw(view) {
  if (on.has("water")) drawWater(view);
  if (on.has("streets")) drawStreets(view);
  if (on.has("borders")) drawBorders(view);
  if (on.has("clusters")) drawHulls(view);
  if (on.has("buildings")) drawBuildings(view);
  drawLanes(view);
  drawNames(view);
  if (on.has("links")) drawLinks(view);
  if (on.has("leads")) drawLeads(view);
  if (on.has("unserved")) drawUnserved(view);
  if (on.has("clusters")) drawRanks(view);
  if (on.has("bases")) drawBases(view);
  drawStops(view);
}

const scene = new Scene();
