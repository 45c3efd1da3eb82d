// Drag a stop to another team, to another time or out of the plan, with the pointer or the keyboard.
const STEP_S = 300, FAR_PX = 4;
let drag = null;

function stopAt(target) { return target instanceof Element ? target.closest(".stop:not(:disabled)") : null; }
document.addEventListener("pointerdown", (event) => {
  const stop = stopAt(event.target);
  if (!stop || event.button !== 0 || !shown) return;
  drag = { stop, x: event.clientX, y: event.clientY, grip: stop.dataset.team ? event.clientX - stop.getBoundingClientRect().left : 0, isFar: false };
  stop.setPointerCapture(event.pointerId);
});
document.addEventListener("pointermove", (event) => {
  if (!drag) return;
  const dx = event.clientX - drag.x, dy = event.clientY - drag.y;
  drag.isFar = drag.isFar || Math.hypot(dx, dy) > FAR_PX;
  if (!drag.isFar) return;
  drag.stop.classList.add("dragged");
  drag.stop.style.transform = "translate(" + dx + "px, " + dy + "px)";
  over(laneAt(event));
});
document.addEventListener("pointerup", (event) => {
  if (!drag) return;
  const { stop, grip, isFar } = drag, lane = laneAt(event);
  letGo();
  if (!isFar || !lane) return;
  const { visit, slot } = stop.dataset;
  if (!lane.dataset.team) { if (stop.dataset.team) leaveOut(visit); return; }
  const box = lane.querySelector(".line").getBoundingClientRect();
  const at = from + ((event.clientX - grip - box.left) / box.width) * (until - from);
  moveTo(visit, Number(slot), lane.dataset.team, Math.round(at / STEP_S) * STEP_S);
});
document.addEventListener("pointercancel", () => { if (drag) letGo(); });
function letGo() {
  drag.stop.classList.remove("dragged");
  drag.stop.style.transform = "";
  drag = null;
  over(null);
}
function laneAt(event) {
  const inside = (e) => { const box = e.getBoundingClientRect(); return event.clientY >= box.top && event.clientY < box.bottom; };
  return [...lanes.children, document.getElementById("left")].find(inside) || null;
}
function over(lane) {
  for (const one of [...lanes.children, document.getElementById("left")]) one.classList.toggle("over", one === lane);
}

const onKey = {
  ArrowLeft: (s, team, fine) => moveTo(s.visit, Number(s.slot), team, Number(s.start) - (fine ? 60 : STEP_S)),
  ArrowRight: (s, team, fine) => moveTo(s.visit, Number(s.slot), team, Number(s.start) + (fine ? 60 : STEP_S)),
  ArrowUp: (s, team) => moveTo(s.visit, Number(s.slot), beside(team, -1), Number(s.start)),
  ArrowDown: (s, team) => moveTo(s.visit, Number(s.slot), beside(team, 1), Number(s.start)),
  Delete: (s) => leaveOut(s.visit),
};
function beside(team, step) {
  const ids = [...rows.keys()];
  return ids[Math.max(0, Math.min(ids.length - 1, ids.indexOf(team) + step))];
}
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "z" && !/^(INPUT|TEXTAREA)$/.test(event.target.tagName)) { event.preventDefault(); undo(); return; }
  const stop = stopAt(event.target);
  if (!stop || !shown || event.ctrlKey || event.metaKey || event.altKey) return;
  const { team } = stop.dataset, act = team ? onKey[event.key] : event.key === "Enter" ? onKey.ArrowUp : null;
  if (!act) return;
  event.preventDefault();
  act(stop.dataset, team || [...rows.keys()][0], event.shiftKey);
});
