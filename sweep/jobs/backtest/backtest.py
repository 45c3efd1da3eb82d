"""Backtest of the ranking on a scenario's own past (how well it would have found later leads and finds), as files."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from geodata.atomic_writes import change
from geodata.clock_times import DAY_S
from geodata.errors import InputError, Issue
from geodata.message_catalogue import Texts
from sweep.audit.retention_period import STUDY
from sweep.disk.atomic_files import write_files
from sweep.disk.formula_safe_csv import csv_text, plain_numbers
from sweep.inputs.load_inputs import load_inputs
from sweep.inputs.make_records import make_buildings, make_persons
from sweep.jobs.backtest.backtest_data import check_groups, own_method, past_case
from sweep.jobs.stages.prepared_ranking import frozen_at, make_ranker
from sweep.jobs.stages.rank_day import team_size
from sweep.jobs.stages.run_progress import ProgressCallback
from sweep.publish.archive.manifest import study_json
from sweep.publish.studies.backtest_page import BacktestResult, backtest_page
from sweep.rank.backtest.backtest import BacktestData, Protocol, backtest, summarise
from sweep.rank.backtest.baseline_rankings import (
    Method,
    decayed_per_hour,
    random_order,
    raw_count,
    raw_rate,
    with_cache,
)
from sweep.rank.backtest.catch_curves import catch_curves
from sweep.rank.backtest.fairness import fairness
from sweep.rank.backtest.judged_by_finds import judge_checks, scored_checks
from sweep.scenario.rank_settings import Backtest
from sweep.scenario.scenario import Scenario


def backtest_scenario(scenario: Scenario, on_progress: ProgressCallback) -> BacktestResult:
    """
    Return the backtest of the scenario's ranking, and of simpler rankings, on its own leads and visits.

    Buildings and firms are today's, since there is no past register; leads and visits are cut off at each ranking day.

    Raises
    ------
    InputError
        If the inputs cannot be used; G331 without leads and without visits with access; S402 if the past is too short.
    """
    on_progress("read", None)
    inputs = load_inputs(scenario, is_study=True)
    buildings = make_buildings(inputs)
    ranker = make_ranker(scenario, inputs, buildings, team_size(scenario, make_persons(inputs)))
    on_progress("rank", None)
    case, zero = past_case(ranker)
    n_checks = len(inputs.history)
    if n_checks and len(case.rows) == len(case.checks.rows) == 0:
        raise InputError([Issue("G331", "data.history", {"n": n_checks})])
    end = (pd.Timestamp(frozen_at(scenario)) - zero).total_seconds() / DAY_S
    own = with_cache(own_method(ranker, zero))
    protocol = protocol_of(scenario.backtest, end, scenario.seed)
    found = run_backtest(scenario.name, case, [own, *other_methods(case)], protocol)
    seen = scored_checks(case, own, protocol)
    groups = check_groups(ranker, case, seen, protocol.first_day)
    return replace(
        found,
        scored=ranker.rank(frozen_at(scenario)).verdict,
        fairness=fairness(seen, groups, scenario.seed),
        district_names=inputs.division_names,
        has_leads=bool((inputs.leads["lead_source"] == "reported").any()),
    )


def protocol_of(settings: Backtest, end: float, seed: int) -> Protocol:
    """
    Return a backtest's schedule (ranking days, lag, horizon); `end`: end of the data, in days from their day 0.

    Raises
    ------
    InputError
        S402 if the data do not go back far enough.
    """
    needs = settings.first_day + settings.lag_days + settings.horizon_days
    if end < needs:
        raise InputError([Issue("S402", "backtest.first_day", {"has": round(end), "needs": round(needs)})])
    return Protocol(
        first_day=settings.first_day,
        step_days=settings.horizon_days,
        n_origins=int((end - settings.first_day - settings.lag_days) // settings.horizon_days),
        lag_days=settings.lag_days,
        horizon_days=settings.horizon_days,
        hours=settings.hours,
        seed=seed,
    )


def run_backtest(name: str, case: BacktestData, methods: Sequence[Method], protocol: Protocol) -> BacktestResult:
    """Return the backtest of ranking methods on past data `case` of scenario `name`; the first method is under test."""
    methods = [with_cache(method) for method in methods]
    windows = backtest(case, methods, protocol)
    finds, bins = judge_checks(case, methods, protocol)
    return BacktestResult(
        name=name,
        n_places=len(case.population),
        n_events=len(case.rows),
        n_windows=protocol.n_origins,
        lag_days=protocol.lag_days,
        horizon_days=protocol.horizon_days,
        hours=protocol.hours,
        summary=summarise(windows, protocol.seed),
        windows=windows,
        curves=catch_curves(case, methods, protocol),
        finds=finds,
        calibration=bins,
    )


def other_methods(case: BacktestData) -> list[Method]:
    """
    Return the baseline rankings of a backtest.

    By leads per visit hour, weighted with a half-life; by leads per firm; by number of leads; at random.
    """
    return [
        Method("decayed_per_hour", decayed_per_hour(case.effort_h, 30.0)),
        Method("raw_rate", raw_rate),
        Method("raw_count", raw_count),
        Method("random", random_order),
    ]


def write_backtest(result: BacktestResult, scenario: Scenario, out: Path, texts: Texts) -> tuple[Path, ...]:
    """
    Write a backtest's tables as CSV files, and its page, to `out`/<scenario>/backtest/; return the files.

    An empty table has no file, and its file from an earlier backtest is deleted.
    """
    tables = {
        "windows.csv": result.windows,
        "summary.csv": result.summary,
        "finds.csv": result.finds,
        "calibration.csv": result.calibration,
        "curves.csv": result.curves,
        "fairness.csv": result.fairness,
    }
    csvs = {
        file: csv_text(
            [str(column) for column in table.columns],
            (tuple(map(plain_numbers, row)) for row in table.itertuples(index=False, name=None)),
        )
        for file, table in tables.items()
        if len(table)
    }
    place = out / scenario.name
    folder = place / "backtest"
    pages = {"backtest.html": backtest_page(result, texts), STUDY: study_json("backtest", scenario.name, scenario.day)}
    with change(place) as made:
        files = write_files({**csvs, **pages}, folder, place)
        for stale in (folder / name for name in tables.keys() - csvs.keys()):
            if stale.is_file():
                made.discard(stale)
    return files
