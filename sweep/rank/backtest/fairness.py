"""Whether the score treats kinds of places alike: finds per check and false alarms, group by group."""

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
    How checks that the score puts first come out in each group of places.

    First is the better half of each origin's checks. `hits` is the share of a group's first checks that found
    something; `alarms` the share of its checks without a find that were first all the same. Each has its 90 % interval
    (Clopper and Pearson); what rests on fewer than ten finds, or ten checks without one, is NaN. `p_hits` and
    `p_alarms` are of all groups being alike (chi-square of tables drawn with the same margins), NaN where fewer than
    ten finds speak; `is_gap`: one of them is beyond chance, of so many as are looked at.

    Parameters
    ----------
    seen
        A row a check: `score`, `p` (may be NaN), `is_find`, `origin`.
    groups
        Group of each check by attribute; empty: it belongs to none.

    Returns
    -------
    pandas.DataFrame
        `COLUMNS`, a row for each attribute and group; an attribute with a single group has none.
    """
    first, find = _first(seen), seen["is_find"].to_numpy(np.bool_)
    rows: list[dict[str, object]] = []
    for attribute, group in groups.items():
        names = sorted(set(group) - {""}, key=lambda name: (THIRDS.index(name) if name in THIRDS else 0, name))
        if len(names) < 2:
            continue
        p_hits = _p_alike(group[first], find[first], names, int(find[first].sum()), seed)
        p_alarms = _p_alike(group[~find], first[~find], names, int(find.sum()), seed)
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
    # All gaps of a page together pass for real by chance five times in a hundred (Bonferroni).
    level = 0.05 / max(1, int(tests.notna().to_numpy().sum()))
    return table.assign(is_gap=(table[["p_hits", "p_alarms"]] < level).any(axis=1))


def _first(seen: pd.DataFrame) -> Bools:
    """Which checks are in the better half of their origin's."""
    first, score = np.zeros(len(seen), np.bool_), seen["score"].to_numpy(np.float64)
    for k, rows in enumerate(seen.groupby("origin").indices.values()):
        first[rows[order_of(score[rows], k)[: len(rows) // 2]]] = True
    return first


def _p_alike(group: NDArray[np.str_], is_so: Bools, names: list[str], n_finds: int, seed: int) -> float:
    """P(shares as unlike as these, or more, were the groups alike)."""
    table = np.array([[(is_so & (group == name)).sum(), (~is_so & (group == name)).sum()] for name in names])
    table = table[table.sum(axis=1) > 0]
    if n_finds < FEWEST_FINDS or len(table) < 2 or (table.sum(axis=0) == 0).any():
        return np.nan
    drawn = MonteCarloMethod(n_resamples=9_999, rng=np.random.default_rng(seed))
    return float(chi2_contingency(table, correction=False, method=drawn).pvalue)


def _share(name: str, n: int, of: int, *, is_shown: bool) -> dict[str, float]:
    if not is_shown:
        return dict.fromkeys((name, f"{name}_low", f"{name}_high"), np.nan)
    # Quantiles of beta distributions, at once: scipy's binomtest looks for the same numbers step by step.
    low = float(betaincinv(n, of - n + 1.0, 0.05)) if n else 0.0
    high = float(betaincinv(n + 1.0, of - n, 0.95)) if n < of else 1.0
    return {name: n / of, f"{name}_low": low, f"{name}_high": high}
