/* Routes: each leg a little to the right of its street, so that there and back, and two teams, stay apart. */

const lanes = { zoom: null, legs: [] };

/** Width of the lane in pixels: from afar the streets are thinner. */
function laneOf(team, zoom) {
  return (2.5 + (team.place % 3) * 3.5) * (zoom < 14 ? 0.55 : 1);
}

/** The legs as they lie at a zoom, with their arrows; made once a zoom. */
function lanesAt(zoom) {
  if (lanes.zoom === zoom) return lanes.legs;
  const k = scaleAt(zoom);
  lanes.zoom = zoom;
  lanes.legs = teams.flatMap((team) =>
    team.legs.filter((leg) => leg.length > 2).map(function (leg) {
      const thin = thinned(leg, 0.7 / k);
      const points = beside(thin, laneOf(team, zoom) / k);
      const path = new Path2D();
      trace(path, points, false);
      return { team: team, points: points, path: path, box: boxOf(points), arrows: arrowsOn(points, 92 / k) };
    })
  );
  return lanes.legs;
}

/** The line without the points that lie within `gap` of the one kept before. */
function thinned(points, gap) {
  const kept = [points[0], points[1]], end = points.length - 2;
  for (let i = 2; i < end; i += 2) {
    const dx = points[i] - kept[kept.length - 2], dy = points[i + 1] - kept[kept.length - 1];
    if (dx * dx + dy * dy >= gap * gap) kept.push(points[i], points[i + 1]);
  }
  kept.push(points[end], points[end + 1]);
  return kept;
}

function beside(points, by) {
  const sides = [];
  for (let i = 2; i < points.length; i += 2) {
    const dx = points[i] - points[i - 2], dy = points[i + 1] - points[i - 1], length = Math.hypot(dx, dy);
    sides.push(length ? [-dy / length, dx / length] : sides[sides.length - 1] || [0, 0]);
  }
  const result = [];
  for (let i = 0; i < points.length; i += 2) {
    const a = sides[Math.max(0, i / 2 - 1)], b = sides[Math.min(i / 2, sides.length - 1)];
    // The corner of two shifted pieces; sharp turns would throw it far out, so it is kept within twice the shift.
    const x = a[0] + b[0], y = a[1] + b[1], grow = (2 * by) / Math.max(1, x * x + y * y);
    result.push(points[i] + x * grow, points[i + 1] + y * grow);
  }
  return result;
}

/** x, y and bearing of an arrow every so many units, the first half a step from the start. */
function arrowsOn(points, every) {
  const arrows = [];
  let ahead = every / 2;
  for (let i = 2; i < points.length; i += 2) {
    const dx = points[i] - points[i - 2], dy = points[i + 1] - points[i - 1], length = Math.hypot(dx, dy);
    for (; ahead <= length && length; ahead += every) {
      arrows.push([points[i - 2] + (dx * ahead) / length, points[i - 1] + (dy * ahead) / length, Math.atan2(dx, -dy)]);
    }
    ahead -= length;
  }
  return arrows;
}

function drawLanes(view) {
  const ctx = view.ctx, near = grown(view.box, 12 / view.k);
  const legs = lanesAt(view.zoom).filter((leg) => on.has(leg.team.layer) && meets(leg.box, near));
  // Of two hundred teams from afar only a thread each: casings and arrows would be all that is seen.
  const crowded = view.zoom < 14 && teams.length > 40, width = crowded ? 1.4 : 3;
  ctx.lineCap = ctx.lineJoin = "round";
  for (const leg of legs) {
    const dash = leg.team.dash.map((d) => (d * (crowded ? 0.5 : 1)) / view.k);
    for (const [path, before] of partsIn(leg, near)) {
      if (!crowded) {
        ctx.setLineDash([]);
        ctx.strokeStyle = "rgba(255,255,255,.85)";
        ctx.lineWidth = (width + 2.6) / view.k;
        ctx.stroke(path);
      }
      ctx.setLineDash(dash);
      ctx.lineDashOffset = before;
      ctx.strokeStyle = leg.team.colour;
      ctx.lineWidth = width / view.k;
      ctx.stroke(path);
    }
  }
  ctx.setLineDash([]);
  ctx.lineDashOffset = 0;
  if (crowded) return;
  for (const leg of legs) for (const a of leg.arrows) if (within(view.box, a[0], a[1], 12 / view.k)) drawArrow(view, a, leg.team.colour);
}

/** The pieces of a leg in a box, each with the length before it: all the dashes of a long leg took a second to draw. */
function partsIn(leg, box) {
  if (leg.box[2] - leg.box[0] < 2 * (box[2] - box[0]) && leg.box[3] - leg.box[1] < 2 * (box[3] - box[1])) return [[leg.path, 0]];
  const parts = [], p = leg.points;
  let length = 0, path = null;
  for (let i = 2; i < p.length; i += 2) {
    const isIn = meets([Math.min(p[i - 2], p[i]), Math.min(p[i - 1], p[i + 1]), Math.max(p[i - 2], p[i]), Math.max(p[i - 1], p[i + 1])], box);
    if (isIn && !path) {
      path = new Path2D();
      path.moveTo(p[i - 2], p[i - 1]);
      parts.push([path, length]);
    }
    if (isIn) path.lineTo(p[i], p[i + 1]);
    else path = null;
    length += Math.hypot(p[i] - p[i - 2], p[i + 1] - p[i - 1]);
  }
  return parts;
}

function grown(box, by) {
  return [box[0] - by, box[1] - by, box[2] + by, box[3] + by];
}

function drawArrow(view, arrow, colour) {
  const ctx = view.ctx, s = (view.zoom < 14 ? 0.75 : 1) / view.k;
  ctx.save();
  ctx.translate(arrow[0], arrow[1]);
  ctx.rotate(arrow[2]);
  ctx.scale(s, s);
  ctx.beginPath();
  ctx.moveTo(0, -6.5);
  ctx.lineTo(5, 5);
  ctx.lineTo(0, 2.5);
  ctx.lineTo(-5, 5);
  ctx.closePath();
  ctx.fillStyle = colour;
  ctx.strokeStyle = "#fff";
  ctx.lineWidth = 1.25;
  ctx.fill();
  ctx.stroke();
  ctx.restore();
}
