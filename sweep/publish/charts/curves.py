"""Several lines in one chart, as SVG inside a page."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from geodata.texts import Texts
from sweep.publish.charts.svg import QUIET, line, nice_step, picture, text_at

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 460.0, 300.0, 46.0, 14.0, 30.0, 44.0


@dataclass(frozen=True, slots=True)
class Line:
    """One line through points in order of x."""

    name: str
    colour: str
    width: float
    points: tuple[tuple[float, float], ...]
    """y is a share, >= 0."""


def curves(lines: Sequence[Line], x_name: str, y_name: str, show_x: Callable[[float], str], texts: Texts) -> Markup:
    """
    Lines over one pair of axes, the first on top; y are shares.

    Parameters
    ----------
    lines
        At least one point in all.
    x_name, y_name
        What the axes show.
    show_x
        How a mark of the x axis is written.
    """
    xs = [x for one in lines for x, _ in one.points]
    first, last = min(xs), max(xs)
    highest = max((y for one in lines for _, y in one.points), default=0.0) * 1.05 or 1.0

    def x_at(value: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * ((value - first) / (last - first) if last > first else 0.5)

    def y_at(value: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / highest

    parts = [text_at(0, 14, y_name, fill=QUIET), text_at(WIDTH - RIGHT, HEIGHT - 6, x_name, anchor="end", fill=QUIET)]
    step = nice_step(highest)
    for k in range(int(highest / step + 1e-9) + 1):
        parts += [
            line(LEFT, y_at(k * step), WIDTH - RIGHT, y_at(k * step)),
            text_at(LEFT - 6, y_at(k * step) + 4, texts.percent(k * step), anchor="end", fill=QUIET),
        ]
    step = nice_step(last - first or 1.0)
    for mark in np.arange(math.ceil(first / step - 1e-9), math.floor(last / step + 1e-9) + 1) * step:
        parts.append(text_at(x_at(mark), HEIGHT - BOTTOM + 17, show_x(float(mark)), anchor="middle", fill=QUIET))
    for one in reversed(lines):
        path = " ".join(f"{x_at(x):.1f},{y_at(y):.1f}" for x, y in one.points)
        parts.append(
            Markup(
                '<polyline points="{}" fill="none" stroke="{}" stroke-width="{}" stroke-linejoin="round">'
                "<title>{}</title></polyline>"
            ).format(path, one.colour, one.width, one.name)
        )
    return picture(WIDTH, HEIGHT, f"{y_name} / {x_name}", parts)


def swatch(colour: str) -> Markup:
    """A short piece of a line, for a legend."""
    return Markup(
        '<svg class="chip" width="22" height="10" viewBox="0 0 22 10" aria-hidden="true">'
        '<rect y="3" width="22" height="4" rx="2" fill="{}"/></svg>'
    ).format(colour)
