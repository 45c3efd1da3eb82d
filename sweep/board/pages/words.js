// What every page of the board needs: words of the reader's language, clocks and elements.
const words = JSON.parse(document.getElementById("words").textContent);

function say(key, values) {
  if (!(key in words)) console.error("missing text: " + key);
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
