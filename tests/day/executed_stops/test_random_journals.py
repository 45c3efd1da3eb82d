"""Days of random reports, changed at random moments: no begun visit is lost, no team in two places, links hold."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sweep.check.checker_inputs import PreviousPlan
from sweep.check.rule_registry import OF_THE_OFFER, check_plan, hard_and_soft
from sweep.day.event_records import VisitBegun
from sweep.plan.problem.problem import Problem
from sweep.plan.replan.replan import replan
from sweep.plan.solve import Settings, solve
from sweep.records.plan import Plan
from tests.day.executed_stops import judge
from tests.day.executed_stops.random_journals import ROUNDS, changes
from tests.plan.conftest import random_problem
from tests.rules.random_days import random_day
from tests.seeds import over_seeds


def linked_day(seed: int) -> tuple[Problem, Plan]:
    """Four teams, fourteen visits, two pairs of linked ones and one of two teams."""
    problem = random_problem(seed, 14, 4, linked=True)
    return problem, solve(problem, Settings(1, n_iterations=200, is_proof_wanted=False))


@over_seeds(range(0, 60, 2))
def test_no_begun_visit_is_lost_no_team_in_two_places_and_no_link_broken(seed: int) -> None:
    problem, plan = linked_day(seed)
    for changed in changes(problem, plan, seed):
        if changed is not None:
            found = judge.faults(problem, changed) + judge.served_whole(problem, changed.after)
            assert (changed.at_s, found, judge.orphans(changed)) == (changed.at_s, [], [])


@pytest.mark.slow
@over_seeds(range(1, 81, 2))
def test_a_day_changed_for_random_reports_breaks_no_rule(seed: int) -> None:
    day = random_day(seed)
    if day is None:
        return  # inputs of which no plan can be made
    before = None
    for changed in changes(day.problem, day.plan, seed):
        if changed is not None:
            before = PreviousPlan(changed.before, changed.log_before, before)
            inputs = replace(day.inputs, log=changed.log, before=before, reports=changed.entries)
            hard, _ = hard_and_soft(check_plan(inputs, changed.after, OF_THE_OFFER))
            assert [(v.rule_id, v.where, v.values["detail"]) for v in hard] == [], changed.at_s
            assert judge.faults(day.problem, changed) == []


def test_the_judge_finds_visits_that_are_lost_where_the_reports_are_not_looked_at() -> None:
    lost = 0
    for seed in range(0, 12, 2):
        problem, plan = linked_day(seed)
        for changed in changes(problem, plan, seed):
            if changed is not None:
                earlier = changed.log_before.events if changed.log_before else ()
                new = [e for e in changed.log.events[len(earlier) :] if not isinstance(e, VisitBegun)]
                made = replan(problem, changed.before, changed.at_s, new, ROUNDS, earlier=earlier)
                lost += bool(judge.faults(problem, replace(changed, after=made.plan)))
    assert lost > 0
