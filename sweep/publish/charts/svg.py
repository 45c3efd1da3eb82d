"""The few SVG shapes that charts are made of; every text and value in them is escaped."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup

INK, QUIET, LINE = "#1c2733", "#5b6875", "#d9dfe4"


def text_at(
    x: float, y: float, text: str, *, size: float = 12, anchor: str = "start", fill: str = INK, bold: bool = False
) -> Markup:
    """A piece of text; `y` is its baseline."""
    return Markup('<text x="{:.1f}" y="{:.1f}" font-size="{}" text-anchor="{}" fill="{}"{}>{}</text>').format(
        x, y, size, anchor, fill, Markup(' font-weight="700"') if bold else "", text
    )


def line(x1: float, y1: float, x2: float, y2: float, colour: str = LINE, width: float = 1.0) -> Markup:
    """A straight line."""
    return Markup('<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" stroke="{}" stroke-width="{}"/>').format(
        x1, y1, x2, y2, colour, width
    )


def rect(x: float, y: float, width: float, height: float, fill: str, title: str = "") -> Markup:
    """A bar; `title` is shown on hovering."""
    tip = Markup("<title>{}</title>").format(title) if title else Markup()
    return Markup('<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" fill="{}">{}</rect>').format(
        x, y, max(width, 0.0), height, fill, tip
    )


def dot(x: float, y: float, radius: float, fill: str, title: str = "") -> Markup:
    """A dot that others shine through; `title` is shown on hovering."""
    tip = Markup("<title>{}</title>").format(title) if title else Markup()
    return Markup('<circle cx="{:.1f}" cy="{:.1f}" r="{:.1f}" fill="{}" fill-opacity="0.55">{}</circle>').format(
        x, y, radius, fill, tip
    )


def picture(width: float, height: float, caption: str, parts: Sequence[Markup], name: str = "chart") -> Markup:
    """The SVG element about the parts."""
    return Markup('<svg class="{}" viewBox="0 0 {:.0f} {:.0f}" role="img" aria-label="{}">{}</svg>').format(
        name, width, height, caption, Markup().join(parts)
    )


def nice_step(highest: float) -> float:
    """A step of 1, 2 or 5 times a power of ten that cuts [0, highest] into about five parts."""
    rough = highest / 5
    power = 10.0 ** math.floor(math.log10(rough))
    return next(m * power for m in (1, 2, 5, 10) if m * power >= rough * 0.999)
