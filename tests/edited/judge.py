"""
A plan.json judged by hand: what of it no rule allows, from the records of the day alone.

Nothing is imported from the checker or the planner, and no formula of theirs is called: every rule is stated anew, on
the plain JSON that a person edits. Only hard rules count; what is on offer is given, and is right.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

type Json = dict[str, Any]
# The records of the day (`sweep.check.checker_inputs.CheckInputs`), of which only fields are read.
type Day = Any


def wrongs(day: Day, plan: Json) -> list[str]:
    """Everything in the plan that no rule allows."""
    if known := [*_ids(day, plan)]:
        return known  # what is nobody and nowhere cannot be judged further
    return [
        *_of_the_day(plan),
        *_people(day, plan),
        *_stated_people(day, plan),
        *_visits(day, plan),
        *_routes(day, plan),
        *_breaks(day, plan),
        *_stops(day, plan),
        *_together(day, plan),
        *_firms(day, plan),
        *_summary(day, plan),
        *_reasons(day, plan),
    ]


def _ids(day: Day, plan: Json) -> Iterator[str]:
    teams = Counter(t["team_id"] for t in plan["teams"])
    yield from (f"team {t} {n} times" for t, n in teams.items() if n > 1)
    for t in plan["teams"]:
        yield from (f"nobody {i}" for i in t["member_ids"] if i not in day.persons)
        if t["base_id"] not in day.bases:
            yield f"no base {t['base_id']}"
    routes = Counter(r["team_id"] for r in plan["routes"])
    for t in plan["teams"]:
        if routes[t["team_id"]] != (0 if t["is_reserve"] else 1):
            yield f"{routes[t['team_id']]} routes of {t['team_id']}"
    yield from (f"route of no team {r}" for r in routes if r not in teams)
    for s in (*_all_stops(plan), *plan["unserved"]):
        visit = day.visits.get(s["visit_id"])
        if visit is None or visit.building_id != s["building_id"]:
            yield f"no visit {s['visit_id']} at {s['building_id']}"


def _all_stops(plan: Json) -> list[Json]:
    return [s for r in plan["routes"] for s in r["stops"]]


def _by_team(plan: Json) -> dict[str, Json]:
    return {t["team_id"]: t for t in plan["teams"]}


def _on_site(plan: Json) -> dict[str, list[tuple[Json, Json]]]:
    """(team, stop) of each visit that is made."""
    teams, sites = _by_team(plan), defaultdict(list)
    for r in plan["routes"]:
        for s in r["stops"]:
            sites[s["visit_id"]].append((teams[r["team_id"]], s))
    return dict(sites)


def _of_the_day(plan: Json) -> Iterator[str]:
    """What only `sweep replan` writes, in a plan that nothing was changed in."""
    if plan.get("day_log") is not None:
        yield "a log of a day without the plan before"
    for t in plan["teams"]:
        if t.get("former") or t.get("called_s") is not None:
            yield f"{t['team_id']} was changed on the day"
    yield from (f"tried {s['visit_id']}" for s in _all_stops(plan) if s.get("is_attempt"))


def _counts(day: Day, person_id: str) -> bool:
    """Whether somebody is an officer or inspector with a certificate for the day."""
    p = day.persons[person_id]
    until = p.certificate_until
    return p.role in ("officer", "inspector") and until is not None and until >= day.settings.day


def _n(day: Day, team: Json, agency: str) -> int:
    return sum(_counts(day, i) and day.persons[i].agency == agency for i in team["member_ids"])


def _women(day: Day, team: Json) -> int:
    return sum(_counts(day, i) and day.persons[i].is_female for i in team["member_ids"])


def _people(day: Day, plan: Json) -> Iterator[str]:
    """Nobody twice, nobody without a certificate, two of each authority in each team but where stock is taken."""
    everywhere = Counter(i for t in plan["teams"] for i in t["member_ids"])
    yield from (f"{i} in {n} places" for i, n in everywhere.items() if n > 1)
    tracks = defaultdict(set)
    for r in plan["routes"]:
        tracks[r["team_id"]] |= {day.visits[s["visit_id"]].track for s in r["stops"]}
    for t in plan["teams"]:
        for i in t["member_ids"]:
            if day.persons[i].role in ("officer", "inspector") and not _counts(day, i):
                yield f"{i} has no certificate"
        if tracks[t["team_id"]] != {"stocktake"}:
            for agency, least in day.settings.teams.min_certified.items():
                if _n(day, t, agency) < least:
                    yield f"{t['team_id']}: too few of {agency}"
    n_reserve = sum(t["is_reserve"] for t in plan["teams"])
    if n_reserve < day.settings.teams.reserve_share * len(plan["teams"]) - 1e-9:
        yield "too few stand by"


def _stated_people(day: Day, plan: Json) -> Iterator[str]:
    """What a team says of its people."""
    goes = defaultdict(set)
    for r in plan["routes"]:
        goes[r["team_id"]] |= {day.visits[s["visit_id"]].division_code for s in r["stops"]}
    everywhere = {b.division_code for b in day.buildings.values()}
    for t in plan["teams"]:
        own, name = [day.persons[i] for i in t["member_ids"]], t["team_id"]
        officers = Counter(p.agency for p in own if _counts(day, p.person_id))
        if {a: n for a, n in t["n_certified"].items() if n} != dict(officers):
            yield f"{name} says {t['n_certified']}"
        if t["n_female_certified"] != _women(day, t):
            yield f"{name} says {t['n_female_certified']} women"
        if set(t["recusals"]) != {key for p in own for key in p.recusals}:
            yield f"{name} says {t['recusals']}"
        homes = {p.division_code for p in own if p.agency == "market_regulation"}
        stated = set(t["division_codes"])
        if homes and not day.settings.teams.assist_letter:
            if stated != (homes if len(homes) == 1 else set()):
                yield f"{name} says it may go to {stated}"
        elif not goes[name] <= stated <= everywhere:
            yield f"{name} says it may go to {stated}"


def _visits(day: Day, plan: Json) -> Iterator[str]:
    """Each visit once: made whole by as many teams, or left out."""
    out = Counter(u["visit_id"] for u in plan["unserved"])
    sites = _on_site(plan)
    for visit_id, visit in day.visits.items():
        filled = sorted(s["slot"] for _, s in sites.get(visit_id, []))
        if filled and out[visit_id]:
            yield f"{visit_id} made and left out"
        if (filled or not out[visit_id]) and filled != list(range(len(visit.slots))):
            yield f"{visit_id}: slots {filled}"
        if out[visit_id] > 1:
            yield f"{visit_id} left out twice"
        if len({t["team_id"] for t, _ in sites.get(visit_id, [])}) < len(filled):
            yield f"{visit_id}: one team in two slots"


def _way(day: Day, a: str, b: str) -> tuple[int, int]:
    row, column = day.places[a], day.places[b]
    return int(day.travel_s[row, column]), int(day.distance_m[row, column])


def _legs(day: Day, plan: Json) -> Iterator[tuple[Json, Json, str, str, int, int, int, int]]:
    """Team, route, from, to, left, there, and what is said of the way: of every leg, the one home too."""
    teams = _by_team(plan)
    for r in plan["routes"]:
        team = teams[r["team_id"]]
        place, left = team["base_id"], r["depart_s"]
        for s in r["stops"]:
            yield team, r, place, s["building_id"], left, s["arrive_s"], s["travel_s"], s["distance_m"]
            place, left = s["building_id"], s["end_s"]
        yield team, r, place, team["base_id"], left, r["return_s"], r["return_travel_s"], r["return_distance_m"]


def _routes(day: Day, plan: Json) -> Iterator[str]:
    for team, _, a, b, left, there, seconds, metres in _legs(day, plan):
        if there - left < _way(day, a, b)[0]:
            yield f"{team['team_id']}: {a} to {b} in {there - left}"
        if (seconds, metres) != _way(day, a, b):
            yield f"{team['team_id']}: {a} to {b} is said to be {seconds} s, {metres} m"
    teams, plan_of_day = _by_team(plan), day.settings.plan
    for r in plan["routes"]:
        if not r["stops"]:
            continue
        shift, last = teams[r["team_id"]]["shift_s"], max(r["return_s"], *(s["end_s"] for s in r["stops"]))
        if r["depart_s"] < max(shift[0], plan_of_day.shift_start_s) or last > min(shift[1], plan_of_day.shift_end_s):
            yield f"{r['team_id']}: out of the shift"
        if r["return_s"] - r["depart_s"] > 3_600 * day.settings.teams.max_duty_hours:
            yield f"{r['team_id']}: too long out"
        for i in teams[r["team_id"]]["member_ids"]:
            begins, ends = day.persons[i].shift_s
            if r["depart_s"] < begins or r["return_s"] > ends:
                yield f"{i}: off duty"


def _breaks(day: Day, plan: Json) -> Iterator[str]:
    """A break is in no visit and on no drive; who is out for long has one, in time and long enough."""
    least, most = 60 * day.settings.teams.break_minutes, 3_600 * day.settings.teams.break_after_hours
    for team, r, a, b, left, there, _, _ in _legs(day, plan):
        if r.get("break_s") is not None and r["stops"]:
            start, end = r["break_s"]
            resting = max(0, min(end, there) - max(start, left))
            if resting and there - left - resting < _way(day, a, b)[0]:
                yield f"{team['team_id']} drives in its break"
    for r in plan["routes"]:
        out = r["return_s"] - r["depart_s"]
        if not r["stops"] or (r.get("break_s") is None and out <= most):
            continue
        start, end = r.get("break_s") or (0, 0)
        if r.get("break_s") is not None and end <= start:
            yield f"{r['team_id']} rests backwards"
        if any(s["start_s"] < end and start < s["end_s"] for s in r["stops"]):
            yield f"{r['team_id']} rests in a visit"
        if out > most and (end - start < least or max(start - r["depart_s"], r["return_s"] - end) > most):
            yield f"{r['team_id']}: no break, or a bad one"


def _least_inside(day: Day, team: Json, stop: Json) -> int:
    """The entry, then doors by pairs and inspections by two pairs; guards at exits do not work."""
    visit, minutes = day.visits[stop["visit_id"]], day.settings.plan
    slot = visit.slots[stop["slot"]]
    if slot.service_s is not None or visit.service_s is not None:
        return int(slot.service_s if slot.service_s is not None else visit.service_s)
    pairs = max(1, (len(team["member_ids"]) - slot.n_guards) // 2) * len(visit.slots)
    work = minutes.door_minutes * visit.n_firms + 2 * minutes.inspection_minutes * len(visit.targets)
    return round(60 * (minutes.entry_minutes + work / pairs))


def _stops(day: Day, plan: Json) -> Iterator[str]:
    """Each stop in its window, long enough, by people who may be there."""
    letter = day.settings.teams.assist_letter
    for visit_id, site in _on_site(plan).items():
        visit = day.visits[visit_id]
        building = day.buildings[visit.building_id]
        keys = {visit.building_id, building.property_company_id, building.landlord_id, *visit.targets} - {None}
        for team, s in site:
            where = f"{team['team_id']} {visit_id}"
            if not any(lo <= s["start_s"] <= hi for lo, hi in visit.windows_s):
                yield f"{where}: out of its windows"
            if s["start_s"] < s["arrive_s"]:
                yield f"{where}: starts before it is there"
            if s["slot"] < len(visit.slots):
                yield from _in_slot(day, team, s, where)
            for i in team["member_ids"]:
                p = day.persons[i]
                if p.recusals & keys:
                    yield f"{where}: {i} is recused"
                if p.agency == "market_regulation" and p.division_code != visit.division_code and not letter:
                    yield f"{where}: {i} is from elsewhere"
            for pair in _last_groups(day, visit.building_id):
                if len(pair & set(team["member_ids"])) > 1:
                    yield f"{where}: the same pair"


def _in_slot(day: Day, team: Json, s: Json, where: str) -> Iterator[str]:
    visit = day.visits[s["visit_id"]]
    slot = visit.slots[s["slot"]]
    if s["end_s"] - s["start_s"] < _least_inside(day, team, s):
        yield f"{where}: too short"
    yield from (f"{where}: too few of {a}" for a, n in slot.min_certified.items() if _n(day, team, a) < n)
    recorders = sum("recorder" in day.persons[i].skills for i in team["member_ids"])
    if visit.track == "stocktake" and (_n(day, team, "police") < 1 or not recorders):
        yield f"{where}: no officer or no recorder"
    if slot.is_for_drawn and not {*visit.officers} <= {*team["member_ids"]}:
        yield f"{where}: not those who were drawn"
    law = day.settings.law
    on_record = {law.certificates.get(visit.building_id), law.certificate} - {None}
    if visit.track == "case" and visit.warrant not in on_record and not recorders:
        yield f"{where}: no certificate and no recorder"


def _last_groups(day: Day, building_id: str) -> list[set[str]]:
    """Who was at a building together on its last day before this one."""
    before = [v for v in day.past if v.building_id == building_id and v.visited_on.date() < day.settings.day]
    last = max((v.visited_on.date() for v in before), default=None)
    return [set(v.officers) for v in before if v.visited_on.date() == last and v.officers]


def _together(day: Day, plan: Json) -> Iterator[str]:
    """Teams of a visit start at once, link groups nearly so and whole; exits are guarded, a woman is there."""
    sites, groups = _on_site(plan), defaultdict(list)
    for visit in day.visits.values():
        if visit.link_group is not None:
            groups[visit.link_group].append(visit.visit_id)
    for name, ids in groups.items():
        times = [s["start_s"] for i in ids for _, s in sites.get(i, [])]
        if times and max(times) - min(times) > day.settings.plan.link_tolerance_s:
            yield f"group {name} apart"
        if times and not all(i in sites for i in ids):
            yield f"group {name} in parts"
    for visit_id, site in sites.items():
        visit = day.visits[visit_id]
        if len({s["start_s"] for _, s in site}) > 1:
            yield f"{visit_id}: teams apart"
        if visit.track != "stocktake" and sum(_women(day, t) for t, _ in site) < day.settings.teams.min_female:
            yield f"{visit_id}: no woman"
        only_again = bool(visit.basis) and all(b in day.rechecks for b in visit.basis)
        inside = day.settings.teams.min_certified["police"] * len(site)
        n_exits = day.buildings[visit.building_id].n_exits
        if visit.track == "case" and not only_again and sum(_n(day, t, "police") for t, _ in site) - inside < n_exits:
            yield f"{visit_id}: an exit is open"


def _firms(day: Day, plan: Json) -> Iterator[str]:
    """No firm and no building twice, none over its cap, and off the case track no more than a share of the register."""
    made = [day.visits[i] for i in _on_site(plan)]
    for key, n in Counter(k for v in made for k in {v.building_id, *v.targets}).items():
        own = [day.rechecks[b] for v in made for b in v.basis if b in day.rechecks]
        again = {(i.building_id, i.uscc) for i in own}
        if n > 1 and not all((v.building_id, key) in again for v in made if key in {v.building_id, *v.targets}):
            yield f"{key} {n} times"
    caps = day.settings.select.annual_cap
    n_all = 0
    for v in made:
        if v.track != "case":
            for firm in v.targets:
                cap = caps.get(day.credit_class.get(firm, ""), min(caps.values()))
                had = max(day.n_inspections.get((a, firm), 0) for a in ("police", "market_regulation"))
                if had + 1 > cap:
                    yield f"{firm} over its cap"
        reasoned = [s.firms for s in day.settings.law.special if s.number in v.basis and s.blanket_reason]
        if v.track in ("routine", "special"):
            n_all += len(set(v.targets).difference(*reasoned))
    if n_all > max(1, int(day.settings.select.target_share_max * day.n_register)):
        yield "more than a share of the register"


def _summary(day: Day, plan: Json) -> Iterator[str]:
    stated = plan["summary"]
    value = sum(day.visits[i].value for i in _on_site(plan))
    if abs(stated["value"] - value) > 1e-6 or stated["value"] > stated["bound"] + 1e-6:
        yield f"worth {stated['value']}"
    gap = stated["bound"] - stated["value"]
    if stated["status"] not in ("optimal", "feasible") or (stated["status"] == "optimal" and gap > 1e-6 * max(1, gap)):
        yield f"status {stated['status']}"


def _reasons(day: Day, plan: Json) -> Iterator[str]:
    """Every reason for leaving a visit out that the teams of the plan belie."""
    out = [t for t in plan["teams"] if not t["is_reserve"]]
    for u in plan["unserved"]:
        visit = day.visits[u["visit_id"]]
        local = [t for t in out if visit.division_code in t["division_codes"]]
        if not u["reasons"]:
            yield f"{u['visit_id']} left out without a word"
        for reason in u["reasons"]:
            if not _holds(day, visit, local, reason["code"], reason["values"]):
                yield f"{u['visit_id']} left out for {reason}"


def _holds(day: Day, visit: Any, local: list[Json], code: str, values: Json) -> bool:
    stopped = [[_stopped_by(day, visit, slot, t) for slot in visit.slots] for t in local]
    n_stopped = sum(any(code in by for by in of_team) for of_team in stopped)
    if code == "NO_TEAM_IN_DISTRICT":
        return not local and values.get("district", visit.division_code) == visit.division_code
    if code == "TOO_FEW_TEAMS":
        return values.get("has", len(local)) == len(local)
    if code == "LINKED_VISIT_UNSERVED":
        return visit.link_group is not None and values.get("group", visit.link_group) == visit.link_group
    if code in ("NO_TIME_LEFT", "WINDOW_MISSED", "NO_ROAD", "NOT_WORTH_ITS_COST", "LOW_VALUE"):
        free = [(t, k) for t, of_team in zip(local, stopped, strict=True) for k, by in enumerate(of_team) if not by]
        if {k for _, k in free} != set(range(len(visit.slots))):
            return False
        least = min(-(-_there_and_back(day, visit, t, k) // 60) for t, k in free)
        return bool(values.get("needs", least) == least)
    if code in ("RECUSED", "SAME_PAIR"):
        return n_stopped > 0 and values.get("n_teams", n_stopped) == n_stopped
    if code == "NO_TEAM_WITH_DRAWN":
        return n_stopped > 0 and values.get("officers", ", ".join(visit.officers)) == ", ".join(visit.officers)
    if code == "NO_TEAM_WITH_OFFICERS":
        return _lacks(local, visit, values, "min_certified", "agency", lambda t, a: _n(day, t, a))
    if code == "NO_TEAM_WITH_SKILL":
        skilled = lambda t, s: sum(s in day.persons[i].skills for i in t["member_ids"])  # noqa: E731
        return _lacks(local, visit, values, "min_skilled", "skill", skilled)
    return False


def _lacks(local: list[Json], visit: Any, values: Json, kind: str, key: str, count: Any) -> bool:
    """Whether a slot wants so many of a kind, and what the best team has that has too few is as stated."""
    for slot in visit.slots:
        wanted = getattr(slot, kind).get(values.get(key))
        below = [n for n in (count(t, values.get(key)) for t in local) if wanted is not None and n < wanted]
        if below and values.get("needs", wanted) == wanted and values.get("has", max(below)) == max(below):
            return True
    return False


def _stopped_by(day: Day, visit: Any, slot: Any, team: Json) -> set[str]:
    """What keeps a team from a slot, by code."""
    own = {*team["member_ids"]}
    building = day.buildings[visit.building_id]
    keys = {visit.building_id, building.property_company_id, building.landlord_id, *visit.targets} - {None}
    skills = Counter(s for i in own for s in day.persons[i].skills)
    by = {
        "NO_TEAM_WITH_OFFICERS": any(_n(day, team, a) < n for a, n in slot.min_certified.items()),
        "NO_TEAM_WITH_SKILL": any(skills[s] < n for s, n in slot.min_skilled.items()),
        "NO_TEAM_WITH_DRAWN": slot.is_for_drawn and not {*visit.officers} <= own,
        "SAME_PAIR": any({*pair} <= own for pair in visit.keep_apart),
        "RECUSED": any(day.persons[i].recusals & keys for i in own),
    }
    return {code for code, is_so in by.items() if is_so}


def _there_and_back(day: Day, visit: Any, team: Json, k: int) -> int:
    """Seconds from the base, inside with the entry that most entries take no longer than, and back."""
    settings, off = day.settings.plan, day.settings.rules.off
    entry = settings.minutes.entry if "C21" in off else settings.planned_minutes.entry
    slot = visit.slots[k]
    pairs = max(1, (len(team["member_ids"]) - slot.n_guards) // 2) * len(visit.slots)
    work = settings.door_minutes * visit.n_firms + 2 * settings.inspection_minutes * len(visit.targets)
    inside = round(60 * (entry + work / pairs))
    if slot.service_s is not None or visit.service_s is not None:
        inside = slot.service_s if slot.service_s is not None else visit.service_s
    there, back = _way(day, team["base_id"], visit.building_id), _way(day, visit.building_id, team["base_id"])
    return there[0] + int(inside) + back[0]
