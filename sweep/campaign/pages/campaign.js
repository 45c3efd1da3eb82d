"use strict";
// Charts wider than the screen are scrolled to the last weeks.
for (const box of document.querySelectorAll(".weeks")) box.scrollLeft = box.scrollWidth;
// Slider of weeks: colour each building by its state at the end of the selected week.
const slider = document.getElementById("week");
if (slider) {
  const { weeks: mondays, first, said: words } = slider.dataset;
  const weeks = mondays.split(" ");
  const said = document.getElementById("week-said");
  const numbers = (text) => (text ? text.split(" ").map(Number) : []);
  // Days are counted from the campaign's first day; an empty value is infinite.
  const day = (text) => (text ? Number(text) : Infinity);
  const dots = [...document.querySelectorAll("#coverage circle")].map((circle) => {
    const { looks, plan, due } = circle.dataset;
    return { circle, looks: numbers(looks), plan: day(plan), due: day(due), groups: circle.dataset.in.split(" ") };
  });
  // The interval from an inspection to its due day is the interval from the last inspection to `due`; without an
  // inspection it starts on the first day, before which no building is due.
  const turn = ({ looks, due }, past) => {
    if (past.length === looks.length) return due;
    const promised = due - looks.at(-1);
    return past.length ? Math.max(past.at(-1) + promised, 0) : promised;
  };
  const state = (dot, end) => {
    const past = dot.looks.filter((look) => look <= end);
    if (dot.plan <= end) return "planned";
    if (turn(dot, past) <= end) return "late";
    return !past.length ? "never" : past.at(-1) < 0 ? "before" : "seen";
  };
  const show = () => {
    const monday = weeks[Number(slider.value)];
    const end = (Date.parse(monday) - Date.parse(first)) / 864e5 + 6;
    let n = 0;
    const reached = new Map();
    for (const dot of dots) {
      dot.circle.setAttribute("class", state(dot, end));
      if (dot.plan > end && !dot.looks.some((look) => look >= 0 && look <= end)) continue;
      n += 1;
      for (const group of dot.groups) reached.set(group, (reached.get(group) ?? 0) + 1);
    }
    const values = { week: monday, n, all: dots.length };
    said.textContent = words.replace(/\{(\w+)\}/g, (_, name) => values[name]);
    for (const cell of document.querySelectorAll("td[data-group]")) {
      cell.textContent = String(reached.get(cell.dataset.group) ?? 0);
    }
    slider.setAttribute("aria-valuetext", said.textContent);
  };
  slider.addEventListener("input", show);
  show();
}
