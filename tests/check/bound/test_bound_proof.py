"""Proofs of bounds: as written they are confirmed, changed they are not, and none that is confirmed is wrong."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sweep.check.bound import route_above_price
from sweep.check.bound.bound_problem import shortest_paths
from sweep.check.bound.route_above_price import Stops, WorkBudget, WorkLimitError, has_route_above
from sweep.check.bound.team_options import InvalidProofError
from sweep.check.bound.verify_plan_bounds import check_bound
from sweep.plan.bound import route_labelling
from sweep.plan.problem.problem import Problem
from sweep.plan.problem.problem_file import write_problem
from sweep.records.bound_proof import BoundProof, DualSolution, NodePart, PoolPart, proof_json, read_proof
from sweep.records.people import BreakTime
from sweep.records.plan import Plan
from tests.check.bound.proven import proven
from tests.check.bound.tampering import WAYS
from tests.check.bound.ways import tampered
from tests.plan.conftest import problem, team, visit
from tests.plan.exhaustive import optimum
from tests.plan.tied import tied_problem
from tests.seeds import over_seeds

# Of the two hundred that tests/benchmarks/plan/certificates.py goes through: every sort, trees and rates among them.
SEEDS = (2, 3, 5, 7, 14, 20, 25, 26, 33, 43)


def test_proofs_as_written_are_confirmed_and_each_way_of_changing_them_is_refused() -> None:
    made = {seed: m for seed in SEEDS if (m := proven(seed)) is not None}
    assert {seed: m.fault() for seed, m in made.items()} == dict.fromkeys(made)
    found = [(name, fault) for seed, m in made.items() for name, fault in tampered(m, seed, WAYS)]
    assert [name for name, fault in found if fault is None] == []
    tried = Counter(name for name, _ in found)
    assert len(WAYS) >= 20
    assert {name for name in WAYS if not tried[name]} == set()


def stops(n: int, **changes: object) -> Stops:
    """So many stops of 10 s, 5 s from each other and from the base, each worth 10, in a shift of 50 s."""
    ways = 5 * (1 - np.eye(n, dtype=np.int64))
    fives, tens = np.full(n, 5, np.int64), np.full(n, 10, np.int64)
    apart = np.eye(n, dtype=np.bool_)
    made = Stops(tens, tens, (((0, 100),),) * n, ways, fives, fives, (0, 50), None, apart, ~apart)
    return replace(made, **changes)


NONE = np.zeros(4, np.int64)


@pytest.mark.parametrize(
    ("changes", "most"),
    [
        # 5 + 10 + 5 + 10 + 5 + 10 + 5 = 50 s.
        ({}, 30),
        ({"shift_s": (0, 49)}, 20),
        ({"shift_s": (0, 64)}, 30),
        ({"shift_s": (0, 65)}, 40),
        # All must start by 19 s: one at 5, the next would start at 20.
        ({"windows": (((0, 19),),) * 4}, 10),
        ({"windows": (((0, 20),),) * 4}, 20),
        # The first of two windows, or the second, whichever is there in time.
        ({"windows": (((0, 5), (35, 35)),) * 4}, 20),
        ({"cannot_follow": np.ones((4, 4), np.bool_)}, 10),
        ({"prize": np.array([1, 2, 4, 8])}, 14),
        ({"seconds": NONE, "travel": np.zeros((4, 4), np.int64), "out": NONE, "back": NONE, "shift_s": (0, 0)}, 40),
        # Two take 35 s.
        ({"break_time": BreakTime(0, 50, 15)}, 20),
        ({"break_time": BreakTime(0, 50, 16)}, 10),
        # At the base, at once.
        ({"break_time": BreakTime(0, 0, 15)}, 20),
        # Behind the third stop, whose service is over at 45 s; a second later it would be too late.
        ({"break_time": BreakTime(45, 45, 15), "shift_s": (0, 65)}, 30),
        ({"break_time": BreakTime(44, 44, 15), "shift_s": (0, 65)}, 20),
        # Only from the last of the four stops is there time for the way home behind the break.
        ({"break_time": BreakTime(45, 45, 15), "shift_s": (0, 65), "back": np.array([9, 9, 9, 5])}, 30),
    ],
    ids=[
        "three fit",
        "a second less",
        "a second short of four",
        "four fit",
        "late",
        "in time",
        "windows",
        "apart",
        "prizes",
        "no time",
        "with a break",
        "with a long break",
        "break at the base",
        "break behind the third",
        "a second too late for a break",
        "break near the base",
    ],
)
def test_the_best_route_of_a_team_is_found(changes: dict[str, object], most: int) -> None:
    assert has_route_above(stops(4, **changes), most - 1, WorkBudget())
    assert not has_route_above(stops(4, **changes), most, WorkBudget())


def test_too_much_work_is_given_up() -> None:
    with pytest.raises(WorkLimitError):
        has_route_above(stops(12, shift_s=(0, 100)), 50, WorkBudget(100))


def given_problem(n_teams: int = 1) -> tuple[Problem, Plan]:
    """Two visits of 27 min, 5 min apart and from base, by teams in a shift of 59 min: each has time for one of them."""
    visits = [visit("B1", 5.0), visit("B2", 3.0)]
    teams = [team(f"T{k}", shift=(48_600, 48_600 + 59 * 60)) for k in range(n_teams)]
    plan = Plan("optimal", 5.0, 5.0, "paper", tuple(teams), (), (), 1, 1)
    return problem(visits, teams), plan


def paper(prizes: tuple[int, int], price: int) -> BoundProof:
    shown = DualSolution(prizes={"V-B1": (prizes[0],), "V-B2": (prizes[1],)}, prices={"T0": price})
    pool = PoolPart(teams=("T0",), visits=("V-B1", "V-B2"), with_musts=False, step=1.0, nodes=(NodePart(shown=shown),))
    return BoundProof(pools=(pool,))


@pytest.mark.parametrize(
    ("prizes", "price", "bound"),
    # The team's price, and what a visit is worth beyond its prize.
    [((3, 3), 3, 5.0), ((5, 3), 5, 5.0), ((0, 0), 0, 8.0), ((5, 0), 5, 8.0), ((9, 9), 9, 9.0)],
)
def test_a_bound_is_the_price_and_what_is_left_beyond_prizes(prizes: tuple[int, int], price: int, bound: float) -> None:
    asked, plan = given_problem()
    text = write_problem(asked).encode()
    check_bound(text, replace(plan, bound=bound), paper(prizes, price))
    below = min(bound, 8.0) - 1e-3
    with pytest.raises(InvalidProofError, match=r"7\.999|4\.999|<"):
        check_bound(text, replace(plan, bound=below), paper(prizes, price))
    if price:
        with pytest.raises(InvalidProofError, match="T0 >"):
            check_bound(text, replace(plan, bound=bound), paper(prizes, price - 1))


@over_seeds(range(40))
def test_whatever_prices_are_confirmed_no_plan_is_above_their_bound(seed: int) -> None:
    asked, rng = tied_problem(seed), np.random.default_rng(seed)
    best, text = optimum(asked, with_musts=False), write_problem(asked).encode()
    visits = tuple(v.visit_id for v in asked.visits)
    prizes = {v.visit_id: tuple(int(n) for n in rng.integers(0, 10, len(v.slots))) for v in asked.visits}
    teams = tuple(t.team_id for t in asked.teams)
    plan = Plan("feasible", 0.0, 0.0, "paper", asked.teams, (), (), 1, 1)
    for price in (2, 5, 9, 14, 20, 40):
        shown = DualSolution(prizes=prizes, prices=dict.fromkeys(teams, price))
        pool = PoolPart(teams=teams, visits=visits, with_musts=False, step=1.0, nodes=(NodePart(shown=shown),))
        below = replace(plan, bound=best - 0.5)
        with pytest.raises(InvalidProofError):
            check_bound(text, below, BoundProof(pools=(pool,)))


def test_what_is_written_is_read_back() -> None:
    proof = paper((3, 4), 7)
    assert read_proof(proof_json(proof, "0" * 64).encode()) == proof.model_copy(update={"problem_sha256": "0" * 64})


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"pools": 1}', '{"pools": [], "more": 1}', '{"pools": [], "schema_version": 2}']
)
def test_what_is_no_proof_is_not_read(text: str) -> None:
    with pytest.raises(ValueError, match="BoundProof"):
        read_proof(text.encode())


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"day": "x"}'])
def test_what_is_no_problem_shows_nothing(text: str) -> None:
    _, plan = given_problem()
    with pytest.raises(InvalidProofError, match=r"problem\.json"):
        check_bound(text.encode(), plan, paper((3, 3), 3))


@over_seeds(range(60), n_fast=20)
def test_whatever_stands_in_the_files_is_judged_and_nothing_else_comes_of_it(seed: int) -> None:
    rng, (asked, plan) = np.random.default_rng(seed), given_problem()
    files = [json.loads(write_problem(asked)), json.loads(proof_json(paper((3, 3), 3)))]
    for _ in range(3):
        _replace_one(rng, files[int(rng.integers(2))])
    try:
        check_bound(json.dumps(files[0]).encode(), plan, read_proof(json.dumps(files[1]).encode()))
    except (InvalidProofError, ValueError):
        return


def _replace_one(rng: np.random.Generator, content: Any) -> None:
    """Put something else in the place of one value, however deep."""
    values = [None, -1, 0, 10**30, 0.5, "x", "V-B1", [], {}, [[]], True]
    while True:
        keys = list(content) if isinstance(content, dict) else list(range(len(content)))
        if not keys:
            return
        key = keys[int(rng.integers(len(keys)))]
        if not isinstance(content[key], dict | list) or rng.random() < 0.3:
            content[key] = values[int(rng.integers(len(values)))]
            return
        content = content[key]


def test_links_are_closed_over_chains() -> None:
    far = np.inf
    assert shortest_paths(np.array([[0.0, 5.0, far], [far, 0.0, 7.0], [far, far, 0.0]]))[0, 2] == 12.0


def test_the_checker_bounds_the_rest_of_a_route_in_as_many_time_buckets_as_the_proof() -> None:
    # With fewer it would refuse proofs that hold; neither module may import the other.
    assert route_above_price.BUCKET_BITS == route_labelling.BUCKET_BITS
