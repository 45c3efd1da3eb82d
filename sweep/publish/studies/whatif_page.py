"""Page of a what-if study: a table of planned settings, and curves of the objective and coverage with bounds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from markupsafe import Markup

from geodata.message_catalogue import Texts
from sweep.publish.charts.svg_shapes import (
    BOTTOM,
    HEIGHT,
    INK,
    LEFT,
    QUIET,
    RIGHT,
    TOP,
    WIDTH,
    grid,
    picture,
    swatch,
    text_at,
)
from sweep.publish.facts.names_and_reasons import setting_name
from sweep.publish.page.render_pages import render_page
from sweep.publish.page.team_colours import TEAM_COLOURS
from sweep.publish.table_columns import COLUMNS, record_row
from sweep.records.plan import short_of


@dataclass(frozen=True, slots=True)
class GridPoint:
    """One planned combination of settings (grid point) of a what-if study."""

    values: Mapping[str, str]
    """Value of each varied setting by key, as typed by the user."""
    n_teams: int
    """Number of teams, including reserve; the best number if the scenario does not set it."""
    value: float
    """Expected finds of the visits served."""
    bound: float
    """Upper bound on the objective of every plan with these teams that serves as many must-visits."""
    n_visits: int
    """Number of visits on offer, of which the plan serves `n_served`."""
    n_served: int
    n_leads: int
    n_leads_reached: int
    """Leads at buildings that the plan visits, out of `n_leads` at all; likewise buildings and due leads."""
    n_buildings: int
    n_buildings_reached: int
    rules_broken: tuple[str, ...]
    """Ids of the hard rules that the plan breaks."""
    is_warm: bool
    """Whether the search started from the plan of a neighbouring grid point."""
    objective: float = 0.0
    """Expected finds and weights of the due leads that are served, less costs."""
    n_due: int = 0
    """Number of leads that fall due on the day."""
    n_due_reached: int = 0

    @property
    def gap(self) -> float:
        """Optimality gap of the objective: 1 - objective / bound."""
        return short_of(self.bound, self.objective)

    @property
    def lead_share(self) -> float:
        """Share of the leads that the plan reaches, in [0, 1]."""
        return self.n_leads_reached / self.n_leads if self.n_leads else 0.0


@dataclass(frozen=True, slots=True)
class GridCurve:
    """Grid points that differ in the first varied setting only."""

    name: str
    """The other settings and their values; empty for a study of one setting."""
    points: tuple[GridPoint, ...]
    knee: str | None
    """Value of the first setting above which the objective rises little; None without one, or if any is no number."""
    before: float = 0.0
    """Mean rise of the objective per unit of the first setting, from its least value to the knee; 0 without a knee."""
    beyond: float = 0.0
    """Mean rise of the objective per unit of the first setting, from knee to highest point; 0 without a knee."""
    highest: str | None = None
    """Value of the first setting after which the objective decreases; None if it does not decrease."""


def number_of(text: str) -> float | None:
    """Return a setting's value as a number, a time HH:MM in hours; None for any other text."""
    hours, sign, minutes = text.strip('"').partition(":")
    try:
        return float(hours) + float(minutes) / 60.0 if sign else float(text)
    except ValueError:
        return None


def whatif_rows(points: Sequence[GridPoint]) -> list[dict[str, Any]]:
    """Return the rows of whatif.csv, one per grid point (at least one): varied settings, then figures (`COLUMNS`)."""
    columns = [*points[0].values, *COLUMNS["whatif.csv"]]
    rows = (record_row(p, gap=p.gap) | dict(p.values) | {"rules_broken": " ".join(p.rules_broken)} for p in points)
    return [{column: row[column] for column in columns} for row in rows]


def whatif_page(
    name: str, curves: Sequence[GridCurve], texts: Texts, off: Mapping[str, str] = MappingProxyType({})
) -> str:
    """
    Return the HTML page, without scripts, of a what-if study: how key figures vary along each of `curves` (not empty).

    `name`: name of the scenario; `off`: reason for each rule that is switched off, by rule id.
    """
    key, *others = curves[0].points[0].values
    colours = [TEAM_COLOURS[k % len(TEAM_COLOURS)] for k in range(len(curves))]
    return render_page(
        "studies/whatif.html.j2",
        texts,
        name=name,
        off=off,
        key=key,
        others=others,
        setting=partial(setting_name, texts=texts),
        name_of=lambda curve: curve_name(curve, texts),
        curves=list(zip(curves, colours, [swatch(c) for c in colours], strict=True)),
        objective=curve_chart(curves, colours, key, texts, "objective"),
        coverage=curve_chart(curves, colours, key, texts, "coverage"),
    )


def curve_name(curve: GridCurve, texts: Texts) -> str:
    """Return the name of a curve: the settings and values that its points share; empty for a study of one setting."""
    _, *others = curve.points[0].values
    return texts.listed(f"{setting_name(key, texts)} = {curve.points[0].values[key]}" for key in others)


def curve_chart(curves: Sequence[GridCurve], colours: Sequence[str], key: str, texts: Texts, what: str) -> Markup:
    """
    Return a chart of the curves over the first setting, whose key is `key`; `colours`: colour of each curve.

    `what`: quantity on the y axis: `objective`, with the proven bound as a band, or `coverage`, the share of leads
    reached.
    """
    xs = _x_positions(curves)
    highest = max((p.bound if what == "objective" else p.lead_share) for c in curves for p in c.points) * 1.05 or 1.0
    first, last = min(xs.values()), max(xs.values())

    def x_at(point: GridPoint) -> float:
        x = xs[point.values[key]]
        return LEFT + (WIDTH - LEFT - RIGHT) * ((x - first) / (last - first) if last > first else 0.5)

    def y_at(value: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / highest

    title = texts(f"whatif.{what}")
    parts = [
        text_at(0, 14, title, fill=QUIET),
        text_at(WIDTH - RIGHT, HEIGHT - 6, setting_name(key, texts), anchor="end", fill=QUIET),
    ]
    show = partial(texts.number, digits=3) if what == "objective" else texts.percent
    parts += grid(highest, y_at, (LEFT, WIDTH - RIGHT), show)
    for text in xs:
        point = next(p for c in curves for p in c.points if p.values[key] == text)
        parts.append(text_at(x_at(point), HEIGHT - BOTTOM + 17, text.strip('"'), anchor="middle", fill=QUIET))
    for curve, colour in zip(curves, colours, strict=True):
        parts += _one(curve, colour, x_at, y_at, what, key, curve_name(curve, texts))
    return picture(WIDTH, HEIGHT, f"{title} / {setting_name(key, texts)}", parts)


def _one(curve: GridCurve, colour: str, x_at, y_at, what: str, key: str, name: str) -> list[Markup]:  # type: ignore[no-untyped-def]
    points = sorted(curve.points, key=x_at)
    level = [(x_at(p), y_at(p.objective if what == "objective" else p.lead_share)) for p in points]
    parts = []
    if what == "objective":
        top = [(x_at(p), y_at(p.bound)) for p in reversed(points)]
        parts.append(
            Markup('<polygon points="{}" fill="{}" fill-opacity="0.18"><title>{}</title></polygon>').format(
                _path([*level, *top]), colour, name
            )
        )
    parts.append(
        Markup('<polyline points="{}" fill="none" stroke="{}" stroke-width="2.5"><title>{}</title></polyline>').format(
            _path(level), colour, name
        )
    )
    for (x, y), point in zip(level, points, strict=True):
        is_knee = curve.knee is not None and point.values[key] == curve.knee and what == "objective"
        parts.append(
            Markup('<circle cx="{:.1f}" cy="{:.1f}" r="{}" fill="{}" stroke="{}" stroke-width="2"/>').format(
                x, y, 6 if is_knee else 3, "#fff" if is_knee else colour, INK if is_knee else colour
            )
        )
    return parts


def _path(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _x_positions(curves: Sequence[GridCurve]) -> dict[str, float]:
    key = next(iter(curves[0].points[0].values))
    texts = list(dict.fromkeys(p.values[key] for c in curves for p in c.points))
    numbers = [number_of(t) for t in texts]
    if all(n is not None for n in numbers):
        return {t: n for t, n in zip(texts, numbers, strict=True) if n is not None}
    return {t: float(k) for k, t in enumerate(texts)}


def curves_of(points: Sequence[GridPoint]) -> list[GridCurve]:
    """Return one curve for each group of grid points that differ only in the first setting."""
    key, *others = points[0].values
    groups: dict[tuple[str, ...], list[GridPoint]] = {}
    for point in points:
        groups.setdefault(tuple(point.values[k] for k in others), []).append(point)
    curves = []
    for values, members in groups.items():
        name = ", ".join(f"{k}={v}" for k, v in zip(others, values, strict=True))
        text_of = {number: p.values[key] for p in members if (number := number_of(p.values[key])) is not None}
        heights = [(number, p.objective) for p in members if (number := number_of(p.values[key])) is not None]
        at = knee(heights) if len(heights) == len(members) == len(text_of) else None
        before, beyond = slopes(heights, at) if at is not None else (0.0, 0.0)
        top, best = rising(heights)[-1] if heights else (0.0, 0.0)
        highest = text_of[top] if any(number > top and value < best for number, value in heights) else None
        curves.append(GridCurve(name, tuple(members), None if at is None else text_of[at], before, beyond, highest))
    return curves


def knee(points: Sequence[tuple[float, float]]) -> float | None:
    """
    Return the knee of a curve: the x where it is highest above the chord to its maximum; None without a knee.

    Parameters
    ----------
    points
        (x, y), distinct x, in any order.

    References
    ----------
    Satopaa et al. 2011, Finding a "kneedle" in a haystack.
    """
    ordered = rising(points)
    if len(ordered) < 3:
        return None
    (first, low), (last, high) = ordered[0], ordered[-1]
    bends = [((y - low) / (high - low) - (x - first) / (last - first), x) for x, y in ordered[1:-1]]
    bend, x = max(bends, key=lambda b: (b[0], -b[1]))
    # Minimum height of the knee above the chord, as a share of the curve's height.
    return x if bend >= 0.05 else None


def rising(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the points in order of x up to the first maximum of y; later points, which gain nothing, are dropped."""
    ordered = sorted(points)
    if not ordered:
        return []
    top = max(ordered, key=lambda p: (p[1], -p[0]))
    return ordered[: ordered.index(top) + 1]


def slopes(points: Sequence[tuple[float, float]], at: float) -> tuple[float, float]:
    """
    Return the mean gain of y per unit of x before and after the point at x = `at`.

    The first value starts at the point of least x; the second ends at the point of largest y. ValueError if `at` is not
    between the x of these two points, or if two points up to there have the same x.
    """
    ordered = rising(points)
    (x0, y0), (x2, y2) = ordered[0], ordered[-1]
    y1 = dict(ordered)[at]
    if not x0 < at < x2 or any(a >= b for (a, _), (b, _) in pairwise(ordered)):
        raise ValueError(f"at must be within a curve of distinct x, got {at}")
    return (y1 - y0) / (at - x0), (y2 - y1) / (x2 - at)
