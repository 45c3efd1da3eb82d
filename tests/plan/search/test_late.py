"""When the search through late routes goes on, and when the other one does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sweep.plan.problem.problem import Problem, Weights
from sweep.plan.search import late
from sweep.plan.search.late import START_SHARE, LateSearch
from sweep.plan.search.layout import make_arrays
from sweep.plan.search.warm import empty_state
from sweep.plan.solve import Settings, solve, wait_for_compiler
from sweep.plan.warp.parts import halves
from tests.plan.conftest import problem, team, visit


def after_starts(asked: Problem) -> tuple[list[object], bool]:
    """What both chains do once a first plan with time warp has been looked for, and whether they search late routes."""
    a = make_arrays(asked, asked.teams)
    search, states = LateSearch(a, 1.0), [empty_state(a) for _ in range(3)]
    rng = np.random.default_rng(1)
    search.improvers(0.0, states, str)[1](*states, 1.0, 1.0, 400, rng)  # type: ignore[arg-type]
    return list(search.improvers(START_SHARE, states, str)), search.is_late  # type: ignore[arg-type]


def asked_of(n_visits: int, value: float) -> Problem:
    # Each takes more than half of the shift, so that a team makes one.
    visits = [replace(visit(f"B{k}", value), service_s=9_000) for k in range(n_visits)]
    return replace(problem(visits, [team("T0"), team("T1")]), weights=Weights(travel=1e-3))


def test_where_time_warp_comes_to_a_plan_both_chains_go_on_with_it() -> None:
    chains, is_late = after_starts(asked_of(2, 5.0))
    assert is_late
    assert not any(isinstance(chain, str) for chain in chains)


def test_where_it_comes_to_none_the_other_search_goes_on_from_its_beginning() -> None:
    # So much is lost by each visit left out that time warp is long worth it.
    chains, is_late = after_starts(asked_of(12, 1e6))
    assert (chains, is_late) == (["0.0", "0.0"], False)


def test_where_a_plan_has_many_routes_each_chain_goes_on_in_a_part_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    cuts: list[int] = []
    wait_for_compiler(None, is_travel_paid=True)
    monkeypatch.setattr(late, "MANY_ROUTES", 2)
    monkeypatch.setattr(late, "halves", lambda *given: cuts.append(len(given[1].route)) or halves(*given))
    solve(asked_of(4, 5.0), Settings(seed=1, n_iterations=8_000))
    assert cuts == [2] * late.N_CUTS


def test_where_it_has_few_it_is_never_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(late, "halves", lambda *_: pytest.fail("cut"))
    solve(asked_of(4, 5.0), Settings(seed=1, n_iterations=8_000))
