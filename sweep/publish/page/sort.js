"use strict";
// Tables of class `sortable`: a click on a header sorts by its column, a second click reverses the order.
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  if (body.rows.length < 2) continue;
  const first = [...body.rows];
  const keyOf = (row, column) => {
    const cell = row.cells[column];
    // A cell may span several columns.
    if (!cell) return "";
    const text = (cell.dataset.sort ?? cell.textContent).trim();
    const number = parseFloat(text.replace(/[,\s]/g, "").replace("\u2212", "-"));
    return Number.isNaN(number) ? text : number;
  };
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    if (!head.textContent.trim()) return;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const is = head.getAttribute("aria-sort");
      // The first click sorts numbers in descending order, names in ascending order.
      const down = is ? is === "ascending" : typeof keyOf(first[0], column) === "number";
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const compare = (a, b) => {
        const [x, y] = [keyOf(a, column), keyOf(b, column)];
        if (typeof x === "number" && typeof y === "number") return x - y;
        if (typeof x !== typeof y) return typeof x === "number" ? -1 : 1;
        return x.localeCompare(y, document.documentElement.lang);
      };
      const sorted = [...first].sort((a, b) => (down ? -compare(a, b) : compare(a, b)));
      body.append(...sorted);
    });
  });
}
