"use strict";
// The slider of weeks: each building is coloured as it stands at the end of the chosen week.
const slider = document.getElementById("week");
if (slider) {
  const weeks = slider.dataset.weeks.split(" ");
  const said = document.getElementById("week-said");
  const dots = [...document.querySelectorAll("#coverage circle")];
  const sunday = (monday) => {
    const day = new Date(`${monday}T00:00:00Z`);
    day.setUTCDate(day.getUTCDate() + 6);
    return day.toISOString().slice(0, 10);
  };
  const show = () => {
    const monday = weeks[Number(slider.value)], end = sunday(monday);
    let seen = 0;
    const reached = new Map();
    for (const dot of dots) {
      const { last, plan, due } = dot.dataset;
      const planned = plan && plan <= end, looked = last && last <= end;
      dot.setAttribute("class", planned ? "planned" : due && due <= end ? "late" : looked ? "seen" : "never");
      if (!planned && !looked) continue;
      seen += 1;
      for (const group of dot.dataset.in.split(" ")) reached.set(group, (reached.get(group) ?? 0) + 1);
    }
    said.textContent = `${monday} · ${seen} / ${dots.length}`;
    for (const cell of document.querySelectorAll("td[data-group]")) {
      cell.textContent = String(reached.get(cell.dataset.group) ?? 0);
    }
    slider.setAttribute("aria-valuetext", said.textContent);
  };
  slider.addEventListener("input", show);
  show();
}
