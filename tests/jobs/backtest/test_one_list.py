"""The list that a backtest judges is the list that `sweep rank` makes on the morning, from what was known then."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from geodata.schema import HISTORY, LEADS, TIMEZONE
from sweep.inputs.load_inputs import load_inputs
from sweep.inputs.make_records import make_buildings, make_persons
from sweep.jobs.backtest.backtest_data import own_method, past_case
from sweep.jobs.stages.prepared_ranking import Ranker, make_ranker
from sweep.jobs.stages.rank_day import rank, team_size
from sweep.rank.backtest.backtest import BacktestData, freeze
from sweep.rank.learnt.training_data import TrainingCache
from sweep.scenario.load_scenario import load_scenario
from tests.benchmarks.rank import chicago, inspections
from tests.constants import without_labels
from tests.paths import ROOT, needs_data
from tests.tables import valid


def morning(zero: pd.Timestamp, day: float) -> pd.Timestamp:
    return zero + pd.Timedelta(days=day)


def judged(ranker: Ranker, case: BacktestData, zero: pd.Timestamp, days: np.ndarray) -> list[list[float]]:
    own = own_method(ranker, zero)
    return [own.score(freeze(case, day, 1)).tolist() for day in days]


def made(ranker: Ranker, zero: pd.Timestamp, day: float) -> list[float]:
    """Values of the list from the tables as they were on the morning, without anything that came later."""
    now, inputs = morning(zero, day), ranker.inputs
    leads = inputs.leads[inputs.leads["received_at"] <= now]
    known = replace(inputs, leads=leads, history=inputs.history[inputs.history["visited_on"] < now])
    that_day = ranker.scenario.model_copy(update={"day": now.date()})
    then = replace(ranker, scenario=that_day, inputs=known, memory=TrainingCache(now))
    table = then.rank(now.to_pydatetime()).table.set_index("building_id")
    return table.loc[ranker.frame["building_id"], "value_per_hour"].tolist()


def ranker_of(folder, **given: str) -> Ranker:
    scenario = without_labels(load_scenario(folder, given))
    inputs = load_inputs(scenario, is_study=True)
    return make_ranker(scenario, inputs, make_buildings(inputs), team_size(scenario, make_persons(inputs)))


@pytest.mark.slow
def test_a_backtest_judges_the_lists_that_rank_made_on_five_mornings_of_the_made_up_city():
    ranker = ranker_of(ROOT / "scenarios" / "quancheng")
    case, zero = past_case(ranker)
    days = np.arange(120.0, 360.0, 48.0)
    assert judged(ranker, case, zero, days) == [made(ranker, zero, day) for day in days]
    # Nothing but the day itself is cut off today: the stage of `sweep rank` and `sweep run` makes the same list.
    end = (pd.Timestamp(ranker.scenario.day, tz=TIMEZONE) - zero).total_seconds() / 86_400.0
    table = rank(ranker.scenario, ranker.inputs).ranking.table.set_index("building_id")
    of_stage = table.loc[ranker.frame["building_id"], "value_per_hour"].tolist()
    assert judged(ranker, case, zero, np.array([end])) == [of_stage]


@pytest.mark.slow
@needs_data(chicago.FILE)
def test_a_backtest_judges_the_lists_that_rank_made_on_five_mornings_of_chicago():
    events = pd.read_csv(chicago.FILE, parse_dates=["date"])
    west, south = events[["x_m", "y_m"]].quantile(0.45)
    part = events[events["x_m"].between(west, west + 3_000) & events["y_m"].between(south, south + 3_000)]
    case = chicago.cells(part)
    zero = pd.Timestamp("2016-01-01", tz=TIMEZONE)
    ids = [f"C{k:05d}" for k in range(len(case.population))]
    rows = [
        {
            "lead_id": f"L{k}", "event_id": None, "lead_type": "tip", "lead_source": "reported", "due_at": None,
            "received_at": morning(zero, day), "address": None, "building_id": ids[row], "uscc": None, "lon": None,
            "lat": None,
        }
        for k, (row, day) in enumerate(zip(case.rows, case.days, strict=True))
    ]  # fmt: skip
    frame = pd.DataFrame({"building_id": ids, "division_code": "17", "n_firms": 1})
    ranker = ranker_of(ROOT / "scenarios" / "quancheng")
    inputs = replace(ranker.inputs, leads=valid(LEADS, rows), history=valid(HISTORY, []))
    memory = TrainingCache(morning(zero, 366.0))
    ranker = replace(
        ranker, inputs=inputs, frame=frame, points_m=case.points_m, team_hours=case.effort_h, memory=memory
    )
    days = np.arange(160.0, 360.0, 40.0)
    assert judged(ranker, case, zero, days) == [made(ranker, zero, day) for day in days]
    fitted = [ranker.rank(morning(zero, day).to_pydatetime()).is_memory_fitted for day in days]
    assert any(fitted), "on some mornings the fitted memory makes the list, on others the rule"


@pytest.mark.slow
@needs_data(inspections.FILE)
def test_a_backtest_judges_the_lists_that_rank_made_on_four_mornings_of_a_register(tmp_path):
    inspections.write_scenario(tmp_path, 420.0, 60.0)
    ranker = ranker_of(tmp_path)
    case, zero = past_case(ranker)
    days = np.arange(420.0, 1_020.0, 150.0)
    assert judged(ranker, case, zero, days) == [made(ranker, zero, day) for day in days]
