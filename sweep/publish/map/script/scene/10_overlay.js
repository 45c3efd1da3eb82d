/* A canvas over the map and under the popups, for what moves: `painters` draw on it. */
const Overlay = L.Layer.extend({
  onAdd: function () {
    this._canvas = L.DomUtil.create("canvas", "times leaflet-zoom-hide", this.getPane());
    map.on("move zoomend viewreset resize", this._place, this);
    this._place();
  },
  options: { pane: "markerPane" },
  painters: [],
  _place: function () {
    const size = map.getSize(), canvas = this._canvas;
    if (canvas.width !== size.x * pixels || canvas.height !== size.y * pixels) {
      canvas.width = size.x * pixels;
      canvas.height = size.y * pixels;
      canvas.style.width = size.x + "px";
      canvas.style.height = size.y + "px";
    }
    L.DomUtil.setPosition(canvas, map.containerPointToLayerPoint([0, 0]));
    this.draw();
  },
  draw: function () {
    if (!this._canvas) return;
    const ctx = this._canvas.getContext("2d"), size = map.getSize();
    ctx.setTransform(pixels, 0, 0, pixels, 0, 0);
    ctx.clearRect(0, 0, size.x, size.y);
    for (const paint of this.painters) paint(ctx, size);
  },
});
const overlay = new Overlay();

/** Point on the screen of a place in units. */
function onScreen(x, y) {
  return map.latLngToContainerPoint(shown(x, y));
}
