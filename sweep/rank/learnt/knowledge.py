"""What the past teaches: every check with what was known that morning, and every building as it is now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

import numpy as np
import pandas as pd

from geodata.arrays import Bools, Float64s, Int64s
from sweep.rank.learnt.checks import LEAD_KINDS, LEAD_SIGNS, Past, gather_past, list_checks
from sweep.rank.learnt.lasting import LASTING_KINDS, kinds_of, lasting_features
from sweep.rank.learnt.logistic import Logistic
from sweep.rank.learnt.own_past import OWN_KINDS, OWN_SIGNS, Looks, own_past
from sweep.rank.rate.answered import independent_looks
from sweep.rank.rate.exposure import SECONDS_PER_DAY
from sweep.records.ranking import Verdict
from sweep.records.service import M2_PER_UNIT
from sweep.scenario.rank import Rank

_IN_COMMON = ("landlord_id", "property_company_id", "complex_id")

FEATURES = (*LEAD_KINDS, *OWN_KINDS, *["related_finds"] * len(_IN_COMMON), *LASTING_KINDS)
"""Kind of each column of the features: of leads, the place's own past, what places have in common, and what lasts."""
SIGNS = np.array([*LEAD_SIGNS, *OWN_SIGNS, *[1] * len(_IN_COMMON), *[0] * len(LASTING_KINDS)], np.int64)
"""Sign that the slope of each must keep: see `sweep.rank.learnt.logistic.fit_logistic`."""
MARKS = np.array([feature == "kind_finds" for feature in FEATURES])
"""Which of them mark a kind of places: see `sweep.rank.learnt.logistic.fit_logistic`."""


@dataclass(frozen=True, slots=True)
class Checks:
    """Past checks that got in, in order of day, m of them."""

    features: Float64s
    """Features of the building on the morning of each, shape (m, 37)."""
    is_find: Bools
    day: Float64s
    """Days from any zero, ascending, shape (m,)."""
    group: Int64s
    """Code of who looked and how, shape (m,): track and team, or the authority where the history names no team."""
    is_case: Bools
    """Whether each group is of the case track, which is what a ranking sends, shape (g,)."""
    weights: Float64s
    """1 / selection probability of each check, shape (m,); 1 where none is recorded, as on the case track."""

    def part(self, rows: slice) -> Checks:
        """Some of them, in their order."""
        return Checks(
            self.features[rows], self.is_find[rows], self.day[rows], self.group[rows], self.is_case, self.weights[rows]
        )

    def only(self, columns: Bools) -> Checks:
        """The same checks with all features but some unknown: 0, from which nothing is learnt."""
        return replace(self, features=np.where(columns, self.features, 0.0))


@dataclass(frozen=True, slots=True)
class Lesson:
    """What past checks teach."""

    verdict: Verdict
    model: Logistic | None
    """None: the rule scores."""
    foretold: Float64s
    """Chance of a find that the model gave each check before it saw it, shape (m,); NaN for those it began with."""


type Teach = Callable[[Checks], Lesson]


class Knowledge:
    """
    What is known of n buildings, on any day up to the last: made once, asked for many days.

    Parameters
    ----------
    buildings
        `building_id`, `n_firms`; where they are known `floor_area_m2`, `kind` (`;` between several), `landlord_id`,
        `property_company_id`, `complex_id`.
    leads, history
        Matched leads and past visits.
    points_m
        Places in metres, shape (n, 2).
    last
        Aware time after which nothing is read.
    settings
        The scenario's [rank].
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
        self._groups, self._kinds = _in_common(buildings), kinds_of(buildings)
        looked = independent_looks(history)
        self._gather = partial(
            gather_past, buildings, leads, looked, points_m, _units(buildings), now=last, settings=settings
        )
        self._made: Past | None = None
        self._checks = list_checks(buildings, looked, last)
        self._of_leads: Float64s | None = None
        self._lessons: dict[int, Lesson] = {}

    @property
    def _past(self) -> Past:
        """What features of leads are made from, gathered when it is first asked for: a short history never asks."""
        if self._made is None:
            self._made = self._gather()
        return self._made

    def checks(self, now: datetime) -> pd.DataFrame:
        """The checks of the days before a time's own, as `list_checks` gives them: the hour of a check is not kept."""
        day = self._checks["day"]
        return self._checks[day < pd.Timestamp(now).tz_convert(day.dt.tz).normalize()]

    def at(self, now: datetime) -> tuple[Checks, Float64s]:
        """The checks before a time, and the features of every building at that time, shape (n, 37)."""
        checks = self.checks(now)
        day = -((self._last - checks["day"]).dt.total_seconds().to_numpy(np.float64)) / SECONDS_PER_DAY
        end = -(self._last - pd.Timestamp(now)).total_seconds() / SECONDS_PER_DAY
        who, names = pd.factorize(checks["track"] + " " + checks["who"], sort=True)
        row = checks["row"].to_numpy(np.int64)
        looks = Looks(
            row=row,
            day=day,
            is_find=checks["is_find"].to_numpy(np.bool_),
            is_irregular=checks["is_irregular"].to_numpy(np.bool_),
            severity=checks["severity"].to_numpy(np.float64),
            who=who.astype(np.int64),
        )
        before, after = own_past(looks, self._groups, self._points_m, self._radius_m, end)
        lasting = lasting_features(self._kinds, self._points_m, row)
        pi = checks["pi"].to_numpy(np.float64)
        return Checks(
            features=np.hstack([self._morning(len(checks)), before, lasting[row]]),
            is_find=looks.is_find,
            day=day,
            group=looks.who,
            is_case=np.array([str(name).startswith("case ") for name in names], np.bool_),
            weights=np.divide(1.0, pi, out=np.ones(len(pi)), where=pi > 0),
        ), np.hstack([self._past.features(-end), after, lasting])

    def lesson(self, checks: Checks, teach: Teach) -> Lesson:
        """What the checks before a time teach: worked out once for all days up to which no more of them are known."""
        n = len(checks.day)
        if n not in self._lessons:
            self._lessons[n] = teach(checks)
        return self._lessons[n]

    def _morning(self, n: int) -> Float64s:
        """What leads said of the building of each of the first n checks on its morning, shape (n, 5)."""
        if self._of_leads is None:
            ago = (self._last - self._checks["day"]).dt.total_seconds().to_numpy(np.float64) / SECONDS_PER_DAY
            self._of_leads = self._past.mornings(self._checks["row"].to_numpy(np.int64), ago)
        return self._of_leads[:n]


def _units(buildings: pd.DataFrame) -> Float64s:
    """Firms, or where none is registered the units that the floor area holds, at least one."""
    n_firms = buildings["n_firms"].to_numpy(np.float64)
    if "floor_area_m2" not in buildings:
        return n_firms
    by_area = np.maximum(1.0, np.round(buildings["floor_area_m2"].to_numpy(np.float64) / M2_PER_UNIT))
    return np.where(n_firms == 0, by_area, n_firms)


def _in_common(buildings: pd.DataFrame) -> Int64s:
    """Codes of what buildings have in common, -1 for none, shape (n, 3)."""
    codes = np.full((len(buildings), len(_IN_COMMON)), -1, np.int64)
    for k, column in enumerate(_IN_COMMON):
        if column in buildings:
            codes[:, k] = pd.factorize(buildings[column])[0]
    return codes
