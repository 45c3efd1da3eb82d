"""replay.html: years played out, policy beside policy, each figure with its standard error."""

from __future__ import annotations

import math
from collections.abc import Mapping

from geodata.texts import Texts
from sweep.publish.page.pages import render_page

_PERCENT = frozenset({"late_share", "never_share", "moved_share"})
_DIGITS = {"worst": 2, "gini": 3, "finds": 1, "p90_over": 0}


def replay_page(
    name: str,
    n_weeks: int,
    figures: Mapping[str, Mapping[str, tuple[float, float]]],
    n_seeds: Mapping[str, int],
    texts: Texts,
) -> str:
    """
    The page of a replay.

    Parameters
    ----------
    figures
        Mean and standard error by measure, by policy.
    """
    rows = {policy: [shown(m, pair, texts) for m, pair in of.items()] for policy, of in figures.items()}
    names = next(iter(figures.values()), {})
    return render_page(
        "studies/replay.html.j2", texts, name=name, n_weeks=n_weeks, rows=rows, measures=list(names), n_seeds=n_seeds
    )


def shown(measure: str, pair: tuple[float, float], texts: Texts) -> str:
    """A mean with its standard error; the mean alone where there is one seed."""
    mean, error = pair
    if measure in _PERCENT:
        said = [texts.percent(x, 1) for x in pair if not math.isnan(x)]
    else:
        said = [texts.number(x, _DIGITS.get(measure, 1)) for x in (mean, error) if not math.isnan(x)]
    return " ± ".join(said)
