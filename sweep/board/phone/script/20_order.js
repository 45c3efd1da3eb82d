// The order: the next stop big, one thumb for where the team is.
let order = null, progress = {}, chosen = null, nPressed = 0;
const AFTER = { undefined: "left", left: "arrived", arrived: "inside", inside: "done" };

async function loadOrder() {
  if (isEnded) return;
  try {
    // What waits here, or is pressed meanwhile, the server does not know yet.
    const pressed = nPressed, isSent = !(await waiting(1)).length;
    const answer = await fetch("/phone/orders", { signal: AbortSignal.timeout(15000) });
    const told = await answer.json();
    const from = document.getElementById("from");
    isLinked = answer.ok || answer.status === 403;
    // Shut out, over, or another's session in this browser: what it kept of its order goes.
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
      // What was played is no report of the day that is run in earnest.
      if (order && order.is_exercise && !told.is_exercise) await beginAnew();
      order = told;
      order.until = Date.now() + told.lasts_s * 1000;
      await keep("order", told);
      for (const [visit, was] of Object.entries(told.done)) {
        // A door that the new plan tries again is not over.
        if (was.again && before !== order.plan_id && isOver({ visit })) delete progress[visit];
        if (!progress[visit] || (isSent && pressed === nPressed)) progress[visit] = was.step || undefined;
      }
      await keep("progress", progress);
      // A browser lets nothing shake that nobody has touched.
      if (before && before !== order.plan_id && navigator.userActivation && navigator.userActivation.hasBeenActive) navigator.vibrate([200, 100, 200]);
      if (before && before !== order.plan_id) notice(say("board.phone.changed"));
    }
    // What the page says of an exercise it says from the start, and so does what is kept of it for later.
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
  for (const id of ["steps", "form"]) document.getElementById(id).hidden = !stop;
  document.getElementById("list").hidden = !order;
  if (order && !stop) next.append(make("h2", "", say(order.stops.length ? "board.phone.all_done" : "board.phone.reserve")));
  if (stop) {
    next.append(make("p", "time", clock(stop.start) + "–" + clock(stop.end)), make("h2", "", stop.number + ". " + stop.name), make("p", "", stop.address || ""));
    if (stop.with.length) next.append(make("p", "", say("board.phone.with", { letters: stop.with.join(" "), at: clock(stop.start) })));
    for (const said of [stop.linked, stop.pause]) if (said) next.append(make("p", "", said));
    next.append(make("p", "quiet", say("board.phone.facts", { first: stop.floors[0], last: stop.floors[1], exits: stop.exits, track: stop.track })));
    const links = make("p");
    for (const [text, href] of stop.links) {
      const link = make("a", "", text);
      if (/^(geo|androidamap|iosamap|bdapp|baidumap):/.test(href)) link.href = href;
      links.append(link, " ");
    }
    next.append(links);
    const step = progress[stop.visit];
    document.querySelectorAll(".step").forEach((b) => {
      b.classList.toggle("main", b.dataset.step === AFTER[step]);
      b.setAttribute("aria-pressed", String(b.dataset.step === step));
    });
    showForm(stop);
  }
  showList();
}

function showList() {
  const list = document.querySelector("#list ol"), own = order ? order.stops : [];
  const gone = Object.keys(typed).filter((v) => order && !own.some((s) => s.visit === v));
  // The pause stands where it falls between the stops.
  const pause = (said) => (said ? [make("li", "", said)] : []);
  list.replaceChildren(...own.flatMap((s) => {
    const line = make("li", isOver(s) ? "over" : ""), button = make("button", "", s.number + ". " + clock(s.start) + " " + s.name + (isOver(s) ? " ✓" : ""));
    button.type = "button";
    button.addEventListener("click", () => { chosen = s.visit; show(); scrollTo(0, 0); });
    line.append(button);
    return [...pause(s.pause), line];
  }), ...pause(order && order.pause), ...gone.map((v) => make("li", "quiet", say("board.phone.gone", { visit: v }))));
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
  nPressed += 1;
  if (kind !== "held" && kind !== "found") progress[stop.visit] = kind;
  await queue(kind, body, "progress", progress);
  tellPlace();
  if (isOver(stop)) chosen = null;
  notice(say("board.phone.noted", { what: say("board.kind." + kind) }));
  show();
}
// Only if the scenario turns it on; a place that cannot be sent now is not kept.
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
document.getElementById("home").addEventListener("click", async () => { await queue("home", {}); notice(say("board.kind.home")); });
