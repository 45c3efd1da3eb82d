"""How many finds a plan may make, each with its chance."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from geodata.texts import Texts
from sweep.publish.charts.svg import INK, QUIET, line, picture, rect, text_at
from sweep.publish.page.palette import REACHED


def finds_distribution(chances: Sequence[float], texts: Texts) -> Markup:
    """How likely 0, 1, 2 ... finds are, as columns; what lies beyond the last column is in it."""
    shown = _grouped(chances)
    width, height, bottom, top = 460.0, 190.0, 24.0, 20.0
    gap = (width - 10) / len(shown)
    highest = max(shown)
    parts = []
    for k, chance in enumerate(shown):
        tall = (height - bottom - top) * chance / highest
        x, y = 5 + gap * k, height - bottom - tall
        word = f"{k}+" if k == len(shown) - 1 and len(shown) < len(chances) else str(k)
        parts += [
            rect(x + gap * 0.14, y, gap * 0.72, tall, "#c77700" if k == 0 else REACHED),
            text_at(x + gap / 2, y - 5, texts.percent(chance, 0 if chance >= 0.095 else 1), anchor="middle", size=12),
            text_at(x + gap / 2, height - 7, word, anchor="middle", fill=QUIET),
        ]
    parts.append(line(5, height - bottom, width - 5, height - bottom, INK))
    return picture(width, height, texts("report.finds_chart"), parts)


def _grouped(chances: Sequence[float], rest: float = 0.01, most: int = 12) -> list[float]:
    """The first chances, and one for all beyond once little is left."""
    total = 0.0
    for k, chance in enumerate(chances):
        total += chance
        if (1 - total < rest or k + 2 >= most) and k + 1 < len(chances):
            return [*chances[: k + 1], max(0.0, 1.0 - total)]
    return list(chances)
