"""Errors of a given plan against a problem, for plans edited by hand or made for another day."""

from collections import Counter
from collections.abc import Iterator, Sequence

from geodata.clock_times import exact_clock
from geodata.errors import Issue
from sweep.day.event_records import RoadClosed
from sweep.plan.feasible.team_obstacles import rule_text, span_texts
from sweep.plan.problem.eligibility import rules_against
from sweep.plan.problem.problem import Problem
from sweep.plan.teams.make_teams import teams_of_plan
from sweep.records.plan import Plan, Stop


def plan_faults(problem: Problem, plan: Plan, file: str, closed: Sequence[RoadClosed] = ()) -> list[Issue]:
    """
    Return error S554 for each inconsistency, at most 20: unknown ids, infeasible times, visits with some slots only.

    `file`: name of the plan's file in the errors. `closed`: road closures of the day. `problem` has the day's visits
    and the morning's travel times. A team that left before a road closure keeps the morning's time for that leg.
    """
    found = list(_ids(problem, plan)) or [*_times(problem, plan, closed), *_slots(problem, plan)]
    # At most 20 errors: a plan of another problem has hundreds.
    return [Issue("S554", f"{file} {where}", {"problem": what}) for where, what in found[:20]]


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


def _times(problem: Problem, plan: Plan, closed: Sequence[RoadClosed]) -> Iterator[Fault]:
    teams = {t.team_id: t for t in teams_of_plan(problem, plan)}
    visits = {v.visit_id: v for v in problem.visits}
    for r, route in enumerate(plan.routes):
        team = teams[route.team_id]
        place, free, left = team.base_id, max(team.shift_s[0], 0), route.depart_s
        for s, stop in enumerate(route.stops):
            visit = visits[stop.visit_id]
            where = f"routes[{r}].stops[{s}] {route.team_id} {stop.visit_id}"
            soonest = free + _leg_s(problem, closed, (place, stop.building_id), left)
            if stop.start_s < soonest:
                yield where, f"start {exact_clock(stop.start_s)} < {exact_clock(soonest)}"
            n_then = len(team.members_at(stop.start_s))
            least_s = 0 if stop.is_attempt else problem.service_s(visit, stop.slot, n_then)
            if stop.end_s - stop.start_s < least_s:
                yield where, f"{exact_clock(stop.start_s)}-{exact_clock(stop.end_s)}"
            if not stop.is_attempt and not any(lo <= stop.start_s <= hi for lo, hi in visit.windows_s):
                yield where, f"{exact_clock(stop.start_s)} not in {', '.join(span_texts(visit.windows_s))}"
            if not team.former and (rules := list(rules_against(problem, visit, stop.slot, team))):
                yield where, f"team may not ({', '.join(rule_text(r) for r in rules)})"
            place, free, left = stop.building_id, stop.end_s, stop.end_s


def _leg_s(problem: Problem, closed: Sequence[RoadClosed], leg: tuple[str, str], left_s: int) -> int:
    a, b = leg
    known = (e.travel_s for e in closed if {e.from_id, e.to_id} == {a, b} and left_s >= e.at_s)
    longer = (problem.unreachable if seconds is None else seconds for seconds in known)
    return max(int(problem.travel_s[problem.places[a], problem.places[b]]), *longer, 0)


def _slots(problem: Problem, plan: Plan) -> Iterator[Fault]:
    made: dict[str, list[Stop]] = {}
    for stop in (s for r in plan.routes for s in r.made):
        made.setdefault(stop.visit_id, []).append(stop)
    for visit in problem.visits:
        stops = made.get(visit.visit_id, [])
        if stops and sorted(s.slot for s in stops) != [s.slot for s in visit.slots]:
            yield visit.visit_id, f"slots {sorted(s.slot for s in stops)} != {[s.slot for s in visit.slots]}"
        if len({s.start_s for s in stops}) > 1:
            yield visit.visit_id, f"starts {[exact_clock(at_s) for at_s in sorted(s.start_s for s in stops)]}"
