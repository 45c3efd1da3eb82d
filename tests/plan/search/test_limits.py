"""How long the chains of a search go on their own, how hot they begin, and when searches follow each other."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from sweep.plan.kernel.people_arrays import make_people
from sweep.plan.kernel.search_parameters import PARAMETERS
from sweep.plan.problem.problem import Weights
from sweep.plan.search import annealing_schedule
from sweep.plan.search.annealing_schedule import anneal, mean_leg_s, mean_value
from sweep.plan.search.encode_problem import make_arrays
from sweep.plan.search.initial_solution import empty_state
from sweep.plan.search.parallel_chains import SearchLimits, SynchronisationReply
from sweep.plan.solve_budget import SolveBudget
from sweep.plan.solve_settings import Settings
from sweep.records.visits import Cap
from tests.plan.conftest import problem, team, visit


@pytest.mark.parametrize(
    ("seconds", "n_done", "elapsed_s", "n_rounds"),
    [
        # 1,000 rounds of both chains in 1 s are 2 ms a round: 50 in 0.1 s.
        pytest.param(10.0, 1_000, 1.0, 50, id="slow rounds"),
        pytest.param(10.0, 100_000, 1.0, 5_000, id="fast rounds"),
        pytest.param(10.0, 2, 4.0, 1, id="a round of 4 s"),
        # They synchronise every 0.1 s nevertheless, so that an interrupt is seen.
        pytest.param(3_600.0, 100_000, 1.0, 5_000, id="an hour"),
        # A twentieth of the limit: 50 ms, far above the 15 ms that a synchronisation may wait for a proof.
        pytest.param(1.0, 1_000, 0.5, 50, id="a second"),
    ],
)
def test_by_the_clock_chains_synchronise_ten_times_a_second_at_most_and_twenty_times_a_search_at_least(
    seconds: float, n_done: int, elapsed_s: float, n_rounds: int
) -> None:
    assert SearchLimits(seconds, None).next_rounds(n_done, elapsed_s, 300) == n_rounds


def test_by_rounds_chains_meet_after_the_same_number_on_any_machine_and_end_in_time() -> None:
    assert (
        SearchLimits(10.0, 10_000).next_rounds(0, 1.0, 50) == SearchLimits(10.0, 10_000).next_rounds(0, 9.0, 50) == 200
    )
    assert SearchLimits(10.0, 10_000).next_rounds(9_900, 1.0, 50) == 50


def test_teams_are_composed_for_a_long_limit_as_for_the_shorter_ones_and_then_longer() -> None:
    p = problem([visit("B1", 0.5)], [team("T0")])

    def ends_s(limit_s: float) -> list[float]:
        run = SolveBudget(p, Settings(time_limit_s=limit_s), None, lambda: False)
        return [share * limit_s for share in run.compose_shares(make_arrays(p, p.teams))]

    assert ends_s(20.0) == pytest.approx([12.0])
    assert ends_s(60.0) == pytest.approx([12.0, 36.0])
    assert ends_s(300.0) == pytest.approx([12.0, 36.0, 180.0])


@pytest.mark.parametrize(
    ("weights", "temperature"),
    [
        pytest.param(Weights(travel=2.0), 2.0, id="ways"),
        pytest.param(Weights(travel=0.0, waiting=3.0), 3.0, id="waiting"),
        pytest.param(Weights(travel=0.0, uneven_work=1.0), 1.0, id="uneven work"),
    ],
)
def test_where_all_must_be_served_the_time_of_a_mean_leg_sets_the_heat(weights, temperature, monkeypatch) -> None:
    visits = [replace(visit(f"B{k}", 0.0), is_must=True) for k in range(3)]
    p = replace(problem(visits, [team("T0"), team("T1")]), weights=weights)
    a = make_arrays(p, p.teams)
    seen = []
    monkeypatch.setattr(annealing_schedule, "run_chains", lambda starts, *_, **named: seen.append(named) or starts)
    anneal(
        a, make_people(p, p.teams, ()), empty_state(a), SearchLimits(0.0, 10), (1,), lambda _: SynchronisationReply()
    )
    heats = [seen[0]["temperature"](share) for share in (0.0, 1.0)]
    assert heats == pytest.approx(
        [PARAMETERS.hot_leg * temperature * mean_leg_s(a), PARAMETERS.cold_leg * temperature * mean_leg_s(a)]
    )
    assert heats[1] > 1e-6


def test_where_values_count_half_of_the_cooling_is_over_by_a_third_of_the_limit(monkeypatch) -> None:
    p = problem([visit(f"B{k}", 1.0) for k in range(3)], [team("T0"), team("T1")])
    a = make_arrays(p, p.teams)
    seen = []
    monkeypatch.setattr(annealing_schedule, "run_chains", lambda starts, *_, **named: seen.append(named) or starts)
    anneal(
        a, make_people(p, p.teams, ()), empty_state(a), SearchLimits(0.0, 10), (1,), lambda _: SynchronisationReply()
    )
    temperature = seen[0]["temperature"]
    assert temperature(1 / 3) < math.sqrt(temperature(0.0) * temperature(1.0)) < temperature(0.3)


@pytest.mark.parametrize(
    ("day", "caps", "hot"),
    [
        pytest.param(0, (), PARAMETERS.hot, id="one day"),
        pytest.param(1, (), PARAMETERS.hot_over_days, id="several days"),
        pytest.param(1, (Cap("budget", {"V-B0": 1}, 1),), PARAMETERS.hot, id="several days under a cap"),
    ],
)
def test_over_several_days_without_caps_the_search_begins_less_hot(day, caps, hot, monkeypatch) -> None:
    visits = [visit(f"B{k}", 1.0) for k in range(3)]
    p = replace(problem(visits, [team("T0"), replace(team("T1"), day=day)]), caps=caps)
    a = make_arrays(p, p.teams)
    seen = []
    monkeypatch.setattr(annealing_schedule, "run_chains", lambda starts, *_, **named: seen.append(named) or starts)
    anneal(
        a, make_people(p, p.teams, ()), empty_state(a), SearchLimits(0.0, 10), (1,), lambda _: SynchronisationReply()
    )
    assert seen[0]["temperature"](0.0) == pytest.approx(hot * mean_value(a))
