"""Lead features of buildings on the mornings of their checks, compiled for `past_checks.LeadFeatureInput`."""

import numpy as np

from geodata.array_types import Float64s, Int64s
from geodata.clock_times import DAY_S
from geodata.numba_options import compiled
from sweep.rank.rate.answered_leads import SPAN_S
from sweep.rank.rate.lead_model import LOG_ODDS_FACTOR_MAX, PRIOR_ODDS_MIN, WEIGHT_MAX

WINDOWS_DAYS = (7.0, 30.0, 90.0)
# Bounds that keep log-odds finite without any evidence, or with fifty fresh leads.
CHANCE_MIN = 1e-6
CHANCE_MAX = 1.0 - CHANCE_MIN


@compiled
def _unanswered_share(
    event_ago: float, ago: float, low: int, high: int, row: int, case_keys: Int64s, missed: float
) -> float:
    """
    Return the probability that every case visit since an event, up to the day `ago` days before now, missed its den.

    It is the product of `missed`, P(a visit misses a den), over these visits. `event_ago`: age of the event in days.
    `case_keys` has the case visits of building `row` from `low` to `high`, exclusive.
    """
    oldest, newest = row * SPAN_S + int(event_ago * DAY_S), row * SPAN_S + int(ago * DAY_S)
    unanswered = 1.0
    for v in range(low, high):
        if newest < case_keys[v] <= oldest:
            unanswered *= missed
    return unanswered


@compiled
def weights_at(
    event_row: Int64s,
    event_ago: Float64s,
    half_life: Float64s,
    share: Float64s,
    firsts: Int64s,
    case_keys: Int64s,
    missed: float,
    ago: float,
    horizon: float,
) -> tuple[Float64s, Float64s]:
    """
    Return each event's weight, and its probability of being stale, on the day `ago` days before now, shape (k,).

    The probability is 1 - 2 ** (-age / half-life). Both are 0 for an event not yet known or older than `horizon` days.
    `event_row`, `event_ago`, `half_life`, `share`: building row, age in days, half-life and hit share of each event.
    `missed` is the probability that a visit misses a den, and the case visits of building r have the positions
    `firsts[r]` to `firsts[r + 1]`, exclusive, in `case_keys`.
    """
    weight, stale = np.zeros(len(event_row)), np.zeros(len(event_row))
    for i in range(len(event_row)):
        age = event_ago[i] - ago
        if 0.0 <= age <= horizon:
            fresh, r = np.exp2(-age / half_life[i]), event_row[i]
            weight[i] = (
                share[i] * fresh * _unanswered_share(event_ago[i], ago, firsts[r], firsts[r + 1], r, case_keys, missed)
            )
            stale[i] = 1.0 - fresh
    return weight, stale


@compiled
def features_of(
    rows: Int64s,
    agos: Float64s,
    event_ago: Float64s,
    half_life: Float64s,
    share: Float64s,
    start: Int64s,
    firsts: Int64s,
    case_keys: Int64s,
    missed: float,
    horizon: float,
    local: Float64s,
    exposure: Float64s,
    population: Float64s,
    prior: Float64s,
    of_stale: Float64s,
) -> Float64s:
    """
    Return the lead features of buildings `rows`, each `agos` days before now, shape (m, 5).

    Features: leads in three time windows, size, log-odds of a den by the lead model. Arguments up to `horizon` are
    those of `weights_at`; events are sorted by building, those of building r from `start[r]` to `start[r + 1]`,
    exclusive. `local` is the lead rate of the neighbours of each building, `exposure` its firm-days, `population` its
    firms, shape (n,). `prior` holds shape, mean rate and dispersion of the prior of lead rates, `of_stale` shape and
    mean rate of the prior of stale leads.

    Compiled, since the same loop in numpy takes 24 s of processor time for the days of 25,000 checks.
    """
    features = np.zeros((len(rows), 5))
    for q in range(len(rows)):
        r, ago = rows[q], agos[q]
        windows, counts, aged, reported = np.zeros(3), 0.0, 0.0, 0.0
        n = start[r + 1] - start[r]
        weights = np.zeros(n)
        for i in range(start[r], start[r + 1]):
            age = event_ago[i] - ago
            if not 0.0 <= age <= horizon:
                continue
            for w in range(3):
                windows[w] += np.exp2(-age / WINDOWS_DAYS[w])
            fresh = np.exp2(-age / half_life[i])
            weight = (
                share[i] * fresh * _unanswered_share(event_ago[i], ago, firsts[r], firsts[r + 1], r, case_keys, missed)
            )
            weights[i - start[r]] = min(weight, WEIGHT_MAX)
            counts += weight
            aged += 1.0 - fresh
            reported -= np.log1p(-min(weight, WEIGHT_MAX))
        mean = 0.0
        if prior[1] > 0.0:
            mean = (prior[0] + counts / prior[2]) / (prior[0] / local[r] + exposure[r] / prior[2])
        prone = (of_stale[0] + aged) / (of_stale[0] + of_stale[1] * exposure[r])
        odds, least = local[r] * exposure[r], max(local[r] * exposure[r], PRIOR_ODDS_MIN)
        log_odds_factor = 0.0
        for i in range(n):
            log_odds_factor += np.log1p(weights[i] / (1.0 - weights[i]) / (least * prone))
        odds += least * np.expm1(min(log_odds_factor, LOG_ODDS_FACTOR_MAX))
        p = 0.5 * (-np.expm1(-(reported + mean * exposure[r])) + odds / (1.0 + odds))
        p = min(max(p, CHANCE_MIN), CHANCE_MAX)
        for w in range(3):
            features[q, w] = np.log1p(windows[w])
        features[q, 3] = np.log(max(population[r], 1.0))
        features[q, 4] = np.log(p / (1.0 - p))
    return features
