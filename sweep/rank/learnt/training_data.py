"""Training data over time: checks with features as of their morning, and present features of all buildings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import numpy as np
import pandas as pd

from geodata.array_types import Bools, Float64s, Int64s
from geodata.clock_times import DAY_S
from sweep.rank.learnt.inspection_history import HISTORY_KINDS, HISTORY_SIGNS, CheckHistory, inspection_features
from sweep.rank.learnt.logistic_regression import Logistic
from sweep.rank.learnt.past_checks import LEAD_KINDS, LEAD_SIGNS, LeadFeatureInput, gather_past, list_checks
from sweep.rank.rate.answered_leads import without_rechecks
from sweep.rank.rate.events_and_exposure import units
from sweep.records.ranking import ModelChoice
from sweep.scenario.rank_settings import Rank

_RELATIONS = ("landlord_id", "property_company_id", "complex_id")
# Maximum number of kinds with an effect: fitting time grows with its square.
KINDS_MOST = 20

PLACE_KINDS = (*["kind_finds"] * KINDS_MOST, "where", "where")
"""Kind of each place feature: indicators of kinds, metres east and metres north."""

FEATURES = (*LEAD_KINDS, *HISTORY_KINDS, *["related_finds"] * len(_RELATIONS), *PLACE_KINDS)
"""Kind of each feature column: leads, own inspection history, checks of related places, place features."""
RULE = FEATURES.index("rule")
"""Column of the log-odds of a den by the lead model."""
SIGNS = np.array([*LEAD_SIGNS, *HISTORY_SIGNS, *[1] * len(_RELATIONS), *[0] * len(PLACE_KINDS)], np.int64)
"""Sign constraint of each slope: see `sweep.rank.learnt.logistic_regression.fit_logistic`."""
IS_INDICATOR = np.array([feature == "kind_finds" for feature in FEATURES])
"""Whether each feature is a 0/1 indicator of a kind: see `sweep.rank.learnt.logistic_regression.fit_logistic`."""


@dataclass(frozen=True, slots=True)
class TrainingChecks:
    """m past checks (visits in which the team got in) with features and outcomes, in order of day."""

    features: Float64s
    """Features of the building on the morning of each check, shape (m, 38)."""
    is_find: Bools
    """Whether the check is a find, shape (m,)."""
    day: Float64s
    """Day of each check, from an arbitrary zero, ascending, shape (m,)."""
    group: Int64s
    """Code of track and team, shape (m,); the authority replaces a missing team."""
    is_case: Bools
    """Whether each group is of the case track, which the ranking serves, shape (g,)."""
    weights: Float64s
    """1 / inclusion probability of each check, shape (m,); 1 if none is recorded, as on the case track."""

    def part(self, rows: slice) -> TrainingChecks:
        """Return the checks in the rows of a slice."""
        return TrainingChecks(
            self.features[rows], self.is_find[rows], self.day[rows], self.group[rows], self.is_case, self.weights[rows]
        )


@dataclass(frozen=True, slots=True)
class TrainingResult:
    """Result of training on past checks: verdict, model and forecasts."""

    verdict: ModelChoice
    """Choice between lead model and learnt model, with the reason."""
    model: Logistic | None
    """The accepted model; None: the lead model gives the scores."""
    forecasts: Float64s
    """Out-of-time P(find) of each check, shape (m,); NaN for the first block of checks, which is for training only."""


type Train = Callable[[TrainingChecks], TrainingResult]


class TrainingData:
    """
    Training data of n buildings for any day up to `last`; features that do not depend on the day are cached.

    Parameters
    ----------
    buildings
        `building_id`, `n_firms`; optional `floor_area_m2`, `kind` (several separated by `;`), `landlord_id`,
        `property_company_id`, `complex_id`.
    leads, history, points_m
        Tables of leads and past visits, and coordinates (n, 2) in metres, as for `rank_buildings`.
    last
        Time-zone aware time after which no data are used.
    """

    def __init__(
        self,
        buildings: pd.DataFrame,
        leads: pd.DataFrame,
        history: pd.DataFrame,
        points_m: Float64s,
        last: datetime,
        settings: Rank,
    ) -> None:
        self._last, self._points_m, self._radius_m = pd.Timestamp(last), points_m, settings.neighbour_radius_m
        self._groups, self._kinds = _relation_codes(buildings), kinds_of(buildings)
        inspections = without_rechecks(history)
        at_risk = units(buildings, np.ones(len(buildings)))
        self._gather = partial(
            gather_past, buildings, leads, inspections, points_m, at_risk, now=last, settings=settings
        )
        self._made: LeadFeatureInput | None = None
        self._checks = list_checks(buildings, inspections, last)
        self._of_leads: Float64s | None = None
        self._results: dict[int, TrainingResult] = {}

    @property
    def _past(self) -> LeadFeatureInput:
        """Return the input of the lead features, computed on first use: a short history never needs it."""
        if self._made is None:
            self._made = self._gather()
        return self._made

    def checks(self, now: datetime) -> pd.DataFrame:
        """Return the checks (`list_checks`) before the day of `now`; checks have no hour, so that day is left out."""
        day = self._checks["day"]
        return self._checks[day < pd.Timestamp(now).tz_convert(day.dt.tz).normalize()]

    def at(self, now: datetime) -> tuple[TrainingChecks, Float64s]:
        """Return past checks with features as of the morning of each check, and all buildings' features at `now`."""
        checks = self.checks(now)
        day = -((self._last - checks["day"]).dt.total_seconds().to_numpy(np.float64)) / DAY_S
        end = -(self._last - pd.Timestamp(now)).total_seconds() / DAY_S
        team, names = pd.factorize(checks["track"] + " " + checks["who"], sort=True)
        row = checks["row"].to_numpy(np.int64)
        past = CheckHistory(
            row=row,
            day=day,
            is_find=checks["is_find"].to_numpy(np.bool_),
            is_irregular=checks["is_irregular"].to_numpy(np.bool_),
            severity=checks["severity"].to_numpy(np.float64),
            team=team.astype(np.int64),
        )
        before, after = inspection_features(past, self._groups, self._points_m, self._radius_m, end)
        of_place = place_features(self._kinds, self._points_m, row)
        n = len(self._points_m)
        pi = checks["pi"].to_numpy(np.float64)
        return TrainingChecks(
            features=np.hstack([self._lead_features(len(checks)), before, of_place[row]]),
            is_find=past.is_find,
            day=day,
            group=past.team,
            is_case=np.array([str(name).startswith("case ") for name in names], np.bool_),
            weights=np.divide(1.0, pi, out=np.ones(len(pi)), where=pi > 0),
        ), np.hstack([self._past.features_at(np.arange(n), np.full(n, -end)), after, of_place])

    def trained(self, checks: TrainingChecks, train: Train) -> TrainingResult:
        """Return the model trained by `train(checks)`; cached by the number of checks: always pass the same `train`."""
        n = len(checks.day)
        if n not in self._results:
            self._results[n] = train(checks)
        return self._results[n]

    def _lead_features(self, n: int) -> Float64s:
        """Return the lead features of the first n checks, each as of the morning of its day, shape (n, 5)."""
        if self._of_leads is None:
            ago = (self._last - self._checks["day"]).dt.total_seconds().to_numpy(np.float64) / DAY_S
            self._of_leads = self._past.features_at(self._checks["row"].to_numpy(np.int64), ago)
        return self._of_leads[:n]


@dataclass(slots=True)
class TrainingCache:
    """Cache of training data for repeated rankings of the same tables on days up to `last`."""

    last: pd.Timestamp
    """Time after which no data are used; a ranking must not be later."""
    kept: dict[str, TrainingData] = field(default_factory=dict)
    """Training data by the settings' JSON text."""

    def training_data(
        self, buildings: pd.DataFrame, leads: pd.DataFrame, history: pd.DataFrame, points_m: Float64s, settings: Rank
    ) -> TrainingData:
        """Return the training data, cached by `settings`; every call must pass the same tables."""
        key = settings.model_dump_json()
        if key not in self.kept:
            self.kept[key] = TrainingData(buildings, leads, history, points_m, self.last.to_pydatetime(), settings)
        return self.kept[key]


def _relation_codes(buildings: pd.DataFrame) -> Int64s:
    codes = np.full((len(buildings), len(_RELATIONS)), -1, np.int64)
    for k, column in enumerate(_RELATIONS):
        if column in buildings:
            codes[:, k] = pd.factorize(buildings[column])[0]
    return codes


def kinds_of(buildings: pd.DataFrame) -> Int64s:
    """
    Return numbers for the first three uses in the column `kind` of each building, -1 for a missing one, (n, 3).

    A use has different numbers as first, second and third use of a building.
    """
    codes = np.full((len(buildings), 3), -1, np.int64)
    if "kind" not in buildings:
        return codes
    words = [[w.strip() for w in str(k).split(";")] if pd.notna(k) else [] for k in buildings["kind"]]
    n_before = 0
    for k in range(3):
        code, names = pd.factorize(np.array([w[k] if len(w) > k and w[k] else None for w in words], object), sort=True)
        codes[:, k] = np.where(code < 0, -1, code + n_before)
        n_before += len(names)
    return codes


def place_features(kinds: Int64s, points_m: Float64s, checked: Int64s) -> Float64s:
    """
    Return the place features of every building, shape (n, 22): 20 indicators of kinds (uses), x and y.

    The kinds are those with most checks. Coordinates are clipped to the range of checked places: nothing is known
    beyond it. `kinds`: result of `kinds_of`; `checked`: building row of each past check.
    """
    features = np.zeros((len(kinds), len(PLACE_KINDS)))
    if len(checked) == 0:
        return features
    known = kinds[checked]
    n_checks = np.bincount(known[known >= 0])
    most = np.argsort(-n_checks, kind="stable")[:KINDS_MOST]
    # At least ten checks are needed for a kind.
    for k, code in enumerate(most[n_checks[most] >= 10]):
        features[:, k] = (kinds == code).any(axis=1)
    seen = points_m[checked]
    features[:, KINDS_MOST:] = np.clip(points_m, seen.min(axis=0), seen.max(axis=0))
    return features
