"""
Minutes until a team is at an urgent visit, at drawn moments of a published day, beside the earliest that is possible.

    uv run python -m tests.benchmarks.plan.urgent out/quancheng/PLAN_ID [--moments 50] [--iterations 300]

A moment, a building and often a held team are drawn. `earliest` is found by CP-SAT from the plan's file and the
problem's tables alone: any lawful teams, each from where it is; begun visits stay, and must-visits and published visits
whose lead falls due are all still made; `?`: not proven. `before` is the search without `with_soonest_starts`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from unittest.mock import patch

import numpy as np
from ortools.sat.python import cp_model

from sweep.day.event_records import Delayed, Event, Urgent
from sweep.day.events_file import read_events
from sweep.jobs.replan.load_plan_of_day import PlanOfDay, read_today, with_places
from sweep.plan.problem.problem import Problem
from sweep.plan.replan import replan as module
from sweep.plan.replan.replan import replan
from sweep.plan.solve import Settings
from sweep.plan.teams.make_teams import teams_of_plan
from sweep.records.people import POLICE, Team
from sweep.records.plan import Plan, Route
from sweep.records.visits import Visit

LAST_S = 86_400
HELD_SHARE = 0.4
# For CP-SAT, on one core.
PROOF_S = 20.0


@dataclass(frozen=True)
class FreeTeam:
    """A team from the moment on: when it is free, and its seconds to each place from then."""

    team: Team
    free_s: int
    row: Sequence[int]


def main() -> None:
    """Print a line for each moment, and the sums."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("edition", type=Path)
    parser.add_argument("--moments", type=int, default=50)
    parser.add_argument("--iterations", type=int, default=300)
    options = parser.parse_args()
    today = read_today(options.edition)
    print("| at | building | teams | held | before | after | earliest | value before | value after |")
    rows = []
    for seed in range(options.moments):
        at_s, events, urgent = draw(today, seed)
        problem = with_places(today.problem, today.edition, [urgent.building_id])
        settings = Settings(1, n_iterations=options.iterations)
        with patch.object(module, "with_soonest_starts", lambda rest, *_: (rest, ())):
            before = replan(problem, today.plan, at_s, events, settings).plan
        after = replan(problem, today.plan, at_s, events, settings).plan
        least_s, is_proven = earliest(problem, today.plan, at_s, events, urgent, after)
        held = next((e.team_id for e in events if isinstance(e, Delayed)), "-")
        waits = [None if s is None else (s - at_s) / 60 for s in (start(before), start(after), least_s)]
        texts = ["-" if w is None else f"{w:.1f}" for w in waits]
        values = f"{before.value:.3f} | {after.value:.3f}"
        shown = " | ".join([*texts[:2], texts[2] if is_proven else f"{texts[2]}?", values])
        print(f"| {at_s} | {urgent.building_id} | {len(urgent.slots)} | {held} | {shown} |", flush=True)
        rows.append((*waits, is_proven))
    tell(rows)


def tell(rows: Sequence[tuple[float | None, float | None, float | None, bool]]) -> None:
    """Print what is made before and after, and how far from the earliest."""
    both = np.array([row[:3] for row in rows if None not in row], np.float64)
    for name, waits in zip(("before", "after", "earliest"), both.T, strict=True):
        print(
            f"{name}: mean {waits.mean():.1f} minutes; half, nine tenths, all within",
            np.percentile(waits, (50, 90, 100)),
        )
    late = sum(a is not None and e is not None and a > e for _, a, e, _ in rows)
    print(f"moments {len(rows)}, later than the earliest {late}, without a proof {sum(not row[3] for row in rows)}")
    print("not made before, after, at all:", *(sum(row[k] is None for row in rows) for k in range(3)))


def draw(today: PlanOfDay, seed: int) -> tuple[int, tuple[Event, ...], Visit]:
    """A moment of the first three quarters of the day, an urgent visit, and often a team that is held."""
    rng = np.random.default_rng((seed, 58))
    out = [r for r in today.plan.routes if r.stops]
    first, last = min(r.depart_s for r in out), max(r.return_s for r in out)
    at_s = int(rng.integers(first, first + 3 * (last - first) // 4))
    building = str(rng.choice(sorted(today.edition.buildings)))
    typed = {"type": "urgent", "visit_id": f"U-{building}", "building_id": building}
    scenario = today.edition.scenario
    events = read_events(
        json.dumps({"events": [typed]}),
        at_s,
        today.edition.buildings,
        scenario.plan.window_end_s,
        "drawn",
        max((t.n_certified.get(POLICE, 0) for t in today.plan.teams if not t.is_reserve), default=0),
        items=scenario.form.items,
        values=today.edition.values,
    )
    if rng.random() < HELD_SHARE:
        events = (
            *events,
            Delayed(at_s, str(rng.choice([r.team_id for r in out])), at_s + 60 * int(rng.integers(20, 90))),
        )
    return at_s, events, next(e.visit for e in events if isinstance(e, Urgent))


def start(plan: Plan) -> int | None:
    """When the urgent visit of a plan starts."""
    return next((s.start_s for r in plan.routes for s in r.stops if s.visit_id.startswith("U-")), None)


def earliest(
    problem: Problem, plan: Plan, at_s: int, events: Sequence[Event], urgent: Visit, found: Plan
) -> tuple[int | None, bool]:
    """
    The least start of the urgent visit over all routes that make as much of what may not be dropped; None: none at all.

    And whether it is proven to be the least: first by the urgent visit alone, then with all that has to be made.
    """
    begun = {s.visit_id for r in plan.routes for s in r.stops if s.start_s <= at_s}
    starts_s = {s.visit_id: s.start_s for r in plan.routes for s in r.stops}
    published = set(starts_s)
    left = [v for v in problem.visits if v.visit_id not in begun]
    kept = {v.visit_id for v in left if v.is_must or (v.urgency > 0 and v.visit_id in published)}
    # Of a linked action that has begun the other sites start within its tolerance.
    first_s = {v.link_group: starts_s[v.visit_id] for v in problem.visits if v.link_group and v.visit_id in begun}
    left = [_bound(v, first_s[v.link_group], problem.link_tolerance_s) if v.link_group in first_s else v for v in left]
    kept |= {v.visit_id for v in left if v.link_group in first_s}
    groups = {v.link_group for v in left if v.visit_id in kept and v.link_group}
    visits = [urgent, *(v for v in left if v.visit_id in kept or v.link_group in groups)]
    held = {e.team_id: e.until_s for e in events if isinstance(e, Delayed)}
    routes = {r.team_id: r for r in plan.routes}
    teams = [_now(problem, t, routes[t.team_id], at_s, held) for t in teams_of_plan(problem, plan) if not t.is_reserve]
    made = {s.visit_id: s.start_s for r in found.routes for s in r.made}
    own_s = made.get(urgent.visit_id)
    alone_s, is_proven = _least_start(problem, [urgent], teams, at_s, {}, None)
    if own_s == alone_s and all(v.visit_id in made for v in visits):
        return own_s, is_proven
    least_s, is_proven = _least_start(problem, visits, teams, at_s, made, own_s)
    missing = [v.visit_id for v in visits if v.visit_id not in made and v is not urgent]
    if missing:
        print("not made:", *missing)
    return (own_s if least_s is None else least_s), is_proven


def _bound(visit: Visit, first_s: int, tolerance_s: int) -> Visit:
    """The visit as one that must be made, as near to the first start as it has to be."""
    cut = ((max(lo, first_s - tolerance_s), min(hi, first_s + tolerance_s)) for lo, hi in visit.windows_s)
    return replace(visit, is_must=True, windows_s=tuple(w for w in cut if w[0] <= w[1]))


def _now(problem: Problem, team: Team, route: Route, at_s: int, held: Mapping[str, int]) -> FreeTeam:
    """Where a team is and from when on it is free, by its orders and what holds it."""
    assert team.break_time is None, "breaks are not modelled"
    table = problem.travel_s
    done = [s for s in route.stops if s.start_s <= at_s]
    place, free = problem.places[team.base_id], team.shift_s[0]
    if done:
        place, free = problem.places[done[-1].building_id], done[-1].end_s
    free = max(free, held.get(team.team_id, 0))
    straight = table[place].astype(np.int64)
    ahead = route.stops[len(done) :]
    left = free if done else route.depart_s
    if team.team_id in held or left >= at_s or not route.stops:
        return FreeTeam(team, max(free, at_s), straight.tolist())
    # On the road: on to where it is going, or back the way it came, and nowhere sooner than straight from the start.
    to = problem.places[ahead[0].building_id] if ahead else problem.places[team.end_base_id or team.base_id]
    arrive = ahead[0].arrive_s if ahead else route.return_s
    onward = max(0, arrive - at_s) + np.where(np.arange(len(table)) == to, 0, table[to])
    back = (at_s - left) + np.where(np.arange(len(table)) == place, 0, straight)
    row = np.maximum(np.minimum(onward, back), left + straight - at_s)
    if arrive <= at_s:
        row[to] = 0
    return FreeTeam(team, at_s, np.where(straight >= problem.unreachable, problem.unreachable, row).tolist())


def _least_start(
    problem: Problem,
    visits: Sequence[Visit],
    teams: Sequence[FreeTeam],
    at_s: int,
    made: Mapping[str, int],
    below_s: int | None,
) -> tuple[int | None, bool]:
    """Least start of the first visit, below a given one, where as many are made as in a plan; whether it is proven."""
    model = cp_model.CpModel()
    starts = [model.new_int_var(max(0, at_s + 1), LAST_S, v.visit_id) for v in visits]
    is_in = [model.new_bool_var(v.visit_id) for v in visits]
    slots = [(n, s.slot) for n, v in enumerate(visits) for s in v.slots]
    fills: dict[int, list[cp_model.IntVar]] = {i: [] for i in range(len(slots))}
    for x in teams:
        for i, took in _route(model, problem, visits, slots, starts, x).items():
            fills[i].append(took)
    for i, (n, _) in enumerate(slots):
        model.add(sum(fills[i]) == is_in[n])
    for n, visit in enumerate(visits):
        open_ = cp_model.Domain.from_intervals([list(w) for w in visit.windows_s])
        model.add_linear_expression_in_domain(starts[n], open_).only_enforce_if(is_in[n])
        if visit.visit_id in made:
            model.add_hint(starts[n], made[visit.visit_id])
    for a, b in _pairs(visits):
        model.add(is_in[a] == is_in[b])
        model.add(starts[a] - starts[b] <= problem.link_tolerance_s).only_enforce_if(is_in[a])
    model.add(is_in[0] == 1)
    musts = [n for n, v in enumerate(visits) if v.is_must]
    # An urgent visit goes before those that fall due, and before no must-visit.
    model.add(sum(is_in[n] for n in musts) >= 1 + sum(visits[n].visit_id in made for n in musts if n))
    if visits[0].visit_id in made:
        model.add(sum(is_in) >= sum(v.visit_id in made for v in visits))
    if below_s is not None:
        model.add(starts[0] < below_s)
    model.minimize(starts[0])
    solver = cp_model.CpSolver()
    solver.parameters.num_workers, solver.parameters.max_time_in_seconds = 1, PROOF_S
    status = solver.solve(model)
    is_found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    return (solver.value(starts[0]) if is_found else None), status in (cp_model.OPTIMAL, cp_model.INFEASIBLE)


def _pairs(visits: Sequence[Visit]) -> Iterator[tuple[int, int]]:
    for a, v in enumerate(visits):
        for b, w in enumerate(visits):
            if a != b and v.link_group is not None and v.link_group == w.link_group:
                yield a, b


def _route(
    model: cp_model.CpModel,
    problem: Problem,
    visits: Sequence[Visit],
    slots: Sequence[tuple[int, int]],
    starts: Sequence[cp_model.IntVar],
    x: FreeTeam,
) -> dict[int, cp_model.IntVar]:
    """A circuit of one team through the slots that it may fill; which it fills."""
    team, table = x.team, problem.travel_s
    mine = [i for i, (n, s) in enumerate(slots) if _is_lawful(problem, visits[n], s, team)]
    if not mine:
        return {}
    home = problem.places[team.end_base_id or team.base_id]
    node = {i: k for k, i in enumerate(mine, 1)}
    took = {i: model.new_bool_var("") for i in mine}
    arcs = [(k, k, ~took[i]) for i, k in node.items()] + [(0, 0, idle := model.new_bool_var(""))]
    for i in mine:
        model.add_implication(idle, ~took[i])
        at = problem.places[visits[slots[i][0]].building_id]
        start = starts[slots[i][0]]
        inside = problem.service_s(visits[slots[i][0]], slots[i][1], len(team.member_ids))
        out, back = model.new_bool_var(""), model.new_bool_var("")
        arcs += [(0, node[i], out), (node[i], 0, back)]
        model.add(start >= x.free_s + int(x.row[at])).only_enforce_if(out)
        model.add(start + inside + int(table[at, home]) <= team.shift_s[1]).only_enforce_if(back)
        for j in mine:
            if slots[i][0] != slots[j][0]:
                there = problem.places[visits[slots[j][0]].building_id]
                arcs.append((node[i], node[j], then := model.new_bool_var("")))
                model.add(starts[slots[j][0]] >= start + inside + int(table[at, there])).only_enforce_if(then)
    model.add_circuit(arcs)
    return took


def _is_lawful(problem: Problem, visit: Visit, slot: int, team: Team) -> bool:
    """Whether the team has the officers, guards, skills and the district, and none who is recused."""
    needs, building = visit.slots[slot], problem.buildings[visit.building_id]
    parties = {visit.building_id, building.property_company_id, building.landlord_id, *visit.targets}
    return (
        visit.division_code in team.division_codes
        and all(team.n_certified.get(a, 0) >= n for a, n in needs.min_certified.items())
        and all(team.n_skilled.get(a, 0) >= n for a, n in needs.min_skilled.items())
        and not parties & team.recusals
        and (not needs.is_for_drawn or set(visit.officers) <= set(team.member_ids))
        and not any(set(pair) <= set(team.member_ids) for pair in visit.keep_apart)
    )


if __name__ == "__main__":
    main()
