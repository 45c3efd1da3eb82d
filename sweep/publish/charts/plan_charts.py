"""
Charts of one plan as inline SVG, in the fonts and colours of the page that contains them.

matplotlib is not used: it measures text with its own fonts, so that Chinese labels cause warnings or shift, and it
writes style attributes, which the pages' content security policy forbids.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from markupsafe import Markup

from geodata.message_catalogue import Texts
from sweep.publish.charts.svg_shapes import INK, LINE, QUIET, grid, line, nice_step, picture, rect, text_at
from sweep.publish.facts.names_and_reasons import span_text, stop_title
from sweep.publish.facts.team_facts import TeamFacts
from sweep.publish.page.team_colours import NOT_REACHED, REACHED
from sweep.records.ranking import Cluster


def share_bar(reached: float, total: float) -> Markup:
    """Return a small bar for a table cell, filled to the share `reached / total`."""
    share = min(1.0, reached / total) if total > 0 else 0.0
    return Markup(
        '<svg class="share" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">{}{}</svg>'
    ).format(rect(0, 0, 100, 10, NOT_REACHED), rect(0, 0, 100 * share, 10, REACHED))


def gantt(teams: Sequence[TeamFacts], start_s: int, end_s: int, texts: Texts) -> Markup:
    """
    Return the Gantt chart of the teams, one row each: driving, waiting, service and breaks.

    `start_s`, `end_s`: the shift; the time axis is longer if a route is.
    """
    left, right, row, top = 118.0, 24.0, 26.0, 26.0
    width, height = 980.0, top + row * len(teams) + 8
    start_s, end_s = gantt_span(teams, start_s, end_s)

    def x(seconds: float) -> float:
        return left + (width - left - right) * (seconds - start_s) / (end_s - start_s)

    step_s = 1800 if end_s - start_s <= 6 * 3600 else 3600
    parts = []
    for tick in range(math.ceil(start_s / step_s) * step_s, end_s + 1, step_s):
        parts += [
            line(x(tick), top - 4, x(tick), height - 8),
            text_at(x(tick), 14, texts.clock(tick), anchor="middle", fill=QUIET),
        ]
    for place, team in enumerate(teams):
        parts += _gantt_row(team, top + row * place, x, texts)
    return picture(width, height, texts("report.gantt"), parts, "chart wide")


def gantt_span(teams: Sequence[TeamFacts], start_s: int, end_s: int) -> tuple[int, int]:
    """Return start and end of a Gantt chart, seconds after midnight: `start_s`, `end_s`, extended to all routes."""
    start_s = min([start_s, *(t.route.depart_s for t in teams if t.route)])
    return start_s, max([end_s, start_s + 1, *(t.route.return_s for t in teams if t.route)])


def _gantt_row(team: TeamFacts, y: float, x: Callable[[float], float], texts: Texts) -> list[Markup]:
    parts = [
        Markup('<rect x="0" y="{:.1f}" width="30" height="18" rx="9" fill="{}"/>').format(y + 3, team.colour),
        text_at(15, y + 16.5, team.letter, anchor="middle", fill=team.ink, bold=True),
        text_at(37, y + 16.5, team.team.team_id[:12]),
    ]
    if team.route is None:
        return [*parts, text_at(x(team.team.shift_s[0]) + 6, y + 16.5, texts("report.reserve"), fill=QUIET)]
    parts.append(line(x(team.route.depart_s), y + 12, x(team.route.return_s), y + 12, team.colour, 1.5))
    for s in team.stops:
        a, b = x(s.stop.start_s), x(s.stop.end_s)
        tip = f"{stop_title(team, s, texts)} {span_text(s.stop.start_s, s.stop.end_s)}"
        if s.stop.start_s - s.stop.arrive_s >= 60:
            parts.append(rect(x(s.stop.arrive_s), y + 9, a - x(s.stop.arrive_s), 6, "#b9c2ca", texts("report.waiting")))
        parts += [
            rect(a, y + 2, b - a, 20, team.colour, tip),
            text_at((a + b) / 2, y + 16.5, str(s.number), anchor="middle", fill=team.ink, bold=True),
        ]
    if team.pause is not None:
        start, end = team.pause
        tip = texts("order.pause", start=texts.clock(start), end=texts.clock(end))
        parts += [
            rect(x(start), y + 5, x(end) - x(start), 14, LINE, tip),
            text_at(x((start + end) / 2), y + 15.5, texts("report.break"), size=10, anchor="middle", fill=QUIET),
        ]
    return parts


def rate_intervals(clusters: Sequence[Cluster], texts: Texts) -> Markup:
    """Return a chart of each cluster's lead rate with its 90 % interval, in rank order."""
    left, right, row, top = 40.0, 16.0, 18.0, 24.0
    width, height = 460.0, top + row * len(clusters) + 6
    highest = max((c.lead_rate_high for c in clusters), default=1.0) or 1.0
    step = nice_step(highest)

    def x(rate: float) -> float:
        return left + (width - left - right) * rate / highest

    parts = []
    for k in range(int(highest / step) + 1):
        parts += [
            line(x(k * step), top - 4, x(k * step), height - 4),
            text_at(x(k * step), 14, texts.number(k * step, 2), anchor="middle", fill=QUIET),
        ]
    for place, c in enumerate(clusters):
        y = top + row * place + row / 2
        parts += [
            text_at(28, y + 4, str(c.rank), anchor="end", bold=True),
            line(x(c.lead_rate_low), y, x(c.lead_rate_high), y, "#9fb6c8", 4),
            Markup('<circle cx="{:.1f}" cy="{:.1f}" r="4" fill="{}"/>').format(x(c.lead_rate), y, REACHED),
        ]
    return picture(width, height, texts("report.rates"), parts)


def cluster_finds(clusters: Sequence[Cluster], reached: Mapping[str, float], texts: Texts) -> Markup:
    """
    Return a chart of each cluster's expected finds in rank order, with the part that the plan reaches.

    `reached`: expected finds that the plan reaches, by cluster id.
    """
    left, right, row, top = 40.0, 56.0, 18.0, 24.0
    width, height = 460.0, top + row * len(clusters) + 6
    highest = max((c.expected_finds for c in clusters), default=0.0) or 1.0
    parts = []
    for place, c in enumerate(clusters):
        y, per_find = top + row * place + 4, (width - left - right) / highest
        parts += [
            text_at(28, y + 9, str(c.rank), anchor="end", bold=True),
            rect(left, y, per_find * c.expected_finds, 10, NOT_REACHED),
            rect(left, y, per_find * min(reached.get(c.cluster_id, 0.0), c.expected_finds), 10, REACHED),
            text_at(left + per_find * c.expected_finds + 6, y + 9, f"{c.expected_finds:.3f}", fill=QUIET),
        ]
    return picture(width, height, texts("report.cluster_finds"), parts)


def curve(points: Sequence[tuple[float, float, str]], x_name: str, y_name: str, texts: Texts) -> Markup:
    """Return a line chart with named axes through points (x, y, label); x in ascending order, x and y not negative."""
    width, height, left, right, top, bottom = 480.0, 250.0, 46.0, 20.0, 30.0, 44.0
    highest = max((p[1] for p in points), default=1.0) * 1.08 or 1.0
    first, last = (points[0][0], points[-1][0]) if points else (0.0, 1.0)
    spread = (last - first) or 1.0

    def x(value: float) -> float:
        return left + 12 + (width - left - right - 24) * ((value - first) / spread if last > first else 0.5)

    def y(value: float) -> float:
        return height - bottom - (height - top - bottom) * value / highest

    parts = [text_at(0, 14, y_name, fill=QUIET), text_at(width - right, height - 6, x_name, anchor="end", fill=QUIET)]
    parts += grid(highest, y, (left, width - right), partial(texts.number, digits=2), gap=8)
    path = " ".join(f"{x(a):.1f},{y(b):.1f}" for a, b, _ in points)
    parts.append(Markup('<polyline points="{}" fill="none" stroke="{}" stroke-width="2.5"/>').format(path, REACHED))
    for a, b, word in points:
        parts += [
            Markup('<circle cx="{:.1f}" cy="{:.1f}" r="5" fill="{}" stroke="#fff" stroke-width="1.5"/>').format(
                x(a), y(b), REACHED
            ),
            text_at(x(a), y(b) - 11, word, anchor="middle", bold=True),
            text_at(x(a), height - bottom + 17, texts.number(a), anchor="middle", fill=QUIET),
        ]
    return picture(width, height, y_name, parts)


def finds_distribution(chances: Sequence[float], texts: Texts) -> Markup:
    """Return a column chart of `chances`, the probabilities of 0, 1, 2 ... finds; the last column sums the rest."""
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


def _grouped(chances: Sequence[float]) -> list[float]:
    """Return probabilities with those of the tail (sum below 1 %) replaced by their sum; at most 12 values."""
    total = 0.0
    for k, chance in enumerate(chances):
        total += chance
        if (1 - total < 0.01 or k + 2 >= 12) and k + 1 < len(chances):
            return [*chances[: k + 1], max(0.0, 1.0 - total)]
    return list(chances)
