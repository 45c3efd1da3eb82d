/* The panel: which layers are on, the teams and their stops in order. */

const panel = document.getElementById("panel");
const boxes = Array.from(panel.querySelectorAll("input[data-layer]"));
// The panel and the time slider cover this much.
clear = () => ({ paddingTopLeft: wide() ? [60, 16] : [54, 64], paddingBottomRight: wide() ? [330, 72] : [10, 72] });

function toggle(box) {
  if (box.checked) on.add(box.dataset.layer);
  else on.delete(box.dataset.layer);
}

// A layer that another control adds or removes changes its boxes.
map.on("parts", () => boxes.forEach((box) => { box.checked = on.has(box.dataset.layer); }));
boxes.forEach(function (box) {
  toggle(box);
  box.addEventListener("change", function () {
    toggle(box);
    redraw();
  });
});

panel.querySelectorAll("button[data-all]").forEach(function (button) {
  button.addEventListener("click", function () {
    boxes.filter((b) => b.dataset.layer.startsWith("team-")).forEach(function (box) {
      box.checked = button.dataset.all === "on";
      toggle(box);
    });
    redraw();
  });
});

function turnOn(layer) {
  const box = boxes.find((b) => b.dataset.layer === layer);
  if (box && !box.checked) box.click();
}

/** The whole of a team in view. */
function fitTeam(team) {
  turnOn(team.layer);
  const box = boundsOf(team);
  map.fitBounds(L.latLngBounds(shown(box[0], box[1]), shown(box[2], box[3])), Object.assign({ animate: false, maxZoom: 17 }, clear()));
}

/** A list of the team's stops, made when it is first asked for. */
function stopList(team) {
  const list = element("ol", "stops");
  list.setAttribute("aria-label", say("stops_of", { letter: team.letter }));
  for (const s of team.stops) {
    const item = element("li"), button = element("button");
    button.type = "button";
    button.append(element("span", "time", clock(s.row[2])), element("span", "label", s.label), element("span", "name", s.name));
    button.addEventListener("click", function () {
      turnOn(team.layer);
      if (!wide()) open(false);
      goTo(s, button);
    });
    item.append(button);
    list.append(item);
  }
  return list;
}

teams.forEach(function (team) {
  const row = panel.querySelector('[data-team="' + team.layer + '"]');
  row.querySelector("[data-zoom]").addEventListener("click", function () {
    fitTeam(team);
    if (!wide()) open(false);
  });
  const more = row.querySelector("[data-stops]");
  let list = null;
  more.addEventListener("click", function () {
    if (!list) row.after((list = stopList(team)));
    list.hidden = more.getAttribute("aria-expanded") === "true";
    more.setAttribute("aria-expanded", String(!list.hidden));
  });
  team.row = row;
});

const handle = document.getElementById("panel-handle");
function open(isOpen) {
  panel.classList.toggle("closed", !isOpen);
  handle.setAttribute("aria-expanded", String(isOpen));
}
handle.addEventListener("click", () => open(panel.classList.contains("closed")));
