"""Rankings side by side out of time, over a scenario's own past."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from geodata.errors import InputError, Issue
from sweep.pipeline.backtest.groups import check_groups
from sweep.pipeline.backtest.past import own_method, past_case
from sweep.pipeline.inputs.load import load_inputs
from sweep.pipeline.inputs.records import make_buildings, make_persons
from sweep.pipeline.stages.rank import team_size
from sweep.pipeline.stages.ranker import frozen_at, make_ranker
from sweep.pipeline.steps import Watch
from sweep.rank.backtest.backtest import Case, Protocol, backtest, summarise
from sweep.rank.backtest.curves import catch_curves
from sweep.rank.backtest.fairness import fairness
from sweep.rank.backtest.finds import judge_checks, seen_checks
from sweep.rank.backtest.methods import (
    Method,
    decayed_per_hour,
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
    protocol: Protocol
    scored: Scored | None = None
    """Why the rule scores or the model, on the scenario's day."""
    fairness: pd.DataFrame = field(default_factory=pd.DataFrame)
    """How groups of buildings come out: `sweep.rank.backtest.fairness`."""
    district_names: Mapping[str, str] = field(default_factory=dict)
    """Names of divisions by code, where the scenario has its own."""


def backtest_scenario(scenario: Scenario, watch: Watch) -> Verdict:
    """
    The ranking and simpler ones over the scenario's own leads and visits.

    Buildings and firms are those of today, for there is no register of the past; leads and visits are frozen.

    Raises
    ------
    InputError
        If the inputs cannot be used, G331 if there are no leads and no check got in, or S402 if the past is too short.
    """
    watch("read", None)
    inputs = load_inputs(scenario, is_study=True)
    buildings = make_buildings(inputs)
    ranker = make_ranker(scenario, inputs, buildings, team_size(scenario, make_persons(inputs)))
    watch("rank", None)
    case, zero = past_case(ranker)
    n_checks = len(inputs.history)
    if n_checks and len(case.rows) == len(case.checks.rows) == 0:
        raise InputError([Issue("G331", "data.history", {"n": n_checks})])
    end = (pd.Timestamp(frozen_at(scenario)) - zero).total_seconds() / SECONDS_PER_DAY
    own = remembered(own_method(ranker, zero))
    verdict = judged(case, [own, *other_methods(case)], scenario.backtest, end, scenario.seed)
    seen = seen_checks(case, own, verdict.protocol)
    groups = check_groups(ranker, case, seen, scenario.backtest.first_day)
    return replace(
        verdict,
        scored=ranker.rank(frozen_at(scenario)).verdict,
        fairness=fairness(seen, groups, scenario.seed),
        district_names=inputs.division_names,
    )


def judged(case: Case, methods: Sequence[Method], settings: Backtest, end: float, seed: int) -> Verdict:
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
        n_events=len(case.rows),
        protocol=protocol,
    )


def other_methods(case: Case) -> list[Method]:
    """What stands beside the ranking that is judged."""
    return [
        Method("decayed_per_hour", decayed_per_hour(case.effort_h, 30.0)),
        Method("raw_rate", raw_rate),
        Method("raw_count", raw_count),
        Method("random", random_order),
    ]
