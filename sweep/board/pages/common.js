// Requests with the page's token, for all pages of the desk.
const token = document.body.dataset.token;

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
