"""replay.html: simulated years compared by policy, with standard errors and results by seed."""

import math
from collections.abc import Mapping, Sequence
from statistics import fmean

from markupsafe import Markup

from geodata.message_catalogue import Texts
from sweep.publish.charts.svg_shapes import INK, QUIET, dot, line, nice_step, picture, text_at
from sweep.publish.page.render_pages import render_page
from sweep.publish.page.team_colours import REACHED

_PERCENT = frozenset({"late_share", "never_share", "moved_share", "finds_half"})
_DIGITS = {"worst": 2, "gini": 3, "finds": 1, "p90_over": 0}
# Measures with a chart by seed, if present.
DRAWN = ("finds", "late_leads", "late_share", "worst", "days_earlier")
WIDTH, LEFT, RIGHT, TOP, ROW = 480.0, 118.0, 16.0, 10.0, 26.0

type Seeds = Sequence[Mapping[str, float]]
"""Figures by measure, for each seed."""


def replay_page(
    name: str,
    n_weeks: int,
    seeds: Mapping[str, Seeds],
    figures: Mapping[str, Mapping[str, tuple[float, float]]],
    texts: Texts,
    *,
    is_own: bool = False,
) -> str:
    """
    Return replay.html: a table of measures by policy, and charts of the measures in `DRAWN`.

    `seeds`: measures of each seed, by policy; `figures`: mean and standard error by policy and measure; `is_own`:
    whether leads of a real district are simulated, which the page then states.
    """
    measures = list(next(iter(figures.values()), {}))
    rows = [(m, [measure_text(m, of[m], texts) for of in figures.values()]) for m in measures]
    by_seed = [
        (policy, n, [measure_text(m, (x, math.nan), texts) for m, x in of.items()])
        for policy, of_policy in seeds.items()
        for n, of in enumerate(of_policy, start=1)
    ]
    return render_page(
        "campaign/pages/replay.html.j2",
        texts,
        name=name,
        n_weeks=n_weeks,
        is_own=is_own,
        rows=rows,
        measures=measures,
        n_seeds={policy: len(of) for policy, of in seeds.items()},
        by_seed=by_seed,
        charts=[(m, seeds_chart(m, seeds, texts)) for m in DRAWN if m in measures],
    )


def seeds_chart(measure: str, seeds: Mapping[str, Seeds], texts: Texts) -> Markup:
    """Return the chart of one measure: a row for each policy, a dot for each seed, a line at the mean."""
    most = max((of[measure] for of_policy in seeds.values() for of in of_policy), default=0.0)
    least = min((of[measure] for of_policy in seeds.values() for of in of_policy), default=0.0)
    least, most = min(0.0, least), max(most, 1e-9)
    unit, base = nice_step(most - least), TOP + ROW * len(seeds)

    def at(x: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (x - least) / (most - least)

    parts = []
    for k in range(math.ceil(least / unit), int(most / unit + 1e-9) + 1):
        parts.append(line(at(k * unit), TOP, at(k * unit), base))
        parts.append(text_at(at(k * unit), base + 15, _value_text(measure, k * unit, texts), size=11, anchor="middle"))
    for row, (policy, of_policy) in enumerate(seeds.items()):
        y, values = TOP + ROW * (row + 0.5), [of[measure] for of in of_policy]
        parts.append(text_at(LEFT - 8, y + 4, texts(f"campaign.policy.{policy}"), size=12, anchor="end", fill=QUIET))
        parts += [dot(at(x), y, 4.0, REACHED, _value_text(measure, x, texts)) for x in values]
        mean = at(fmean(values))
        parts.append(line(mean, y - 9, mean, y + 9, INK, 2.0))
    name = texts(f"campaign.measure.{measure}")
    return picture(WIDTH, base + 22, name, parts)


def measure_text(measure: str, pair: tuple[float, float], texts: Texts) -> str:
    """Return mean and standard error (`pair`) of a measure as text; the mean alone if the error is NaN (one seed)."""
    return " ± ".join(_value_text(measure, x, texts) for x in pair if not math.isnan(x))


def _value_text(measure: str, x: float, texts: Texts) -> str:
    return texts.percent(x, 1) if measure in _PERCENT else texts.number(x, _DIGITS.get(measure, 1))
