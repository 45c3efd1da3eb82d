"""What one more team buys from plan to plan, and the table of the plans compared."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from sweep.disk.csv_text import csv_text
from sweep.publish.facts.summary import PlanSummary

_COLUMNS = (
    "plan_id",
    "name",
    "day",
    "n_teams",
    "n_teams_reserve",
    "n_police",
    "n_market_regulation",
    "n_helpers",
    "value",
    "bound",
    "gap",
    "no_find",
    "n_stops",
    "n_visits",
    "n_buildings",
    "n_firms",
    "n_doors",
    "service_s",
    "travel_s",
    "distance_m",
    "n_unserved",
    "unserved_value",
    "n_leads",
    "n_leads_reached",
    "n_clusters_reached",
    "floor_area_m2_reached",
)


def compare_csv(plans: Sequence[PlanSummary]) -> str:
    """The figures, one row a plan, in order of teams, with the gain of each team more than in the row before."""
    ordered = sorted(plans, key=lambda p: (p.n_teams, p.plan_id))
    districts = sorted({code for p in ordered for code in p.expected_finds_by_district})
    columns = [*_COLUMNS, "gain_per_team", *(f"expected_finds_reached_{code}" for code in districts)]
    rows = (
        [
            *(getattr(p, column) for column in _COLUMNS),
            gain,
            *(float(p.expected_finds_by_district.get(code, (0.0, 0.0))[0]) for code in districts),
        ]
        for p, gain in zip(ordered, marginal_gains(ordered), strict=True)
    )
    return csv_text(columns, rows)


def marginal_gains(plans: Sequence[PlanSummary]) -> list[float | None]:
    """Expected finds that each team added since the plan before brings; None for the first and where none is added."""
    gains: list[float | None] = [None] if plans else []
    for before, after in pairwise(plans):
        gains.append(_gain(before, after))
    return gains


def gains_from_first(plans: Sequence[PlanSummary]) -> list[float | None]:
    """What each team more than in the first plan brings; None where the two plans do not show it."""
    return [_gain(plans[0], plan) for plan in plans]


def _gain(before: PlanSummary, after: PlanSummary) -> float | None:
    added = after.n_teams - before.n_teams
    return (after.value - before.value) / added if added > 0 else None
