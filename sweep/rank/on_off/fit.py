"""
Whether leads are read as what dens send while they are open, and what dens send: fitted to the past.

Types of lead that fade alike are of one kind of den, and have a source of their own. Each is the likeliest, on a
sample of the buildings, once it is pulled to what the settings say: how long a den is open to the half-life, how many
of the leads dens send to the share that proves true. Fitted to what was known twelve weeks ago, the sources foretell
each of the six fortnights since from all that was known on its morning, beside the rule's rates of that morning and
beside the same streams without any den: leads that come at other rates from place to place, and steadily. Only where
leads are surely foretold better than by either are sources fitted once more, to all that is known now, and used.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.optimize import minimize

from geodata.arrays import Float64s, Int64s
from sweep.rank.on_off.judging import N_FORTNIGHTS, by_sources, make_fortnights
from sweep.rank.on_off.streams import TRUE_MAX, TRUE_MIN, Source, States, Streams, make_streams, states_of
from sweep.rank.rate.half_life import EVENTS_MIN, FORTNIGHT_DAYS
from sweep.rank.rate.mixture import gain_and_margin
from sweep.rank.rate.nearby import Plane, Sightings
from sweep.records.ranking import OnOff
from sweep.scenario.rank import Rank

# One-sided, one in a hundred: where it is used in vain, dens are missed.
SURE = 2.326
# A sample shows what dens send as well as a whole city does.
BUILDINGS_MOST, EVENTS_MOST = 3_000, 5_000
# What is taken of a source before any lead: leads of a den, in all; shape; well-known towers, and what they draw over
# the mean of all. Any of it may be wrong by a factor e, how long a den is open by the root of it.
LEADS_OF_A_DEN, SHAPE, TOWER_SHARE, TOWER_TIMES = 2.0, 1.0, 0.01, 20.0
SPREAD = np.array([1.0, 0.5, 1.0, 1.0, 1.0, 1.0, 1.0])
# The first of a source are of dens; where there are none, one would be closed within the hour.
N_OF_DENS, ALWAYS = 3, 24.0
MOST_TRIALS, STEP, CLOSE, ALIKE = 300, 0.5, 0.05, 0.2


class Fit(NamedTuple):
    """Whether leads are read as what dens send, and the source of each kind of den; none where they are not."""

    found: OnOff
    sources: tuple[Source, ...] = ()
    half_lives: tuple[float, ...] = ()
    """Half-life of the leads of each kind, in days."""


@dataclass(frozen=True, slots=True)
class Dens:
    """What dens send, and the streams of all buildings; one of each for each kind of den."""

    fit: Fit
    streams: tuple[Streams, ...]
    """Empty where leads are not read so."""

    @property
    def is_used(self) -> bool:
        """Whether leads are read so."""
        return bool(self.fit.sources)

    def p_den(self, times: Int64s | None = None) -> Float64s:
        """P(a den is open now) of each building, shape (n,); `times`: how often each event counts."""
        return _any([states.p_den for states in self._states(times=times)])

    def chances(
        self, hit_share: float, half_life: float, detection_share: float
    ) -> tuple[Float64s, Float64s, Float64s]:
        """
        P(a den is open now) of each building as things are, had one more lead come in today, once a visit found none.

        Parameters
        ----------
        hit_share, half_life
            Share of leads of the one more lead's type that prove true, and its half-life in days.
        detection_share
            P(a visit that gets in finds the den that is there).
        """
        kind = int(np.argmin(np.abs(np.log(self.fit.half_lives) - math.log(half_life))))
        states = self._states(lead=self.streams[kind].lead_of(hit_share))
        now = [each.p_den for each in states]
        more = [each.with_lead if k == kind else each.p_den for k, each in enumerate(states)]
        return _any(now), _any(more), _any([p * (1.0 - detection_share) for p in now])

    def _states(self, lead: tuple[float, float] = (1.0, 1.0), times: Int64s | None = None) -> list[States]:
        both = zip(self.streams, self.fit.sources, strict=True)
        return [states_of(streams, source, lead=lead, times=times) for streams, source in both]


def _any(chances: Sequence[Float64s]) -> Float64s:
    return np.asarray(1.0 - np.prod([1.0 - p for p in chances], axis=0))


def read_dens(
    events: pd.DataFrame,
    visits: tuple[Int64s, Float64s],
    units: Float64s,
    plane: Plane,
    settings: Rank,
    unseen_days: float,
    fit: Fit | None,
) -> Dens | None:
    """
    How dens send leads; None where no lead scores or the settings leave it to the rule.

    Parameters
    ----------
    events
        `row` and the columns of `sweep.rank.rate.weights.weighted_events`.
    visits
        Building and age in days of each case visit that got in.
    units
        Firms or units of each building, shape (n,), those where no lead came yet as well.
    plane
        Where the buildings are, and their firm-days.
    settings
        The scenario's [rank].
    unseen_days
        Days up to now of which nothing is known yet.
    fit
        The fit to all that is known, if it has been made.
    """
    rows = events["row"].to_numpy(np.int64)
    if not settings.fit_on_off or not plane.exposure[rows].any():
        return None
    age_days, half_life, worth, hit_share = (
        events[c].to_numpy(np.float64) for c in ("age_days", "half_life", "worth", "hit_share")
    )
    leads = Sightings(rows, age_days, half_life, worth)
    # Before the first lead nothing is known: that none came then says nothing.
    span = min(settings.horizon_days, float(age_days.max()) + 1.0)
    limits = (settings.detection_share, span, min(unseen_days, span))
    if fit is None:
        half_lives = tuple(np.unique(half_life).tolist())
        step = max(1, len(units) // BUILDINGS_MOST, len(rows) // EVENTS_MOST)
        some, looked = rows % step == 0, visits[0] % step == 0
        own = replace(leads.where(some), rows=rows[some] // step)
        seen = (visits[0][looked] // step, visits[1][looked])
        sample, known = _streams(own, hit_share[some], half_lives, seen, units[::step], limits), leads
        if unseen_days > 0.0:
            sample = tuple(each.at(unseen_days) for each in sample)
            known = leads.where(age_days > unseen_days, unseen_days)
        fit = fit_on_off(sample, half_lives, known, plane, step)
    # What is foretold of a day to come keeps the kinds that were fitted, whatever has grown too old by then.
    return Dens(fit, _streams(leads, hit_share, fit.half_lives, visits, units, limits))


def _streams(
    leads: Sightings,
    hit_share: Float64s,
    half_lives: Sequence[float],
    visits: tuple[Int64s, Float64s],
    units: Float64s,
    limits: tuple[float, float, float],
) -> tuple[Streams, ...]:
    """The streams of each kind of den; `limits`: what a visit detects, the age of the first lead, the days unseen."""
    found = []
    is_known = leads.age_days >= limits[2]
    for of_kind in (np.flatnonzero(is_known & (leads.half_life == days)) for days in half_lives):
        own = make_streams(leads.rows[of_kind], leads.age_days[of_kind], hit_share[of_kind], visits, units, *limits)
        # By its row among all events.
        found.append(replace(own, event=np.append(of_kind, -1)[own.event]))
    return tuple(found)


def fit_on_off(
    sample: Sequence[Streams], half_lives: Sequence[float], events: Sightings, plane: Plane, step: int = 1
) -> Fit:
    """
    How dens send leads, and whether that is to be used.

    Parameters
    ----------
    sample, half_lives
        The streams of every `step`-th building, as of now, and the half-life of the leads; for each kind of den.
    events
        What the rule goes by, of all buildings; events of no worth judge nothing.
    plane
        Where the buildings are, and their firm-days.
    """
    cut = N_FORTNIGHTS * FORTNIGHT_DAYS
    if max(each.span_days for each in sample) < 2.0 * cut or (events.age_days > cut).sum() < EVENTS_MIN:
        return Fit(OnOff())
    fortnights = make_fortnights(events, plane, step)
    weights = np.concatenate([np.empty(0), *(each.worth for each in fortnights)])
    if len(weights) < EVENTS_MIN:
        return Fit(OnOff())
    of_kind = [events.share[events.half_life == days] for days in half_lives]
    worth = [float(share.sum()) / max(1, len(share)) for share in of_kind]

    def foretold(*, has_dens: bool) -> Float64s:
        sources = [
            _likeliest(each.at(cut), days, has_dens=has_dens) for each, days in zip(sample, half_lives, strict=True)
        ]
        return by_sources(fortnights, sample, sources, worth)

    own, gains = foretold(has_dens=True), []
    for other in (
        lambda: np.concatenate([each.log_shares(each.by_rule) for each in fortnights]),
        # Where no den opens and leads come at other rates from place to place, the rule's memory is too short alone.
        lambda: foretold(has_dens=False),
    ):
        gains.append(OnOff(len(weights), *gain_and_margin(own - other(), weights, SURE)))
        if not gains[-1].is_used:
            return Fit(gains[-1])
    found = min(gains, key=lambda each: each.gain)
    sources = [_likeliest(each, days) for each, days in zip(sample, half_lives, strict=True)]
    of_most = sources[int(np.argmax([(each.event >= 0).sum() for each in sample]))]
    found = replace(found, open_days=1.0 / of_most.closing, leads_a_month=30.0 * of_most.leads_a_day)
    return Fit(found, tuple(sources), tuple(half_lives))


def _taken(streams: Streams, half_life: float) -> Source:
    """What is taken of a source before any lead's time is looked at."""
    n_leads = max(1.0, float((streams.event >= 0).sum()))
    days = half_life / math.log(2.0)
    firm_days = float(streams.population.sum()) * streams.span_days
    leads_a_day = LEADS_OF_A_DEN / days
    true = min(max(streams.hit_share, TRUE_MIN), TRUE_MAX)
    return Source(
        leads_a_day=leads_a_day,
        closing=1.0 / days,
        dens_a_firm=true * n_leads / firm_days / leads_a_day,
        false_a_firm_day=(1.0 - true) * n_leads / firm_days,
        shape=SHAPE,
        tower_share=TOWER_SHARE,
        tower_a_day=TOWER_TIMES * n_leads / (len(streams.population) * streams.span_days),
    )


def _likeliest(streams: Streams, half_life: float, *, has_dens: bool = True) -> Source:
    """The source of greatest posterior density, by the simplex search of Nelder and Mead on logarithms."""
    taken, condensed = _taken(streams, half_life), streams.condensed()
    n_fixed = 0
    if not has_dens:
        # All that ever came says what a building draws: that there are no dens is known, not how long one is open.
        taken, n_fixed = taken._replace(closing=ALWAYS, dens_a_firm=0.0), N_OF_DENS
    middle = np.log(taken[n_fixed:])

    def unlikely(logarithms: Float64s) -> float:
        off = float((((logarithms - middle) / SPREAD[n_fixed:]) ** 2).sum())
        return 0.5 * off - states_of(condensed, _source(taken[:n_fixed], logarithms)).log_likelihood

    found = minimize(
        unlikely,
        middle,
        method="Nelder-Mead",
        options={
            "maxfev": MOST_TRIALS,
            "xatol": CLOSE,
            "fatol": ALIKE,
            "initial_simplex": np.vstack([middle, middle + STEP * np.eye(len(middle))]),
        },
    )
    return _source(taken[:n_fixed], found.x)


def _source(fixed: Sequence[float], logarithms: Float64s) -> Source:
    source = Source(*fixed, *np.exp(logarithms).tolist())
    return source._replace(tower_share=min(source.tower_share, 0.5))
