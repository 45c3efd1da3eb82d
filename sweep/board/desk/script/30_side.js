// Figures, messages with unread marks, incoming leads, and events.
const unread = document.getElementById("unread");

function drawFigures() {
  const f = store.figures, shares = [["done", f.done + " / " + f.planned], ["left", f.left], ["late", f.late], ["shut", f.shut], ["found", f.found], ["firms", f.firms.join(" / ")], ["value", f.value.map((v) => v.toFixed(2)).join(" / ")]];
  const meter = make("div", "meter"), share = make("i");
  share.style.width = 100 * (f.planned ? f.done / f.planned : 0) + "%";
  meter.append(share);
  document.getElementById("figures").replaceChildren(...shares.map(([key, value]) => {
    const box = make("div", key === "late" && value ? "bad" : "");
    box.append(make("b", "", String(value)), make("span", "quiet", say("board.desk.figure." + key)));
    return box;
  }), meter);
}

// Unchanged lines keep their elements; otherwise a button that is pressed or focused would disappear.
const listed = new Map();
function relist(id, rows) {
  const list = document.getElementById(id), before = listed.get(id) || new Map();
  const now = new Map(rows.map(([content, draw]) => { const sign = JSON.stringify(content); return [sign, before.get(sign) || draw(content)]; }));
  for (const [sign, line] of before) if (!now.has(sign)) line.remove();
  let at = list.firstChild;
  for (const line of now.values()) { if (line === at) at = at.nextSibling; else list.insertBefore(line, at); }
  listed.set(id, now);
}
function withButton(line, text, act) {
  const button = make("button", "", text);
  button.type = "button";
  button.addEventListener("click", act);
  line.prepend(button);
}

function drawMessages() {
  const all = [...store.messages.values()].sort((a, b) => b.at_s - a.at_s).slice(0, 100), isNew = (m) => m.team_id && !m.is_read;
  relist("messages", all.map((m) => [m, () => {
    const line = make("li", isNew(m) ? "unread" : "", clock(m.at_s) + " " + (m.team_id ? teamName(m.team_id) : m.author) + " → " + (m.to === "all" ? say("board.desk.everybody") : m.to === "desk" ? say("board.desk.desk") : teamName(m.to)) + "  " + m.text);
    if (isNew(m) && mayAct) withButton(line, say("board.desk.read"), () => report("read", { id: m.id }).catch(told));
    return line;
  }]));
  const n = all.filter(isNew).length;
  unread.textContent = n ? String(n) : "";
  unread.setAttribute("aria-label", say("board.desk.unread", { n }));
}

// A lead is answered by a stop of the plan or by an urgent visit; an unanswered lead has a button to add one.
function leadAnswer(lead) {
  if (lead.outcome) return teamName(lead.stop[0]) + " " + say("board.kind." + lead.outcome);
  if (lead.stop) return say("board.desk.lead.planned", { team: teamName(lead.stop[0]), at: clock(lead.stop[2]) });
  return say(lead.is_urgent ? "board.desk.lead.noted" : "board.desk.lead.not_planned");
}

function drawLeads() {
  relist("leads", store.leads.map((lead) => [[lead, leadAnswer(lead)], ([, answer]) => {
    const line = make("li", "", clock(lead.at) + " " + say("lead_type." + lead.type) + " " + lead.name + " " + lead.id);
    line.append(make("span", "quiet", " " + answer));
    if (mayAct && !lead.stop && !lead.is_urgent) withButton(line, say("board.desk.event.urgent"), () => openEvent("urgent", buildingLabel(lead.building, lead.name)));
    return line;
  }]).reverse());
}

function drawEvents() {
  relist("events", store.events.map((e) => [e, () => {
    const line = make("li", "", say("board.desk.event." + e.type) + " " + e.about.join(" "));
    line.append(make("span", "quiet", " " + say(e.is_answered ? "board.desk.answered" : "board.desk.open")));
    if (mayAct && !e.is_answered) withButton(line, say("board.desk.withdraw"), () => report("withdrawn", { n: e.n }).catch(told));
    return line;
  }]).reverse());
}
function told(error) { window.alert(error.message); }
