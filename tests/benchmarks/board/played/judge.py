"""
Judge of a played day: from the files and from what the server answered alone; nothing of the program is called.

It keeps its own account of the day from the journal, in the words of docs/board.md: a report counts as of its own time,
and undoes nothing that was reported of a later one.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from tests.benchmarks.board.played.day import Played

STEPS = ("left", "arrived", "inside", "done")
ENDS = ("done", "locked", "refused")
# The server counts whole seconds, and so does a phone's age of a report.
_TOLERANCE_S = 2
# Time of the day within which the desk's pages are read.
_READ_WITHIN_S = 300


def faults(day: Played) -> list[str]:
    """Each contradiction between board, plans, journal, phones and ledger, as a line."""
    lines = [json.loads(line) for line in day.journal.read_text(encoding="utf-8").splitlines()]
    plans = {p.parent.name: json.loads(p.read_text(encoding="utf-8")) for p in day.editions.glob("*/plan.json")}
    found = [*_chain(lines), *_once_and_in_order(day.notes, lines), *_begun(lines, plans)]
    for plan_id, plan in plans.items():
        found += [f"{plan_id} {f}" for f in _two_places(plan)]
    for note in day.notes:
        if note["kind"] == "looked":
            found += [f"{note['at_s']} {f}" for f in _pages(note, lines, plans)]
        elif note["kind"] == "restarted" and _lasting(note["before"]) != _lasting(note["after"]):
            found.append(f"{note['at_s']} another board after a restart")
        elif note["kind"] in ("diff", "apply", "desk") and note["status"] not in (200, 404, 422):
            found.append(f"{note['at_s']} {note['kind']} answered {note['status']} {note['told']}")
        elif note["kind"] == "apply" and note["told"].get("broken"):
            found.append(f"{note['at_s']} a change that breaks rules was offered: {note['told']}")
        elif note["kind"] in ("check", "audit") and note["told"]["exit"] != 0:
            found.append(f"{note['kind']} {note.get('plan_id', '')} {str(note['told'])[:300]}")
        elif note["kind"] == "refused":
            found.append(f"{note['at_s']} a phone was refused {note['status']} {note['told']}")
        elif note["kind"] == "probed" and note["status"] not in (303, 401, 403):
            found.append(f"{note['at_s']} a revoked phone was answered {note['status']} at {note['path']}")
        elif note["kind"] == "raced" and note["n"] > 1:
            found.append(f"{note['at_s']} {note['n']} changes were activated at once")
        elif note["kind"] == "accept" and note["status"] != 303:
            wrong = re.findall(r"<li>(.*?)</li>", note["text"])
            found.append(f"the results were not accepted: {note['status']} {wrong[:3]}")
    return [*found, *_ledger(day, lines)]


def _chain(lines: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    last = "0" * 64
    for n, line in enumerate(lines, 1):
        if line["n"] != n or line["prev"] != last:
            yield f"line {n} of the journal does not follow the one before"
        last = line["hash"]


def _once_and_in_order(notes: Sequence[Mapping[str, Any]], lines: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Each report that a phone or the desk sent is in the journal once, in its order, and of its own time."""
    typed = {(n["device"], n["seq"]): n for n in notes if n["kind"] in ("typed", "garbage")}
    never_sent = {(n["device"], seq) for n in notes if n["kind"] == "lost" for seq in n["seqs"]}
    kept = {(n["device"], n["seq"]): n for n in notes if n["kind"] == "kept"}
    seen: dict[str, list[int]] = defaultdict(list)
    for line in lines:
        device, _, seq = line["facts"]["id"].rpartition("/")[2].rpartition(":")
        if not seq.isdecimal() or (device, int(seq)) not in typed:
            continue
        seen[device].append(int(seq))
        known = typed[device, int(seq)]
        if hashlib.sha256(known["text"].encode("utf-8", "surrogatepass")).hexdigest() != line["facts"]["sha256"]:
            yield f"{device}:{seq} is not what was typed"
        if (line["act"] == "unread") != (known["kind"] == "garbage"):
            yield f"{device}:{seq} counts as {line['act']}: {known['text'][:80]} {line['facts']['body'].get('code')}"
        is_sure = (device, int(seq)) in kept and kept[device, int(seq)]["jumps"] == known["jumps"]
        if is_sure and abs(line["facts"]["at_s"] - known["at_s"]) > _TOLERANCE_S:
            yield f"{device}:{seq} was typed at {known['at_s']}, and counts as of {line['facts']['at_s']}"
    for device, seq in typed:
        if seq not in seen[device] and (device, seq) not in never_sent:
            yield f"{device}:{seq} was typed, and is lost"
    for device, numbers in seen.items():
        if numbers != sorted(set(numbers)):
            yield f"{device} out of order or double: {numbers}"
    times = Counter(line["facts"]["id"] for line in lines)
    for note in (n for n in notes if n["kind"] == "same number"):
        own = [e for e in lines if f"/{note['device']}:{note['seq']}:x" in e["facts"]["id"]]
        if note["status"] != 200 or {e["act"] for e in own} != {"unread"}:
            yield f"{note['device']}:{note['seq']} was sent with another text, and answered {note['status']}"
    for note in (n for n in notes if n["kind"] == "desk"):
        n_times = sum(n for own, n in times.items() if own.endswith("/" + note["id"]))
        if n_times != (note["status"] == 200):
            yield f"{note['id']} of the desk was answered {note['status']}, and is {n_times} times in the journal"


def _confirmed(lines: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Lines of which none is later than the clock that the desk confirms after it."""
    found, latest_s = [], 10**9
    for line in reversed(lines):
        facts = line["facts"]
        latest_s = min(latest_s, facts["at_s"]) if line["act"] == "clock" else latest_s
        found.append({**line, "facts": {**facts, "at_s": min(latest_s, facts["at_s"])}})
    return found[::-1]


class Account:
    """The judge's own account of a day, from the first lines of its journal."""

    def __init__(self, lines: Iterable[Mapping[str, Any]]) -> None:
        self.steps: dict[str, list[tuple[int, int, str, str | None]]] = defaultdict(list)
        self.found: Counter[tuple[str, str]] = Counter()
        self.held: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
        self.released: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self.cancelled: dict[str, int] = {}
        self.rows: dict[tuple[str, str, str, str], list[tuple[int, int, str, dict[str, str]]]] = defaultdict(list)
        self.plan_id, self.n_lines = "", 0
        lines = _confirmed(list(lines))
        withdrawn = {e["facts"]["body"]["n"] for e in lines if e["act"] == "withdrawn"}
        self.n_lines = len(lines)
        for line in lines:
            if line["n"] not in withdrawn:
                self._take(line["n"], line["act"], line["facts"])

    def _take(self, n: int, kind: str, facts: Mapping[str, Any]) -> None:
        body, at_s = facts["body"], facts["at_s"]
        team_id, visit_id = body.get("team_id", ""), body.get("visit_id")
        if kind in STEPS or kind in ENDS or kind == "home":
            self.steps[team_id].append((at_s, n, kind, visit_id))
        elif kind == "found":
            self.found[team_id, visit_id] += 1
        elif kind == "corrected" and body["report"] == "found":
            self.found[team_id, visit_id] -= 1
        elif kind == "corrected":
            self.released[team_id].append((at_s, n))
        elif kind == "held":
            self.held[team_id].append((at_s, n, body["until"]))
        elif kind == "event" and body["event"]["type"] == "held":
            self.held[body["event"]["team_id"]].append((at_s, n, body["event"]["until"]))
        elif kind == "event" and body["event"]["type"] == "locked":
            self.cancelled[body["event"]["visit_id"]] = max(at_s, self.cancelled.get(body["event"]["visit_id"], -1))
        elif kind == "edition":
            self.plan_id = body["plan_id"]
        elif kind == "form":
            phone = facts["id"].rpartition(":")[0] if body["row"].startswith("+") else ""
            key = (team_id, visit_id, body["row"], phone)
            self.rows[key].append((at_s, n, body.get("unit", ""), body["answers"]))

    def last_step(self, team_id: str) -> tuple[str, str | None]:
        """Kind and visit of the last step of a team."""
        own = sorted(self.steps[team_id])
        return own[-1][2:] if own else ("standing_by", None)

    def outcome(self, team_id: str, visit_id: str) -> str | None:
        """The end that a team reported of a visit, unless it took a step there again."""
        own = sorted(s for s in self.steps[team_id] if s[3] == visit_id)
        return own[-1][2] if own and own[-1][2] in ENDS else None

    def held_until(self, team_id: str) -> str | None:
        """Until when a team is held, unless it took that back or went on."""
        after = max((s[:2] for s in (*self.steps[team_id], *self.released[team_id])), default=(-1, 0))
        held = [h for h in sorted(self.held[team_id]) if h[:2] > after]
        return held[-1][2] if held else None

    def answers(self) -> dict[tuple[str, str, str], dict[str, str]]:
        """What was typed last of each firm or unit, by visit, firm and unit."""
        said: dict[tuple[str, str, str], dict[str, str]] = defaultdict(dict)
        typed = sorted((at_s, n, key, unit, own) for key, all_ in self.rows.items() for at_s, n, unit, own in all_)
        for _, _, (_, visit_id, row, _), unit, own in typed:
            uscc = "" if row.startswith("+") else row
            said[visit_id, uscc, unit] |= {k: v for k, v in own.items() if v}
        return said

    def shut_visits(self) -> set[str]:
        """Visits that nobody got into: a team says so, and no team is or was inside without saying so after."""
        shut, entered = set(), {visit_id for visit_id, _, _ in self.answers()}
        for team_id, steps in self.steps.items():
            for visit_id in {s[3] for s in steps if s[3]}:
                outcome = self.outcome(team_id, visit_id)
                if outcome in ("locked", "refused"):
                    shut.add(visit_id)
                elif outcome == "done" or any(s[2] == "inside" and s[3] == visit_id for s in steps):
                    entered.add(visit_id)
        return shut - entered


def _begun(lines: Sequence[Mapping[str, Any]], plans: Mapping[str, Any]) -> Iterator[str]:
    """A visit that its team is inside when the plan is changed stays with the team, unless the desk cancelled it."""
    in_force = ""
    for line in (e for e in lines if e["act"] == "edition"):
        before, plan_id = in_force, line["facts"]["body"]["plan_id"]
        in_force = plan_id
        if not before or plan_id == before:
            continue
        so_far = Account(lines[: line["n"] - 1])
        for team_id in so_far.steps:
            at_s, _, kind, visit_id = max(so_far.steps[team_id])
            if kind != "inside" or so_far.cancelled.get(visit_id or "", -1) >= at_s:
                continue
            old, new = (_made(plans[p], team_id) for p in (before, plan_id))
            if visit_id in old and visit_id not in new:
                yield f"{plan_id} takes {visit_id} from {team_id}, which is inside"
            for other in {r["team_id"] for r in plans[before]["routes"]} - {team_id}:
                had, has = (visit_id in _made(plans[p], other) for p in (before, plan_id))
                if visit_id in old and had and not has and so_far.outcome(other, visit_id or "") is None:
                    yield f"{plan_id} takes {visit_id} from {other}, whose partner {team_id} is inside"


def _made(plan: Mapping[str, Any], team_id: str) -> set[str]:
    routes = (r for r in plan["routes"] if r["team_id"] == team_id)
    return {s["visit_id"] for r in routes for s in r["stops"] if not s.get("is_attempt")}


def _two_places(plan: Mapping[str, Any]) -> Iterator[str]:
    """No team and no person in two places; each visit whole, by different teams that begin together."""
    people = Counter(i for t in plan["teams"] for i in t["member_ids"])
    yield from (f"{person} is in {n} teams" for person, n in people.items() if n > 1)
    made: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for route in plan["routes"]:
        for one, other in pairwise(route["stops"]):
            if other["start_s"] < one["end_s"] + other["travel_s"]:
                yield f"{route['team_id']} is at {one['visit_id']} and {other['visit_id']} at once"
        for stop in route["stops"]:
            if not stop.get("is_attempt"):
                made[stop["visit_id"]].append((stop["slot"], stop["start_s"], route["team_id"]))
    for visit_id, stops in made.items():
        if len({t for _, _, t in stops}) != len(stops) or sorted(k for k, _, _ in stops) != list(range(len(stops))):
            yield f"{visit_id} is served in part, or twice by one team: {stops}"
        if len({s for _, s, _ in stops}) > 1:
            yield f"the teams of {visit_id} begin apart: {stops}"


def _lasting(board: Mapping[str, Any]) -> dict[str, Any]:
    """What a restart must not change: all but what follows from the clock."""
    own = {k: board[k] for k in ("n", "is_exercise", "messages", "events", "leads", "plan", "figures")}
    return own | {"teams": [{k: v for k, v in t.items() if k not in ("due", "expected")} for t in board["teams"]]}


def _pages(note: Mapping[str, Any], lines: Sequence[Mapping[str, Any]], plans: Mapping[str, Any]) -> Iterator[str]:
    """The board, the phones and the evening's page against the journal up to then and the plan in force."""
    board, so_far = note["board"], Account(lines[: note["board"]["n"]])
    plan = plans[so_far.plan_id]
    if board["plan"]["plan_id"] != so_far.plan_id:
        yield f"the board has plan {board['plan']['plan_id']}, the journal {so_far.plan_id}"
    routes = {r["team_id"]: r["stops"] for r in plan["routes"]}
    for team in board["plan"]["teams"]:
        yield from _same_stops(f"board, {team['id']}", team["stops"], routes.get(team["id"], []), "visit")
    for team_id, order in note["orders"].items():
        if "stops" in order:
            yield from _same_stops(f"phone, {team_id}", order["stops"], routes.get(team_id, []), "visit")
            yield from _phone(team_id, order, so_far, routes.get(team_id, []))
    for team in board["teams"]:
        yield from _team(team, so_far)
    yield from _figures(board, note, so_far, plan)


def _same_stops(where: str, shown: Sequence[Any], planned: Sequence[Any], key: str) -> Iterator[str]:
    one, other = [(s[key], s["start"]) for s in shown], [(s["visit_id"], s["start_s"]) for s in planned]
    if one != other:
        yield f"{where}: shows {one}, planned {other}"


def _phone(team_id: str, order: Mapping[str, Any], so_far: Account, stops: Sequence[Any]) -> Iterator[str]:
    if order["held"] != so_far.held_until(team_id):
        yield f"phone, {team_id}: held until {order['held']}, by the journal {so_far.held_until(team_id)}"
    again = {s["visit_id"] for s in stops if s.get("is_attempt")}
    for visit_id, was in order["done"].items():
        known = so_far.outcome(team_id, visit_id)
        if was["outcome"] != known and visit_id not in again and not was["again"]:
            yield f"phone, {team_id}: {visit_id} is {was['outcome']}, by the journal {known}"
        n_found = max(0, so_far.found[team_id, visit_id])
        if was["found"] != n_found:
            yield f"phone, {team_id}: {was['found']} finds at {visit_id}, by the journal {n_found}"


def _team(team: Mapping[str, Any], so_far: Account) -> Iterator[str]:
    team_id, until = team["id"], so_far.held_until(team["id"])
    step, visit_id = so_far.last_step(team_id)
    state = "held" if until else "done" if step in ENDS else step
    if team["state"] != state:
        yield f"board: {team_id} is {team['state']}, by the journal {state}"
    if state == "inside" and team["visit"] != visit_id:
        yield f"board: {team_id} is inside {team['visit']}, by the journal {visit_id}"
    if state in ("left", "arrived", "inside", "held") and team["due"] is None:
        yield f"board: no report is expected of {team_id}, which is {state}"
    for own_id, stop in team["stops"].items():
        if stop["outcome"] != so_far.outcome(team_id, own_id):
            yield f"board: {team_id} at {own_id} is {stop['outcome']}, by the journal {so_far.outcome(team_id, own_id)}"


def _figures(
    board: Mapping[str, Any], note: Mapping[str, Any], so_far: Account, plan: Mapping[str, Any]
) -> Iterator[str]:
    figures, pages = board["figures"], note["pages"]
    made: dict[str, list[str]] = defaultdict(list)
    for route in plan["routes"]:
        for stop in route["stops"]:
            if not stop.get("is_attempt"):
                made[stop["visit_id"]].append(route["team_id"])
    worth = {s["visit_id"]: s["value"] for r in plan["routes"] for s in r["stops"]}
    again = {s["visit_id"] for r in plan["routes"] for s in r["stops"] if s.get("is_attempt")} & set(made)
    done = {v for v, teams in made.items() if all(so_far.outcome(t, v) == "done" for t in teams)}
    wanted = {"planned": len(made), "done": len(done), "found": sum(max(0, n) for n in so_far.found.values())}
    shown = {k: figures[k] for k in wanted}
    if shown != wanted and not again:
        yield f"board: {shown}, by plan and journal {wanted}"
    if figures["done"] + figures["left"] > figures["planned"] or len(made) != figures["planned"]:
        yield f"board: {figures['done']} done and {figures['left']} left of {figures['planned']}"
    values = [round(sum(worth[v] for v in done), 2), round(sum(worth[v] for v in made), 2)]
    if any(abs(a - b) > 0.011 for a, b in zip(figures["value"], values, strict=True)) and not again:
        yield f"board: expected finds {figures['value']}, by the plan {values}"
    if figures["rows"] != len(so_far.rows):
        yield f"board: {figures['rows']} rows, by the journal {len(so_far.rows)}"
    if f" {so_far.n_lines} " not in _text(pages["journal"]):
        yield f"journal: {so_far.n_lines} lines are not shown"
    yield from brief_faults(_text(pages["brief"]), board["plan"], plan, note["at_s"])
    if so_far.plan_id not in pages["editions"]:
        yield f"editions: the plan in force {so_far.plan_id} is not there"
    yield from _results(note["csv"], so_far)
    n_rows = len(re.findall(r'<tr><th scope="row">', pages["evening"]))
    if n_rows != sum(1 for _ in csv.reader(io.StringIO(note["csv"].lstrip("\ufeff")))) - 1:
        yield f"evening: {n_rows} rows, in results.csv another number"


def _text(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))


def brief_faults(text: str, shown: Mapping[str, Any], plan: Mapping[str, Any], at_s: int) -> Iterator[str]:
    """The brief for market regulation against the plan in force, for teams whose orders are released by then."""
    names = {s["visit"]: s["name"] for t in shown["teams"] for s in t["stops"]}
    letters = {t["id"]: t["letter"] for t in shown["teams"]}
    if plan["plan_id"] not in text:
        yield f"brief: not of the plan in force {plan['plan_id']}"
    for route in plan["routes"]:
        # An order is released an hour before its first visit, or when the team sets out if that is earlier.
        first_s = min((s["start_s"] for s in route["stops"]), default=at_s)
        early_s = min(route["depart_s"], first_s - 3_600) - at_s
        for stop in route["stops"]:
            # To the nearest minute, a half to the even one, as on every page.
            minutes = (round(s / 60) for s in (stop["start_s"], stop["end_s"]))
            start, end = (f"{m // 60:02d}:{m % 60:02d}" for m in minutes)
            row = f"{start} – {end} {letters[route['team_id']]} {names[stop['visit_id']]}"
            if row not in text and early_s <= 0:
                yield f"brief: no row {row}"
            if row in text and early_s > _READ_WITHIN_S:
                yield f"brief: before the order of {route['team_id']} is released, {row}"


def _results(text: str, so_far: Account) -> Iterator[str]:
    """results.csv against what was typed, by the journal."""
    rows = list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))
    said = {k: v for k, v in so_far.answers().items() if v}
    shown = Counter((r["visit_id"], r["uscc"], r["unit"].lstrip("'")) for r in rows)
    wanted = Counter(list(said) + [(v, "", "") for v in so_far.shut_visits()])
    if shown != wanted:
        yield f"results.csv: too many {shown - wanted}, missing {wanted - shown}"
    for row in rows:
        own = said.get((row["visit_id"], row["uscc"], row["unit"].lstrip("'")), {})
        wrong = {k: (row.get(k), v) for k, v in own.items() if (row.get(k) or "").lstrip("'") != v.lstrip("'")}
        if wrong:
            yield f"results.csv: {row['visit_id']} {row['uscc']} {row['unit']}: {wrong}"


def _ledger(day: Played, lines: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The results that were accepted against what was typed until then."""
    accepted = [e for e in lines if e["act"] == "accepted"]
    if not accepted:
        return
    kept = [row for p in sorted(day.kept.glob("*.csv")) for row in csv.DictReader(p.open(encoding="utf-8-sig"))]
    so_far = Account(lines[: accepted[-1]["n"] - 1])
    said = [k for k, v in so_far.answers().items() if v] + [(v, "", "") for v in so_far.shut_visits()]
    shown = Counter((r["visit_id"], r["uscc"], r["unit"].lstrip("'")) for r in kept)
    if shown != Counter(said):
        yield f"ledger: too many {shown - Counter(said)}, missing {Counter(said) - shown}"
    if accepted[-1]["facts"]["body"]["n"] != len(said):
        yield f"ledger: {accepted[-1]['facts']['body']['n']} rows noted, {len(said)} typed"
    plans = {r["plan_id"] for r in kept}
    if plans - {so_far.plan_id}:
        yield f"ledger: rows of {plans}, the plan in force is {so_far.plan_id}"
