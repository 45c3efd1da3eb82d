"use strict";
// Where the charts are wider than the screen, the last weeks are what is seen first.
for (const box of document.querySelectorAll(".weeks")) box.scrollLeft = box.scrollWidth;
// The slider of weeks: each building is coloured as it stands, or stood, at the end of the chosen week.
const slider = document.getElementById("week");
if (slider) {
  const { weeks: mondays, first, said: words } = slider.dataset;
  const weeks = mondays.split(" ");
  const said = document.getElementById("week-said");
  const numbers = (text) => (text ? text.split(" ").map(Number) : []);
  // Days are counted from the campaign's first; what is empty never comes.
  const day = (text) => (text ? Number(text) : Infinity);
  const dots = [...document.querySelectorAll("#coverage circle")].map((circle) => {
    const { looks, plan, due } = circle.dataset;
    return { circle, looks: numbers(looks), plan: day(plan), due: day(due), groups: circle.dataset.in.split(" ") };
  });
  // A turn is as many days after the look before it as today's is after the last look; without one it is counted
  // from the first day, before which none falls due.
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
