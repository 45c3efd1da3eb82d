"""When the search through late routes goes on, and when the other one does."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from sweep.plan.problem.problem import Problem, Weights
from sweep.plan.search import late, late_chain
from sweep.plan.search.chains import N_CHAINS, Improve
from sweep.plan.search.late import START_SHARE, LateSearch
from sweep.plan.search.layout import make_arrays
from sweep.plan.search.warm import empty_state
from sweep.plan.solve import Settings, solve, wait_for_compiler
from sweep.plan.warp.parts import halves
from tests.plan.conftest import problem, team, visit

SHARES = (0.0, START_SHARE, 0.9)


def after_starts(asked: Problem) -> tuple[list[object], bool]:
    """What both chains do once a first plan with time warp has been looked for, and whether they search late routes."""
    a = make_arrays(asked, asked.teams)
    search, states = LateSearch(a, 1.0, is_by_clock=False), [empty_state(a) for _ in range(3)]
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


@pytest.mark.parametrize("is_by_clock", [True, False])
def test_where_teams_differ_each_search_has_a_chain_of_its_own_from_beginning_to_end(is_by_clock: bool) -> None:
    as_ever_at = []

    def as_ever(share: float) -> Improve:
        as_ever_at.append(share)
        return lambda *_: None

    search = go_beside(as_ever, is_by_clock=is_by_clock)
    assert as_ever_at == list(SHARES)
    assert not search.is_late


@pytest.mark.parametrize("is_by_clock", [True, False])
def test_by_the_clock_alone_time_warp_makes_as_many_rounds_as_the_other_search_leaves_time_for(
    is_by_clock: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    n_rounds: list[int] = []
    improve_late = late_chain.improve_late
    monkeypatch.setattr(late_chain, "improve_late", lambda *given: n_rounds.append(given[-2]) or improve_late(*given))
    # The other search takes a fifth of a second for its 400 rounds; two stops are gone through in far less.
    go_beside(lambda _: lambda *_: time.sleep(0.2), is_by_clock=is_by_clock)
    assert (n_rounds[0] < n_rounds[-1]) == is_by_clock
    assert n_rounds[0] == 400 // late_chain.ROUNDS_A_ROUND


def go_beside(as_ever: Callable[[float], Improve], *, is_by_clock: bool) -> LateSearch:
    """Go through a search of two teams of which one alone has what a visit needs."""
    wait_for_compiler(None, is_travel_paid=True)
    asked = asked_of(2, 5.0)
    skilled = replace(asked.visits[0], slots=(replace(asked.visits[0].slots[0], min_skilled={"lock": 1}),))
    teams = (asked.teams[0], replace(asked.teams[1], n_skilled={"lock": 1}))
    a = make_arrays(replace(asked, visits=(skilled, *asked.visits[1:]), teams=teams), teams)
    search, rng = LateSearch(a, 1.0, is_by_clock=is_by_clock), np.random.default_rng(1)
    states = [[empty_state(a) for _ in range(N_CHAINS)] for _ in range(3)]
    for share in SHARES:
        for improve, *chain in zip(search.improvers(share, states[2], as_ever), *states, strict=True):
            improve(*chain, 1.0, 1.0, 400, rng)
    return search


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
