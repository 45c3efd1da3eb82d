/* Streets, water and footprints as ready paths, one a cell of the ground: a tile draws the few that it meets. */

const CELL = 2048;

/** Lines or rings dealt into cells; `key` names the style that a thing is drawn in. */
function cellsOf(things) {
  const cells = new Map();
  for (const thing of things) {
    const box = thing.parts.map(boxOf).reduce(joined);
    const x = Math.floor((box[0] + box[2]) / 2 / CELL), y = Math.floor((box[1] + box[3]) / 2 / CELL);
    const name = x + "/" + y;
    let cell = cells.get(name);
    if (!cell) cells.set(name, (cell = { box: box, paths: {} }));
    cell.box = joined(cell.box, box);
    const path = cell.paths[thing.key] || (cell.paths[thing.key] = new Path2D());
    for (const part of thing.parts) trace(path, part, thing.closed);
  }
  return Array.from(cells.values());
}

function trace(path, points, closed) {
  path.moveTo(points[0], points[1]);
  for (let k = 2; k < points.length; k += 2) path.lineTo(points[k], points[k + 1]);
  if (closed) path.closePath();
}

let streetCells = [], waterCells = [], borderLabels = [], streetNames = [], footprintCells = [], loose = [];
const borderPath = new Path2D();

readers.ground = function (data) {
  streetCells = cellsOf(
    data.streets.flatMap((s) => s.lines.map((line) => ({ key: s.class, parts: [decode(line)], closed: false })))
  );
  waterCells = cellsOf(
    data.water.areas.map((rings) => ({ key: "area", parts: rings.map(decode), closed: true }))
      .concat(data.water.lines.map((lines) => ({ key: "line", parts: lines.map(decode), closed: false })))
  );
  borderLabels = data.borders.map(function (b) {
    b.lines.forEach((line) => trace(borderPath, decode(line), true));
    return pointThing("border", b.at, { name: b.name });
  });
  streetNames = data.street_names;
  return ["streets", "names", "water", "borders"];
};

readers.buildings = function (data) {
  Object.assign(plan.buildings, data);
  for (const b of buildings) {
    b.rings = (data.rings[b.i] || []).map(decode);
    b.box = b.rings.length ? boxOf(b.rings[0]) : null;
  }
  footprintCells = cellsOf(
    ranked.filter((b) => b.rings.length).map((b) => ({ key: data.class[b.i], parts: b.rings, closed: true }))
  );
  loose = ranked.filter((b) => !b.rings.length);
  return ["buildings"];
};

readers.leads = () => ["leads"];

const STREETS = {
  minor: ["#dcdfe2", 1.1],
  middle: ["#c7ccd1", 2.4],
  major: ["#a9b2ba", 3.8],
};
const NEAR = 16;

function drawWater(view) {
  const ctx = view.ctx;
  for (const cell of waterCells) {
    if (!meets(cell.box, view.box)) continue;
    if (cell.paths.area) {
      ctx.fillStyle = "#cfe2ee";
      ctx.fill(cell.paths.area, "evenodd");
    }
    if (cell.paths.line) {
      ctx.strokeStyle = "#b9d5e6";
      ctx.lineWidth = 2.4 / view.k;
      ctx.stroke(cell.paths.line);
    }
  }
}

function drawBorders(view) {
  const ctx = view.ctx;
  ctx.strokeStyle = "#8a6fa8";
  ctx.lineWidth = 1.6 / view.k;
  ctx.setLineDash([9 / view.k, 4 / view.k, 2 / view.k, 4 / view.k]);
  ctx.stroke(borderPath);
  ctx.setLineDash([]);
}

function drawStreets(view) {
  const ctx = view.ctx, grow = Math.min(2.2, Math.pow(1.35, view.zoom - 14.5));
  ctx.lineCap = ctx.lineJoin = "round";
  for (const name of Object.keys(STREETS)) {
    ctx.strokeStyle = STREETS[name][0];
    ctx.lineWidth = (STREETS[name][1] * grow) / view.k;
    for (const cell of streetCells) if (cell.paths[name] && meets(cell.box, view.box)) ctx.stroke(cell.paths[name]);
  }
}

function drawBuildings(view) {
  if (view.zoom >= NEAR) drawFootprints(view);
  drawDots(view, view.zoom >= NEAR ? loose : ranked, view.zoom >= NEAR ? 6 : Math.max(1.6, Math.min(4, view.zoom - 11)));
}

function drawFootprints(view) {
  const ctx = view.ctx;
  ctx.strokeStyle = "#6d5a3a";
  ctx.lineWidth = 0.8 / view.k;
  for (const cell of footprintCells) {
    if (!meets(cell.box, view.box)) continue;
    for (const key of Object.keys(cell.paths)) {
      ctx.fillStyle = plan.buildings.scale[key];
      ctx.fill(cell.paths[key], "evenodd");
      ctx.stroke(cell.paths[key]);
    }
  }
}

// From afar footprints would be specks: dots of one size, the best on top.
function drawDots(view, some, radius) {
  const ctx = view.ctx, r = radius / view.k, scale = plan.buildings.scale;
  const paths = scale.map(() => new Path2D());
  for (const b of some) {
    if (!within(view.box, b.x, b.y, r)) continue;
    const path = paths[plan.buildings.class[b.i]];
    path.moveTo(b.x + r, b.y);
    path.arc(b.x, b.y, r, 0, 7);
  }
  ctx.strokeStyle = "#6d5a3a";
  ctx.lineWidth = 0.8 / view.k;
  paths.forEach(function (path, k) {
    ctx.fillStyle = scale[k];
    ctx.fill(path);
    if (radius > 2.2) ctx.stroke(path);
  });
}

function within(box, x, y, margin) {
  return x >= box[0] - margin && x <= box[2] + margin && y >= box[1] - margin && y <= box[3] + margin;
}
