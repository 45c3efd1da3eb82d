/* Measure, locate, full screen. */

const tools = { points: [], here: null };
const tell = document.getElementById("tell");

/** A line of words at the top of the map, read out; empty to take it away. */
function telling(words) {
  tell.textContent = words;
  tell.hidden = !words;
}

function distance(points) {
  let metres = 0;
  for (let i = 1; i < points.length; i++) metres += map.distance(points[i - 1], points[i]);
  return metres < 1000 ? Math.round(metres) + " m" : fixed(metres / 1000, 2) + " km";
}

function measure(isOn) {
  tool = isOn ? addPoint : null;
  tools.points = [];
  document.getElementById("measure").setAttribute("aria-pressed", String(isOn));
  document.body.classList.toggle("measuring", isOn);
  telling(isOn ? plan.texts.measure_hint : "");
  overlay.draw();
}

function addPoint(latlng) {
  tools.points.push(latlng);
  telling(say("measured", { distance: distance(tools.points), points: tools.points.length }));
  overlay.draw();
}

function locate() {
  telling("");
  map.locate({ setView: false, enableHighAccuracy: true, timeout: 15000 });
}

map.on("locationfound", function (found) {
  const at = unit(found.latlng.lat, found.latlng.lng);
  tools.here = { x: at[0], y: at[1], metres: found.accuracy };
  map.setView(shown(at[0], at[1]), Math.max(15, map.getZoom()), { animate: false });
  telling(say("located", { metres: Math.round(found.accuracy) }));
  overlay.draw();
});
map.on("locationerror", (fault) => telling(fault.code === 1 ? plan.texts.locate_denied : plan.texts.locate_failed));

map.on("dblclick", () => tool && telling(say("measured", { distance: distance(tools.points), points: tools.points.length })));

/** The measured line and the own place, on the canvas of the times. */
function drawTools(ctx) {
  const points = tools.points.map((p) => map.latLngToContainerPoint(p));
  if (points.length) {
    ctx.beginPath();
    points.forEach((p, i) => (i ? ctx.lineTo(p.x, p.y) : ctx.moveTo(p.x, p.y)));
    for (const [width, colour] of [[6, "#fff"], [3, "#111"]]) {
      ctx.lineWidth = width;
      ctx.strokeStyle = colour;
      ctx.stroke();
    }
    for (const p of points) {
      ctx.beginPath();
      ctx.arc(p.x, p.y, 5, 0, 7);
      ctx.fillStyle = "#fff";
      ctx.fill();
      ctx.stroke();
    }
  }
  if (!tools.here) return;
  const p = onScreen(tools.here.x, tools.here.y), q = onScreen(tools.here.x + 100, tools.here.y);
  const perMetre = (q.x - p.x) / map.distance(shown(tools.here.x, tools.here.y), shown(tools.here.x + 100, tools.here.y));
  ctx.beginPath();
  ctx.arc(p.x, p.y, Math.max(8, tools.here.metres * perMetre), 0, 7);
  ctx.fillStyle = "rgba(31,95,139,.18)";
  ctx.fill();
  ctx.beginPath();
  ctx.arc(p.x, p.y, 7, 0, 7);
  ctx.fillStyle = "#1f5f8b";
  ctx.strokeStyle = "#fff";
  ctx.lineWidth = 2;
  ctx.fill();
  ctx.stroke();
}

overlay.painters.push(drawTools);
document.getElementById("measure").addEventListener("click", () => measure(!tool));
document.getElementById("locate").addEventListener("click", locate);
const full = document.getElementById("full-screen");
if (!document.fullscreenEnabled) full.hidden = true;
full.addEventListener("click", function () {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen().catch(() => telling(""));
});
map.getContainer().addEventListener("keydown", function (event) {
  if (event.target !== map.getContainer()) return;
  if (event.key === "Escape" && tool) measure(false);
  // Without a mouse the middle of the map is the pointer.
  if (event.key !== "Enter") return;
  if (tool) addPoint(map.getCenter());
  else pick(map.getCenter(), map.getContainer(), 12);
});
