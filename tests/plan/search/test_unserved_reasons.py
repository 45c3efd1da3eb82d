"""The reasons that a plan gives for its unserved visits: the rules that keep the teams off, and no others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sweep.plan.explain.explain_visits import Explainer
from sweep.plan.problem.problem import Lock, Problem, Weights
from sweep.plan.solve import Settings, solve
from sweep.records.people import Team
from sweep.records.plan import Reason
from sweep.records.visits import Slot
from tests.plan.conftest import problem, team, visit

QUICK = Settings(n_iterations=20)


def reasons(p: Problem) -> tuple[Reason, ...]:
    (unserved,) = solve(p, QUICK).unserved
    return unserved.reasons


def test_the_pair_of_the_last_visit_is_named() -> None:
    v = replace(visit("A"), keep_apart=(("T0-0", "T0-1"),))
    assert reasons(problem([v], [team("T0")])) == (Reason("SAME_PAIR", {"n_teams": 1}),)


def squads() -> list[Team]:
    """T0P of four police, T0M of two inspectors."""
    police = replace(team("T0P", n=4), n_certified={"police": 4})
    return [police, replace(team("T0M", n=2), n_certified={"market_regulation": 2})]


def test_a_visit_of_two_squads_that_comes_too_early_is_no_matter_of_people() -> None:
    slots = (Slot(0, {"police": 2}, 0), Slot(1, {"market_regulation": 2}, 0))
    # The way takes 5 minutes from 13:30.
    v = replace(visit("A", windows=((48_600, 48_899),)), slots=slots)
    assert [r.code for r in reasons(problem([v], squads()))] == ["WINDOW_MISSED"]


def test_of_two_teams_that_must_enter_together_the_one_that_is_recused_is_named() -> None:
    p = problem([visit("A", n_slots=2)], [team("T0"), team("T1", recusals=frozenset({"A"}))])
    assert reasons(p) == (Reason("RECUSED", {"n_teams": 1}),)


def test_where_each_team_meets_another_rule_both_are_named() -> None:
    # T0 lacks two of the four police; T1, which has them, is recused.
    p = problem([visit("A", needs={"police": 4})], [team("T0", n_police=2), team("T1", recusals=frozenset({"A"}))])
    assert reasons(p) == (
        Reason("NO_TEAM_WITH_OFFICERS", {"agency": "police", "needs": 4, "has": 2}),
        Reason("RECUSED", {"n_teams": 1}),
    )


def test_a_visit_locked_to_a_team_that_may_not_make_it_is_no_matter_of_place() -> None:
    p = problem([visit("A")], [team("T0"), team("T1", division_code="370103")])
    assert reasons(replace(p, locks=(Lock("V-A", 0, "T1"),))) == (Reason("PINNED_TEAM", {"team": "T1"}),)
    standing_by = problem([visit("A")], [team("T0"), team("T1", is_reserve=True)])
    assert reasons(replace(standing_by, locks=(Lock("V-A", 0, "T1"),))) == (Reason("PINNED_TEAM", {"team": "T1"}),)


def test_a_visit_that_an_idle_team_has_time_for_is_not_worth_its_way() -> None:
    assert reasons(problem([visit("A", 0.0)], [team("T0")])) == (Reason("NOT_WORTH_ITS_COST"),)
    # Ten minutes of road at a unit a second.
    dear = replace(problem([visit("A", 1.0)], [team("T0")]), weights=Weights(travel=1.0))
    assert reasons(dear) == (Reason("NOT_WORTH_ITS_COST"),)
    assert [r.code for r in Explainer(dear, solve(dear, QUICK), QUICK).why_not(dear.visits[0]).reasons] == [
        "NOT_WORTH_ITS_COST"
    ]


@pytest.mark.parametrize(
    ("is_must", "reason"), [(True, Reason("NO_TIME_LEFT", {"needs": 37})), (False, Reason("LOW_VALUE"))]
)
def test_a_visit_lacks_time_only_beside_must_visits_and_else_others_are_worth_more(
    is_must: bool, reason: Reason
) -> None:
    # 27 minutes inside and two ways of 5 are 37: an hour has time for one.
    p = problem([visit("A", 0.0), visit("B", 3.0, is_must=is_must)], [team("T0", shift=(48_600, 52_200))])
    (unserved,) = solve(p, Settings(seed=1, n_iterations=100)).unserved
    assert unserved.reasons == (reason,)


def test_the_minutes_that_a_visit_takes_are_those_of_a_team_that_has_a_road_there() -> None:
    # 12 + 3 * 240 / 4 minutes inside and two ways of 5 are 202: four hours have time for one. T1 has no road anywhere.
    visits = [visit("A", n_firms=240), visit("B", 3.0, n_firms=240, is_must=True), visit("Z")]
    p = problem(visits, [team("T0"), replace(team("T1"), base_id="Z")], unreachable=["Z"])
    p = replace(p, visits=p.visits[:2], bases={**p.bases, "Z": replace(p.bases["S"], base_id="Z")})
    (unserved,) = solve(p, Settings(seed=1, n_iterations=100)).unserved
    assert unserved.reasons == (Reason("NO_TIME_LEFT", {"needs": 202}),)
