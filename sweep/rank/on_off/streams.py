"""
Leads as a stream: what a den sends while it is open, beside what a building's firms draw whatever happens.

At each building a den opens and closes by chance, and while it is open it sends leads at a rate of its own (an on-off
source; a Markov-modulated Poisson process of two states). What else comes in follows the firms: at a rate that differs
from building to building, and far higher at a few well-known towers. The chance that a den is open now is what the
times of all leads of the building come to, its silences among them: one lead of last month after which nothing came
says less than a half-life gives it, four in three weeks say more, and a tower that is always complained of says little.

What a building draws without a den is judged by what came until some time ago, so that a lead of today can only raise
the chance of a den.

References
----------
Fischer & Meier-Hellstern 1993, The Markov-modulated Poisson process (MMPP) cookbook.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from scipy.special import gammaincinv

from geodata.arrays import Float64s, Int64s
from geodata.compiled import compiled, inner

# Rates without a den are averaged over so many equal parts of their distribution, and one of well-known towers.
N_PARTS = 6
# Classes of size in each doubling.
N_SIZES = 8
# A share that proves true is held inside these: a lead that is certain could not come where there is no den at all.
TRUE_MIN, TRUE_MAX = 0.01, 0.99


class Source(NamedTuple):
    """What dens send and how long they stay, and what comes in without one; all > 0."""

    leads_a_day: float
    """Leads of an open den."""
    closing: float
    """Chance a day that an open den closes: 1 over the mean days that one is open."""
    dens_a_firm: float
    """Open dens for each firm, at any time."""
    false_a_firm_day: float
    """Leads for each firm and day without a den."""
    shape: float
    """Shape of the Gamma distribution by which that rate differs from building to building; mean 1."""
    tower_share: float
    """Share of buildings that are well-known."""
    tower_a_day: float
    """Leads a day that a well-known one draws beside."""


@dataclass(frozen=True, slots=True)
class Streams:
    """What came at n buildings, oldest first: m leads that score, and case visits that got in."""

    start: Int64s
    """First entry of each building, and their number; shape (n + 1,)."""
    age_days: Float64s
    """Shape (m,)."""
    on: Float64s
    """How much oftener than others dens send a lead of its type; of a visit the share of dens that it misses."""
    off: Float64s
    """How much oftener than others a lead of its type comes without a den; of a visit -1."""
    event: Int64s
    """Row of the lead among the events, shape (m,); -1 for a visit."""
    population: Float64s
    """Firms or units, shape (n,); where it is 0 nothing is expected."""
    span_days: float
    """Age from which on all is known, > 0."""
    unseen_days: float
    """Days up to now of which nothing is known yet, >= 0."""
    hit_share: float
    """Mean of the leads' shares that prove true, each at most `TRUE_MAX`."""
    weight: Float64s
    """How many buildings each stands for, shape (n,)."""

    def at(self, ago: float) -> Streams:
        """As it was known so many days ago."""
        known = self.age_days > ago
        return replace(
            self,
            start=np.concatenate([[0], np.cumsum(known)])[self.start].astype(np.int64),
            age_days=self.age_days[known] - ago,
            on=self.on[known],
            off=self.off[known],
            event=self.event[known],
            span_days=self.span_days - ago,
            unseen_days=max(0.0, self.unseen_days - ago),
        )

    def condensed(self) -> Streams:
        """As likely as these: the buildings at which nothing came, which differ by size alone, by classes of size."""
        is_empty = (np.diff(self.start) == 0) & (self.population > 0.0)
        if not is_empty.any():
            return self
        size, weight = np.log2(self.population[is_empty]), self.weight[is_empty]
        of, firsts = np.unique(np.floor(size * N_SIZES).astype(np.int64), return_inverse=True)
        n_alike = np.bincount(firsts, weights=weight)
        mean = np.bincount(firsts, weights=weight * self.population[is_empty]) / n_alike
        return replace(
            self,
            start=np.concatenate([self.start[:1], self.start[1:][~is_empty], np.repeat(self.start[-1:], len(of))]),
            population=np.concatenate([self.population[~is_empty], mean]),
            weight=np.concatenate([self.weight[~is_empty], n_alike]),
        )

    def lead_of(self, hit_share: float) -> tuple[float, float]:
        """How much oftener than others a lead of a hit share comes from a den, and how much oftener without one."""
        true = min(hit_share, TRUE_MAX)
        return _over(true, self.hit_share), _over(1.0 - true, 1.0 - self.hit_share)


@dataclass(frozen=True, slots=True)
class States:
    """What the streams of n buildings come to; arrays of shape (n,)."""

    log_likelihood: float
    p_den: Float64s
    """P(a den is open now), in [0, 1)."""
    with_lead: Float64s
    """P(a den is open now) had one more lead come in today."""
    expected: Float64s
    """Leads that are expected in the days to come, >= 0."""


def make_streams(
    rows: Int64s,
    age_days: Float64s,
    hit_share: Float64s,
    visits: tuple[Int64s, Float64s],
    population: Float64s,
    detection_share: float,
    span_days: float,
    unseen_days: float = 0.0,
) -> Streams:
    """
    The streams of n buildings.

    Parameters
    ----------
    rows, age_days, hit_share
        Building of each event, its age, and the share of leads of its type that prove true; shape (k,).
    visits
        Building and age in days of each case visit that got in.
    population
        Firms or units of each building, shape (n,).
    detection_share
        P(a visit that gets in finds the den that is there).
    span_days, unseen_days
        Age from which on all is known, and age up to which nothing is known yet; all events are between them.
    """
    is_known = (visits[1] <= span_days) & (visits[1] >= unseen_days)
    visited, ago = (column[is_known] for column in visits)
    true = np.minimum(hit_share, TRUE_MAX)
    mean = float(true.mean()) if len(true) else 0.0
    row, age = np.concatenate([rows, visited]), np.concatenate([age_days, ago])
    # By how much types differ, not by how many leads prove true in all: that is what the times are asked.
    on = np.concatenate([_over(true, mean), np.full(len(ago), 1.0 - detection_share)])
    off = np.concatenate([_over(1.0 - true, 1.0 - mean), np.full(len(ago), -1.0)])
    event = np.concatenate([np.arange(len(rows)), np.full(len(ago), -1)])
    order = np.lexsort((-age, row))
    return Streams(
        start=np.searchsorted(row[order], np.arange(len(population) + 1)).astype(np.int64),
        age_days=age[order],
        on=on[order],
        off=off[order],
        event=event[order].astype(np.int64),
        population=population,
        span_days=span_days,
        unseen_days=unseen_days,
        hit_share=mean,
        weight=np.ones(len(population)),
    )


def _over[T: (float, Float64s)](value: T, mean: float) -> T:
    return value / mean if mean > 0.0 else value * 0.0 + 1.0


def states_of(
    streams: Streams,
    source: Source,
    days: float = 0.0,
    lead: tuple[float, float] = (1.0, 1.0),
    times: Int64s | None = None,
) -> States:
    """
    What the streams come to, in one pass over the entries for each part of the rates without a den.

    Parameters
    ----------
    streams
        As of now.
    source
        What dens send.
    days
        Days to come, >= 0, in which leads are expected.
    lead
        How much oftener dens send the one more lead that `with_lead` is about, and others do.
    times
        How often each event counts, shape (k,); None: once.
    """
    n = len(streams.population)
    once = np.ones(len(streams.event)) if times is None else np.append(times, 1)[streams.event].astype(np.float64)
    factors, extra, weights = _parts(source)
    unseen = min(streams.unseen_days, streams.span_days)
    p_den, with_lead, expected = np.zeros(n), np.zeros(n), np.zeros(n)
    total = _pass(
        streams.start,
        (streams.age_days, streams.on, streams.off, once),
        (streams.population, streams.weight),
        (factors, extra, np.log(weights)),
        (source.leads_a_day, source.closing, source.dens_a_firm, source.false_a_firm_day),
        (streams.span_days, min(max(1.0 / source.closing, unseen), streams.span_days), unseen, days),
        lead,
        (p_den, with_lead, expected),
    )
    return States(float(total), p_den, with_lead, expected)


def _parts(source: Source) -> tuple[Float64s, Float64s, Float64s]:
    """Factor and addition of the rate without a den in each part of the buildings, and its share of them."""
    middle = np.asarray(gammaincinv(source.shape, (np.arange(N_PARTS) + 0.5) / N_PARTS), np.float64)
    factors = np.append(middle / middle.mean(), 1.0)
    extra = np.append(np.zeros(N_PARTS), source.tower_a_day)
    weights = np.append(np.full(N_PARTS, (1.0 - source.tower_share) / N_PARTS), source.tower_share)
    return factors, extra, weights


@inner
def _on(opening: float, closing: float, leads_a_day: float, days: float, off: float, on: float) -> tuple[float, float]:
    """The two states after so many days without a lead of the den's; what they lack of 1 is that none came."""
    mean = 0.5 * (opening + closing + leads_a_day)
    half = 0.5 * (closing + leads_a_day - opening)
    root = math.sqrt(half * half + opening * closing)
    # exp(-mean t) cosh(root t) and sinh, written so that neither overflows.
    slow, fast = 0.5 * math.exp((root - mean) * days), 0.5 * math.exp(-(root + mean) * days)
    even = slow + fast
    odd = (slow - fast) / root if root > 0.0 else days * math.exp(-mean * days)
    return (even + half * odd) * off + closing * odd * on, opening * odd * off + (even - half * odd) * on


@inner
def _one(
    first: int,
    last: int,
    entries: tuple[Float64s, Float64s, Float64s, Float64s],
    rate: float,
    den: tuple[float, float, float, float],
    spans: tuple[float, float, float, float],
) -> tuple[float, float, float]:
    """
    What the entries of one building come to at a rate without a den.

    Returns the logarithm of their likelihood, of that of those until `hold` days ago, and P(a den is open now).
    """
    age, on, off, times = entries
    leads_a_day, closing, opening, usual = den
    span, hold, unseen, _days = spans
    a, b, log, now, held, is_held = 1.0 - usual, usual, 0.0, span, 0.0, False
    for j in range(first, last + 1):
        then = age[j] if j < last else unseen
        if not is_held and (then < hold or j == last):
            a, b = _on(opening, closing, leads_a_day, now - hold, a, b)
            log -= rate * (now - hold)
            held, now, is_held = log + math.log(a + b), hold, True
        a, b = _on(opening, closing, leads_a_day, now - then, a, b)
        log -= rate * (now - then)
        now = then
        if j == last:
            break
        if off[j] < 0.0:
            a, b = a + (1.0 - on[j]) * b, on[j] * b
        elif times[j] > 0.0:
            false = rate * off[j]
            a, b = a * false ** times[j], b * (false + leads_a_day * on[j]) ** times[j]
            both = a + b
            a, b, log = a / both, b / both, log + math.log(both)
    # Nobody knows yet whether leads came since: the den stays or closes.
    chance = usual + (b / (a + b) - usual) * math.exp(-(closing + opening) * unseen)
    return log + math.log(a + b), held, chance


@compiled
def _pass(
    start: Int64s,
    entries: tuple[Float64s, Float64s, Float64s, Float64s],
    buildings: tuple[Float64s, Float64s],
    parts: tuple[Float64s, Float64s, Float64s],
    source: tuple[float, float, float, float],
    spans: tuple[float, float, float, float],
    lead: tuple[float, float],
    out: tuple[Float64s, Float64s, Float64s],
) -> float:
    population, n_alike = buildings
    factors, extra, log_weights = parts
    leads_a_day, closing, dens_a_firm, false_a_firm_day = source
    days = spans[3]
    p_den, with_lead, expected = out
    whole, held, chance = np.empty(len(factors)), np.empty(len(factors)), np.empty(len(factors))
    total = 0.0
    for i in range(len(population)):
        if population[i] <= 0.0:
            continue
        usual = min(dens_a_firm * population[i], 0.5)
        opening = closing * usual / (1.0 - usual)
        den = (leads_a_day, closing, opening, usual)
        for k in range(len(factors)):
            rate = false_a_firm_day * population[i] * factors[k] + extra[k]
            whole[k], held[k], chance[k] = _one(start[i], start[i + 1], entries, rate, den, spans)
        whole += log_weights
        held += log_weights
        total += n_alike[i] * (whole.max() + math.log(np.exp(whole - whole.max()).sum()))
        shares = np.exp(held - held.max())
        shares /= shares.sum()
        fading = (1.0 - math.exp(-(closing + opening) * days)) / (closing + opening)
        for k in range(len(factors)):
            rate = false_a_firm_day * population[i] * factors[k] + extra[k]
            false, true = rate * lead[1], rate * lead[1] + leads_a_day * lead[0]
            p_den[i] += shares[k] * chance[k]
            with_lead[i] += shares[k] * chance[k] * true / (false + chance[k] * (true - false))
            expected[i] += shares[k] * (rate * days + leads_a_day * (usual * days + (chance[k] - usual) * fading))
    return total
