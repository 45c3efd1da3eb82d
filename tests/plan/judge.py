"""Judges a plan from the problem alone, stop by stop; shares no code with the planner."""

from __future__ import annotations

from collections import Counter

from sweep.plan.problem.problem import Problem
from sweep.records.people import Team
from sweep.records.plan import Plan, Route
from sweep.records.visits import Visit


def faults(problem: Problem, plan: Plan) -> list[str]:
    """Everything in the plan that the problem forbids."""
    teams = {t.team_id: t for t in plan.teams}
    visits = {v.visit_id: v for v in problem.visits}
    found = [f for r in plan.routes for f in _route_faults(problem, visits, teams[r.team_id], r)]
    found += _visit_faults(problem, plan, visits) + _link_faults(problem, plan) + _people_faults(problem, plan)
    return found + _value_faults(problem, plan)


def starts(plan: Plan) -> dict[str, int]:
    return {s.visit_id: s.start_s for r in plan.routes for s in r.stops}


def _route_faults(problem: Problem, visits: dict[str, Visit], team: Team, route: Route) -> list[str]:
    if not route.stops:
        return []
    table = problem.travel_s
    where = lambda visit_id: problem.places[visits[visit_id].building_id]  # noqa: E731
    found, place, free = [], problem.places[team.base_id], team.shift_s[0]
    pause = route.break_s
    if team.break_time is not None:
        t = team.break_time
        if pause is None or not t.earliest_s <= pause[0] <= t.latest_s or pause[1] - pause[0] != t.length_s:
            found.append(f"{team.team_id}: break {pause}")
    for stop in route.stops:
        visit = visits[stop.visit_id]
        here = where(stop.visit_id)
        if pause is not None and pause[0] < stop.start_s and pause[0] >= free:
            free = pause[1]
        if stop.start_s < free + int(table[place, here]):
            found.append(f"{team.team_id}: at {stop.visit_id} too early")
        if not any(lo <= stop.start_s <= hi for lo, hi in visit.windows_s):
            found.append(f"{stop.visit_id}: out of its windows")
        if stop.end_s - stop.start_s != problem.service_s(visit, stop.slot, len(team.member_ids)):
            found.append(f"{stop.visit_id}: takes another time")
        slot = visit.slots[stop.slot]
        if any(team.n_certified.get(a, 0) < n for a, n in slot.min_certified.items()):
            found.append(f"{stop.visit_id}: too few officers")
        if any(team.n_skilled.get(a, 0) < n for a, n in slot.min_skilled.items()):
            found.append(f"{stop.visit_id}: skill missing")
        company = problem.buildings[visit.building_id].property_company_id
        if team.recusals & {visit.building_id, company, *visit.targets}:
            found.append(f"{stop.visit_id}: recused")
        if visit.division_code not in team.division_codes:
            found.append(f"{stop.visit_id}: out of district")
        if pause is not None and pause[0] < stop.end_s and stop.start_s < pause[1]:
            found.append(f"{team.team_id}: break inside a stop")
        place, free = here, stop.end_s
    if pause is not None and pause[0] >= free:
        free = pause[1]
    end = problem.places[team.end_base_id or team.base_id]
    done = free + int(table[place, end])
    if done > team.shift_s[1] or route.return_s != done:
        found.append(f"{team.team_id}: back at {done}, plan says {route.return_s}")
    if team.max_duty_s is not None and done - route.depart_s > team.max_duty_s:
        found.append(f"{team.team_id}: on duty {done - route.depart_s}")
    return found


def _visit_faults(problem: Problem, plan: Plan, visits: dict[str, Visit]) -> list[str]:
    filled = Counter((s.visit_id, s.slot) for r in plan.routes for s in r.stops)
    times: dict[str, set[int]] = {}
    for route in plan.routes:
        for stop in route.stops:
            times.setdefault(stop.visit_id, set()).add(stop.start_s)
    found = [f"{key} filled {n} times" for key, n in filled.items() if n > 1]
    for visit_id, starts_s in times.items():
        if len(starts_s) > 1:
            found.append(f"{visit_id}: slots start apart")
        if any((visit_id, s.slot) not in filled for s in visits[visit_id].slots):
            found.append(f"{visit_id}: a slot is empty")
    if set(times) & {u.visit_id for u in plan.unserved} or len(times) + len(plan.unserved) != len(problem.visits):
        found.append("served and unserved do not make all visits")
    for lock in problem.locks:
        stops = [
            (r.team_id, s) for r in plan.routes for s in r.stops if (s.visit_id, s.slot) == (lock.visit_id, lock.slot)
        ]
        if len(stops) != 1 or stops[0][0] != lock.team_id or lock.start_s not in (None, stops[0][1].start_s):
            found.append(f"{lock.visit_id}: the lock did not hold")
    return found


def _value_faults(problem: Problem, plan: Plan) -> list[str]:
    """The value by day, and what is taken of caps."""
    day = {t.team_id: t.day for t in plan.teams}
    days = {s.visit_id: day[r.team_id] for r in plan.routes for s in r.stops if s.slot == 0}
    value = sum((v.values[days[v.visit_id]] if v.values else v.value) for v in problem.visits if v.visit_id in days)
    found = [f"value {plan.value}, not {value}"] if abs(value - plan.value) > 1e-9 else []
    taken = {cap.cap_id: sum(load for i, load in cap.loads.items() if i in days) for cap in problem.caps}
    return found + [f"cap {cap.cap_id}: {taken[cap.cap_id]}" for cap in problem.caps if taken[cap.cap_id] > cap.most]


def _link_faults(problem: Problem, plan: Plan) -> list[str]:
    at, found = starts(plan), []
    groups: dict[str, list[str]] = {}
    for v in problem.visits:
        if v.link_group is not None:
            groups.setdefault(v.link_group, []).append(v.visit_id)
    for name, ids in groups.items():
        here = [at[i] for i in ids if i in at]
        if len(here) not in (0, len(ids)) or (here and max(here) - min(here) > problem.link_tolerance_s):
            found.append(f"group {name}: {here}")
    teams: dict[str, set[str]] = {}
    for route in plan.routes:
        for stop in route.stops:
            teams.setdefault(stop.visit_id, set()).add(route.team_id)
    for lag in problem.lags:
        if lag.is_apart and teams.get(lag.before, set()) & teams.get(lag.after, set()):
            found.append(f"lag {lag.before} {lag.after}: one team makes both")
        if (lag.before in at) != (lag.after in at):
            found.append(f"lag {lag.before} {lag.after}: half served")
        elif lag.before in at and not lag.min_s <= at[lag.after] - at[lag.before] <= lag.max_s:
            found.append(f"lag {lag.before} {lag.after}: {at[lag.after] - at[lag.before]}")
    return found


def _people_faults(problem: Problem, plan: Plan) -> list[str]:
    if problem.teams:
        return [] if plan.teams == problem.teams else ["the given teams were changed"]
    people = {p.person_id: p for p in problem.people}
    times = Counter(i for t in plan.teams for i in t.member_ids)
    found = [f"{i} in {n} teams" for i, n in times.items() if n > 1]
    for team in plan.teams:
        inside = [people[i] for i in team.member_ids]
        is_police = any(p.agency == "police" for p in inside)
        agencies = {p.agency for p in inside}
        if problem.rules.is_split and "market_regulation" in agencies and len(agencies) > 1:
            found.append(f"{team.team_id}: a squad of several agencies")
        for agency, n in problem.rules.min_certified.items():
            if problem.rules.is_split and (agency == "police") != is_police:
                continue
            if sum(p.agency == agency and p.is_certified(problem.day) for p in inside) < n:
                found.append(f"{team.team_id}: too few of {agency}")
        n_women = 0 if problem.rules.is_split and not is_police else problem.rules.min_female
        if sum(p.is_female and p.is_certified(problem.day) for p in inside) < n_women:
            found.append(f"{team.team_id}: no woman")
        from_elsewhere = [p for p in inside if p.division_code not in team.division_codes]
        if not problem.rules.assist_letter and any(p.agency == "market_regulation" for p in from_elsewhere):
            found.append(f"{team.team_id}: market regulation from elsewhere")
        if team.recusals != frozenset().union(*(p.recusals for p in inside)):
            found.append(f"{team.team_id}: recusals are not those of its people")
    return found
