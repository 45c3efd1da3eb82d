"""SVG shapes for charts, and a line chart made from them; all texts and values are escaped."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from geodata.message_catalogue import Texts

INK, QUIET, LINE = "#1c2733", "#5b6875", "#d9dfe4"


def text_at(
    x: float, y: float, text: str, *, size: float = 12, anchor: str = "start", fill: str = INK, bold: bool = False
) -> Markup:
    """Return an SVG text element at pixel (x, y), where `y` is the baseline; `anchor`: SVG's `text-anchor`."""
    return Markup('<text x="{:.1f}" y="{:.1f}" font-size="{}" text-anchor="{}" fill="{}"{}>{}</text>').format(
        x, y, size, anchor, fill, Markup(' font-weight="700"') if bold else "", text
    )


def line(x1: float, y1: float, x2: float, y2: float, colour: str = LINE, width: float = 1.0) -> Markup:
    """Return a straight SVG line from (x1, y1) to (x2, y2), in pixels from the upper left corner."""
    return Markup('<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" stroke="{}" stroke-width="{}"/>').format(
        x1, y1, x2, y2, colour, width
    )


def rect(x: float, y: float, width: float, height: float, fill: str, title: str = "") -> Markup:
    """Return an SVG rectangle with its upper left corner at pixel (x, y); `title` is its tooltip."""
    tip = Markup("<title>{}</title>").format(title) if title else Markup()
    return Markup('<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" fill="{}">{}</rect>').format(
        x, y, max(width, 0.0), height, fill, tip
    )


def dot(x: float, y: float, radius: float, fill: str, title: str = "") -> Markup:
    """Return a translucent SVG circle; `title` is its tooltip."""
    tip = Markup("<title>{}</title>").format(title) if title else Markup()
    return Markup('<circle cx="{:.1f}" cy="{:.1f}" r="{:.1f}" fill="{}" fill-opacity="0.55">{}</circle>').format(
        x, y, radius, fill, tip
    )


def picture(width: float, height: float, caption: str, parts: Sequence[Markup], name: str = "chart") -> Markup:
    """
    Return an SVG element of `width` x `height` pixels with the shapes `parts`.

    `caption`: label for screen readers; `name`: CSS class.
    """
    return Markup('<svg class="{}" viewBox="0 0 {:.0f} {:.0f}" role="img" aria-label="{}">{}</svg>').format(
        name, width, height, caption, Markup().join(parts)
    )


def grid(
    highest: float,
    y_at: Callable[[float], float],
    ends: tuple[float, float],
    show: Callable[[float], str],
    gap: float = 6,
) -> list[Markup]:
    """
    Return horizontal grid lines over [0, highest] at even steps, each with its value `gap` pixels to the left.

    `y_at` gives the pixel y of a value, `show` its text; `ends`: pixel x of the left and right end of the lines.
    """
    step, (left, right), parts = nice_step(highest), ends, []
    for k in range(int(highest / step + 1e-9) + 1):
        y = y_at(k * step)
        parts += [line(left, y, right, y), text_at(left - gap, y + 4, show(k * step), anchor="end", fill=QUIET)]
    return parts


def nice_step(highest: float) -> float:
    """Return a step of 1, 2 or 5 times a power of ten that divides [0, highest] into about five parts."""
    rough = highest / 5
    power = 10.0 ** math.floor(math.log10(rough))
    return next(m * power for m in (1, 2, 5, 10) if m * power >= rough * 0.999)


WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 460.0, 300.0, 46.0, 14.0, 30.0, 44.0


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a line chart, through points in order of x; `width` in pixels."""

    name: str
    colour: str
    width: float
    points: tuple[tuple[float, float], ...]
    """Points (x, y); y is a share, >= 0."""


def curves(lines: Sequence[Line], x_name: str, y_name: str, show_x: Callable[[float], str], texts: Texts) -> Markup:
    """Return a chart of lines on the same named axes, the first line on top; y is a share, `show_x` gives x as text."""
    xs = [x for one in lines for x, _ in one.points]
    first, last = min(xs), max(xs)
    highest = max((y for one in lines for _, y in one.points), default=0.0) * 1.05 or 1.0

    def x_at(value: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * ((value - first) / (last - first) if last > first else 0.5)

    def y_at(value: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / highest

    parts = [text_at(0, 14, y_name, fill=QUIET), text_at(WIDTH - RIGHT, HEIGHT - 6, x_name, anchor="end", fill=QUIET)]
    parts += grid(highest, y_at, (LEFT, WIDTH - RIGHT), texts.percent)
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
    """Return a short coloured line segment for a legend."""
    return Markup(
        '<svg class="chip" width="22" height="10" viewBox="0 0 22 10" aria-hidden="true">'
        '<rect y="3" width="22" height="4" rx="2" fill="{}"/></svg>'
    ).format(colour)
