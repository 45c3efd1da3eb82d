"""
Days by which a window keeps promises late, and idle hours of earlier days that could have served a building sooner.

    uv run python -m tests.benchmarks.campaign.late [--campaigns 20] [--rounds 2000] [--scenario quancheng_campaign]

The window of a scenario and of drawn campaigns with short promises is planned once. Days late are summed over all
buildings whose turn falls due by the window's end, from the first day of the window on; one without a visit is late
until the end. The judge of idle hours knows only routes, travel times and minutes inside: it looks for a gap of one
team, on an earlier day on which the visit was on offer, that holds the whole visit with all other stops as they are.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from geodata.clock_times import DAY_S
from geodata.errors import InputError
from sweep.campaign.read_campaign_file import load_campaign
from sweep.campaign.window.load_campaign import last_calls, load_for
from sweep.campaign.window.plan_window import PlannedWindow, plan_window
from sweep.campaign.window.travel_and_day_problem import make_travel_matrix
from sweep.plan.problem.eligibility import may_serve
from sweep.plan.solve import Settings
from sweep.records.people import Team
from sweep.records.plan import Route
from sweep.records.visits import Visit
from tests.benchmarks.campaign.agreement import varied


def drawn_campaign(seed: int, rounds: int) -> PlannedWindow:
    """The window of a small city in which many turns fall due."""
    chance = random.Random(seed)
    loaded, travel_matrix = varied(seed)
    changes = {"promises": {"all": chance.choice((20, 30, 45))}, "promise_weight": 0.5, "window_weeks": 2}
    loaded = replace(loaded, campaign=loaded.campaign.model_copy(update=changes))
    return plan_window(loaded, travel_matrix, Settings(seed, 600.0, rounds, is_proof_wanted=False))


def days_late(planned: PlannedWindow) -> int:
    """Days after their turn on which buildings are visited, summed; a turn before the window counts from its start."""
    on = {v.building_id: d.day for d in planned.days for v in d.visits}
    first, end = planned.loaded.today, planned.window.days[-1]
    dues = [d for d in planned.loaded.dues().values() if d.due_on <= end]
    return sum(max(0, (on.get(d.building_id, end) - max(d.due_on, first)).days) for d in dues)


def idle_hours(planned: PlannedWindow) -> Iterator[tuple[str, date, str]]:
    """Each building that is visited after its turn, with an earlier day on which a team has time for it."""
    dues, days = planned.loaded.dues(), planned.window.days
    problem = planned.window.problem
    on = {v.building_id: d.day for d in planned.days for v in d.visits}
    made = {v.building_id: v for d in planned.days for v in d.visits}
    items = {r.recheck_id for r in planned.loaded.inputs.rechecks}
    looks = last_calls(planned.loaded.inputs.history, planned.loaded.today)
    rest = timedelta(days=planned.loaded.scenario.select.cooldown_days)
    for b, day in sorted(on.items()):
        if b not in dues or day <= dues[b].due_on:
            continue
        for k, offer in enumerate(planned.offers):
            # The draw of a later day keeps it from no earlier one; its rest does, and the day of an item (C27).
            visit = offer.visits.get(b) or replace(made[b], officers=())
            if items.intersection(visit.basis) or items.intersection(made[b].basis):
                continue
            if b in looks and days[k] <= looks[b] + rest:
                continue
            if days[k] >= day or len(visit.slots) != 1 or visit.link_group is not None:
                continue
            shift = (days[k] - days[0]).days * DAY_S
            teams = [t for t in planned.plan.teams if t.day == k and not t.is_reserve]
            routes = {r.team_id: r for r in planned.plan.routes}
            for team in teams:
                if may_serve(problem, visit, 0, team) and _holds(planned, routes[team.team_id], team, visit, shift):
                    yield b, days[k], team.team_id
                    break


def _holds(planned: PlannedWindow, route: Route, team: Team, visit: Visit, shift: int) -> bool:
    """Whether a gap of a route, before, between or after its stops, holds a visit."""
    if team.break_time is not None:
        return False  # a pause moves with the gap; such teams are left out
    problem = planned.window.problem
    base, here = problem.places[team.base_id], problem.places[visit.building_id]
    inside = problem.service_s(visit, 0, len(team.member_ids))
    left = [(base, team.shift_s[0]), *((problem.places[s.building_id], s.end_s) for s in route.stops)]
    then = [*((problem.places[s.building_id], s.start_s) for s in route.stops), (base, team.shift_s[1])]
    for (origin, free_s), (target, latest_s) in zip(left, then, strict=True):
        for lo, hi in visit.windows_s:
            start = max(free_s + int(problem.travel_s[origin, here]), lo + shift)
            if start <= hi + shift and start + inside + int(problem.travel_s[here, target]) <= latest_s:
                duty = team.max_duty_s
                if duty is None or len(route.stops) == 0 or route.return_s - route.depart_s + inside < duty / 2:
                    return True
    return False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--campaigns", type=int, default=20)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=2_000)
    parser.add_argument("--scenario", default="quancheng_campaign")
    given = parser.parse_args()
    began = time.monotonic()
    if given.scenario:
        campaign = load_campaign(Path("scenarios") / given.scenario)
        loaded = load_for(campaign, campaign.first_day)
        limits = Settings(loaded.scenario.seed, 600.0, given.rounds, is_proof_wanted=False)
        whole = plan_window(loaded, make_travel_matrix(loaded), limits)
        values = [v.value for d in whole.days for v in d.visits]
        print(f"{given.scenario}: {days_late(whole)} days late, {len(values)} visits, {sum(values):.3f} finds,")
        print(f"  idle hours for {list(idle_hours(whole))}")
    late, idle, n_planned = 0, 0, 0
    for seed in range(given.first, given.first + given.campaigns):
        try:
            made = drawn_campaign(seed, given.rounds)
        except InputError:
            continue
        found = list(idle_hours(made))
        print(*found, sep="\n") if found else None
        late, idle, n_planned = late + days_late(made), idle + len({b for b, _, _ in found}), n_planned + 1
    print(f"{n_planned} drawn campaigns: {late} days late, {idle} buildings with idle hours before their visit,")
    print(f"  {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
