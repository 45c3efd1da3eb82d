"""Rankings side by side out of time, over a scenario's own past; `dated.py` has those over a file of points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from geodata.errors import InputError, Issue
from geodata.texts import Texts
from sweep.audit.retention import STUDY
from sweep.disk.csv_text import csv_text
from sweep.disk.files import write_files
from sweep.pipeline.backtest.groups import check_groups
from sweep.pipeline.backtest.past import own_method, past_case
from sweep.pipeline.inputs.load import load_inputs
from sweep.pipeline.inputs.records import make_buildings, make_persons
from sweep.pipeline.stages.rank import team_size
from sweep.pipeline.stages.ranker import frozen_at, make_ranker
from sweep.pipeline.steps import Watch
from sweep.publish.archive.manifest import study_json
from sweep.publish.page.escape import file_stem
from sweep.publish.studies.backtest_page import Judged, backtest_page
from sweep.rank.backtest.backtest import Case, Protocol, backtest, summarise
from sweep.rank.backtest.curves import catch_curves
from sweep.rank.backtest.fairness import fairness
from sweep.rank.backtest.finds import judge_checks, seen_checks
from sweep.rank.backtest.fitted import Shares
from sweep.rank.backtest.methods import (
    Method,
    decayed_per_hour,
    kernel_density,
    local_gi,
    random_order,
    raw_count,
    raw_rate,
    remembered,
)
from sweep.rank.rate.exposure import SECONDS_PER_DAY
from sweep.records.ranking import Verdict as Scored
from sweep.scenario.rank import Backtest
from sweep.scenario.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a backtest found; the columns are described in `backtest`, `finds` and `curves` of `sweep.rank.backtest`."""

    windows: pd.DataFrame
    summary: pd.DataFrame
    areas: pd.DataFrame
    calibration: pd.DataFrame
    curves: pd.DataFrame
    n_places: int
    n_events: int
    n_left_out: int
    """Dated points that lie near no place of the table."""
    protocol: Protocol
    scored: Scored | None = None
    """Why the rule scores or the model, on the scenario's day; None for a file of points."""
    memory: Shares | None = None
    """The memory that was fitted to a file of points, on the day of the last list; None where there was none to fit."""
    fairness: pd.DataFrame = field(default_factory=pd.DataFrame)
    """How groups of buildings come out: `sweep.rank.backtest.fairness`; empty for a file of points."""
    district_names: Mapping[str, str] = field(default_factory=dict)
    """Names of divisions by code, where the scenario has its own."""


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
    inputs = load_inputs(scenario, is_study=True)
    buildings = make_buildings(inputs)
    ranker = make_ranker(scenario, inputs, buildings, team_size(scenario, make_persons(inputs)))
    watch("rank", None)
    case, zero = past_case(ranker)
    end = (pd.Timestamp(frozen_at(scenario)) - zero).total_seconds() / SECONDS_PER_DAY
    own = remembered(own_method(ranker, zero))
    verdict = judged(case, [own, *other_methods(case, scenario.backtest)], scenario.backtest, end, scenario.seed)
    seen = seen_checks(case, own, verdict.protocol)
    groups = check_groups(ranker, case, seen, scenario.backtest.first_day)
    return replace(
        verdict,
        scored=ranker.rank(frozen_at(scenario)).verdict,
        fairness=fairness(seen, groups, scenario.seed),
        district_names=inputs.division_names,
    )


def write_verdict(
    verdict: Verdict, scenario: Scenario, out: Path, points: str | None, texts: Texts, *, grain: str
) -> tuple[Path, ...]:
    """
    The tables as csv files, and the page of them, in `out`/<scenario>/backtest/, or backtest-<points>/ beside it.

    Parameters
    ----------
    points
        Name of the file of points; None: the scenario itself was judged.
    grain
        `buildings` of a scenario, `grid` or `places` of a file of points.
    """
    tables = {
        "windows.csv": verdict.windows,
        "summary.csv": verdict.summary,
        "finds.csv": verdict.areas,
        "calibration.csv": verdict.calibration,
        "curves.csv": verdict.curves,
        "fairness.csv": verdict.fairness,
    }
    csvs = {
        file: csv_text([str(column) for column in table.columns], _rows(table))
        for file, table in tables.items()
        if len(table)
    }
    protocol = verdict.protocol
    judged = Judged(
        name=points or scenario.name,
        grain=grain,
        n_places=verdict.n_places,
        n_events=verdict.n_events,
        n_left_out=verdict.n_left_out,
        scored=verdict.scored,
        memory=verdict.memory,
        n_windows=protocol.n_origins,
        lag_days=protocol.lag_days,
        horizon_days=protocol.horizon_days,
        hours=protocol.hours,
        summary=verdict.summary,
        windows=verdict.windows,
        curves=verdict.curves,
        finds=verdict.areas,
        calibration=verdict.calibration,
        fairness=verdict.fairness,
        district_names=verdict.district_names,
    )
    place = out / scenario.name
    folder = place / (f"backtest-{file_stem(points)}" if points else "backtest")
    pages = {"backtest.html": backtest_page(judged, texts), STUDY: study_json("backtest", scenario)}
    return write_files({**csvs, **pages}, folder, place)


def _rows(table: pd.DataFrame) -> list[list[object]]:
    rows = table.itertuples(index=False, name=None)
    return [[value.item() if isinstance(value, np.generic) else value for value in row] for row in rows]


def judged(
    case: Case, methods: Sequence[Method], settings: Backtest, end: float, seed: int, n_left_out: int = 0
) -> Verdict:
    """
    What a backtest finds.

    Parameters
    ----------
    case
        Places and events.
    methods
        The rankings, the one that is judged first.
    settings, seed
        The scenario's.
    end
        Day up to which events are known.
    n_left_out
        Points that are not in the case.

    Raises
    ------
    InputError
        S402 if the events reach not far enough back.
    """
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
    methods = [remembered(method) for method in methods]
    windows = backtest(case, methods, protocol)
    areas, bins = judge_checks(case, methods, protocol)
    return Verdict(
        windows=windows,
        summary=summarise(windows, seed),
        areas=areas,
        calibration=bins,
        curves=catch_curves(case, methods, protocol),
        n_places=len(case.population),
        n_events=len(case.rows) + n_left_out,
        n_left_out=n_left_out,
        protocol=protocol,
    )


def other_methods(case: Case, settings: Backtest) -> list[Method]:
    """What stands beside the ranking that is judged."""
    return [
        Method("decayed_per_hour", decayed_per_hour(case.effort_h, 30.0)),
        Method("raw_rate", raw_rate),
        Method("raw_count", raw_count),
        Method("kde", kernel_density(case.points_m, settings.bandwidth_m)),
        Method("gi", local_gi(case.points_m, settings.bandwidth_m)),
        Method("random", random_order),
    ]
