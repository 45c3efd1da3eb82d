// Order: the next stop in large type, and one-thumb buttons for the team's status.
let order = null, progress = {}, chosen = null, nPressed = 0;
// Top of the page: end of a delay, finds by visit, last report, changed order.
let marks = noMarks();
function noMarks() { return { held: null, found: {}, last: null, isChanged: false }; }
const AFTER = { undefined: "left", left: "arrived", arrived: "inside", inside: "done" };

async function loadOrder() {
  if (isEnded) return;
  try {
    // The server does not know reports that are queued here or entered meanwhile.
    const pressed = nPressed, isSent = !(await waiting(1)).length;
    const answer = await fetch("/phone/orders", { signal: AbortSignal.timeout(15000) });
    const isRefused = !answer.ok && ![401, 403].includes(answer.status), why = isRefused ? await refusalOf(answer) : null;
    const told = isRefused ? {} : await answer.json();
    const from = document.getElementById("from");
    isLinked = true;
    if (isRefused || isSent) refused = why;
    if (isRefused) setTimeout(loadOrder, 20000);
    // Revoked, expired, or another team's session in this browser: delete the stored order.
    if (answer.status === 401 || (answer.status === 403 && !told.from)) return await endSession(say("board.phone.enrol_again"));
    if (isEnded) return;
    shutOut = null;
    if (answer.status === 403 && told.from) {
      from.hidden = false;
      from.textContent = say("board.phone.from", { at: told.from });
      setTimeout(loadOrder, 20000);
    } else if (answer.ok) {
      from.hidden = true;
      const before = order && order.plan_id;
      // Reports of an exercise do not count as reports of the real day.
      if (order && order.is_exercise && !told.is_exercise) await beginAnew();
      // A stop that was moved to another team keeps its name.
      told.names = { ...(order || {}).names, ...Object.fromEntries(told.stops.map((s) => [s.visit, s.name])) };
      order = told;
      order.until = Date.now() + told.lasts_s * 1000;
      await keep("order", told);
      for (const [visit, was] of Object.entries(told.done)) {
        // A locked door that the new plan visits again is not completed.
        if (was.again && before !== order.plan_id && isOver({ visit })) delete progress[visit];
        if (!progress[visit] || (isSent && pressed === nPressed)) progress[visit] = was.step || undefined;
      }
      if (isSent && pressed === nPressed) {
        marks.held = told.held;
        marks.found = Object.fromEntries(Object.entries(told.done).map(([visit, was]) => [visit, was.found]));
      }
      if (before && before !== order.plan_id) marks.isChanged = true;
      await keep("progress", progress);
      await keep("marks", marks);
      // Browsers allow vibration only after the user has touched the page.
      if (before && before !== order.plan_id && navigator.userActivation && navigator.userActivation.hasBeenActive) navigator.vibrate([200, 100, 200]);
    }
    // Whether the day is an exercise is fixed when the page is loaded, also in the cached copy.
    if (document.body.dataset.exercise === "yes" && told.is_exercise === false) return location.reload();
  } catch { isLinked = false; }
  await tellWaiting();
  show();
}

function isOver(stop) { return stop.is_attempt || ["done", "locked", "refused"].includes(progress[stop.visit]); }
function current() {
  if (!order) return null;
  return order.stops.findLast((s) => s.visit === chosen) || order.stops.find((s) => !isOver(s)) || null;
}

function show() {
  const stop = current(), next = document.getElementById("next");
  document.getElementById("head").textContent = order ? say("board.phone.head", { letter: order.letter, id: order.team_id, base: order.base }) : TEAM;
  next.replaceChildren();
  for (const id of ["steps", "place", "form"]) document.getElementById(id).hidden = !stop;
  for (const id of ["list", "home"]) document.getElementById(id).hidden = !order;
  if (order && !stop) next.append(make("h2", "", say(order.stops.length ? "board.phone.all_done" : "board.phone.reserve")));
  if (stop) {
    next.append(make("p", "time", clock(stop.start) + "–" + clock(stop.end)), make("h2", "", stop.number + ". " + stop.name), make("p", "", stop.address || ""));
    if (stop.with.length) next.append(make("p", "", say("board.phone.with", { letters: stop.with.join(" "), at: clock(stop.start) })));
    for (const said of [stop.linked, stop.pause]) if (said) next.append(make("p", "", said));
    showPlace(stop);
    const step = progress[stop.visit];
    document.querySelectorAll(".step").forEach((b) => {
      b.classList.toggle("main", b.dataset.step === AFTER[step]);
      b.setAttribute("aria-pressed", String(b.dataset.step === step));
    });
    showForm(stop);
  }
  showState();
  showList();
}

// The map application used last opens with one press, the others with two.
const MAP_PROGRAM = "sweep map program", isIos = /iPhone|iPad/.test(navigator.userAgent);
function showPlace(stop) {
  document.getElementById("facts").textContent = say("board.phone.facts", { first: stop.floors[0], last: stop.floors[1], exits: stop.exits, track: stop.track });
  const links = stop.links.filter(([, href]) => /^(geo|androidamap|iosamap|bdapp|baidumap):/.test(href)), scheme = (href) => href.split(":")[0];
  const usual = isIos ? "iosamap" : "geo", wanted = localStorage.getItem(MAP_PROGRAM) || usual;
  const link = links.find(([, href]) => scheme(href) === wanted) || links[0], open = document.getElementById("open-map");
  open.textContent = say("board.phone.map") + (scheme(link[1]) === "geo" ? "" : " · " + link[0]);
  open.href = link[1];
  document.querySelector("#map-choice ul").replaceChildren(...links.map(([text, href]) => {
    const line = make("li"), choice = make("a", "", text);
    choice.href = href;
    choice.addEventListener("click", () => { localStorage.setItem(MAP_PROGRAM, scheme(href)); show(); });
    line.append(choice);
    return line;
  }));
}

// Last report of the team with a button to correct it, and a question that waits for an answer.
let question = null;
function showState() {
  const stop = current(), lines = [], found = stop ? Math.max(0, marks.found[stop.visit] || 0) : 0;
  if (marks.isChanged) lines.push([say("board.phone.changed"), [["board.phone.seen", () => mark({ isChanged: false })]]]);
  if (question) lines.push([question.text, [["board.phone.yes", () => answer(question.act)], ["board.phone.no", () => answer()]]]);
  // A team without a stop asks the desk.
  if (marks.held) lines.push([say("board.phone.held_until", { at: marks.held }), lastStop() ? [["board.phone.correct", () => correct("held")]] : []]);
  if (found) lines.push([say("board.phone.found", { n: found }), [["board.phone.correct", () => correct("found")]]]);
  if (marks.last) lines.push([say("board.phone.noted", { what: say("board.kind." + marks.last) }), []]);
  document.getElementById("state").replaceChildren(...lines.map(([text, buttons]) => {
    const line = make("p", "", text + " ");
    line.append(...buttons.map(([key, act]) => {
      const button = make("button", "", say(key));
      button.type = "button";
      button.addEventListener("click", act);
      return button;
    }));
    return line;
  }));
}
async function mark(change) {
  Object.assign(marks, change);
  await keep("marks", marks);
  showState();
}
function ask(text, act) { question = { text, act }; showState(); }
function answer(act) { question = null; showState(); if (act) act(); }
function lastStop() { return current() || (order && order.stops.at(-1)) || null; }
async function correct(report) {
  const stop = lastStop();
  nPressed += 1;
  if (report === "held") marks.held = null; else marks.found[stop.visit] -= 1;
  marks.last = "corrected";
  await queue("corrected", { visit_id: stop.visit, report }, { marks });
  showState();
}

function showList() {
  const list = document.querySelector("#list ol"), own = order ? order.stops : [];
  const gone = Object.keys(typed).filter((v) => order && !own.some((s) => s.visit === v));
  // The break is shown at its position between the stops.
  const pause = (said) => (said ? [make("li", "", said)] : []);
  list.replaceChildren(...own.flatMap((s) => {
    const line = make("li", isOver(s) ? "over" : ""), button = make("button", "", s.number + ". " + clock(s.start) + " " + s.name + (isOver(s) ? " ✓" : ""));
    button.type = "button";
    button.addEventListener("click", () => { chosen = s.visit; show(); scrollTo(0, 0); });
    line.append(button);
    return [...pause(s.pause), line];
  }), ...pause(order && order.pause), ...gone.map((v) => make("li", "quiet", say("board.phone.gone", { visit: (order.names || {})[v] || v }))));
}

async function step(kind) {
  const stop = current();
  if (!stop) return;
  const body = { visit_id: stop.visit };
  if (kind === "held") {
    const until = document.getElementById("until").value;
    document.getElementById("until-label").hidden = false;
    if (!until) return document.getElementById("until").focus();
    body.until = until;
    document.getElementById("until-label").hidden = true;
    document.getElementById("until").value = "";
  }
  // A second press on the find button may be an accidental repeat of the first.
  const n = Math.max(0, marks.found[stop.visit] || 0);
  if (kind === "found" && n) return ask(say("board.phone.found_again", { n }), () => noteStep(stop, kind, body));
  await noteStep(stop, kind, body);
}
async function noteStep(stop, kind, body) {
  nPressed += 1;
  question = null;
  if (kind === "found") marks.found[stop.visit] = Math.max(0, marks.found[stop.visit] || 0) + 1;
  else marks.held = body.until || null;
  marks.last = kind;
  if (kind !== "held" && kind !== "found") progress[stop.visit] = kind;
  await queue(kind, body, { progress, marks });
  tellPlace();
  if (isOver(stop)) chosen = null;
  show();
}
async function home() {
  nPressed += 1;
  Object.assign(marks, { held: null, last: "home" });
  await queue("home", {}, { marks });
  showState();
}
// Only if the scenario enables positions; a position that cannot be sent now is not stored.
function tellPlace() {
  if (!order || !order.places || !navigator.geolocation) return;
  navigator.geolocation.getCurrentPosition((found) => {
    const { latitude, longitude } = found.coords, headers = { "Content-Type": "application/json", "X-Sweep-Token": token };
    fetch("/phone/place", { method: "POST", headers, body: JSON.stringify({ lat: latitude, lon: longitude }) }).catch(() => {});
  }, () => {}, { timeout: 10000, maximumAge: 60000 });
}
function notice(text) { const line = make("li", "", text); document.querySelector("#talk ul").prepend(line); }
document.querySelectorAll("[data-step]").forEach((b) => b.addEventListener("click", () => step(b.dataset.step)));
document.getElementById("until-do").addEventListener("click", () => step("held"));
document.getElementById("home").addEventListener("click", () => { ask(say("board.phone.home_sure"), home); scrollTo(0, 0); });
