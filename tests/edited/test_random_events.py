"""Days changed twice for whatever may be said to have happened: it is refused, or the changed plan breaks no rule."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from sweep.check.checker_inputs import PreviousPlan
from sweep.check.rule_registry import OF_THE_OFFER, check_plan, hard_and_soft
from sweep.day.event_consistency import contradiction_issues
from sweep.day.event_records import DayLog, Delayed, DoorLocked, Event, OffDuty, RoadClosed
from sweep.day.events_file import event_issues
from sweep.plan.replan.replan import replan
from sweep.plan.solve import Settings
from sweep.records.plan import Plan
from tests.rules.random_days import RandomDay, random_day

type Rng = np.random.Generator
ROUNDS = Settings(1, n_iterations=10)
day_of = cache(random_day)


def moments(plan: Plan) -> list[int]:
    """When something starts or ends, and a second beside it."""
    ends = [x for r in plan.routes for s in r.stops for x in (s.arrive_s, s.start_s, s.end_s)]
    return sorted({x + k for x in ends for k in (-1, 0, 1)})


def what_happened(rng: Rng, day: RandomDay, plan: Plan, at_s: int) -> tuple[Event, ...]:
    """One to three events, each known at the change or at some moment before it."""
    teams = [t.team_id for t in plan.teams]
    people = [i for t in plan.teams for i in t.member_ids]
    found: list[Event] = []
    for _ in range(int(rng.integers(1, 4))):
        known_s = at_s if rng.random() < 0.5 else int(rng.choice([x for x in moments(plan) if x <= at_s] or [at_s]))
        until_s = at_s + int(rng.integers(60, 5_400))
        a, b = (str(p) for p in rng.choice(list(day.inputs.places), 2, replace=False))
        found.append(
            [
                Delayed(known_s, str(rng.choice(teams)), until_s),
                OffDuty(known_s, str(rng.choice(people))),
                DoorLocked(known_s, str(rng.choice(list(day.inputs.visits))), None if rng.random() < 0.5 else until_s),
                RoadClosed(known_s, a, b, None if rng.random() < 0.3 else int(rng.integers(300, 3_600))),
            ][int(rng.integers(4))]
        )
    return tuple(found)


# Six of these break a rule where `contradiction_issues` finds nothing.
@pytest.mark.parametrize("seed", [8, 12, 23, 29, 31, 39, 43, 51, 53])
def test_an_event_is_refused_or_the_changed_plan_breaks_no_rule(seed: int) -> None:
    n_changed = 0
    day = day_of(seed)
    assert day is not None
    first_s = min(t.shift_s[0] for t in day.plan.teams if not t.is_reserve)
    for k in range(6):
        rng = np.random.default_rng((seed, k))
        plan, log, before = day.plan, None, None
        at_s = first_s
        for _ in range(2):
            at_s = int(rng.choice([x for x in moments(plan) if x >= at_s] or [at_s]))
            events, earlier = what_happened(rng, day, plan, at_s), log.events if log else ()
            known = {
                "teams": frozenset(t.team_id for t in plan.teams),
                "people": frozenset(i for t in plan.teams for i in t.member_ids),
                "visits": frozenset(day.inputs.visits),
                "places": frozenset(day.inputs.places),
            }
            if event_issues(events, at_s, known) or contradiction_issues(events, at_s, plan, earlier):
                continue
            made = replan(day.problem, plan, at_s, events, ROUNDS, earlier=earlier)
            if any(r.return_travel_s >= day.problem.unreachable for r in made.plan.routes):
                break  # S563, which the pipeline raises
            before, log = PreviousPlan(plan, log, before), DayLog(at_s, (*earlier, *events), "0" * 64)
            hard, _ = hard_and_soft(check_plan(replace(day.inputs, log=log, before=before), made.plan, OF_THE_OFFER))
            assert [(v.rule_id, v.where, v.values["detail"]) for v in hard] == [], (k, at_s, events, earlier)
            plan, n_changed = made.plan, n_changed + 1
    assert n_changed > 2
