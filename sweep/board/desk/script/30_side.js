// Figures, messages with their unread marks, leads that come in, and what happened.
const unread = document.getElementById("unread");

function drawFigures() {
  const f = store.figures, shares = [["done", f.done + " / " + f.planned], ["left", f.left], ["late", f.late], ["shut", f.shut], ["found", f.found], ["firms", f.firms.join(" / ")], ["value", f.value.join(" / ")]];
  const meter = make("div", "meter"), share = make("i");
  share.style.width = 100 * (f.planned ? f.done / f.planned : 0) + "%";
  meter.append(share);
  document.getElementById("figures").replaceChildren(...shares.map(([key, value]) => {
    const box = make("div", key === "late" && value ? "bad" : "");
    box.append(make("b", "", String(value)), make("span", "quiet", say("board.desk.figure." + key)));
    return box;
  }), meter);
}

function drawMessages() {
  const all = [...store.messages.values()].sort((a, b) => b.at_s - a.at_s).slice(0, 100);
  const isNew = (m) => m.team_id && !m.is_read;
  document.getElementById("messages").replaceChildren(...all.map((m) => {
    const line = make("li", isNew(m) ? "unread" : "", clock(m.at_s) + " " + (m.team_id || m.author) + " → " + (m.to === "all" ? say("board.desk.everybody") : m.to === "desk" ? say("board.desk.desk") : m.to) + "  " + m.text);
    if (isNew(m) && mayAct) {
      const read = make("button", "", say("board.desk.read"));
      read.type = "button";
      read.addEventListener("click", () => report("read", { id: m.id }).catch(told));
      line.prepend(read);
    }
    return line;
  }));
  const n = all.filter(isNew).length;
  unread.textContent = n ? String(n) : "";
  unread.setAttribute("aria-label", say("board.desk.unread", { n }));
}

// A lead is answered by a stop of the plan, or by an urgent visit; one that is not has a button for that.
function drawLeads() {
  document.getElementById("leads").replaceChildren(...store.leads.map((lead) => {
    const line = make("li", "", clock(lead.at) + " " + say("lead_type." + lead.type) + " " + lead.name + " " + lead.id);
    const known = lead.stop && store.teams.get(lead.stop[0]), was = known && known.stops[lead.stop[1]], outcome = was && was.outcome;
    const answer = outcome ? lead.stop[0] + " " + say("board.kind." + outcome)
      : lead.stop ? say("board.desk.lead.planned", { team: lead.stop[0], at: clock(lead.stop[2]) })
      : say(lead.is_urgent ? "board.desk.lead.noted" : "board.desk.lead.not_planned");
    line.append(make("span", "quiet", " " + answer));
    if (mayAct && !lead.stop && !lead.is_urgent) {
      const visit = make("button", "", say("board.desk.event.urgent"));
      visit.type = "button";
      visit.addEventListener("click", () => openEvent("urgent", lead.building));
      line.prepend(visit);
    }
    return line;
  }).reverse());
}

function drawEvents() {
  document.getElementById("events").replaceChildren(...store.events.map((e) => {
    const about = Object.entries(e).filter(([k]) => !["n", "type", "is_answered", "value", "is_must", "n_police", "n_market_regulation"].includes(k)).map(([, v]) => (Array.isArray(v) ? v.join(" ") : v));
    const line = make("li", "", say("board.desk.event." + e.type) + " " + about.join(" "));
    line.append(make("span", "quiet", " " + say(e.is_answered ? "board.desk.answered" : "board.desk.open")));
    if (mayAct && !e.is_answered) {
      const back = make("button", "", say("board.desk.withdraw"));
      back.type = "button";
      back.addEventListener("click", () => report("withdrawn", { n: e.n }).catch(told));
      line.prepend(back);
    }
    return line;
  }).reverse());
}
function told(error) { window.alert(error.message); }
