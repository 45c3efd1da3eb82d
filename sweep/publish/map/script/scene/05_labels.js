/* Names: placed for the whole district at each zoom, so that none is cut at a tile's edge and none lies on another. */

const FONT = '"Noto Sans CJK SC", "Noto Sans SC", "Microsoft YaHei", "PingFang SC", "Helvetica Neue", Arial, sans-serif';
const placed = new Map();
const rankRoom = new Map();

/** The names that are shown at a zoom, each with its box in pixels at that zoom. */
function namesAt(zoom) {
  const key = zoom + ["names", "borders"].filter((part) => on.has(part)) + (on.has("buildings") && zoom >= 17 ? "b" : "");
  if (placed.has(key)) return placed.get(key);
  const k = scaleAt(zoom), free = new Free(), shown = [];
  for (const label of wanted(zoom)) {
    const width = widthOf(label.text, label.size), c = Math.abs(Math.cos(label.turn)), s = Math.abs(Math.sin(label.turn));
    const w = (width * c + label.size * s) / 2, h = (width * s + label.size * c) / 2 + 1;
    const x = label.x * k, y = label.y * k + label.below;
    const box = [x - w, y - h, x + w, y + h];
    if (!free.take(box)) continue;
    shown.push(Object.assign({ box: box, px: x, py: y }, label));
  }
  placed.set(key, shown);
  return shown;
}

/** All names that ask for a place, the most important first. */
function wanted(zoom) {
  const names = borderLabels.filter((b) => on.has("borders") && b.name && zoom <= 14).map((b) => label(b, b.name, 13, "#6c4f8c", 0, 700));
  if (on.has("names") && zoom >= 13) {
    for (const n of streetNames) {
      if (!n[4] && zoom < 15) continue;
      const at = unit(n[0], n[1]);
      names.push(label({ x: at[0], y: at[1] }, n[3], n[4] ? 12 : 11, n[4] ? "#4f5b67" : "#67717b", (n[2] * Math.PI) / 180, 400));
    }
  }
  if (on.has("buildings") && zoom >= 17) {
    for (const b of ranked) names.push(Object.assign(label(b, b.name, 11, "#4a3c22", 0, 400), { below: 20 }));
  }
  return names;
}

/** About how wide a text is: to measure seven hundred of them would hold up the first tile. */
function widthOf(words, size) {
  let width = 0;
  for (const sign of words) width += sign.codePointAt(0) < 0x2e80 ? 0.58 : 1;
  return width * size;
}

function label(at, text, size, colour, turn, weight) {
  const short = text.length > 24 ? text.slice(0, 23) + "…" : text;
  return { x: at.x, y: at.y, text: short, size: size, colour: colour, turn: turn, below: 0, font: weight + " " + size + "px " + FONT };
}

/** Boxes that are taken, looked up by squares of 128 pixels. */
function Free() {
  this.squares = new Map();
}
Free.prototype.take = function (box, isForced) {
  const names = [];
  for (let x = Math.floor(box[0] / 128); x <= Math.floor(box[2] / 128); x++) {
    for (let y = Math.floor(box[1] / 128); y <= Math.floor(box[3] / 128); y++) {
      const name = x + "/" + y;
      names.push(name);
      if (!isForced && (this.squares.get(name) || []).some((other) => meets(other, box))) return false;
    }
  }
  for (const name of names) this.squares.set(name, (this.squares.get(name) || []).concat([box]));
  return true;
};

/** The clusters whose numbers have room at a zoom, beside the stops and bases, the better ranked first. */
function ranksAt(zoom) {
  if (rankRoom.has(zoom)) return rankRoom.get(zoom);
  const k = scaleAt(zoom), free = new Free();
  function boxAt(thing, share) {
    const size = sizeOf(thing, zoom), x = thing.x * k + size.aside, y = thing.y * k;
    return [x - size.w * share, y - size.h * share, x + size.w * share, y + size.h * share];
  }
  for (const thing of stops.concat(bases)) free.take(boxAt(thing, 0.6), true);
  const shown = clusters.filter((c) => free.take(boxAt(c, 0.8)));
  rankRoom.set(zoom, shown);
  return shown;
}

function drawNames(view) {
  const ctx = view.ctx, k = view.k, box = view.box.map((v) => v * k);
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.lineJoin = "round";
  for (const name of namesAt(view.zoom)) {
    if (!meets(name.box, box)) continue;
    ctx.save();
    ctx.scale(1 / k, 1 / k);
    ctx.translate(name.px, name.py);
    ctx.rotate(name.turn);
    ctx.font = name.font;
    ctx.lineWidth = 3.5;
    ctx.strokeStyle = "rgba(250,249,246,.92)";
    ctx.strokeText(name.text, 0, 0);
    ctx.fillStyle = name.colour;
    ctx.fillText(name.text, 0, 0);
    ctx.restore();
  }
}
