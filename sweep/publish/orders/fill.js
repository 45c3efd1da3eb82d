"use strict";
// Form of an order on its page: ticks, counts and states, stored until they are cleared, saved as a CSV file.
// `store` holds a text under a name: {load(name) -> Promise of text or null, save(name, text) -> Promise}.
function fillOrder(store) {
  const main = document.querySelector("main[data-plan]"), keep = main && main.querySelector(".keep");
  if (!keep) return;
  const name = "sweep results " + main.dataset.plan + " " + main.dataset.team;
  const status = keep.querySelector("[role=status]"), words = { yes: main.dataset.yes, no: main.dataset.no };
  const NEXT = { "": "yes", yes: "no", no: "" };
  const answers = new Map(); // row element -> {column: value}

  function rows() { return [...main.querySelectorAll("tr[data-visit]")]; }
  function idOf(row) { return row.dataset.visit + "/" + (row.dataset.uscc || "+" + row.dataset.place); }

  let writing = Promise.resolve(), notes = 0;
  function note(row, column, value) {
    if (row) {
      const own = answers.get(row);
      if (value) own[column] = value; else delete own[column];
    }
    const mine = ++notes, all = () => JSON.stringify(Object.fromEntries(rows().map((r) => [idOf(r), answers.get(r)])));
    // Only the newest change writes, and it writes all answers, so that the status "stored" is true.
    writing = writing.then(() => mine === notes && store.save(name, all()).then(
      () => { if (mine === notes) status.textContent = status.dataset.kept; },
      () => { status.textContent = status.dataset.lost; }));
  }

  function answerBox(row, cell) {
    const column = cell.dataset.answer, label = cell.querySelector("b").textContent, box = document.createElement("button");
    const show = (value) => {
      cell.dataset.value = value;
      box.setAttribute("aria-label", value ? label + " " + words[value] : label);
      box.querySelector("i").textContent = { yes: "✓", no: "✗" }[value] || "";
    };
    box.type = "button";
    box.append(...cell.childNodes);
    cell.append(box);
    box.addEventListener("click", () => {
      show(NEXT[cell.dataset.value]);
      note(row, column, cell.dataset.value);
      if (column === "is_code_shown") codeTime(row, cell.dataset.value === "yes");
    });
    show(answers.get(row)[column] || "");
  }

  // The time of showing the code is that of the tap; the team may correct it.
  function codeTime(row, isShown) {
    const now = new Date(), two = (n) => String(n).padStart(2, "0"), input = row.querySelector("[data-text=code_shown_at] input");
    input.value = isShown ? two(now.getHours()) + ":" + two(now.getMinutes()) : "";
    note(row, "code_shown_at", input.value);
  }

  function field(row, cell, column, kind) {
    const input = document.createElement("input");
    input.className = "fill";
    input.setAttribute("aria-label", cell.querySelector("b").textContent);
    if (kind === "day") input.type = "date";
    else Object.assign(input, kind === "text" ? { maxLength: 200 } : { inputMode: "numeric", maxLength: 5 });
    cell.querySelector("i").replaceWith(input);
    input.value = answers.get(row)[column] || "";
    input.addEventListener("input", () => {
      if (kind === "count") input.value = input.value.replace(/\D/g, "");
      note(row, column, input.value);
    });
  }

  function stateBoxes(row) {
    const boxes = [...row.querySelectorAll("[data-state]")].map((word) => {
      const box = document.createElement("button");
      box.type = "button";
      box.dataset.state = word.dataset.state;
      box.textContent = word.textContent;
      word.replaceWith(box);
      return box;
    });
    const show = (value) => boxes.forEach((b) => b.setAttribute("aria-pressed", String(b.dataset.state === value)));
    boxes.forEach((b) => b.addEventListener("click", () => {
      const value = answers.get(row).unit_state === b.dataset.state ? "" : b.dataset.state;
      show(value);
      note(row, "unit_state", value);
    }));
    show(answers.get(row).unit_state);
  }

  function enliven(row, kept) {
    answers.set(row, kept || {});
    row.querySelectorAll("[data-answer]").forEach((cell) => answerBox(row, cell));
    row.querySelectorAll("[data-count]").forEach((cell) => field(row, cell, cell.dataset.count, "count"));
    row.querySelectorAll("[data-day]").forEach((cell) => field(row, cell, cell.dataset.day, "day"));
    row.querySelectorAll("[data-text]").forEach((cell) => field(row, cell, cell.dataset.text, "text"));
    stateBoxes(row);
    const unit = row.querySelector("[data-unit]");
    if (!unit) return;
    unit.value = answers.get(row).unit || "";
    unit.addEventListener("input", () => note(row, "unit", unit.value.trim()));
  }

  function addUnit(stop, all) {
    const body = stop.querySelector(".more tbody"), row = stop.querySelector("template").content.firstElementChild.cloneNode(true);
    row.dataset.place = body.children.length;
    body.append(row);
    enliven(row, all[idOf(row)]);
    return row;
  }

  function csv() {
    const cell = (text) => '"' + (/^[=+\-@\t\r]/.test(text) ? "'" + text : text).replace(/"/g, '""') + '"';
    const asked = new Set(["unit_state"]);
    main.querySelectorAll("[data-answer], [data-count], [data-day], [data-text]").forEach((c) =>
      asked.add(c.dataset.answer || c.dataset.count || c.dataset.day || c.dataset.text));
    const filled = rows().filter((r) => Object.keys(answers.get(r)).length);
    const lines = filled.map((r) => [r.dataset.visit, r.dataset.uscc, answers.get(r).unit || r.dataset.room,
      ...[...asked].map((c) => answers.get(r)[c] || "")]);
    return [["visit_id", "uscc", "unit", ...asked], ...lines].map((line) => line.map(cell).join(",")).join("\r\n") + "\r\n";
  }

  function save() {
    const bare = rows().filter((r) => Object.keys(answers.get(r)).some((c) => c !== "unit") && !answers.get(r).unit_state);
    rows().forEach((r) => r.querySelector(".state").classList.toggle("missing", bare.includes(r)));
    if (bare.length) {
      writing.then(() => (status.textContent = status.dataset.missing));
      return bare[0].scrollIntoView({ block: "center" });
    }
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(["\ufeff", csv()], { type: "text/csv" }));
    link.download = main.dataset.file;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    status.textContent = status.dataset.saved;
  }

  function clear() {
    if (!confirm(keep.querySelector("[data-do=clear]").dataset.sure)) return;
    writing = writing.then(() => store.save(name, null)).finally(() => location.reload());
  }

  store.load(name).catch(() => null).then((text) => {
    let all = {};
    try { all = JSON.parse(text) || {}; } catch { /* stored by another program */ }
    rows().forEach((row) => enliven(row, all[idOf(row)]));
    main.querySelectorAll(".stop").forEach((stop) => {
      if (!stop.querySelector("template")) return;
      const add = (id) => all[id] && addUnit(stop, all), visit = stop.querySelector("template").content.firstElementChild.dataset.visit;
      for (let k = 0; add(visit + "/+" + k); k++);
      if (!rows().some((row) => stop.contains(row))) addUnit(stop, all);
      stop.querySelector("[data-do=unit]").addEventListener("click", () => {
        addUnit(stop, {}).querySelector("[data-unit]").focus();
        note();
      });
    });
    keep.querySelector("[data-do=save]").addEventListener("click", save);
    keep.querySelector("[data-do=clear]").addEventListener("click", clear);
    main.classList.add("live");
    main.querySelectorAll(".hint, .more, .keep").forEach((part) => (part.hidden = false));
  });
}

// An encrypted order calls fillOrder itself, with its own store.
if (document.querySelector("main[data-plan]")) {
  fillOrder({
    load: async (name) => localStorage.getItem(name),
    save: async (name, text) => (text === null ? localStorage.removeItem(name) : localStorage.setItem(name, text)),
  });
}
