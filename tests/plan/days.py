"""Random days: a problem, its plan, a moment, and what happens then; and a judge of the changed plan, from paper."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from geodata.errors import InputError
from sweep.day.event_records import Delayed, DoorLocked, Event, OffDuty, RoadClosed, Urgent
from sweep.plan.problem.problem import Problem
from sweep.plan.solve import Settings, solve
from sweep.records.plan import Plan, Route, Stop
from sweep.records.visits import Slot, Visit
from tests.plan.conftest import random_problem
from tests.plan.judge import faults
from tests.plan.rich import as_squads, rich_problem


@dataclass(frozen=True)
class Day:
    problem: Problem
    plan: Plan
    at_s: int
    events: tuple[Event, ...]


def random_day(seed: int) -> Day | None:
    """A day of 1-5 events on which something is left to do; None if no plan can be made."""
    rng = np.random.default_rng((seed, 77))
    kind = seed % 4
    if kind < 2:
        problem = random_problem(seed, int(rng.integers(8, 26)), int(rng.integers(2, 6)), linked=bool(kind))
    else:
        problem = rich_problem(seed, composed=kind == 3)
        problem = as_squads(problem) if seed % 8 == 7 else problem
    try:
        plan = solve(problem, Settings(seed=1, n_iterations=60))
    except InputError:
        return None  # too few people for so many teams, which is an error
    assert faults(problem, plan) == []
    at_s = int(rng.integers(49_000, 60_000))
    return Day(problem, plan, at_s, tuple(_events(rng, problem, plan, at_s)))


def _events(rng: np.random.Generator, problem: Problem, plan: Plan, at_s: int) -> list[Event]:
    teams = [r.team_id for r in plan.routes]
    members = [i for t in plan.teams for i in t.member_ids]
    places = list(problem.places)
    held, ill, doors, found = set(), set(), set(), []
    for n in range(int(rng.integers(1, 6))):
        draw = int(rng.integers(0, 5))
        if draw == 0 and (team := str(rng.choice(teams))) not in held:
            held.add(team)
            found.append(Delayed(at_s, team, at_s + 600 * int(rng.integers(1, 16))))
        elif draw == 1 and problem.people and (person := str(rng.choice(members))) not in ill:
            ill.add(person)
            found.append(OffDuty(at_s, person))
        elif draw == 2:
            a, b = rng.choice(places, 2, replace=False) if len(places) > 1 else (places[0], places[0])
            found.append(
                RoadClosed(at_s, str(a), str(b), None if rng.random() < 0.3 else int(rng.integers(20, 60)) * 60)
            )
        elif draw == 3:
            place = problem.visits[int(rng.integers(0, len(problem.visits)))]
            lo = at_s + 60 * int(rng.integers(0, 60))
            slots = tuple(Slot(k, {"police": 2}, 0) for k in range(1 + int(rng.random() < 0.2)))
            found.append(
                Urgent(
                    at_s,
                    replace(
                        place, visit_id=f"U{n}", value=float(rng.integers(5, 20)), windows_s=((lo, lo + 3_600),),
                        slots=slots, link_group=None, is_must=bool(rng.random() < 0.5),
                    ),
                )
            )  # fmt: skip
        elif draw == 4:
            visit = str(rng.choice([v.visit_id for v in problem.visits]))
            ended = [s.end_s for r in plan.routes for s in r.stops if s.visit_id == visit]
            if visit not in doors and not any(t <= at_s for t in ended):
                doors.add(visit)
                found.append(DoorLocked(at_s, visit, None if rng.random() < 0.5 else at_s + 1_800))
    return found or [Delayed(at_s, teams[0], at_s + 1_800)]


def day_faults(day: Day, plan: Plan) -> list[str]:
    """Everything in the changed plan that the day forbids; written from the rules, with none of the planner's code."""
    visits = {v.visit_id: v for v in (*day.problem.visits, *(e.visit for e in day.events if isinstance(e, Urgent)))}
    table = day.problem.travel_s.copy()
    for e in day.events:
        if isinstance(e, RoadClosed):
            for p, q in ((e.from_id, e.to_id), (e.to_id, e.from_id)):
                a, b = day.problem.places[p], day.problem.places[q]
                table[a, b] = max(table[a, b], day.problem.unreachable if e.travel_s is None else e.travel_s)
    old = {r.team_id: r for r in day.plan.routes}
    found = []
    for route in plan.routes:
        found += _frozen_faults(day, old.get(route.team_id), route)
        found += _route_faults(day, visits, table, plan, old.get(route.team_id), route)
    return found + _whole_faults(day, visits, plan)


def _frozen_faults(day: Day, old: Route | None, new: Route) -> list[str]:
    begun = [s for s in old.stops if s.start_s <= day.at_s] if old else []
    held = {e.team_id: e.until_s for e in day.events if isinstance(e, Delayed)}
    doors = {e.visit_id for e in day.events if isinstance(e, DoorLocked)}
    found = []
    if [s for s in new.stops if s.start_s <= day.at_s] != list(new.stops[: len(begun)]):
        found.append(f"{new.team_id}: something new starts in the past")
    for n, stop in enumerate(begun):
        now = new.stops[n] if n < len(new.stops) else None
        wanted = stop
        if stop.visit_id in doors and stop.end_s > day.at_s:
            wanted = replace(wanted, is_attempt=True, end_s=min(stop.end_s, max(day.at_s, stop.start_s + 300)))
        if new.team_id in held and n == len(begun) - 1:
            wanted = replace(wanted, end_s=max(wanted.end_s, held[new.team_id]))
        if now != wanted:
            found.append(f"{new.team_id}: begun stop {stop.visit_id} moved: {now} != {wanted}")
    if begun and new.depart_s != old.depart_s:
        found.append(f"{new.team_id}: left at another time")
    return found


def _route_faults(day, visits, table, plan, old, route) -> list[str]:
    team = next(t for t in plan.teams if t.team_id == route.team_id)
    given = next((t for t in day.problem.teams if t.team_id == route.team_id), team)
    before = day.problem.travel_s
    held = next((e.until_s for e in day.events if isinstance(e, Delayed) and e.team_id == team.team_id), None)
    doors = {e.visit_id: e.until_s for e in day.events if isinstance(e, DoorLocked)}
    n_begun = sum(s.start_s <= day.at_s for s in old.stops) if old else 0
    place, free, found = day.problem.places[team.base_id], team.shift_s[0], []
    for n, stop in enumerate(route.stops):
        visit, here = visits[stop.visit_id], day.problem.places[stop.building_id]
        if n >= n_begun:
            went = old is not None and n < len(old.stops) and stop == old.stops[n] and free < day.at_s
            # A leg that was begun before the street closed may have been driven by the old way in part.
            way = min(before[place, here], table[place, here]) if went else table[place, here]
            if stop.start_s < max(free, day.at_s * (not went)) + (0 if free < day.at_s else way) or (
                stop.start_s < free + way
            ):
                found.append(f"{team.team_id}: at {stop.visit_id} too early")
            if held is not None and stop.start_s < held:
                found.append(f"{team.team_id}: {stop.visit_id} while held")
            if not any(lo <= stop.start_s <= hi for lo, hi in visit.windows_s):
                found.append(f"{stop.visit_id}: out of its windows")
            if stop.visit_id in doors and (doors[stop.visit_id] is None or stop.start_s < doors[stop.visit_id]):
                found.append(f"{stop.visit_id}: behind a locked door")
            if stop.end_s - stop.start_s != day.problem.service_s(visit, stop.slot, len(team.member_ids)):
                found.append(f"{stop.visit_id}: takes another time")
            found += _people_faults(day, visit, stop, team, given)
        place, free = here, stop.end_s
    if len(route.stops) > n_begun:
        end = day.problem.places[given.end_base_id or team.base_id]
        done = free + int(table[place, end])
        pause = route.break_s
        if pause is not None and pause[0] >= free:
            done += pause[1] - free
        if done > team.shift_s[1] or route.return_s != done:
            found.append(f"{team.team_id}: back at {done}, plan says {route.return_s}")
    if given.break_time is not None and len(route.stops) > n_begun and held is None and route.break_s is None:
        # It may not fit any more: there is no room of its length to the end of the shift, or no way home from here.
        last = day.problem.places[route.stops[n_begun - 1].building_id if n_begun else team.base_id]
        home = int(table[last, day.problem.places[given.end_base_id or team.base_id]])
        if day.at_s + given.break_time.length_s + home <= team.shift_s[1] - 3_600:
            found.append(f"{team.team_id}: no break")
    for stop in route.stops[n_begun:]:
        if route.break_s and route.break_s[0] < stop.end_s and stop.start_s < route.break_s[1]:
            found.append(f"{team.team_id}: break inside a stop")
    return found


def _people_faults(day, visit, stop, team, given) -> list[str]:
    slot, found = visit.slots[stop.slot], []
    people = {p.person_id: p for p in day.problem.people}
    ill = {e.person_id for e in day.events if isinstance(e, OffDuty)}
    if ill & set(team.member_ids):
        found.append(f"{team.team_id}: somebody ill goes on")
    if day.problem.people:
        inside = [people[i] for i in team.member_ids]
        certified = {
            a: sum(p.agency == a and p.is_certified(day.problem.day) for p in inside) for a in slot.min_certified
        }
        skilled = {a: sum(a in p.skills for p in inside) for a in slot.min_skilled}
        recusals = frozenset().union(*(p.recusals for p in inside))
    else:
        certified, skilled, recusals = given.n_certified, given.n_skilled, given.recusals
    if any(certified.get(a, 0) < n for a, n in slot.min_certified.items()):
        found.append(f"{visit.visit_id}: too few officers")
    if any(skilled.get(a, 0) < n for a, n in slot.min_skilled.items()):
        found.append(f"{visit.visit_id}: skill missing")
    company = day.problem.buildings[visit.building_id].property_company_id
    if recusals & {visit.building_id, company, *visit.targets}:
        found.append(f"{visit.visit_id}: recused")
    if visit.division_code not in team.division_codes:
        found.append(f"{visit.visit_id}: out of district")
    return found


def _whole_faults(day: Day, visits: dict[str, Visit], plan: Plan) -> list[str]:
    """Slots together, groups and lags whole unless they had begun, every visit served or listed as unserved."""
    stops: dict[str, list[Stop]] = {}
    for route in plan.routes:
        for stop in route.stops:
            if not stop.is_attempt:
                stops.setdefault(stop.visit_id, []).append(stop)
    found = []
    for visit_id, here in stops.items():
        if len({s.start_s for s in here}) > 1 or sorted(s.slot for s in here) != [
            s.slot for s in visits[visit_id].slots
        ]:
            found.append(f"{visit_id}: slots {[(s.slot, s.start_s) for s in here]}")
    left_out = {u.visit_id for u in plan.unserved}
    if left_out & set(stops) or left_out | set(stops) != set(visits):
        found.append("served and unserved do not make all visits")
    at = {i: s[0].start_s for i, s in stops.items()}
    pairs = [
        (v.visit_id, w.visit_id, -day.problem.link_tolerance_s, day.problem.link_tolerance_s)
        for v in visits.values() for w in visits.values()
        if v is not w and v.link_group is not None and v.link_group == w.link_group
    ] + [(x.before, x.after, x.min_s, x.max_s) for x in day.problem.lags]  # fmt: skip
    for one, other, lo, hi in pairs:
        if one in at and other in at and not lo <= at[other] - at[one] <= hi:
            found.append(f"{one} {other}: {at[other] - at[one]} apart")
        if (one in at) != (other in at) and at.get(one, at.get(other, 0)) > day.at_s:
            found.append(f"{one} {other}: half of it starts again")
    if abs(plan.value - sum(visits[i].value for i in stops)) > 1e-6:
        found.append("the value is not that of the visits")
    return found


def kept_by_hand(day: Day) -> tuple[int, float]:
    """Must-visits and value if everybody does what still can be done at its published time, and nothing else."""
    visits = {v.visit_id: v for v in (*day.problem.visits, *(e.visit for e in day.events if isinstance(e, Urgent)))}
    hindered = _hindered(day, visits)
    served = {s.visit_id for r in day.plan.routes for s in r.stops}
    gone = {i for i in served if i in hindered}
    begun = {s.visit_id for r in day.plan.routes for s in r.stops if s.start_s <= day.at_s}
    while True:
        linked = {
            w.visit_id for v in visits.values() for w in visits.values()
            if v.visit_id in gone and v.link_group and v.link_group == w.link_group and w.visit_id not in begun
        } | {b for x in day.problem.lags for a, b in ((x.before, x.after), (x.after, x.before))
             if a in gone and b not in begun}  # fmt: skip
        if not linked - gone:
            break
        gone |= linked
    left = served - gone
    return sum(visits[i].is_must for i in left), sum(visits[i].value for i in left)


def _hindered(day: Day, visits: dict[str, Visit]) -> set[str]:
    """Visits that some event makes impossible at their published time, taken stop by stop, cautiously."""
    gone: set[str] = set()
    for e in day.events:
        if isinstance(e, DoorLocked):
            gone.add(e.visit_id)
        if isinstance(e, RoadClosed):
            # Whoever drives that way, or would after another stop falls out: all that is left of the team's day.
            ends = {e.from_id, e.to_id}
            gone |= {s.visit_id for r in day.plan.routes for s in r.stops if s.start_s > day.at_s and
                     ends & {b.building_id for b in r.stops} | ends & set(day.problem.bases)}  # fmt: skip
        if isinstance(e, Delayed):
            route = next(r for r in day.plan.routes if r.team_id == e.team_id)
            gone |= {s.visit_id for s in route.stops if s.start_s > day.at_s}
        if isinstance(e, OffDuty):
            team = next(t.team_id for t in day.plan.teams if e.person_id in t.member_ids)
            gone |= {s.visit_id for r in day.plan.routes if r.team_id == team for s in r.stops if s.start_s > day.at_s}
    return gone
