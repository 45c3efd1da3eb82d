"""Rankings side by side out of time: over a scenario's own past, or over any file of dated points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from geodata.errors import InputError, Issue
from geodata.texts import Texts
from sweep.pipeline.decide import team_size
from sweep.pipeline.inputs import load_district
from sweep.pipeline.past import own_method, past_case
from sweep.pipeline.points import read_points
from sweep.pipeline.ranker import frozen_at, make_ranker
from sweep.pipeline.records import make_buildings, make_persons
from sweep.pipeline.run import Watch
from sweep.publish.backtest_page import Judged, backtest_page
from sweep.publish.files import write_files
from sweep.publish.tables import csv_text
from sweep.rank.backtest import Case, Protocol, backtest, summarise
from sweep.rank.curves import catch_curves
from sweep.rank.exposure import SECONDS_PER_DAY
from sweep.rank.finds import judge_checks
from sweep.rank.grid import MOST_CELLS, grid_case
from sweep.rank.methods import (
    Method,
    decayed_per_hour,
    kernel_density,
    local_bayes,
    local_gi,
    random_order,
    raw_count,
    raw_rate,
)
from sweep.scenario import Scenario
from sweep.settings.rank import Backtest


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a backtest found; see `sweep.rank.backtest`, `sweep.rank.finds` and `sweep.rank.curves` for the columns."""

    windows: pd.DataFrame
    summary: pd.DataFrame
    areas: pd.DataFrame
    calibration: pd.DataFrame
    curves: pd.DataFrame
    n_places: int
    protocol: Protocol


def backtest_scenario(scenario: Scenario, watch: Watch) -> Verdict:
    """
    The ranking and simpler ones over the scenario's own leads and visits.

    Buildings and firms are those of today, for there is no register of the past; leads and visits are frozen.

    Raises
    ------
    InputError
        If the inputs cannot be used, or S402 if the leads reach not far enough back.
    """
    watch("read", None)
    district = load_district(scenario)
    buildings = make_buildings(district)
    ranker = make_ranker(scenario, district, buildings, team_size(scenario, make_persons(district)))
    watch("rank", None)
    case, zero = past_case(ranker)
    end = (pd.Timestamp(frozen_at(scenario)) - zero).total_seconds() / SECONDS_PER_DAY
    return _judged(
        case, [own_method(ranker, zero), *_others(case, scenario.backtest)], scenario.backtest, end, scenario.seed
    )


def backtest_points(path: Path, settings: Backtest, seed: int) -> Verdict:
    """
    Rankings of grid cells over a file of dated points.

    Raises
    ------
    InputError
        If the file cannot be used, or S402 if the points reach not far enough back.
    """
    points_m, days = read_points(path)
    try:
        case = grid_case(points_m, days, settings.cell_m, settings.near_m)
    except ValueError as error:
        raise InputError([Issue("S405", path.name, {"most": MOST_CELLS})]) from error
    own = Method("bayes", local_bayes(case.points_m, 700.0, settings.half_life_days))
    return _judged(case, [own, *_others(case, settings)], settings, float(days.max()) + 1.0, seed)


def write_verdict(verdict: Verdict, folder: Path, name: str, texts: Texts, *, is_points: bool) -> tuple[Path, ...]:
    """The tables as csv files, and the page of them; `name` is the scenario's, or that of the file of points."""
    tables = {
        "windows.csv": verdict.windows,
        "summary.csv": verdict.summary,
        "finds.csv": verdict.areas,
        "calibration.csv": verdict.calibration,
        "curves.csv": verdict.curves,
    }
    csvs = {
        file: csv_text([str(column) for column in table.columns], _rows(table))
        for file, table in tables.items()
        if len(table)
    }
    protocol = verdict.protocol
    judged = Judged(
        name=name,
        is_points=is_points,
        n_places=verdict.n_places,
        n_windows=protocol.n_origins,
        lag_days=protocol.lag_days,
        horizon_days=protocol.horizon_days,
        hours=protocol.hours,
        summary=verdict.summary,
        windows=verdict.windows,
        curves=verdict.curves,
        finds=verdict.areas,
        calibration=verdict.calibration,
    )
    return write_files({**csvs, "backtest.html": backtest_page(judged, texts)}, folder)


def _rows(table: pd.DataFrame) -> list[list[object]]:
    rows = table.itertuples(index=False, name=None)
    return [[value.item() if isinstance(value, np.generic) else value for value in row] for row in rows]


def _judged(case: Case, methods: Sequence[Method], settings: Backtest, end: float, seed: int) -> Verdict:
    room = end - settings.first_day - settings.lag_days
    n_origins = int(room // settings.horizon_days)
    if n_origins < 1:
        needs = settings.first_day + settings.lag_days + settings.horizon_days
        raise InputError([Issue("S402", "backtest.first_day", {"has": round(end), "needs": round(needs)})])
    protocol = Protocol(
        first_day=settings.first_day,
        step_days=settings.horizon_days,
        n_origins=n_origins,
        lag_days=settings.lag_days,
        horizon_days=settings.horizon_days,
        hours=settings.hours,
        seed=seed,
    )
    windows = backtest(case, methods, protocol)
    areas, bins = judge_checks(case, methods, protocol)
    curves = catch_curves(case, methods, protocol)
    return Verdict(windows, summarise(windows, seed), areas, bins, curves, len(case.population), protocol)


def _others(case: Case, settings: Backtest) -> list[Method]:
    return [
        Method("decayed_per_hour", decayed_per_hour(case.effort_h, 30.0)),
        Method("raw_rate", raw_rate),
        Method("raw_count", raw_count),
        Method("kde", kernel_density(case.points_m, settings.bandwidth_m)),
        Method("gi", local_gi(case.points_m, settings.bandwidth_m)),
        Method("random", random_order),
    ]
