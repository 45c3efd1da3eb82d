// Texts in the reader's language, clock times and elements, for all pages of the board.
const words = JSON.parse(document.getElementById("words").textContent);

function say(key, values) {
  if (!(key in words)) console.error("missing text: " + key);
  return (words[key] || key).replace(/\{(\w+)\}/g, (_, name) => String((values || {})[name] ?? ""));
}
function clock(s) {
  if (s === null || s === undefined) return "–";
  // Rounded half to even minutes, as on orders. Negative times are on the evening before the plan's day.
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
