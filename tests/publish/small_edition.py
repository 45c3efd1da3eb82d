"""A plan made by hand: two teams, one in reserve, three buildings, and names that try to run or to break out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import MappingProxyType

import geopandas as gpd
import pandas as pd
from shapely.geometry import LineString, Point

from geodata.schema import CRS
from sweep.publish.edition import Edition
from sweep.publish.table_columns import RANKING_COLUMNS
from sweep.records.buildings import Building, Firm
from sweep.records.check_form_items import ITEMS
from sweep.records.draw import Draw, DrawTicket, FirmTicket, OfficerTicket
from sweep.records.input_files import InputFile
from sweep.records.people import Base, Person, Team
from sweep.records.plan import Coverage, Plan, Reason, Route, Stop, Unserved
from sweep.records.prevalence_and_check_concentration import ClassChecks, Concentration, DistrictChecks, Prevalence
from sweep.records.ranking import Cluster, Term
from sweep.records.visits import Slot, Visit
from sweep.scenario.scenario import Scenario

IMG = "<img src=x onerror=window.__xss=1>"
TEMPLATE = "`${window.__xss=1}`"
SCRIPT = "</script><script>window.__xss=1</script>"
JINJA = "{{ 7*191 }}{% raw %}"
QUOTES = "\" onmouseover='window.__xss=1' x=\"\u2028"
FORMULA = '=HYPERLINK("x")'
DAY = date(2026, 9, 16)
# The hash of plan.json that a report is given where the file itself does not matter.
PLAN_SHA256 = "5e" * 32
OFFICERS = {"police": 2, "market_regulation": 2}

BUILDINGS = {
    b.building_id: b
    for b in (
        Building("B1", IMG, SCRIPT + "IN_B1", "370102", "X1", None, 20, 3, 40, 28_000.0, 117.020, 36.650),
        Building("B2", TEMPLATE, QUOTES, "370102", "X1", None, 12, 2, 25, 16_500.5, 117.024, 36.651),
        Building("B3", FORMULA, JINJA, "370103", None, None, 8, 2, 10, 9_000.0, 117.031, 36.655),
    )
}
FIRMS = {
    u: Firm(u, name, "3A", unit)
    for u, name, unit in (("91370102MA30000450", SCRIPT, QUOTES), ("91370102MA30002800", JINJA, IMG))
}
BASE = Base("S1", IMG, "370102", 117.018, 36.648)


def _people(prefix: str) -> tuple[Person, ...]:
    rows = (("P1", "police", "officer"), ("P2", "police", "officer"), ("A1", "police", "auxiliary"))
    rows += (("M1", "market_regulation", "inspector"), ("M2", "market_regulation", "inspector"))
    return tuple(
        Person(
            f"{prefix}{i}", agency, role, DAY if role != "auxiliary" else None, i == "M1", "S1", "370102", (0, 86_400)
        )
        for i, agency, role in rows
    )


def _team(team_id: str, *, is_reserve: bool = False) -> Team:
    members = tuple(p.person_id for p in _people(team_id))
    return Team(
        team_id, members, "S1", frozenset({"370102"}), (48_600, 63_000), OFFICERS, 1, frozenset({"B9"}), is_reserve
    )


def _visit(visit_id: str, building_id: str, track: str, value: float, *, link: str | None = None) -> Visit:
    basis = ("L1", SCRIPT) if track == "case" else ("draw-1",)
    targets = tuple(FIRMS) if track == "case" else ()
    slots = (Slot(0, OFFICERS, 1),)
    code = BUILDINGS[building_id].division_code
    windows = ((48_600, 60_300),)
    return Visit(
        visit_id, building_id, code, track, basis, targets, 12, value, False, slots, windows, link, items=ITEMS
    )


VISITS = {
    v.visit_id: v
    for v in (
        _visit("V1", "B1", "case", 0.5, link="X1"),
        _visit("V2", "B2", "case", 0.2, link="X1"),
        _visit("V3", "B3", "routine", 0.1),
    )
}
# Team 1 drives 300 s to B1 and is inside from 13:40 to 14:10; team 2 the same at B2, one minute later.
ROUTES = (
    Route("T/1", 48_900, (Stop("V1", 0, "B1", 300, 1_500, 49_200, 49_200, 51_000),), 300, 1_500, 51_300),
    Route("T2", 48_900, (Stop("V2", 0, "B2", 360, 1_800, 49_260, 49_260, 51_060),), 360, 1_800, 51_420),
)
PLAN = Plan(
    status="feasible",
    value=0.7,
    bound=0.8,
    bound_method="fractional_knapsack",
    teams=(_team("T/1"), _team("T2"), _team("T3", is_reserve=True)),
    routes=ROUTES,
    unserved=(
        Unserved(
            "V3",
            "B3",
            (
                Reason("NO_TEAM_WITH_OFFICERS", MappingProxyType({"needs": 5, "has": 2})),
                Reason("NO_TIME_LEFT", MappingProxyType({"needs": 61})),
            ),
        ),
    ),
    seed=1,
    n_iterations=100,
)


def _ranking() -> pd.DataFrame:
    rows = [
        (
            "B1",
            1,
            "K1",
            "370102",
            40,
            3,
            1,
            0.9,
            14_600.0,
            2.5,
            0.4,
            0.9,
            0.3,
            1.8,
            0.7,
            0.7,
            1.5,
            0.5,
            0.33,
            "2026-03-01",
            1,
            3,
            "rule",
            "2026-09-15",
            "S01",
            3.5,
            0.001,
            None,
            None,
            0.02,
            0.9,
        ),
        (
            "B2",
            2,
            "K1",
            "370102",
            25,
            1,
            0,
            0.3,
            9_125.0,
            1.1,
            0.4,
            0.6,
            0.1,
            1.4,
            0.4,
            0.3,
            1.2,
            0.2,
            0.17,
            None,
            1,
            3,
            "rule",
            "2026-09-15",
            None,
            None,
            None,
            None,
            None,
            0.5,
            0.4,
        ),
        (
            "B3",
            3,
            None,
            "370103",
            10,
            0,
            0,
            0.0,
            3_650.0,
            0.0,
            0.3,
            0.3,
            0.0,
            1.0,
            0.1,
            0.1,
            0.9,
            0.1,
            0.11,
            None,
            2,
            3,
            "rule",
            "2026-09-15",
            None,
            None,
            None,
            None,
            None,
            1.0,
            0.1,
        ),
    ]
    return pd.DataFrame(rows, columns=list(RANKING_COLUMNS))


def _streets() -> gpd.GeoDataFrame:
    lines = [LineString([(117.01, 36.65), (117.03, 36.65)]), LineString([(117.02, 36.64), (117.02, 36.66)])]
    table = {
        "street_id": ["1", "2"],
        "street_name": [SCRIPT, None],
        "highway": ["primary", "residential"],
        "is_oneway": [False, True],
    }
    return gpd.GeoDataFrame(table, geometry=lines, crs=CRS)


def _coverage(scope: str, scope_id: str) -> Coverage:
    return Coverage(scope, scope_id, 3, 2, 75, 65, 4, 4, 0.8, 0.7, 53_500.5, 44_500.5)


def _draw_firms() -> tuple[FirmTicket, ...]:
    return tuple(FirmTicket("B3", u, "0a" * 32, 0.1, 0.5, k == 0) for k, u in enumerate(FIRMS))


def _draw_officers() -> tuple[OfficerTicket, ...]:
    statuses = (("T2M1", "recused"), ("T2M2", "drawn"), (FORMULA, "drawn"), ("T3M1", "alternate"))
    return tuple(OfficerTicket("V3", i, "market_regulation", f"{k}f" * 32, s) for k, (i, s) in enumerate(statuses))


def _spread() -> Concentration:
    districts = (DistrictChecks("370102", 2, 0, 5, 4), DistrictChecks("370103", 1, 1, 0, 0))
    classes = (ClassChecks("", 1, 70, 3, 2, 1, 2), ClassChecks("D", 4, 5, 0, 0, 0, 0))
    return Concentration(365, 5, 2, 1, 4, 2, districts, classes)


def _lines(building: Building) -> tuple[LineString, LineString]:
    there = LineString([(BASE.lon, BASE.lat), (BASE.lon, building.lat), (building.lon, building.lat)])
    return there, LineString(list(there.coords)[::-1])


def small_edition() -> Edition:
    """The edition, made anew so that no test can change it for another."""
    people = {p.person_id: p for t in ("T/1", "T2", "T3") for p in _people(t)}
    tickets = (DrawTicket("B3", "00ab", 0.5, True), DrawTicket("B2", "7f00", 0.5, False))
    footprints = gpd.GeoDataFrame(
        {"building_id": list(BUILDINGS)},
        geometry=[Point(b.lon, b.lat).buffer(0.0002, quad_segs=1) for b in BUILDINGS.values()],
        crs=CRS,
    )
    return Edition(
        plan_id="abc123",
        scenario=Scenario(name="small", day=DAY).with_teams(12),
        plan=PLAN,
        visits=VISITS,
        buildings=BUILDINGS,
        firms=FIRMS,
        bases={"S1": BASE},
        persons=people,
        ranking=_ranking(),
        terms={"B1": (Term("leads.goip", 0.4), Term("neighbourhood", 0.1))},
        clusters=(Cluster("K1", 1, ("B1", "B2"), 2.7, 4, 65, 0.8, 0.2, 1.6, 0.7, 0.26, 370.0),),
        draw=Draw("seed-1", "ff" * 32, 1, tickets, _draw_firms(), _draw_officers()),
        coverage=tuple(
            _coverage(*s) for s in (("all", ""), ("district", "370102"), ("cluster", "K1"), ("track", "case"))
        ),
        violations=(),
        footprints=footprints,
        streets=_streets(),
        route_lines={"T/1": _lines(BUILDINGS["B1"]), "T2": _lines(BUILDINGS["B2"])},
        travel_method="road",
        prevalence=(
            Prevalence("find", 30, 6, 0, 20, 0.0, 0.0, 0.142),
            Prevalence("irregular", 30, 6, 6, 20, 0.25, 0.098, 0.467),
        ),
        concentration=_spread(),
        inputs=(InputFile("leads", IMG, "ab" * 32, 5, 4, 1),),
        repairs={"trimmed": 2},
        matches={"leads.id": 3, "leads.none": 1},
        quarantine=pd.DataFrame({"file": ["leads.csv"], "row": [5], "code": ["G201"], "what": [FORMULA], "fix": ["-"]}),
    )


def without_streets() -> Edition:
    """The same where no street file was given: straight lines, and an empty table."""
    edition = small_edition()
    return replace(edition, streets=edition.streets.iloc[:0], travel_method="straight_line")


def at_a_locked_door() -> Edition:
    """The same after T2 found the door of B2 locked from 13:41 to 13:46: V1 alone is made."""
    edition = small_edition()
    first, second = edition.plan.routes
    tried = replace(second.stops[0], is_attempt=True, end_s=49_560)
    out = Unserved("V2", "B2", (Reason("LOCKED_DOOR"),))
    routes = (first, replace(second, stops=(tried,)))
    return replace(
        edition, plan=replace(edition.plan, value=0.5, routes=routes, unserved=(*edition.plan.unserved, out))
    )
