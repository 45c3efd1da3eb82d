"""At how many past checks the learnt model does what, on Chicago's food inspections.

    uv run python -m tests.benchmarks.rank.takeover

The past is cut after so many checks: which scores and why, AUC within inspector of the model on those that it
had not seen and on the 1,500 that came next, beside the place's own past rate, and what orders the places. Prints a
Markdown table.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from sweep.inputs.load_inputs import load_inputs
from sweep.inputs.make_records import make_buildings, make_persons
from sweep.jobs.stages.prepared_ranking import Ranker, make_ranker
from sweep.jobs.stages.rank_day import team_size
from sweep.rank.backtest.backtest import DatedChecks
from sweep.rank.backtest.baseline_forecasts import CheckRequests, own_rate
from sweep.rank.learnt.forecast_accuracy import stratified_auc
from sweep.rank.learnt.learnt_model import Learnt, fit_checks
from sweep.rank.learnt.model_acceptance import accept_model, is_few, out_of_time_forecasts
from sweep.scenario.load_scenario import load_scenario
from tests.benchmarks.rank.inspections import write_scenario

SIZES = (50, 100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800)
N_NEXT = 1_500


def main() -> None:
    """Print the table."""
    print("| checks | finds | scores | on unseen checks | on the next 1,500 | own past rate | what orders the places |")
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        write_scenario(Path(name), 420.0, 60.0)
        scenario = load_scenario(Path(name))
        inputs = load_inputs(scenario, is_study=True)
        buildings = make_buildings(inputs)
        ranker = make_ranker(scenario, inputs, buildings, team_size(scenario, make_persons(inputs)))
    for n in SIZES:
        print(f"| {' | '.join(cells(ranker, n))} |", flush=True)


def cells(ranker: Ranker, n: int) -> list[str]:
    """One row: the past ends before the day on which the n-th check is known."""
    memory, inputs = ranker.memory, ranker.inputs
    known = memory.training_data(ranker.frame, inputs.leads, inputs.history, ranker.points_m, ranker.scenario.rank)
    every = known.checks(memory.last.to_pydatetime())
    now = (every["day"].iloc[n] + pd.Timedelta(days=1)).to_pydatetime()
    checks, features = known.at(now)
    verdict = accept_model(checks, out_of_time_forecasts(checks))
    first = [f"{len(checks.day):,}", str(int(checks.is_find.sum())), f"{verdict.scored_by}: {verdict.reason}"]
    if is_few(checks.is_find):
        return [*first, "", "", "", ""]
    learnt = Learnt(fit_checks(checks), features, checks.is_find)
    come = every.iloc[len(checks.day) : len(checks.day) + N_NEXT].reset_index(drop=True)
    before = every.iloc[: len(checks.day)]
    groups = before["who"].to_numpy(np.str_)
    past = DatedChecks(before["row"].to_numpy(np.int64), np.zeros(len(before)), checks.is_find, groups)
    rows, find, who = come["row"].to_numpy(np.int64), come["is_find"].to_numpy(np.bool_), come["who"]
    told = [f"{term.key.removeprefix('model_')} {term.value:.0%}" for term in learnt.explained_by()[:4]]
    areas = [
        area_text(*stratified_auc(p, find, who))
        for p in (learnt.p_find[rows], own_rate(past, CheckRequests(rows, who.to_numpy(np.str_), 0.0)))
    ]
    unseen = "" if verdict.model_area is None else f"{verdict.model_area:.3f} ({(verdict.margin or 0.0) / 1.645:.3f})"
    return [*first, unseen, *areas, ", ".join(told)]


def area_text(area: float, spread: float) -> str:
    """An area with its standard error."""
    return f"{area:.3f} ({spread:.3f})"


if __name__ == "__main__":
    main()
