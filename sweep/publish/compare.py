"""Several plans side by side: what more teams, or other settings, buy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from geodata.texts import Texts
from sweep.publish.charts import curve, share_bar
from sweep.publish.facts import district_name
from sweep.publish.pages import render_page
from sweep.publish.summary import PlanSummary
from sweep.publish.tables import csv_text

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
)


def compare_page(plans: Sequence[PlanSummary], texts: Texts, names: Mapping[str, str] | None = None) -> str:
    """
    The comparison as one HTML page without scripts.

    Parameters
    ----------
    plans
        At least one; shown in order of teams.
    texts
        The language of the page.
    names
        Divisions by code, where the scenario has names of its own.

    Raises
    ------
    ValueError
        If there is no plan.
    """
    if not plans:
        raise ValueError("plans must hold at least one plan")
    ordered = sorted(plans, key=lambda p: (p.n_teams, p.plan_id))
    points = [(float(p.n_teams), p.value, texts.number(p.value, 2)) for p in ordered]
    districts = sorted({code for p in ordered for code in p.expected_finds_by_district})
    return render_page(
        "compare.html.j2",
        texts,
        plans=ordered,
        chart=curve(points, texts("compare.axis.teams"), texts("compare.axis.value"), texts),
        gains=marginal_gains(ordered),
        districts=districts,
        district=lambda code: district_name(code, names or {}, texts),
        share_bar=share_bar,
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
        added = after.n_teams - before.n_teams
        gains.append((after.value - before.value) / added if added > 0 else None)
    return gains
