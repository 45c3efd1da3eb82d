"""Bounds for any teams: as written they are confirmed, changed they are not, and no way to make teams is above them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from importlib import import_module

import numpy as np
import pytest

from sweep.check.bound.bound_problem import read_bound_problem
from sweep.check.bound.route_above_price import WorkBudget
from sweep.check.bound.staff_counts import read_staff_counts
from sweep.check.bound.team_options import InvalidProofError
from sweep.check.bound.verify_composition_bound import CompositionBound
from sweep.check.bound.verify_plan_bounds import check_bound
from sweep.plan.compositions.composition_bound import bound_compositions
from sweep.plan.problem.problem import Lock, Problem, TeamRules
from sweep.plan.problem.problem_file import write_problem
from sweep.plan.solve import Settings, solve
from sweep.plan.teams.compose_teams import compose_teams
from sweep.records.bound_proof import CompositionProof, read_proof
from sweep.records.people import Base, Team
from tests.check.bound.open_teams import open_problem, random_teams
from tests.check.bound.proven import proven
from tests.check.bound.tampering_any import WAYS
from tests.check.bound.ways import tampered
from tests.plan.compositions.test_composed_teams import TWO_TEAMS, roster
from tests.plan.conftest import problem, visit
from tests.plan.exhaustive import optimum

# Of those that tests/benchmarks/plan/certificates.py goes through; visits of 70 are urgent.
SEEDS = (10, 70, 94, 166, 172, 184)


def bound_in(asked: Problem, teams: list[Team], shown: CompositionProof) -> float:
    """What the checker finds."""
    text = write_problem(asked).encode()
    return float(
        CompositionBound(read_bound_problem(text, teams), read_staff_counts(text, teams), shown, WorkBudget()).bound()
    )


@pytest.mark.slow
def test_proofs_as_written_are_confirmed_and_each_way_of_changing_them_is_refused() -> None:
    made = {seed: m for seed in SEEDS if (m := proven(seed)) is not None}
    assert {seed: m.fault() for seed, m in made.items()} == dict.fromkeys(made)
    found = [(name, fault) for seed, m in made.items() for name, fault in tampered(m, seed, WAYS)]
    assert [name for name, fault in found if fault is None] == []
    tried = Counter(name for name, _ in found)
    assert {name for name in WAYS if not tried[name]} == set()


def test_no_plan_of_any_teams_is_above_the_bound_whatever_they_have() -> None:
    n_met = n_tried = 0
    for seed in range(16):
        asked, rng = open_problem(seed), np.random.default_rng(seed)
        teams = random_teams(asked, rng)
        active = tuple(t for t in teams if not t.is_reserve)
        best = optimum(replace(asked, teams=active, people=()), with_musts=False) if active else None
        without_musts = replace(asked, visits=tuple(replace(v, is_must=False) for v in asked.visits))
        of_any = bound_compositions(without_musts, teams, lambda: True)
        if best is None or of_any is None:
            continue
        bound = bound_in(asked, teams, of_any.certificate.model_copy(update={"with_musts": False}))
        assert best - 1e-6 <= bound <= of_any.bound + 1e-6, seed
        n_tried, n_met = n_tried + 1, n_met + (best > bound - 1e-6)
    assert n_tried >= 8
    assert n_met >= 2


def test_there_are_no_more_teams_than_their_officers_make() -> None:
    # Each takes more than half of a shift of four hours, so that a team makes one; five officers make two teams: the
    # best two of 5, 4 and 3.
    visits = [replace(visit(f"B{k}", 5.0 - k), service_s=9_000) for k in range(3)]
    asked = problem(visits, people=roster(20, 5), rules=TWO_TEAMS)
    teams = list(compose_teams(asked, 1))
    of_any = bound_compositions(asked, teams, lambda: True)
    assert of_any is not None
    assert of_any.bound == pytest.approx(9.0, abs=1e-6)
    assert bound_in(asked, teams, of_any.certificate) == pytest.approx(9.0, abs=1e-6)


def test_teams_of_one_size_may_meet_at_a_visit() -> None:
    # All teams have four people, so that there is one form of them, and the visit takes two.
    asked = problem([visit("B1", 5.0, n_slots=2)], people=roster(4, 4), rules=replace(TWO_TEAMS, max_members=4))
    of_any = bound_compositions(asked, compose_teams(asked, 1), lambda: True)
    assert of_any is not None
    assert of_any.bound == pytest.approx(5.0, abs=1e-6)


def test_teams_whose_officers_have_their_base_elsewhere_may_start_there() -> None:
    # Their own base is too far from the visit, which those of the police are near to.
    minutes = np.array([[0, 300, 5], [300, 0, 300], [5, 300, 0]])
    people = [replace(p, base_id="S" if p.agency == "market_regulation" else "S2") for p in roster(8, 4)]
    asked = problem([visit("B1", 5.0)], minutes=minutes[:2, :2], people=people, rules=TWO_TEAMS)
    bases = {**asked.bases, "S2": Base("S2", "S2", "370103", 117.0, 36.6)}
    places = {**asked.places, "S2": 2}
    asked = replace(asked, bases=bases, places=places, travel_s=60 * minutes, distance_m=60 * minutes)
    here = bound_compositions(asked, compose_teams(asked, 1), lambda: True)
    away = replace(asked, people=tuple(replace(p, base_id="S2") if p.person_id == "ma00" else p for p in people))
    there = bound_compositions(away, compose_teams(away, 1), lambda: True)
    assert here is not None
    assert there is not None
    assert here.bound == pytest.approx(0.0, abs=1e-6)
    assert there.bound == pytest.approx(5.0, abs=1e-6)


def not_covered(asked: Problem) -> dict[str, Problem]:
    split, no_market = replace(asked.rules, is_split=True), replace(asked.rules, min_certified={"police": 2})
    return {
        "locks": replace(asked, locks=(Lock("V-B1", 0, "T01"),)),
        "squads": replace(asked, rules=split),
        "any district": replace(asked, rules=no_market),
        "given": replace(asked, teams=compose_teams(asked, 1)),
    }


def test_what_the_bound_does_not_cover_has_none_and_is_refused() -> None:
    asked = problem([visit("B1"), visit("B2")], people=roster(8, 4), rules=TWO_TEAMS)
    teams = list(compose_teams(asked, 1))
    of_any = bound_compositions(asked, teams, lambda: True)
    assert of_any is not None
    assert bound_in(asked, teams, of_any.certificate) == pytest.approx(2.0, abs=1e-6)
    for what, other in not_covered(asked).items():
        assert bound_compositions(other, teams, lambda: True) is None, what
        with pytest.raises(InvalidProofError, match="no such teams"):
            bound_in(other, teams, of_any.certificate)
    strange = [replace(teams[0], base_id="S9"), *teams[1:]]
    with pytest.raises(InvalidProofError, match=teams[0].team_id):
        read_staff_counts(write_problem(asked).encode(), strange)


def test_a_plan_of_teams_that_were_composed_has_a_bound_for_any_teams_the_same_on_each_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(import_module("sweep.plan.solve_budget"), "LEAST_BOUND_ROUNDS", 0)
    asked = problem(
        [visit(f"B{k}", float(k + 1), n_firms=200) for k in range(6)], people=roster(14, 6), rules=TWO_TEAMS
    )
    plans = [solve(asked, Settings(seed=1, n_iterations=4_000)) for _ in range(2)]
    plan, bound = plans[0], plans[0].bound_any_teams
    assert plan.proof is not None
    assert bound is not None
    assert plan.value <= bound < 21.0
    assert (plans[1].bound_any_teams, plans[1].proof) == (bound, plan.proof)
    check_bound(write_problem(asked).encode(), plan, read_proof(plan.proof))
    with pytest.raises(InvalidProofError):
        check_bound(
            write_problem(asked).encode(), replace(plan, bound_any_teams=plan.value * 0.99), read_proof(plan.proof)
        )


def test_a_plan_that_leaves_out_a_must_visit_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("sweep.plan.solve_budget"), "LEAST_BOUND_ROUNDS", 0)
    visits = [visit("B1", is_must=True, windows=[(48_600, 48_601)]), visit("B2")]
    asked = problem(visits, minutes=30, people=roster(8, 4), rules=TWO_TEAMS)
    plan = solve(asked, Settings(seed=1, n_iterations=1_000))
    assert [u.visit_id for u in plan.unserved] == ["V-B1"]
    assert plan.bound_any_teams is None


def test_prices_are_those_of_people_who_may_go_out() -> None:
    asked = problem([visit("B1")], people=roster(8, 4), rules=TeamRules(2, 1, TWO_TEAMS.min_certified, 1, False))
    teams = list(compose_teams(asked, 1))
    text = write_problem(asked).encode()
    people = read_staff_counts(text, teams)
    # Half of them stand by.
    assert (people.officers, people.police, people.n_teams, people.least) == ({"370102": 2}, 4, 1, 4)
    assert people.most_members("370102") == 6
    shown = CompositionProof(
        with_musts=False, step=1.0, sizes=(4,), prizes={}, tied={"370102": 1}, officers={}, free=2, police=3, women=5,
        team=7,
    )  # fmt: skip
    bound = CompositionBound(read_bound_problem(text, teams), people, shown, WorkBudget())
    # Two tied, four others, who are police, all six of them women, and a team.
    assert bound._total_price() == 2 * 1 + 4 * 2 + 4 * 3 + 6 * 5 + 7
    # Two tied at 1, two others at 2 of whom two are police at 3, a woman, a team.
    assert bound._price("370102", 4) == 2 * 1 + 2 * 2 + 2 * 3 + 5 + 7
    assert bound.bound() == Fraction(1)


def test_linked_towers_that_want_more_teams_than_their_district_has_officers_for_count_nothing() -> None:
    # Three towers start together; five officers make two teams. Without the link one team makes one after the other.
    alone = [visit(f"B{k}", 2.0 + k) for k in range(3)]
    for towers, most in ((alone, 10.0), ([replace(v, link_group="C1") for v in alone], 1.0)):
        asked = problem([*towers, visit("B9")], people=roster(14, 5), rules=TWO_TEAMS)
        teams = list(compose_teams(asked, 1))
        of_any = bound_compositions(asked, teams, lambda: True)
        assert of_any is not None
        assert of_any.bound == pytest.approx(most, abs=1e-6)
        assert bound_in(asked, teams, of_any.certificate) == pytest.approx(most, abs=1e-6)


def test_a_way_past_a_visit_that_cannot_be_made_is_in_no_route() -> None:
    # Only past the first of three towers that want three teams at once could anybody be at B9 and back in a shift.
    towers = [replace(visit(f"B{k}", 2.0), link_group="C1") for k in range(3)]
    minutes = np.full((6, 6), 5)
    minutes[4, 1:] = minutes[1:, 4] = 200
    visits = [*towers, visit("B8", 1.0), visit("B9", 4.0)]
    asked = problem(visits, minutes=minutes, people=roster(14, 5), rules=TWO_TEAMS)
    teams = list(compose_teams(asked, 1))
    of_any = bound_compositions(asked, teams, lambda: True)
    assert of_any is not None
    assert bound_in(asked, teams, of_any.certificate) == pytest.approx(1.0, abs=1e-6)
