"""How many teams are sent, where the scenario leaves it open."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from sweep.inputs.load_inputs import load_inputs
from sweep.inputs.matched_inputs import Inputs
from sweep.jobs.review_and_explain import review_plan
from sweep.jobs.run_scenario import RunOutcome, run
from sweep.jobs.stages import team_count
from sweep.jobs.stages.rank_day import USUAL_MEMBERS, Ranked, rank
from sweep.jobs.stages.team_count import Trial, TrialParams, with_team_count
from sweep.records.plan import Objective
from sweep.scenario.city_toml import City
from sweep.scenario.plan_settings import Solver
from sweep.scenario.scenario import Scenario
from tests.known import tables_known as tables_known

PEOPLE = {"n_police": 32, "n_market_regulation": 16, "n_auxiliary": 6}


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Cities are kept here, not in the user's cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    city = City(seed=3, n_buildings=40, n_dens=8, n_leads=90, **PEOPLE)
    return Scenario(name="open", day=date(2026, 9, 16), lang="en", city=city, solver=Solver(iterations=3_000))


@pytest.fixture(scope="module")
def inputs(scenario: Scenario) -> Inputs:
    return load_inputs(scenario)


@pytest.fixture(scope="module")
def ranked(scenario: Scenario, inputs: Inputs) -> Ranked:
    return rank(scenario, inputs)


@pytest.fixture(scope="module")
def outcome(scenario: Scenario, tmp_path_factory: pytest.TempPathFactory) -> RunOutcome:
    return run(scenario, tmp_path_factory.mktemp("open"))


def test_a_scenario_that_names_a_number_keeps_it(scenario: Scenario, inputs: Inputs, ranked: Ranked) -> None:
    named = scenario.with_teams(3)
    assert with_team_count(named, inputs, ranked, lambda _: None) == (named, ranked, 1.0)


def chosen_finds(made: RunOutcome) -> float:
    """Expected finds without those of drawn visits, which do not count for the number of teams."""
    served = {stop.visit_id for route in made.edition.plan.routes for stop in route.stops}
    return sum(v.value for v in made.edition.visits.values() if v.visit_id in served and v.track != "routine")


@pytest.mark.slow
def test_an_open_number_is_worth_at_least_any_fixed_one(
    scenario: Scenario, outcome: RunOutcome, tmp_path: Path
) -> None:
    fixed = [run(scenario.with_teams(n), tmp_path / str(n)) for n in range(2, 6)]
    assert chosen_finds(outcome) >= 0.995 * max(map(chosen_finds, fixed))


def test_what_was_tried_is_told_and_the_plan_is_judged_by_its_own_number(
    scenario: Scenario, outcome: RunOutcome
) -> None:
    edition = outcome.edition
    (note,) = [i for i in edition.notes if i.code == "S213"]
    assert note.values["n"] == len(edition.plan.teams) == edition.scenario.teams.n_teams
    assert f"{note.values['n']}: " in str(note.values["tried"])
    # The scenario file still leaves it open: the plan itself says how many there are.
    again = review_plan(scenario, outcome.folder)
    assert (again.violations, set(again.visits), again.plan_id) == ((), set(edition.visits), edition.plan_id)


def trial(total: float, must_missed: int = 0) -> Trial:
    return Trial(Objective(finds=total, must_missed=must_missed), 0)


def climbed(monkeypatch: pytest.MonkeyPatch, most: int, usual: int, worths: dict[int, Trial | None]) -> int:
    """The number that is taken if plans had these objectives, with one team in ten standing by."""
    trials = team_count._Trials.__new__(team_count._Trials)
    trials.scenario = Scenario(name="x", day=date(2026, 9, 16), solver=Solver(iterations=10_000))
    trials.inputs = SimpleNamespace(buildings=[0] * 100)  # type: ignore[assignment]
    trials.trials, trials.share, trials.usual = {}, 0.0, usual
    trials.numbers = list(range(1, most + 1))
    monkeypatch.setattr(team_count._Trials, "_short_plan", lambda self, n: worths[n])
    return trials.best()


def test_each_number_is_shown_with_its_objective_and_the_parts_of_it() -> None:
    trials = team_count._Trials.__new__(team_count._Trials)
    ten, eight = Objective(1.51, 15.0, 15, 1, 0.01), Objective(1.3, 13.0, 13)
    trials.trials = {10: Trial(ten, 17), 8: Trial(eight, 16), 11: None}
    assert trials.text() == "8: 14.30 (1.30, 13/16); 10: 16.50 (1.51, 15/17) [-1]"


def test_a_number_that_reaches_more_due_leads_is_taken_before_one_that_finds_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    finds = {1: Trial(Objective(3.6, 14.0, 14), 17), 2: Trial(Objective(3.2, 15.0, 15), 17)}
    assert climbed(monkeypatch, 2, 1, dict(finds)) == 2


@pytest.mark.parametrize(("most", "usual", "top"), [(12, 10, 9), (12, 3, 12), (200, 120, 93), (200, 20, 60), (1, 1, 1)])
def test_the_top_of_a_hill_is_found(monkeypatch: pytest.MonkeyPatch, most: int, usual: int, top: int) -> None:
    worths = {n: trial(100.0 - abs(n - top)) for n in range(1, most + 1)}
    assert abs(climbed(monkeypatch, most, usual, worths) - top) <= max(0, most // 50)


def test_with_little_time_the_side_that_has_come_to_more_is_looked_at_first(monkeypatch: pytest.MonkeyPatch) -> None:
    # From ten by threes to seven, and to four, which comes to less than ten: there is time for one number more.
    worths = {n: trial(float(min(10 * n, 150 - 8 * n))) for n in range(1, 13)} | {7: trial(72.0)}
    monkeypatch.setattr(team_count, "_TRIAL", TrialParams(trials_share=4 * TrialParams.trial_share - 1e-9))
    assert climbed(monkeypatch, 12, 10, worths) == 8


def test_a_number_estimated_below_a_plan_already_found_is_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    # From the estimate's top at 6, which comes to 20: 8 and 9 cannot come to more, and the usual 3 is not asked.
    estimates = {3: 12.0, 4: 17.0, 5: 21.0, 6: 25.0, 7: 24.0, 8: 19.0, 9: 18.0}
    planned = {5: trial(16.0), 6: trial(20.0), 7: trial(22.0), 8: trial(19.0)}
    monkeypatch.setattr(team_count._Trials, "estimates", estimates)
    assert climbed(monkeypatch, 9, 3, {n: planned.get(n) for n in range(1, 10)}) == 7


def test_of_numbers_worth_the_same_the_least_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    worths = {n: trial(2.0 if n > 1 else 2.0 - TrialParams.noise) for n in range(1, 9)}
    assert climbed(monkeypatch, 8, 4, worths) == 1


def test_a_number_that_leaves_out_a_must_visit_is_not_taken_for_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    worths = {n: trial(9.0, 1) if n < 4 else trial(1.0 / n) for n in range(1, 9)}
    assert climbed(monkeypatch, 8, 2, worths) == 4


def test_where_no_number_can_be_planned_the_usual_one_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    assert climbed(monkeypatch, 8, 5, dict.fromkeys(range(1, 9))) == 5


@pytest.mark.slow
def test_a_small_job_is_done_by_few(scenario: Scenario, tmp_path: Path) -> None:
    city = City(seed=3, n_buildings=4, n_dens=1, n_leads=6, n_police=50, n_market_regulation=14, n_auxiliary=6)
    small = scenario.model_copy(update={"city": city})
    outcome = run(small, tmp_path)
    edition = outcome.edition
    sent = [len(t.member_ids) for t in edition.plan.teams]
    assert (edition.plan.unserved, sum(not t.is_reserve for t in edition.plan.teams) <= 2) == ((), True)
    assert max(sent) <= USUAL_MEMBERS
    assert [i.values for i in edition.notes if i.code == "S214"] == [{"members": USUAL_MEMBERS}]
    # The scenario file leaves both open: the plan itself says how many there are, and how large.
    again = review_plan(small, outcome.folder)
    assert (again.violations, again.plan_id) == ((), edition.plan_id)


def test_where_visits_are_left_over_all_on_duty_go(outcome: RunOutcome) -> None:
    edition = outcome.edition
    assert edition.plan.unserved
    assert edition.scenario.teams.members_max is None
