// What every page of the desk needs: words of the reader's language, elements, clocks, and requests with the page's token.
const words = JSON.parse(document.getElementById("words").textContent), token = document.body.dataset.token;

function say(key, values) {
  return (words[key] || key).replace(/\{(\w+)\}/g, (_, name) => String((values || {})[name] ?? ""));
}
function clock(s) {
  if (s === null || s === undefined) return "–";
  // To the nearest minute, of two the even one, as on orders. Below 0 is the evening before the plan's day.
  const exact = s / 60, nearest = Math.abs(exact % 1) === 0.5 ? 2 * Math.round(exact / 2) : Math.round(exact);
  const minutes = nearest + (s < -30 ? 1440 : 0);
  return String(Math.floor(minutes / 60)).padStart(2, "0") + ":" + String(minutes % 60).padStart(2, "0");
}
function make(tag, name, text) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text !== undefined) made.textContent = text;
  return made;
}
async function answerOf(answer) {
  const told = await answer.json().catch(() => ({}));
  if (answer.status === 401) location.assign("/login");
  if (told.issues) throw new Error(told.issues.map((i) => i.code + " " + i.what + " → " + i.fix).join("\n"));
  if (!answer.ok) throw new Error(String(answer.status));
  return told;
}
async function send(path, content) {
  const headers = { "Content-Type": "application/json", "X-Sweep-Token": token };
  return answerOf(await fetch(path, { method: "POST", headers, body: JSON.stringify(content) }));
}
