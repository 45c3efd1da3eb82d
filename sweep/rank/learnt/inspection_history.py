"""
Features from earlier checks: of the place itself, of nearby places, and of related places (same landlord etc.).

Each outcome is compared with the find rate of the same team at the time: a find of a team that seldom finds anything
counts more, and so does a clean check of a team that often does. Features only rise with finds and fall with clean
checks, and nearby and related places include the place itself. With sign constraints on the slopes, a further find
therefore never lowers a place, nor raises others above it.
"""

from dataclasses import dataclass

import numpy as np

from geodata.array_types import Bools, Float64s, Int64s
from geodata.numba_options import compiled
from sweep.rank.rate.uniform_grid import Grid, build_grid


@dataclass(frozen=True, slots=True)
class Params:
    """Parameters of the inspection history: half-lives, prior strengths, and the lower bound of expected rates."""

    long_days: float = 1000.0
    """Half-life of outcomes in the long memory, days; the model weighs long against short memory."""
    short_days: float = 180.0
    """Half-life of outcomes in the short memory, days."""
    team_days: float = 365.0
    """Half-life of past checks in a team's find rate, days."""
    team_strength: float = 20.0
    """Strength of shrinkage of a team's find rate to the overall rate, as a number of prior checks."""
    prior_information: float = 2.0
    """Prior checks, half of them with finds, in the share of finds among checks nearby or of related buildings."""
    rate_min: float = 0.005
    """Lower bound of an expected find rate, and of an expected rate of clean checks."""


PARAMS = Params()


HISTORY_KINDS = ("own_finds", "own_finds", "own_clean", "own_clean", *["own_gravity"] * 3, "nearby_finds")
"""
Kind of each feature, before those of related places.

Finds with long and short memory, clean checks by surprise and by number, gravity by outcome, by mean severity and by
last severity.
"""
HISTORY_SIGNS = (1, 1, -1, -1, 1, 1, 1, 1)
"""Sign constraint of each feature's slope, 1: slope >= 0; -1: slope <= 0."""


@dataclass(frozen=True, slots=True)
class CheckHistory:
    """The m past checks (inspections of a building by a team), in order of day."""

    row: Int64s
    """Building row of each check, shape (m,)."""
    day: Float64s
    """Day of each check from an arbitrary zero, ascending, shape (m,)."""
    is_find: Bools
    """Whether the check is a find, shape (m,)."""
    is_irregular: Bools
    """Whether the check found an irregularity but no den, shape (m,)."""
    severity: Float64s
    """Severity of each check's findings as recorded (such as their number), >= 0, NaN if not recorded, shape (m,)."""
    team: Int64s
    """Code of track and team, shape (m,)."""


def inspection_features(
    checks: CheckHistory, groups: Int64s, points_m: Float64s, radius_m: float, end: float
) -> tuple[Float64s, Float64s]:
    """
    Return history features: of the checked building before each of m checks, and of all n buildings on the day `end`.

    Parameters
    ----------
    groups
        Number of each building's group, such as the buildings of its landlord, in each of g relations; -1 without one.
        Shape (n, g).
    radius_m
        Radius within which places are nearby, metres.
    end
        Day counted as in `checks`, not before any check.

    Returns
    -------
    tuple
        Shapes (m, 8 + g) and (n, 8 + g): columns `HISTORY_KINDS` (own finds, clean checks and severity; finds nearby),
        then the balance of finds against clean checks in each relation.
    """
    n = len(points_m)
    share = _expected(checks, checks.is_find, end)
    find, other = checks.is_find.astype(np.float64), checks.is_irregular.astype(np.float64)
    gravity = other * (1.0 - _expected(checks, checks.is_irregular, end))
    good, bad = (1.0 - find) * share, find * (1.0 - share)
    kept = np.column_stack([bad, good, 1.0 - find, gravity])
    long = sums_before(checks.row, checks.day, kept, PARAMS.long_days, n, end)
    short = sums_before(checks.row, checks.day, bad[:, None], PARAMS.short_days, n, end)
    at = (checks.row, checks.day), (np.arange(n), np.full(n, end))
    outcomes, severity = np.column_stack([bad, good]), _severity(checks, n, end)
    parts = []
    for k, (row, day) in enumerate(at):
        near = sums_nearby(points_m[row], day, points_m[checks.row], checks.day, outcomes, radius_m, PARAMS.long_days)
        own = np.column_stack([long[k][:, :1], short[k], long[k][:, 1:]])
        parts.append(np.column_stack([np.log1p(2.0 * own), severity[k], _balance(near)]))
    for codes in groups.T:
        # Unrelated places share an extra key, whose sums are not used.
        key, n_keys = np.where(codes < 0, codes.max(initial=-1) + 1, codes), int(codes.max(initial=-1)) + 2
        before, after = sums_before(key[checks.row], checks.day, outcomes, PARAMS.long_days, n_keys, end)
        has = (codes >= 0)[checks.row], codes >= 0
        parts = [
            np.column_stack([p, _balance(o) * h]) for p, o, h in zip(parts, (before, after[key]), has, strict=True)
        ]
    return parts[0], parts[1]


def _severity(checks: CheckHistory, n: int, end: float) -> tuple[Float64s, Float64s]:
    """
    Return log(1 + mean severity) and log(1 + last severity) of earlier checks, as two columns.

    The first array is for the place of each check, before the check, (m, 2); the second for each of n places on the day
    `end`, (n, 2). Means, not sums, are used: three mild checks are not one grave one. The mean of all places' earlier
    checks counts as one more check of the place, and as the last severity of a place without any.
    """
    is_known = np.isfinite(checks.severity)
    values = np.column_stack([np.nan_to_num(checks.severity), is_known])
    own = sums_before(checks.row, checks.day, values, PARAMS.long_days, n, end)
    every = sums_before(np.zeros(len(is_known), np.int64), checks.day, values, np.inf, 1, end)
    at = (checks.row, checks.day), (np.arange(n), np.full(n, end))
    first, second = (
        np.log1p(np.column_stack([(sums[:, 0] + mean) / (sums[:, 1] + 1.0), np.where(np.isnan(last), mean, last)]))
        for sums, mean, last in (
            (own[k], every[k][:, 0] / np.maximum(every[k][:, 1], 1.0), _last_before(checks, *at[k])) for k in range(2)
        )
    )
    return first, second


def _last_before(checks: CheckHistory, row: Int64s, day: Float64s) -> Float64s:
    """Return the last severity recorded at each place `row` before `day`, the largest of its day; NaN without one."""
    known = np.flatnonzero(np.isfinite(checks.severity))
    if len(known) == 0 or len(row) == 0:
        return np.full(len(row), np.nan)
    start = min(float(checks.day[known].min()), float(day.min()))
    span = max(float(checks.day[known].max()), float(day.max())) - start + 1.0
    key = checks.row[known] * span + (checks.day[known] - start)
    order = np.lexsort((checks.severity[known], key))
    before = np.searchsorted(key[order], row * span + (day - start)) - 1
    found = known[order][np.maximum(before, 0)]
    return np.where((before >= 0) & (checks.row[found] == row), checks.severity[found], np.nan)


def _balance(sums: Float64s) -> Float64s:
    """Return the balance, in (-1/2, 1/2), of decayed `sums` of finds and clean checks, (m, 2); 0 without checks."""
    bad, good = sums[:, 0], sums[:, 1]
    return np.asarray((bad + PARAMS.prior_information / 2.0) / (bad + good + PARAMS.prior_information) - 0.5)


def _expected(checks: CheckHistory, outcome: Bools, end: float) -> Float64s:
    """
    Return, for each check, the share of its team's earlier checks with `outcome`, shrunk to that of all teams.

    `end`: a day, counted as in `checks`, not before any check.
    """
    values = np.column_stack([outcome, np.ones(len(outcome))]).astype(np.float64)
    n_teams = int(checks.team.max(initial=0)) + 1
    own, _ = sums_before(checks.team, checks.day, values, PARAMS.team_days, n_teams, end)
    every, _ = sums_before(np.zeros(len(outcome), np.int64), checks.day, values, np.inf, 1, end)
    of_all = (every[:, 0] + 0.5) / (every[:, 1] + 1.0)
    share = (own[:, 0] + PARAMS.team_strength * of_all) / (own[:, 1] + PARAMS.team_strength)
    return np.clip(share, PARAMS.rate_min, 1.0 - PARAMS.rate_min)


def sums_before(
    keys: Int64s, days: Float64s, values: Float64s, half_life_days: float, n_keys: int, end: float
) -> tuple[Float64s, Float64s]:
    """
    Return, for each row, decayed sums of the values of earlier rows with an equal key, and final sums for each key.

    Parameters
    ----------
    keys
        Key of each row, from 0 to `n_keys` - 1, shape (m,).
    days
        Shape (m,), ascending; rows of one day do not include each other.
    values
        Values to sum, shape (m, k).
    half_life_days
        Age at which a value counts half; infinite: no decay.
    end
        Day of the final sums, not before any row.

    Returns
    -------
    tuple
        Shapes (m, k) and (n_keys, k).
    """
    return _sums_before(keys, days, np.ascontiguousarray(values), half_life_days, n_keys, end)


@compiled
def _sums_before(
    keys: Int64s, days: Float64s, values: Float64s, half_life_days: float, n_keys: int, end: float
) -> tuple[Float64s, Float64s]:
    m, k = values.shape
    before, sums, last = np.zeros((m, k)), np.zeros((n_keys, k)), np.full(n_keys, end)
    i = 0
    while i < m:
        j = i
        while j < m and days[j] == days[i]:
            share = np.exp2(-max(days[j] - last[keys[j]], 0.0) / half_life_days)
            for c in range(k):
                before[j, c] = sums[keys[j], c] * share
            j += 1
        for r in range(i, j):
            share = np.exp2(-max(days[r] - last[keys[r]], 0.0) / half_life_days)
            for c in range(k):
                sums[keys[r], c] = sums[keys[r], c] * share + values[r, c]
            last[keys[r]] = days[r]
        i = j
    for key in range(n_keys):
        share = np.exp2(-max(end - last[key], 0.0) / half_life_days)
        for c in range(k):
            sums[key, c] *= share
    return before, sums


def sums_nearby(
    at_m: Float64s,
    at_day: Float64s,
    look_m: Float64s,
    look_day: Float64s,
    values: Float64s,
    radius_m: float,
    half_life_days: float,
) -> Float64s:
    """
    Return sums of the values of earlier checks within a radius of each place, including the place's own, shape (q, k).

    Weights are a Gaussian of the distance (sigma = radius / 3) times exponential decay with age.

    Parameters
    ----------
    at_m, at_day
        Places in metres, shape (q, 2), and the days, shape (q,).
    look_m, look_day, values
        Place, day and values of each check, shapes (m, 2), (m,), (m, k); only checks before the day in `at_day` count.
    radius_m, half_life_days
        Both > 0.
    """
    if len(look_m) == 0 or len(at_m) == 0:
        return np.zeros((len(at_m), values.shape[1]))
    # Queried places are part of the grid, so that each has a cell.
    cells = build_grid(np.vstack([look_m, at_m]), radius_m)
    return _sums_nearby(
        np.ascontiguousarray(at_m),
        at_day,
        np.ascontiguousarray(look_m),
        look_day,
        np.ascontiguousarray(values),
        radius_m,
        half_life_days,
        cells,
    )


@compiled
def _sums_nearby(
    at_m: Float64s,
    at_day: Float64s,
    look_m: Float64s,
    look_day: Float64s,
    values: Float64s,
    radius_m: float,
    half_life_days: float,
    cells: Grid,
) -> Float64s:
    q, (m, k) = len(at_m), values.shape
    sums, reach, scale = np.zeros((q, k)), radius_m * radius_m, -4.5 / (radius_m * radius_m)
    for i in range(q):
        column, row = cells.column[m + i], cells.row[m + i]
        low, high = max(0, column - 1), min(cells.width - 1, column + 1)
        for r in range(max(0, row - 1), min(cells.height - 1, row + 1) + 1):
            for s in range(cells.start[r * cells.width + low], cells.start[r * cells.width + high + 1]):
                j = cells.member[s]
                if j >= m or look_day[j] >= at_day[i]:
                    continue
                dx, dy = look_m[j, 0] - at_m[i, 0], look_m[j, 1] - at_m[i, 1]
                square = dx * dx + dy * dy
                if square <= reach:
                    weight = np.exp(scale * square) * np.exp2((look_day[j] - at_day[i]) / half_life_days)
                    for c in range(k):
                        sums[i, c] += weight * values[j, c]
    return sums
