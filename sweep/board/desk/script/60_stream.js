// Event stream: updates are applied when they arrive, and drawn at most once per frame.
const link = document.getElementById("link"), sound = document.getElementById("sound");
const dirty = { teams: new Set(), messages: false, all: false };
let isAsked = false, ears = null;

function take(content) {
  // Whether the day is an exercise is fixed when the page is loaded.
  if (document.body.dataset.exercise === "yes" && !content.is_exercise) { location.reload(); return; }
  store.now = content.now;
  store.at = Date.now();
  store.speed = content.speed;
  store.events = content.events;
  store.leads = content.leads;
  store.figures = content.figures;
  document.getElementById("cut-off").hidden = !content.cut_off;
  const ends = document.getElementById("certificate");
  ends.hidden = content.certificate_days === null;
  ends.textContent = say("board.desk.certificate", { days: content.certificate_days });
  const ahead = document.getElementById("clock-ahead");
  ahead.hidden = content.clock_ahead === null;
  ahead.querySelector("span").textContent = say("board.desk.clock_ahead", { at: clock(content.clock_ahead), now: clock(content.now) });
  if (content.plan) {
    store.plan = content.plan;
    store.teams.clear();
    store.messages.clear();
    dirty.all = true;
  }
  for (const team of content.teams) { store.teams.set(team.id, team); dirty.teams.add(team.id); }
  for (const message of content.messages) { store.messages.set(message.id, message); dirty.messages = true; }
  document.body.dataset.n = content.n;
  if (!isAsked) { isAsked = true; requestAnimationFrame(draw); }
}

function draw() {
  isAsked = false;
  if (!store.plan) return;
  if (dirty.all) { layOut(); layOutMap(); }
  const began = performance.now();
  let fresh = false;
  for (const id of dirty.teams) {
    dirty.teams.delete(id);
    fresh = drawLane(id) || fresh;
    drawMarks(id);
    // Lanes that do not fit into the time of this frame are drawn in the next.
    if (performance.now() - began > 8) break;
  }
  if (fresh) beep();
  if (dirty.messages || dirty.all) drawMessages();
  drawFigures();
  drawCoverage();
  drawLeads();
  drawEvents();
  dirty.messages = dirty.all = false;
  if (dirty.teams.size) { isAsked = true; requestAnimationFrame(draw); return; }
  document.body.dataset.drawn = document.body.dataset.n;
}

function tick() {
  if (!store.plan) return;
  document.getElementById("clock").textContent = clock(nowS());
  if (nowS() > store.until) {
    layOut();
    for (const id of store.teams.keys()) drawLane(id);
  }
  let fresh = false;
  for (const own of drawn.values()) if (own.now) fresh = tickLane(own) || fresh;
  if (fresh) beep();
}

// Two short synthesised tones, since the page may not load a sound file.
function beep() {
  if (!ears) return;
  for (const [from, pitch] of [[0, 880], [0.25, 660]]) {
    const tone = ears.createOscillator(), loud = ears.createGain();
    tone.frequency.value = pitch;
    loud.gain.value = 0.2;
    tone.connect(loud).connect(ears.destination);
    tone.start(ears.currentTime + from);
    tone.stop(ears.currentTime + from + 0.18);
  }
}
sound.addEventListener("click", () => {
  ears = ears ? null : new AudioContext();
  sound.setAttribute("aria-pressed", String(Boolean(ears)));
  beep();
});

const source = new EventSource("/desk/stream");
source.onopen = () => { link.className = "link on"; link.textContent = say("board.desk.live"); };
source.onmessage = (event) => take(JSON.parse(event.data));
source.onerror = () => {
  link.className = "link off";
  link.textContent = say("board.desk.lost");
  // The server does not open a stream for an expired session.
  if (source.readyState === EventSource.CLOSED) location.assign("/login");
};
map.setView([36.65, 117], 11);
drawGround().catch(() => {});
setInterval(tick, 1000);
