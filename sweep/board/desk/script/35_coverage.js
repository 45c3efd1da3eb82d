// Coverage by district: completed, planned, and total.
let coverageDrawn = "";

function drawCoverage() {
  const districts = store.figures.districts, now = JSON.stringify(districts);
  if (now === coverageDrawn) return;
  coverageDrawn = now;
  document.querySelector("#coverage tbody").replaceChildren(...districts.map((d) => {
    const row = make("tr"), name = make("th", "", say("district." + d.code));
    name.scope = "row";
    row.append(name, ...["buildings", "firms", "leads"].map((key) => {
      const [done, planned, all] = d[key], cell = make("td", "", done + " / " + planned + " / " + all), bar = make("span", "share"), was = make("i"), will = make("i");
      was.style.width = (all ? (100 * done) / all : 0) + "%";
      will.style.width = (all ? (100 * Math.max(0, planned - done)) / all : 0) + "%";
      bar.append(was, will);
      bar.setAttribute("aria-hidden", "true");
      cell.append(bar);
      return cell;
    }));
    return row;
  }));
}
