"""How well the leads of the last fortnights are foretold from what was known on the morning of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from geodata.arrays import Float64s, Int64s
from sweep.rank.on_off.streams import Source, Streams, states_of
from sweep.rank.rate.density import fit_prior, posterior_rates, shrunk_rates
from sweep.rank.rate.half_life import FORTNIGHT_DAYS
from sweep.rank.rate.nearby import Plane, Sightings
from sweep.rank.rate.radius_sums import sums_within

N_FORTNIGHTS = 6


@dataclass(frozen=True, slots=True)
class Fortnight:
    """One fortnight of which the rule foretells something."""

    ago: float
    """Days since its morning."""
    rows: Int64s
    """Building in the sample of each lead that came in it, shape (m,)."""
    worth: Float64s
    """What each of them counts, shape (m,)."""
    by_rule: Float64s
    """Leads that the rule's rates expect of each building of the sample, in any unit; 0 where nothing is at risk."""

    def log_shares(self, expected: Float64s) -> Float64s:
        """Logarithm of the share of the fortnight's leads that was expected where each came, shape (m,)."""
        expected = np.where(self.by_rule > 0.0, expected, 0.0)
        return np.asarray(np.log(expected[self.rows]) - np.log(expected.sum()))


def make_fortnights(events: Sightings, plane: Plane, step: int) -> tuple[Fortnight, ...]:
    """
    The last fortnights, oldest first.

    Parameters
    ----------
    events
        What the rule goes by, of all n buildings; events of no worth judge nothing.
    plane
        Where the buildings are, and their firm-days.
    step
        Every so manieth building is in the sample.
    """
    judges = (events.rows % step == 0) & (plane.exposure[events.rows] > 0.0) & (events.share > 0.0)
    found = []
    for ago, by_rule in _by_rule(events, plane):
        came = judges & (events.age_days <= ago) & (events.age_days > ago - FORTNIGHT_DAYS)
        found.append(Fortnight(ago, events.rows[came] // step, events.share[came], by_rule[::step]))
    return tuple(found)


def by_sources(
    fortnights: Sequence[Fortnight], sample: Sequence[Streams], sources: Sequence[Source], worth: Sequence[float]
) -> Float64s:
    """
    How likely sources make each lead of the fortnights, as logarithms of shares, shape (m,).

    Parameters
    ----------
    sample, sources, worth
        The streams of the sample's buildings, the source, and what a lead counts on average; of each kind of den.
    """
    shares = []
    for fortnight in fortnights:
        expected = np.zeros(len(fortnight.by_rule))
        for streams, source, each in zip(sample, sources, worth, strict=True):
            expected += each * states_of(streams.at(fortnight.ago), source, FORTNIGHT_DAYS).expected
        shares.append(fortnight.log_shares(expected))
    return np.concatenate(shares)


def _by_rule(events: Sightings, plane: Plane) -> Iterator[tuple[float, Float64s]]:
    """Days since the morning of each fortnight, and what the rule's rates expected of each building by then."""
    n = len(plane.exposure)
    agos = [k * FORTNIGHT_DAYS for k in range(N_FORTNIGHTS, 0, -1)]
    known = [events.where(events.age_days > ago, ago) for ago in agos]
    faded = [some.counts(n, some.half_life) for some in known]
    at_risk = np.where(plane.exposure > 0.0, 1.0, 0.0)
    columns = np.column_stack([*(counts * at_risk for counts, _ in faded), plane.exposure])
    near = sums_within(plane.points_m, plane.radius_m, columns)
    for k, (counts, weights) in enumerate(faded):
        prior = fit_prior(counts, plane.exposure, weights)
        if prior.mean_rate > 0.0:
            local = shrunk_rates(near[:, k], near[:, -1], prior)
            yield agos[k], posterior_rates(counts, plane.exposure, local, prior).mean * plane.exposure
