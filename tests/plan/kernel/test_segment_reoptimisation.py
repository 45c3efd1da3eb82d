"""Stretches of a route made again from nothing."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from geodata.array_types import Int64s
from sweep.plan.kernel.problem_arrays import FORBIDDEN, NONE
from sweep.plan.kernel.route_schedule import compute_starts
from sweep.plan.kernel.search_state import copy_state
from sweep.plan.kernel.segment_labels import Segment
from sweep.plan.kernel.synchronised_insertion import insert_unit
from sweep.plan.search.encode_problem import make_arrays
from sweep.plan.search.initial_solution import empty_state, with_routes
from sweep.records.plan import Route, Stop
from tests.plan.entered import best_way, rethread
from tests.plan.rich import rich_problem


def a_stretch(seed: int, cost: float) -> Segment:
    """Five candidates, a window each; a part of the time is one second, so that no two labels share it by rounding."""
    rng = np.random.default_rng(seed)
    n, at = 6, rng.integers(0, 12, (6, 2))
    travel = np.abs(at[:, None] - at[None]).sum(axis=2).astype(np.int64)
    window = np.zeros((n, 1), np.dtype([("lo", np.int64), ("hi", np.int64)], align=True))
    window["lo"][:, 0] = rng.integers(0, 60, n)
    window["hi"] = window["lo"] + 60
    service = np.append(0, rng.integers(1, 20, n - 1)).astype(np.int64)
    prize = np.append(0.0, rng.integers(1, 9, n - 1))
    until = np.full(n, 100, np.int64)
    back = cost * rng.integers(1, 60, n)
    return Segment(travel, near_rows(travel), window, service, until, back, prize, 0, 100, 0, -float(back[0]))


def near_rows(travel: Int64s) -> Int64s:
    """Others of each row by distance, without row 0."""
    near = np.full(travel.shape, NONE)
    for x, row in enumerate(travel):
        others = [y for y in np.argsort(row, kind="stable") if y not in (0, x)]
        near[x, : len(others)] = others
    return near


def worth_of(t: Segment, way: tuple[int, ...], cost: float) -> float | None:
    """By hand; None if a window or the end cannot be kept."""
    at, now, worth = 0, t.free, 0.0
    for x in way:
        now = max(now + t.travel[at, x], t.window["lo"][x, 0]) + t.service[x]
        if now - t.service[x] > t.window["hi"][x, 0] or now > t.until[x]:
            return None
        worth += t.prize[x] - cost * t.travel[at, x]
        at = x
    return worth - float(t.back[at])


@pytest.mark.parametrize("cost", [0.0, 0.05])
def test_the_way_made_again_is_a_true_one_and_comes_near_the_best_of_all_orders(cost: float) -> None:
    in_all, most = 0.0, 0.0
    for seed in range(60):
        t = a_stretch(seed, cost)
        ways = [w for size in range(1, 6) for w in permutations(range(1, 6), size)]
        best = max([t.floor, *(x for w in ways if (x := worth_of(t, w, cost)) is not None)])
        found = tuple(int(x) + 1 for x in best_way(cost, t))
        worth = worth_of(t, found, cost)
        assert worth is not None
        assert worth <= best + 1e-9
        in_all, most = in_all + worth - t.floor, most + best - t.floor
    assert in_all >= 0.97 * most


@pytest.mark.parametrize(("opens", "far"), [(0, False), (50, True)])
def test_a_stop_is_followed_by_one_of_the_thirty_nearest_or_by_any_behind_those_that_are_not_yet_open(
    opens: int, far: bool
) -> None:
    # From the stop before only row 1 can be reached. Forty rows lie 1 to 40 s from it, and row 42, worth most, 60 s.
    # Each takes 90 s, so that there is time for one.
    n = 43
    travel = np.full((n, n), 1_000)
    travel[0, 1] = 1
    travel[1, 2:42], travel[1, 42] = np.arange(1, 41), 60
    window = np.zeros((n, 1), np.dtype([("lo", np.int64), ("hi", np.int64)], align=True))
    window["lo"][2:42], window["hi"] = opens, 100
    service = np.array([0, 1, *[90] * 41])
    prize = np.array([0.0, 1.0, *[0.1] * 40, 5.0])
    t = Segment(travel, near_rows(travel), window, service, np.full(n, 200), np.zeros(n), prize, 0, 200, 1, 0.0)
    found = [int(x) + 1 for x in best_way(0.0, t)]
    assert found[0] == 1
    assert (found[1:] == [42]) == far


@pytest.mark.slow
def test_a_route_gives_way_to_one_that_shares_no_stop_with_it(make_problem, make_visit, make_team) -> None:
    # 27 min a visit, 240 min a shift. A: 90 min out and back, 207 in all. B1..B4: 40 out and back, 5 between: 203.
    travel = np.full((6, 6), 100)
    travel[1:5, 1:5] = 5
    travel[5, 0] = travel[0, 5] = 90
    travel[5, 1:5] = travel[1:5, 5] = 40
    visits = [make_visit("A", 5.0), *(make_visit(f"B{k}", 2.0) for k in range(1, 5))]
    problem = make_problem(visits, [make_team("T1")], travel)
    a = make_arrays(problem, problem.teams)
    state = with_routes(
        problem, a, problem.teams, [Route("T1", 0, (Stop("V-A", 0, "A", 0, 0, 0, 0, 0),), 0, 0, 0, None)]
    )
    rng = np.random.default_rng(1)
    open_teams, is_loose = np.zeros(1, np.bool_), np.zeros(5, np.bool_)
    assert any(rethread(a, state, open_teams, is_loose, rng) for _ in range(10))
    assert compute_starts(a, state)
    assert set(np.flatnonzero(state.fill["team"] != NONE)) == {1, 2, 3, 4}
    assert open_teams.all()
    assert is_loose.all()


def test_what_is_made_again_can_mostly_be_kept_and_holds_whole_units_of_the_right_teams() -> None:
    n_made, n_kept = 0, 0
    for seed in range(40):
        problem = rich_problem(seed)
        a, rng = make_arrays(problem, problem.teams), np.random.default_rng(seed)
        full = empty_state(a)
        for u in rng.permutation(len(a.units)):
            insert_unit(a, full, int(u), np.ones(len(a.team), np.bool_), np.inf, 0.0, rng)
        for _ in range(10):
            state = copy_state(full)
            if not rethread(a, state, np.zeros(len(a.team), np.bool_), np.zeros(len(a.units), np.bool_), rng):
                continue
            n_made += 1
            n_kept += compute_starts(a, state)
            team = state.fill["team"][: a.n_visit_tasks]
            assert all(a.service[k, i] != FORBIDDEN for i, k in enumerate(team) if k != NONE)
            inside = [
                set(team[a.unit_tasks[x:y]] != NONE) for x, y in zip(a.unit_start, a.unit_start[1:], strict=False)
            ]
            assert all(len(of_unit) == 1 for of_unit in inside)
    assert n_made >= 100
    # Longest duties and links are not looked at: they undo some.
    assert n_kept >= 0.6 * n_made
