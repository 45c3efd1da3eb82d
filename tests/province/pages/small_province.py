"""An edition of a province made by hand: any number of counties, the last two without a plan."""

from __future__ import annotations

import random
from dataclasses import replace

from geodata.errors import Issue
from sweep.province.model.allocate_mobile_teams import allocate
from sweep.province.records import (
    CommonStart,
    County,
    CountyCurve,
    CountyOutcome,
    CountyPlan,
    CountyWindow,
    CurvePoint,
    Link,
    ProvinceEdition,
    PublishedDay,
    Site,
)
from sweep.records.plan import Objective


def small_province(n_counties: int = 6, lang: str = "en", name: str = "东岳省", evil: str = "") -> ProvinceEdition:
    """Counties beside each other on a lattice; `evil` stands in every text that comes from a table."""
    rng = random.Random(7)
    counties = [_county(k, rng, evil, n_counties) for k in range(n_counties)]
    links = (
        Link("L1", (Site("c000", f"B1{evil}"), Site("c001", f"B2{evil}")), 300),
        Link("L2", (Site("c001", "B3"), Site("c002", "B4")), 300),
    )
    starts = (CommonStart("L1", (50_000, 50_300)), CommonStart("L2", None, "not_served", f"c002 B4{evil}"))
    cities = {f"city{k}": f"第{k + 1}市{evil}" for k in range(max(1, n_counties // 9))}
    allocation = allocate([c.curve for c in counties if c.curve], n_counties // 3)
    return ProvinceEdition(
        name, "2026-09-16", lang, cities, n_counties // 3, tuple(counties), allocation, links, starts, "c0de"
    )


def _county(k: int, rng: random.Random, evil: str, n: int) -> CountyOutcome:
    county_id = f"c{k:03d}"
    county = County(county_id, f"counties/{county_id}", f"city{min(k // 9, max(1, n // 9) - 1)}")
    name = f"第{k + 1}县{evil}"
    if k == n - 2:
        issues = (Issue("G101", f"leads.csv{evil}"), Issue("S305", "plan.json"))
        return CountyOutcome(county, "at_fault", name, issues=issues)
    if k == n - 1:
        return CountyOutcome(county, "set_aside", name, issues=(Issue("S963", county_id, {"detail": f"-9 {evil}"}),))
    value, gain = rng.uniform(0.5, 6.0), rng.uniform(0.0, 0.4)
    points = tuple(CurvePoint(m, 3 + m, Objective(value + gain * m), 1.01 * (value + gain * m)) for m in range(3))
    west, south = 116.0 + 0.18 * (k % 12), 35.0 + 0.11 * (k // 12)
    ring = ((west, south), (west + 0.18, south), (west + 0.18, south + 0.11), (west, south + 0.11), (west, south))
    plan = CountyPlan(
        plan_id=f"{k:012x}",
        scenario=county_id,
        value=value,
        bound=1.01 * value,
        odds=(0.3, 0.4, 0.3),
        n_teams=3,
        n_reserve=1,
        n_visits=30,
        n_served=18,
        n_leads=90,
        n_leads_reached=41,
        n_buildings=60,
        n_buildings_reached=18,
        finds_possible=7.0,
        finds_reached=value,
        starts={f"B1{evil}": 50_000} if k == 0 else {f"B2{evil}": 50_200} if k == 1 else {},
        unmade=(),
        mobile_ids=(),
        n_violations=int(k == 3),
        edition_sha256="0" * 64,
        outline=(ring,),
    )
    return CountyOutcome(county, "planned", name, CountyCurve(county_id, points), plan)


def windows_of(edition: ProvinceEdition) -> ProvinceEdition:
    """The same counties with windows of four weeks, of which two days are out; the second of the fourth is broken."""
    counties = [replace(c, plan=c.plan and _with_window(c.plan)) for c in edition.counties]
    starts = tuple(CommonStart(link.link_id, None, "of_one_day") for link in edition.links)
    return replace(edition, counties=tuple(counties), starts=starts, is_campaign=True)


def _with_window(plan: CountyPlan) -> CountyPlan:
    out = (
        PublishedDay("2026-09-17", f"a{plan.plan_id[1:]}", "1" * 64, 0),
        PublishedDay("2026-09-22", f"b{plan.plan_id[1:]}", "2" * 64, plan.n_violations),
    )
    window = CountyWindow("2026-09-16", "2026-10-13", 8, out, {"2026-09-15": 7} if plan.n_violations else {})
    return replace(plan, plan_id="", starts={}, window=window)
