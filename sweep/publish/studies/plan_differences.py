"""Differences between plans in figures, buildings, settings and inputs, and the table comparison.csv."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any

from geodata.message_catalogue import Texts
from sweep.publish.edition import Edition
from sweep.publish.facts.plan_summary import PlanSummary
from sweep.publish.facts.team_facts import team_letters
from sweep.publish.page.escape import fixed_decimals
from sweep.publish.table_columns import COLUMNS, record_row

MINUS = "\u2212"
"""Minus sign as wide as a plus, so that differences line up."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure (row of the comparison): its value in each plan as text, and the differences from the first plan."""

    key: str
    """The figure; `compare.row.<key>` in the catalogue is its name."""
    shown: tuple[str, ...]
    changes: tuple[str, ...]
    """Differences as text; empty for the first plan, and for equal values."""


@dataclass(frozen=True, slots=True)
class VisitedBuilding:
    """A building that a plan visits."""

    building_id: str
    letters: tuple[str, ...]
    """Letters of the teams that visit the building, in order."""
    start_s: int
    """Earliest start of a service there, seconds after midnight."""
    value: float
    """Expected finds of the visit."""


def figures(plans: Sequence[PlanSummary], texts: Texts) -> list[Figure]:
    """Return the rows of the table that compares each plan with the first by key figures, such as expected finds."""
    whole, two, share = texts.number, partial(fixed_decimals, digits=2), partial(texts.percent, digits=1)
    rows: list[tuple[str, Callable[[PlanSummary], float], Callable[[float], str]]] = [
        ("teams", lambda p: p.n_teams, whole),
        ("reserve", lambda p: p.n_teams_reserve, whole),
        ("police", lambda p: p.n_police, whole),
        ("mr", lambda p: p.n_market_regulation, whole),
        ("helpers", lambda p: p.n_helpers, whole),
        ("value", lambda p: p.value, two),
        ("due", lambda p: p.n_due_reached, whole),
        ("objective", lambda p: p.objective, two),
        ("no_find", lambda p: p.no_find, share),
        ("bound", lambda p: p.bound, two),
        ("gap", lambda p: p.gap, share),
        ("stops", lambda p: p.n_stops, whole),
        ("buildings", lambda p: p.n_buildings, whole),
        ("leads", lambda p: p.n_leads_reached, whole),
        ("clusters", lambda p: p.n_clusters_reached, whole),
        ("area", lambda p: p.floor_area_m2_reached / (p.floor_area_m2 or 1.0), share),
        ("firms", lambda p: p.n_firms, whole),
        ("doors", lambda p: p.n_doors, whole),
        ("minutes", lambda p: p.service_s / 60, whole),
        ("km", lambda p: p.distance_m / 1000, whole),
        ("unserved", lambda p: p.n_unserved, whole),
        ("forgone", lambda p: p.unserved_value, two),
    ]

    # Differences of shares are in percentage points.
    def points(value: float) -> str:
        return texts("compare.points", n=f"{100 * value:.1f}")

    return [
        _figure(key, [value(p) for p in plans], show, points if show is share else show) for key, value, show in rows
    ]


def _figure(
    key: str, values: Sequence[float], show: Callable[[float], str], show_change: Callable[[float], str]
) -> Figure:
    changes = [""]
    for value in values[1:]:
        # Values that round to the same text count as equal.
        same = show(value) == show(values[0])
        sign = "+" if value > values[0] else MINUS
        changes.append("" if same else sign + show_change(abs(value - values[0])))
    return Figure(key, tuple(show(v) for v in values), tuple(changes))


def signed(value: float) -> str:
    """Return a difference as text with its sign and two decimals."""
    return ("+" if value >= 0 else MINUS) + fixed_decimals(abs(value), 2)


def visited_buildings(edition: Edition) -> dict[str, VisitedBuilding]:
    """Return the buildings that a plan visits, by building id; a stop at a locked door is no visit."""
    letters = team_letters(edition)
    visited: dict[str, VisitedBuilding] = {}
    for route in edition.plan.routes:
        for stop in route.made:
            letter, before = letters[route.team_id], visited.get(stop.building_id)
            teams = tuple(sorted({*(before.letters if before else ()), letter}))
            start_s = min(stop.start_s, before.start_s) if before else stop.start_s
            value = float(edition.visits[stop.visit_id].value)
            visited[stop.building_id] = VisitedBuilding(stop.building_id, teams, start_s, value)
    return visited


def only_in(these: Mapping[str, VisitedBuilding], those: Mapping[str, VisitedBuilding]) -> list[VisitedBuilding]:
    """Return the buildings in the first mapping but not in the second, the most valuable first."""
    return sorted((c for b, c in these.items() if b not in those), key=lambda c: (-c.value, c.building_id))


def settings_that_differ(editions: Sequence[Edition]) -> list[tuple[str, tuple[str, ...]]]:
    """Return the keys of scenario.toml whose values differ between plans, with the value in each plan."""
    # Language and name do not affect the plan.
    flat = [dict(_flat(e.scenario.model_dump(mode="json", exclude={"lang", "name"}))) for e in editions]
    keys = dict.fromkeys(key for settings in flat for key in settings)
    rows = [(key, tuple(settings.get(key, "—") for settings in flat)) for key in keys]
    return [(key, values) for key, values in rows if len(set(values)) > 1]


def _flat(content: Mapping[str, object], path: str = "") -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for key, value in content.items():
        if isinstance(value, Mapping):
            pairs += _flat(value, f"{path}{key}.")
        else:
            pairs.append((f"{path}{key}", "—" if value is None else str(value)))
    return pairs


def inputs_that_differ(editions: Sequence[Edition]) -> list[str]:
    """Return the names of the tables whose input files differ between plans, in order of first appearance."""
    read = [{(i.table, i.sha256) for i in e.inputs} for e in editions]
    differ = {table for one in read for other in read for table, _ in one - other}
    return [table for table in dict.fromkeys(i.table for e in editions for i in e.inputs) if table in differ]


def compare_rows(plans: Sequence[PlanSummary]) -> list[dict[str, Any]]:
    """
    Return the rows of comparison.csv by column name, for at least one plan.

    They are in the order of the number of teams, with the expected finds gained per team added since the row before.
    """
    ordered = sorted(plans, key=lambda p: (p.n_teams, p.plan_id))
    districts = sorted({code for p in ordered for code in p.expected_finds_by_district})
    by_district = {code: f"expected_finds_reached_{code}" for code in districts}
    columns = [*COLUMNS["comparison.csv"], *by_district.values()]
    rows = []
    for p, gained in zip(ordered, marginal_gains(ordered), strict=True):
        finds = {key: p.expected_finds_by_district.get(code, (0.0, 0.0))[0] for code, key in by_district.items()}
        row = record_row(p, scenario=p.name, n_served=p.n_visits, gain_per_team=gained) | finds
        row |= {"n_buildings_reached": p.n_buildings, "n_targets": p.n_firms}
        rows.append({column: row[column] for column in columns})
    return rows


def marginal_gains(plans: Sequence[PlanSummary]) -> list[float | None]:
    """Return for each plan the expected finds gained per team added since the plan before it (`gain`); first: None."""
    gains: list[float | None] = [None] if plans else []
    for before, after in pairwise(plans):
        gains.append(gain(before, after))
    return gains


def gain(before: PlanSummary, after: PlanSummary) -> float | None:
    """Return the expected finds gained per added team; None if `after` has no more teams than `before`."""
    added = after.n_teams - before.n_teams
    return (after.value - before.value) / added if added > 0 else None
