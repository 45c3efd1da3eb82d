/* Marks of a fixed size: stops, bases, cluster numbers, counts of leads, what is left out, what is linked. */

// Numbers do not fit on two thousand stops of a whole city: from afar they are dots.
const pillZoom = () => (stops.length > 200 ? 14 : 0);

/** Half the width and height of a mark in pixels, and how far it stands aside. */
function sizeOf(thing, zoom) {
  if (thing.kind === "stop") {
    if (zoom < pillZoom()) return { w: 2.8, h: 2.8, aside: 0 };
    const w = (zoom < 14 ? 10 : 13) + 3.2 * Math.max(0, thing.label.length - 2), h = zoom < 14 ? 8 : 9.5;
    return { w: w, h: h, aside: thing.beside * (2 * w + 2) };
  }
  if (thing.kind === "base") return { w: 12, h: 12, aside: 0 };
  if (thing.kind === "cluster") return { w: zoom < 14 ? 9 : 12, h: zoom < 14 ? 9 : 12, aside: 0 };
  return { w: 7, h: 7, aside: 0 };
}

/** Draw at the thing's place with one pixel for a unit. */
function mark(view, thing, draw) {
  const size = sizeOf(thing, view.zoom), k = view.k;
  if (!within(view.box, thing.x + size.aside / k, thing.y, (size.w + 4) / k)) return;
  const ctx = view.ctx;
  ctx.save();
  ctx.translate(thing.x, thing.y);
  ctx.scale(1 / k, 1 / k);
  ctx.translate(size.aside, 0);
  draw(ctx, size);
  ctx.restore();
}

function text(ctx, words, size, colour) {
  ctx.font = "700 " + size + "px " + FONT;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillStyle = colour;
  ctx.fillText(words, 0, 0.5);
}

function pill(ctx, w, h, radius, fill, edge) {
  ctx.beginPath();
  ctx.roundRect(-w, -h, 2 * w, 2 * h, radius);
  ctx.fillStyle = fill;
  ctx.fill();
  ctx.lineWidth = w > 5 ? 1.5 : 0.6;
  ctx.strokeStyle = edge;
  ctx.stroke();
}

function drawStops(view) {
  // The first stops last, so that where two touch the earlier one is on top.
  for (let i = stops.length - 1; i >= 0; i--) {
    const s = stops[i];
    if (!on.has(s.team.layer)) continue;
    mark(view, s, function (ctx, size) {
      pill(ctx, size.w, size.h, size.h, s.team.colour, size.w > 5 ? "#fff" : "#1c2733");
      if (size.w > 5) text(ctx, s.label, view.zoom < 14 ? 10 : 11.5, s.team.ink);
    });
  }
}

function drawBases(view) {
  for (const b of bases) {
    mark(view, b, function (ctx) {
      pill(ctx, 11, 11, 4, "#1c2733", "#fff");
      text(ctx, "★", 14, "#fff");
    });
  }
}

function drawHulls(view) {
  const ctx = view.ctx;
  ctx.strokeStyle = "#3b4a5a";
  ctx.fillStyle = "rgba(107,127,148,.1)";
  ctx.lineWidth = 1.5 / view.k;
  ctx.setLineDash([5 / view.k, 4 / view.k]);
  for (const c of clusters) {
    if (!meets(c.box, view.box)) continue;
    const path = new Path2D();
    trace(path, c.hull, true);
    ctx.fill(path);
    ctx.stroke(path);
  }
  ctx.setLineDash([]);
}

function drawRanks(view) {
  for (const c of ranksAt(view.zoom)) {
    mark(view, c, function (ctx, size) {
      pill(ctx, size.w, size.h, size.w, "rgba(255,255,255,.94)", "#3b4a5a");
      text(ctx, c.badge, view.zoom < 14 ? 10 : 12, "#3b4a5a");
    });
  }
}

function drawLeads(view) {
  const counts = plan.buildings.n_leads;
  for (const b of ranked) {
    const n = counts[b.i];
    if (!n) continue;
    const r = view.zoom < 15 ? 3 + Math.min(5, Math.sqrt(n)) : 8;
    mark(view, b, function (ctx) {
      if (view.zoom >= 15) ctx.translate(11, -11);
      pill(ctx, r, r, r, "rgba(123,31,90,.9)", "#fff");
      if (view.zoom >= 15) text(ctx, String(n), n > 99 ? 8 : 10.5, "#fff");
    });
  }
}

function drawUnserved(view) {
  for (const u of unserved) {
    if (!on.has("unserved-" + u.code)) continue;
    mark(view, u, function (ctx) {
      for (const [width, colour] of [[4.5, "#fff"], [2.2, reasonColour.get(u.code) || "#31383f"]]) {
        ctx.beginPath();
        ctx.moveTo(-4.5, -4.5);
        ctx.lineTo(4.5, 4.5);
        ctx.moveTo(4.5, -4.5);
        ctx.lineTo(-4.5, 4.5);
        ctx.lineWidth = width;
        ctx.lineCap = "round";
        ctx.strokeStyle = colour;
        ctx.stroke();
      }
    });
  }
}

function drawLinks(view) {
  const ctx = view.ctx, k = view.k;
  ctx.strokeStyle = "rgba(17,17,17,.8)";
  ctx.lineWidth = 1.4 / k;
  ctx.setLineDash([2 / k, 4 / k]);
  for (const l of links) {
    ctx.beginPath();
    l.places.forEach((p, i) => (i ? ctx.lineTo(p.x, p.y) : ctx.moveTo(p.x, p.y)));
    ctx.stroke();
    // From afar the rings of one complex would be a blot.
    for (const p of view.zoom < 15 ? [] : l.places) {
      ctx.beginPath();
      ctx.arc(p.x, p.y, 17 / k, 0, 7);
      ctx.stroke();
    }
  }
  ctx.setLineDash([]);
}
