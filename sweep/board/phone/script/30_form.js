// Form of the stop: only its listed items, stored after each touch.
let typed = {}; // visit -> row -> {unit, answers}
const timers = new Map();

function ownRow(visit, row, unit) {
  const all = typed[visit] = typed[visit] || {};
  return all[row] = all[row] || { unit: unit || "", answers: {} };
}
function touch(visit, row) {
  const own = typed[visit][row], id = visit + " " + row;
  clearTimeout(timers.get(id));
  // A row is sent after a pause; the input is stored on the phone at once.
  timers.set(id, setTimeout(() => { timers.delete(id); sendRow(visit, row); }, 900));
  own.sent = false;
  own.at = Date.now();
  keep("typed", typed);
}
async function sendRow(visit, row) {
  const own = typed[visit][row];
  own.sent = true;
  await queue("form", { visit_id: visit, row, unit: own.unit, answers: { ...own.answers } }, { typed }, own.at);
}

// Code of the inspection as QR and text; the server makes the picture of paths and numbers only.
function codeBox(listed) {
  const box = make("div", "code");
  for (const [code, qr] of listed.codes) box.append(new DOMParser().parseFromString(qr, "text/html").querySelector("svg"), make("code", "", code));
  if (!listed.codes.length) box.append(make("p", "warn", say("codes.door.none")));
  return box;
}

function rowBox(visit, row, title, unit, asked, listed = {}) {
  const own = ownRow(visit, row, unit), box = make("div", "row"), states = make("div", "states");
  box.id = "row-" + row;
  box.append(make("h3", "", title));
  if (listed.codes) box.append(codeBox(listed));
  if (row.startsWith("+")) {
    const label = make("label", "", say("board.phone.unit") + " "), field = make("input");
    field.value = own.unit;
    field.maxLength = 60;
    field.addEventListener("input", () => { own.unit = field.value; touch(visit, row); });
    label.append(field);
    box.append(label);
  }
  for (const state of kinds.states) {
    const button = make("button", "", say("unit_state." + state));
    button.type = "button";
    button.dataset.state = state;
    button.setAttribute("aria-pressed", String(own.answers.unit_state === state));
    button.addEventListener("click", () => {
      own.answers.unit_state = own.answers.unit_state === state ? "" : state;
      states.querySelectorAll("button").forEach((b) => b.setAttribute("aria-pressed", String(b.dataset.state === own.answers.unit_state)));
      touch(visit, row);
    });
    states.append(button);
  }
  box.append(states, ...asked.map((column) => item(visit, row, own, column)));
  return box;
}

function item(visit, row, own, column) {
  const line = make("div", "item"), name = words["item." + column] || words[column] || column, id = visit + row + column;
  if (kinds.answers.includes(column)) {
    line.append(make("span", "", name));
    for (const [value, sign] of [["yes", "✓"], ["no", "✗"]]) {
      const button = make("button", "", sign);
      button.type = "button";
      button.dataset.answer = value;
      button.setAttribute("aria-label", name + " " + say("board.phone." + value));
      button.setAttribute("aria-pressed", String(own.answers[column] === value));
      button.addEventListener("click", () => {
        own.answers[column] = own.answers[column] === value ? "" : value;
        line.querySelectorAll("button").forEach((b) => b.setAttribute("aria-pressed", String(b.dataset.answer === own.answers[column])));
        if (column === "is_code_shown") showTime(visit, row, own, value);
        touch(visit, row);
      });
      line.append(button);
    }
    return line;
  }
  const label = make("label", "", name), field = make("input");
  label.htmlFor = field.id = id;
  if (column === "recheck_on") field.type = "date"; else if (kinds.counts.includes(column)) field.inputMode = "numeric";
  field.maxLength = ["remark", "no_code_reason"].includes(column) ? 200 : 6;
  field.value = own.answers[column] || "";
  field.addEventListener("input", () => {
    if (kinds.counts.includes(column)) field.value = field.value.replace(/\D/g, "");
    own.answers[column] = field.value;
    touch(visit, row);
  });
  line.append(label, field);
  return line;
}

// The time of showing the code is that of the press; the team may correct it.
function showTime(visit, row, own, value) {
  const now = new Date(), field = document.getElementById(visit + row + "code_shown_at");
  own.answers.code_shown_at = value === "yes" && own.answers.is_code_shown ? String(now.getHours()).padStart(2, "0") + ":" + String(now.getMinutes()).padStart(2, "0") : "";
  if (field) field.value = own.answers.code_shown_at;
}

async function beginAnew() {
  for (const timer of timers.values()) clearTimeout(timer);
  timers.clear();
  typed = {};
  progress = {};
  marks = noMarks();
  chosen = formOf = question = null;
  await keep("typed", typed);
  await keep("progress", progress);
  await keep("marks", marks);
}

let formOf = null;
function showForm(stop) {
  // A changed plan does not redraw a form with the same items, since the user may be typing.
  const id = JSON.stringify([stop.visit, stop.rows, stop.items, stop.unlisted]), rows = document.getElementById("rows");
  if (formOf === id) return;
  formOf = id;
  const more = Object.keys(typed[stop.visit] || {}).filter((r) => r.startsWith("+"));
  rows.replaceChildren(
    ...stop.rows.map((r) => rowBox(stop.visit, r.row, [r.unit, r.floor, r.name].filter(Boolean).join(" "), r.unit, stop.items, r)),
    ...more.map((r) => rowBox(stop.visit, r, say("board.phone.more", { n: Number(r.slice(1)) + 1 }), "", stop.unlisted)),
  );
  document.getElementById("find-unit").value = "";
  listUnits();
}

// In a long form the user searches a unit by room, floor or name.
function listUnits() {
  const boxes = [...document.querySelectorAll("#rows .row")], wanted = document.getElementById("find-unit").value.trim().toLowerCase();
  const title = (box) => [box.querySelector("h3").textContent, ...[...box.querySelectorAll("label input")].slice(0, box.id.startsWith("row-+") ? 1 : 0).map((i) => i.value)].join(" ");
  document.getElementById("jump").hidden = boxes.length < 2;
  for (const box of boxes) box.hidden = !title(box).toLowerCase().includes(wanted);
  document.getElementById("none-found").hidden = boxes.some((box) => !box.hidden);
  document.getElementById("jump-to").replaceChildren(...boxes.filter((box) => !box.hidden).map((box) => {
    const option = make("option", "", title(box));
    option.value = box.id;
    return option;
  }));
}
document.getElementById("find-unit").addEventListener("input", listUnits);
document.getElementById("jump-to").addEventListener("change", (event) => document.getElementById(event.target.value).scrollIntoView());
document.getElementById("add").addEventListener("click", () => {
  const stop = current(), n = Object.keys(typed[stop.visit] || {}).filter((r) => r.startsWith("+")).length, row = "+" + n;
  document.getElementById("rows").append(rowBox(stop.visit, row, say("board.phone.more", { n: n + 1 }), "", stop.unlisted));
  listUnits();
});
