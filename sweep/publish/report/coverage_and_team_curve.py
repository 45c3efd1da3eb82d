"""Charts of how much a plan reaches: in total, by district, and by number of teams."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from unicodedata import east_asian_width

from markupsafe import Markup

from geodata.message_catalogue import Texts
from sweep.publish.charts.svg_shapes import QUIET, Line, curves, line, picture, rect, swatch, text_at
from sweep.publish.edition import Edition
from sweep.publish.facts.plan_summary import PlanSummary, whole_coverage
from sweep.publish.page.team_colours import NOT_REACHED, REACHED
from sweep.records.plan import Coverage

# Dark, medium and light, so that they differ without colour too.
MEASURES = (("finds", REACHED), ("leads", "#d08a1d"), ("area", "#8fa3b3"))


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """One quantity, such as leads: how much of its total the plan reaches."""

    key: str
    """The quantity; `reach.<key>` in the catalogue is its name."""
    reached: float
    total: float
    shown: str
    """Reached and total as text."""

    @property
    def share(self) -> float:
        """Share reached, in [0, 1]; 0 if the total is 0."""
        return self.reached / self.total if self.total else 0.0


def coverage_rows(summary: PlanSummary, coverage: Sequence[Coverage], texts: Texts) -> list[CoverageRow]:
    """Return the rows on how much a plan reaches of finds, leads, clusters, districts, buildings, firms, floor area."""
    everything = whole_coverage(coverage)
    districts = [c for c in coverage if c.scope == "district"]
    # Large areas are counted in ten thousands in Chinese, in thousands in English.
    unit = 10_000 if texts.lang == "zh_CN" else 1_000

    def row(key: str, reached: float, total: float, digits: int = 0) -> CoverageRow:
        return CoverageRow(key, reached, total, f"{reached:,.{digits}f} / {total:,.{digits}f}")

    return [
        row("finds", everything.expected_finds_reached, everything.expected_finds, 2),
        row("leads", everything.n_leads_reached, everything.n_leads),
        row("clusters", summary.n_clusters_reached, summary.n_clusters),
        row("districts", sum(c.n_buildings_reached > 0 for c in districts), len(districts)),
        row("buildings", summary.n_buildings, everything.n_buildings),
        row("firms", everything.n_firms_reached, everything.n_firms),
        CoverageRow(
            "area",
            everything.floor_area_m2_reached,
            everything.floor_area_m2,
            texts(
                "reach.square_metres",
                reached=texts.number(everything.floor_area_m2_reached / unit, 1),
                total=texts.number(everything.floor_area_m2 / unit, 1),
            ),
        ),
    ]


def district_bars(districts: Sequence[Coverage], name: Callable[[str], str], texts: Texts) -> Markup:
    """
    Return a bar chart of the shares of expected finds, leads and floor area reached in each district.

    `name` gives the name of a district by its code.
    """
    left, right, row, top = 92.0, 40.0, 54.0, 22.0
    width, height = 460.0, top + row * len(districts) + 4
    scale = (width - left - right) / 100
    parts = []
    for percent in range(0, 101, 25):
        x = left + scale * percent
        parts += [
            line(x, top - 4, x, height - 4),
            text_at(x, 13, texts.percent(percent / 100), anchor="middle", fill=QUIET),
        ]
    for place, c in enumerate(districts):
        y = top + row * place
        first, rest = _line_and_rest(name(c.scope_id))
        second, over = _line_and_rest(rest)
        names = [part for part in (first, second[:-1] + "…" if over else second) if part]
        parts += [text_at(left - 10, y + 35 - 7 * len(names) + 14 * k, n, anchor="end") for k, n in enumerate(names)]
        for k, (share, colour) in enumerate(zip(_shares(c), (m[1] for m in MEASURES), strict=True)):
            parts += [
                rect(left, y + 5 + 14 * k, scale * 100, 11, NOT_REACHED),
                rect(left, y + 5 + 14 * k, scale * 100 * min(share, 1.0), 11, colour),
                text_at(width - right + 6, y + 14.5 + 14 * k, texts.percent(share), fill=QUIET),
            ]
    return picture(width, height, texts("reach.by_district"), parts)


def _line_and_rest(text: str) -> tuple[str, str]:
    # Chinese characters have double width; six of them fit.
    n = sum(end <= 12 for end in accumulate(2 if east_asian_width(character) in "WF" else 1 for character in text))
    if n < len(text) and (blank := text.rfind(" ", 0, n + 1)) > 0:
        n = blank
    return text[:n], text[n:].strip()


def _shares(c: Coverage) -> tuple[float, float, float]:
    pairs = (
        (c.expected_finds_reached, c.expected_finds),
        (c.n_leads_reached, c.n_leads),
        (c.floor_area_m2_reached, c.floor_area_m2),
    )
    finds, leads, area = (reached / total if total else 0.0 for reached, total in pairs)
    return finds, leads, area


def team_chart(points: Sequence[TeamPoint], everything: Coverage, texts: Texts) -> Markup:
    """
    Return a chart of two lines over the number of teams: shares of expected finds and of leads that the teams reach.

    `everything`: coverage with the totals of finds and leads, of which these are shares.
    """
    colours = dict(MEASURES)
    finds = tuple((float(p.n_teams), p.value / (everything.expected_finds or 1.0)) for p in points)
    leads = tuple((float(p.n_teams), p.n_leads / (everything.n_leads or 1)) for p in points)
    lines = [Line(texts("reach.finds"), colours["finds"], 2.6, finds)]
    if everything.n_leads:
        lines.append(Line(texts("reach.leads"), colours["leads"], 2.0, leads))

    # Between whole numbers of teams the axis has no label.
    def whole(x: float) -> str:
        return texts.number(x) if abs(x - round(x)) < 1e-9 else ""

    return curves(lines, texts("compare.axis.teams"), texts("reach.share"), whole, texts)


def keys(texts: Texts, *measures: str) -> list[tuple[Markup, str]]:
    """Return (colour sample, name) of each measure for a chart's legend; `measures`: their keys in `MEASURES`."""
    colours = dict(MEASURES)
    return [(swatch(colours[m]), texts(f"reach.{m}")) for m in measures]


@dataclass(frozen=True, slots=True)
class TeamPoint:
    """Expected finds and leads that `n_teams` teams of a plan reach; teams that add the fewest finds are left out."""

    n_teams: int
    value: float
    """Expected finds of the visits of these teams."""
    n_leads: int
    """Number of leads in the buildings that these teams reach."""


@dataclass(frozen=True, slots=True)
class _VisitGroup:
    """Visits of which all or none are made: the visits of a link group, or a single visit."""

    team_ids: frozenset[str]
    value: float
    building_ids: frozenset[str]


def team_curve(edition: Edition) -> list[TeamPoint]:
    """
    Return expected finds and leads that 0, 1, 2 ... of the plan's teams reach, by ascending number of teams.

    Each smaller number leaves out the team that adds the fewest finds, without moving its visits to other teams: a
    lower estimate of a new plan with this number of teams.
    """
    parts = _parts(edition)
    column = edition.ranking
    n_leads = {str(b): int(n) for b, n in zip(column["building_id"], column["n_leads"], strict=True)}
    remaining = [route.team_id for route in edition.plan.routes]
    points = [_point(len(remaining), parts, n_leads)]
    while remaining:
        loss = dict.fromkeys(remaining, 0.0)
        for part in parts:
            for team_id in part.team_ids:
                loss[team_id] += part.value
        # Of equal teams remove the last, so that the order of the plan decides.
        removed = min(reversed(remaining), key=lambda t: loss[t])
        remaining.remove(removed)
        parts = [part for part in parts if removed not in part.team_ids]
        points.append(_point(len(remaining), parts, n_leads))
    return points[::-1]


def _point(n_teams: int, parts: list[_VisitGroup], n_leads: Mapping[str, int]) -> TeamPoint:
    reached = {b for part in parts for b in part.building_ids}
    return TeamPoint(n_teams, sum(part.value for part in parts), sum(n_leads.get(b, 0) for b in reached))


def _parts(edition: Edition) -> list[_VisitGroup]:
    teams: dict[str, set[str]] = {}
    for route in edition.plan.routes:
        for stop in route.made:
            teams.setdefault(stop.visit_id, set()).add(route.team_id)
    linked: dict[str, list[str]] = {}
    for visit_id in teams:
        linked.setdefault(edition.visits[visit_id].link_group or f"\0{visit_id}", []).append(visit_id)
    return [
        _VisitGroup(
            frozenset(team for v in visit_ids for team in teams[v]),
            float(sum(edition.visits[v].value for v in visit_ids)),
            frozenset(edition.visits[v].building_id for v in visit_ids),
        )
        for visit_ids in linked.values()
    ]
