"""A drawn visit is made by the officers that were drawn for it, or not at all (C09)."""

from __future__ import annotations

from dataclasses import replace

from sweep.plan.solve import Settings, solve
from tests.plan.judge import faults
from tests.plan.rich import rich_problem

ROUNDS = Settings(seed=1, n_iterations=400)


def drawn(problem, officers):
    """The first visit alone, drawn for these officers, in a city of one district."""
    visit = replace(
        problem.visits[0], is_must=True, link_group=None, officers=officers, division_code="370102", targets=(),
        windows_s=((48_600, 60_000),), slots=problem.visits[0].slots[:1],
    )  # fmt: skip
    visit = replace(visit, slots=(replace(visit.slots[0], min_certified={}, min_skilled={}),))
    travel = problem.travel_s.copy()
    travel[travel > 10_000] = 600
    return replace(problem, visits=(visit,), lags=(), travel_s=travel, people=tuple(
        replace(p, division_code="370102", base_id="S", recusals=frozenset()) for p in problem.people
    ))  # fmt: skip


def composed_problem():
    return next(p for p in (rich_problem(s, composed=True) for s in range(50)) if p.rules.n_teams == 3)


def test_the_officers_drawn_for_a_visit_go_there_together():
    problem = drawn(composed_problem(), ("mi0", "mi4"))
    plan = solve(problem, ROUNDS)
    assert faults(problem, plan) == []
    team_id = next(r.team_id for r in plan.routes if r.stops)
    team = next(t for t in plan.teams if t.team_id == team_id)
    assert {"mi0", "mi4"} <= set(team.member_ids)


def test_a_visit_whose_officers_are_not_on_duty_is_not_made_by_others():
    problem = drawn(composed_problem(), ("mi0", "elsewhere"))
    plan = solve(problem, ROUNDS)
    assert [u.reasons[0].code for u in plan.unserved] == ["NO_TEAM_WITH_DRAWN"]
