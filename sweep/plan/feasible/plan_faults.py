"""Whether a plan is one of this problem: what a plan edited by hand, or of another day, gets wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from geodata.clock import exact_clock
from geodata.errors import Issue
from sweep.plan.feasible.visits import rule_text, span_texts
from sweep.plan.problem.may_serve import rules_against
from sweep.plan.problem.problem import Problem
from sweep.plan.teams.manned import teams_of_plan
from sweep.records.people import Team
from sweep.records.plan import Plan, Route, Stop
from sweep.records.visits import Visit

# Faults that are reported; a plan of another problem has hundreds.
MOST_REPORTED = 20


def plan_faults(problem: Problem, plan: Plan, file: str) -> list[Issue]:
    """
    S554, each with what is wrong: ids that nobody knows, times that cannot be kept, visits made in part.

    Parameters
    ----------
    problem
        With the events of the day, if there were any.
    """
    found = list(_ids(problem, plan)) or [*_times(problem, plan), *_slots(problem, plan)]
    return [Issue("S554", f"{file} {where}", {"problem": what}) for where, what in found[:MOST_REPORTED]]


type Fault = tuple[str, str]


def _ids(problem: Problem, plan: Plan) -> Iterator[Fault]:
    teams, visits = {t.team_id for t in plan.teams}, {v.visit_id: v for v in problem.visits}
    known = {t.team_id for t in problem.teams} or teams
    people = {p.person_id for p in problem.people}
    for n, team in enumerate(plan.teams):
        if team.team_id not in known:
            yield f"teams[{n}]", f"team {team.team_id}?"
        if team.base_id not in problem.places:
            yield f"teams[{n}]", f"base {team.base_id}?"
        if people and not problem.teams:
            yield from ((f"teams[{n}]", f"person {i}?") for i in team.member_ids if i not in people)
    for team_id, n_times in Counter(r.team_id for r in plan.routes).items():
        if team_id not in teams or n_times > 1:
            yield "routes", f"team {team_id} x {n_times}"
    for r, route in enumerate(plan.routes):
        for s, stop in enumerate(route.stops):
            visit = visits.get(stop.visit_id)
            if visit is None or visit.building_id != stop.building_id or not 0 <= stop.slot < len(visit.slots):
                yield f"routes[{r}].stops[{s}]", f"{stop.visit_id} / {stop.slot} / {stop.building_id}?"


def _times(problem: Problem, plan: Plan) -> Iterator[Fault]:
    teams = {t.team_id: t for t in teams_of_plan(problem, plan)}
    visits = {v.visit_id: v for v in problem.visits}
    for r, route in enumerate(plan.routes):
        team = teams[route.team_id]
        table = problem.profiles.get(team.profile, problem.travel_s)
        place, free = problem.places[team.base_id], max(team.shift_s[0], 0)
        for s, stop in enumerate(route.stops):
            here, visit = problem.places[stop.building_id], visits[stop.visit_id]
            where = f"routes[{r}].stops[{s}] {route.team_id} {stop.visit_id}"
            if stop.start_s < free + int(table[place, here]):
                yield where, f"start {exact_clock(stop.start_s)} < {exact_clock(free + int(table[place, here]))}"
            if stop.end_s < stop.start_s or (not stop.is_attempt and not _is_long_enough(problem, team, visit, stop)):
                yield where, f"{exact_clock(stop.start_s)}-{exact_clock(stop.end_s)}"
            if not stop.is_attempt and not any(lo <= stop.start_s <= hi for lo, hi in visit.windows_s):
                yield where, f"{exact_clock(stop.start_s)} not in {', '.join(span_texts(visit.windows_s))}"
            if not team.former and (rules := list(rules_against(problem, visit, stop.slot, team))):
                yield where, f"team may not ({', '.join(rule_text(r) for r in rules)})"
            place, free = here, stop.end_s


def _is_long_enough(problem: Problem, team: Team, visit: Visit, stop: Stop) -> bool:
    n_then = len(team.member_ids) + sum(until_s > stop.start_s for _, until_s in team.former)
    return stop.end_s - stop.start_s >= problem.service_s(visit, stop.slot, n_then)


def _slots(problem: Problem, plan: Plan) -> Iterator[Fault]:
    made: dict[str, list[Stop]] = {}
    for stop in _stops(plan.routes):
        made.setdefault(stop.visit_id, []).append(stop)
    for visit in problem.visits:
        stops = made.get(visit.visit_id, [])
        if stops and sorted(s.slot for s in stops) != [s.slot for s in visit.slots]:
            yield visit.visit_id, f"slots {sorted(s.slot for s in stops)} != {[s.slot for s in visit.slots]}"
        if len({s.start_s for s in stops}) > 1:
            yield visit.visit_id, f"starts {[exact_clock(at_s) for at_s in sorted(s.start_s for s in stops)]}"


def _stops(routes: Sequence[Route]) -> Iterator[Stop]:
    return (s for r in routes for s in r.stops if not s.is_attempt)
