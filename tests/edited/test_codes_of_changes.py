"""Codes over random changes of random days: no rule is broken, no code is lost, and each difference is listed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sweep.check.checker_inputs import PreviousPlan
from sweep.check.rule_registry import OF_THE_OFFER, check_plan, hard_and_soft
from sweep.day.event_consistency import contradiction_issues
from sweep.day.event_records import DayLog
from sweep.plan.replan.replan import replan
from sweep.publish.edition import Edition
from sweep.publish.facts.platform_filings import all_filings, filing_state, filings_of
from sweep.records.inspection_codes import InspectionCode
from sweep.records.plan import Plan
from tests.edited.test_random_events import ROUNDS, day_of, moments, what_happened
from tests.publish.small_edition import small_edition
from tests.rules.random_days import RandomDay


def edition_of(day: RandomDay) -> Edition:
    known = day.inputs
    own = {"buildings": known.buildings, "bases": known.bases, "persons": known.persons, "visits": known.visits}
    return replace(small_edition(), scenario=day.scenario, plan=day.plan, firms={}, draw=known.draw, **own)


def inspected(day: RandomDay, plan: Plan) -> dict[tuple[str, str], tuple[frozenset[str], int]]:
    """By visit and firm, the certified people of all its teams and its first start, from the plan itself."""
    teams = {t.team_id: t for t in plan.teams}
    found: dict[tuple[str, str], tuple[frozenset[str], int]] = {}
    for route in plan.routes:
        for stop in (s for s in route.stops if not s.is_attempt):
            visit, on = day.inputs.visits[stop.visit_id], day.inputs.settings.day
            people = [day.inputs.persons[i] for i in teams[route.team_id].members_at(stop.start_s)]
            own = frozenset(p.person_id for p in people if p.is_certified(on))
            for uscc in visit.targets if visit.track != "stocktake" else ():
                before, start_s = found.get((visit.visit_id, uscc), (frozenset(), stop.start_s))
                found[visit.visit_id, uscc] = (before | own, min(start_s, stop.start_s))
    return found


# Ten days of five changes each.
@pytest.mark.parametrize("seed", [8, 23, 29, 31, 39, 43, 51, 53, 55, 61])
def test_over_five_random_replans_codes_are_kept_and_each_difference_is_listed(seed: int) -> None:
    day = day_of(seed)
    assert day is not None
    edition = edition_of(day)
    # Every inspection of the morning gets its code.
    edition = replace(edition, codes={k: InspectionCode(f"JC-{k}", f) for k, f in filings_of(edition).items()})
    morning, n_changed, k = inspected(day, day.plan), 0, 0
    assert {(f.visit_id, f.uscc) for f in filings_of(edition).values()} == morning.keys()
    first_s = min(t.shift_s[0] for t in day.plan.teams if not t.is_reserve)
    while n_changed < 5:
        k += 1
        assert k < 60
        rng = np.random.default_rng((seed, k))
        at_s = int(rng.choice([x for x in moments(day.plan) if x >= first_s]))
        events = what_happened(rng, day, day.plan, at_s)
        if contradiction_issues(events, at_s, day.plan, ()):
            continue
        made = replan(day.problem, day.plan, at_s, events, ROUNDS)
        if any(r.return_travel_s >= day.problem.unreachable for r in made.plan.routes):
            continue
        n_changed += 1
        log = DayLog(at_s, events, "0" * 64)
        against = replace(day.inputs, log=log, before=PreviousPlan(day.plan))
        hard, _ = hard_and_soft(check_plan(against, made.plan, OF_THE_OFFER))
        assert [(v.rule_id, v.where) for v in hard] == []
        changed, now = replace(edition, plan=made.plan, log=log), inspected(day, made.plan)
        states = {(f.visit_id, f.uscc): filing_state(changed, f) for f in all_filings(changed)}
        assert changed.codes == edition.codes
        assert states.keys() == now.keys() | morning.keys()
        for key, state in states.items():
            if key not in now:
                assert state == "cancelled"
            elif key not in morning:
                assert state == "new"
            elif now[key] == morning[key]:
                assert state == "kept"
            elif now[key][1] != morning[key][1]:
                assert state == "changed"
