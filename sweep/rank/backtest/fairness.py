"""Fairness of the score: finds per check and false alarms by group of places."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import betaincinv
from scipy.stats import MonteCarloMethod, chi2_contingency

from geodata.array_types import Bools
from sweep.rank.metrics import order_of
from sweep.records.ranking import FEWEST_FINDS

COLUMNS = (
    "attribute", "group", "n_checks", "n_first", "n_finds_first", "expected_first",
    "hits", "hits_low", "hits_high", "alarms", "alarms_low", "alarms_high", "p_hits", "p_alarms", "is_gap",
)  # fmt: skip
THIRDS = ("low", "middle", "high")


def fairness(seen: pd.DataFrame, groups: Mapping[str, NDArray[np.str_]], seed: int) -> pd.DataFrame:
    """
    Return hit rate and false-alarm rate of high-scored checks by group of places.

    High-scored ("first") is the better half of the checks of each origin (ranking day). `hits` is the share of a
    group's first checks with a find; `alarms` the share of its checks without find that were first. Both have 90 %
    intervals (Clopper-Pearson), and are NaN for fewer than ten finds, or ten checks without find. `p_hits` and
    `p_alarms` test equality of all groups (chi-square, Monte Carlo with fixed margins), NaN for fewer than ten finds.
    `is_gap`: `p_hits` or `p_alarms` is significant after Bonferroni correction.

    Parameters
    ----------
    seen
        One row for each check: `score`, `p` (forecast P(find), may be NaN), `is_find`, `origin`.
    groups
        Group of each check by attribute; empty: no group.

    Returns
    -------
    pandas.DataFrame
        `COLUMNS`, a row for each attribute and group; attributes with a single group are left out.
    """
    first, find = _better_half(seen), seen["is_find"].to_numpy(np.bool_)
    rows: list[dict[str, object]] = []
    for attribute, group in groups.items():
        names = sorted(set(group) - {""}, key=lambda name: (THIRDS.index(name) if name in THIRDS else 0, name))
        if len(names) < 2:
            continue
        p_hits = _p_equal_shares(group[first], find[first], names, int(find[first].sum()), seed)
        p_alarms = _p_equal_shares(group[~find], first[~find], names, int(find.sum()), seed)
        expected = np.where(first, seen["p"].to_numpy(np.float64), 0.0)
        for name in names:
            here = group == name
            n_first, n_finds = int((here & first).sum()), int((here & first & find).sum())
            n_clean, n_alarms = int((here & ~find).sum()), int((here & ~find & first).sum())
            rows.append(
                {
                    "attribute": attribute,
                    "group": name,
                    "n_checks": int(here.sum()),
                    "n_first": n_first,
                    "n_finds_first": n_finds,
                    "expected_first": float(expected[here].sum()),
                    **_share("hits", n_finds, n_first, is_shown=n_finds >= FEWEST_FINDS),
                    **_share("alarms", n_alarms, n_clean, is_shown=n_clean >= FEWEST_FINDS),
                    "p_hits": p_hits,
                    "p_alarms": p_alarms,
                }
            )
    table = pd.DataFrame(rows, columns=list(COLUMNS[:-1]))
    tests = table.drop_duplicates("attribute")[["p_hits", "p_alarms"]]
    # Family-wise error 5 % over all tests of a page (Bonferroni).
    level = 0.05 / max(1, int(tests.notna().to_numpy().sum()))
    return table.assign(is_gap=(table[["p_hits", "p_alarms"]] < level).any(axis=1))


def _better_half(seen: pd.DataFrame) -> Bools:
    first, score = np.zeros(len(seen), np.bool_), seen["score"].to_numpy(np.float64)
    for k, rows in enumerate(seen.groupby("origin").indices.values()):
        first[rows[order_of(score[rows], k)[: len(rows) // 2]]] = True
    return first


def _p_equal_shares(group: NDArray[np.str_], has_outcome: Bools, names: list[str], n_finds: int, seed: int) -> float:
    """Return the p-value for equal shares of `has_outcome` in the groups `names`; NaN with too few finds or groups."""
    table = np.array(
        [[(has_outcome & (group == name)).sum(), (~has_outcome & (group == name)).sum()] for name in names]
    )
    table = table[table.sum(axis=1) > 0]
    if n_finds < FEWEST_FINDS or len(table) < 2 or (table.sum(axis=0) == 0).any():
        return np.nan
    drawn = MonteCarloMethod(n_resamples=9_999, rng=np.random.default_rng(seed))
    return float(chi2_contingency(table, correction=False, method=drawn).pvalue)


def _share(name: str, n: int, of: int, *, is_shown: bool) -> dict[str, float]:
    if not is_shown:
        return dict.fromkeys((name, f"{name}_low", f"{name}_high"), np.nan)
    # Beta quantiles in closed form; scipy's binomtest searches for the same numbers.
    low = float(betaincinv(n, of - n + 1.0, 0.05)) if n else 0.0
    high = float(betaincinv(n + 1.0, of - n, 0.95)) if n < of else 1.0
    return {name: n / of, f"{name}_low": low, f"{name}_high": high}
