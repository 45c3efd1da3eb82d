/* Where each team is at a time of the day: a slider, and a clock that runs at 1 to 60 times the day's speed. */

const bar = document.getElementById("times");
if (!teams.length) return bar.remove();
const slider = document.getElementById("time");
const player = document.getElementById("play");
const speed = document.getElementById("speed");
const timeShown = document.getElementById("time-shown");
const day = { now: null, playing: false, last: 0, told: 0 };

/** Each team's day as pieces, in order: until when, what, and where or along what. */
teams.forEach(function (team) {
  const [depart, back, end, rest, rested] = team.times, pieces = [];
  let at = team.base, name = team.baseName, free = depart;
  function stay(until, state) {
    if (until > free) pieces.push({ from: free, until: until, state: state, at: at, name: name });
    free = Math.max(free, until);
  }
  function wait(until) {
    if (rest !== undefined && rest >= free && rest < until) {
      stay(rest, "waits");
      stay(Math.min(rested, until), "pause");
    }
    stay(until, "waits");
  }
  pieces.push({ from: -Infinity, until: depart, state: "waits", at: at, name: name });
  team.stops.forEach(function (s, k) {
    wait(s.row[1] - s.row[4]);
    pieces.push({ from: free, until: s.row[1], state: "goes", leg: team.legs[k] || [], at: at, to: [s.x, s.y], name: s.label });
    free = s.row[1];
    at = [s.x, s.y];
    name = s.label;
    stay(s.row[2], "early");
    stay(s.row[3], s.isLocked ? "waits" : "inside");
  });
  wait(back);
  pieces.push({ from: free, until: end, state: "returns", leg: team.legs[team.stops.length] || [], at: at, to: team.base, name: team.baseName });
  pieces.push({ from: end, until: Infinity, state: "back", at: team.base, name: team.baseName });
  team.pieces = pieces;
});

function pieceAt(team, time) {
  return team.pieces.find((p) => time < p.until) || team.pieces[team.pieces.length - 1];
}

/** x and y of a team at a time, in units. */
function placeAt(team, time) {
  const p = pieceAt(team, time);
  if (!p.to) return p.at;
  const share = Math.max(0, Math.min(1, (time - p.from) / (p.until - p.from || 1)));
  if (p.leg.length < 4) return [p.at[0] + (p.to[0] - p.at[0]) * share, p.at[1] + (p.to[1] - p.at[1]) * share];
  return along(p.leg, share);
}

function along(points, share) {
  let length = 0;
  for (let i = 2; i < points.length; i += 2) length += Math.hypot(points[i] - points[i - 2], points[i + 1] - points[i - 1]);
  let rest = length * share;
  for (let i = 2; i < points.length; i += 2) {
    const dx = points[i] - points[i - 2], dy = points[i + 1] - points[i - 1], piece = Math.hypot(dx, dy);
    if (rest <= piece && piece) return [points[i - 2] + (dx * rest) / piece, points[i - 1] + (dy * rest) / piece];
    rest -= piece;
  }
  return points.slice(-2);
}

function drawTeams(ctx, size) {
  if (day.now === null) return;
  const crowd = new Map();
  for (const team of teams) {
    if (!on.has(team.layer)) continue;
    const p = onScreen(...placeAt(team, day.now)), spot = Math.round(p.x / 18) + "/" + Math.round(p.y / 18), n = crowd.get(spot) || 0;
    crowd.set(spot, n + 1);
    // Teams at one place stand in rows of eight.
    const x = p.x + (n % 8) * 21, y = p.y - 14 + Math.floor(n / 8) * 23;
    team.at = [x, y];
    if (x < -30 || y < -30 || x > size.x + 30 || y > size.y + 30) continue;
    ctx.save();
    ctx.translate(x, y);
    ctx.beginPath();
    ctx.moveTo(0, 14);
    ctx.lineTo(-4.5, 8);
    ctx.lineTo(4.5, 8);
    ctx.closePath();
    ctx.fillStyle = "#111";
    ctx.fill();
    pill(ctx, 10.5, 10.5, 10.5, team.colour, "#111");
    text(ctx, team.letter, team.letter.length > 1 ? 9.5 : 12, team.ink);
    ctx.restore();
  }
}

/** The marks, the clock, and in words where each team is. */
function showTimes() {
  overlay.draw();
  if (day.now === null) return;
  const now = clock(day.now);
  slider.value = String(Math.round(day.now));
  slider.setAttribute("aria-valuetext", now);
  timeShown.textContent = now;
  // Words four times a second at most: two hundred lines are slow to lay out.
  if (day.playing && performance.now() - day.told < 250) return;
  day.told = performance.now();
  for (const team of teams.filter((t) => t.row)) {
    const p = pieceAt(team, day.now), words = say("now." + p.state, { place: p.name });
    const line = team.row.querySelector(".now");
    if (line.textContent !== words) line.textContent = words;
  }
}

function setTime(time) {
  if (day.now === null) document.body.classList.add("timed");
  day.now = Math.max(Number(slider.min), Math.min(Number(slider.max), time));
  showTimes();
}

function play(isPlaying) {
  day.playing = isPlaying;
  player.setAttribute("aria-label", isPlaying ? plan.texts.pause : plan.texts.play);
  player.title = isPlaying ? plan.texts.pause : plan.texts.play;
  player.classList.toggle("playing", isPlaying);
  if (!isPlaying) return showTimes();
  if (day.now === null || day.now >= Number(slider.max)) setTime(Number(slider.min));
  day.last = performance.now();
  requestAnimationFrame(tick);
}

function tick(at) {
  if (!day.playing) return;
  // A tab that was hidden must not leap ahead.
  const passed = Math.min(250, Math.max(0, at - day.last)) / 1000;
  day.last = at;
  setTime(day.now + passed * Number(speed.value));
  if (day.now >= Number(slider.max)) return play(false);
  requestAnimationFrame(tick);
}

slider.min = String(Math.min(...teams.map((t) => t.times[0])));
slider.max = String(Math.max(...teams.map((t) => t.times[2])));
slider.value = slider.min;
slider.setAttribute("aria-valuetext", clock(Number(slider.min)));
timeShown.textContent = clock(Number(slider.min));
slider.addEventListener("input", () => setTime(Number(slider.value)));
player.addEventListener("click", () => play(!day.playing));
overlay.painters.push(drawTeams);
