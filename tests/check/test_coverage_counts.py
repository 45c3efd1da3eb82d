"""
Coverage of the paper world, counted by hand.

    building  district  firms  leads  value  floor m2  track    served
    B1        370102    10     4      0.30   1,000     case     yes
    B2        370102    20     3      0.20   2,000     case     yes
    B3        370102    40     2      0.25   3,000     case     yes
    B4        370103    50     1      0.10   4,000     special  no
    B5        370102    30     0      0.05   5,000     routine  yes
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from sweep.check.coverage_counts import measure_coverage
from sweep.records.plan import Coverage
from sweep.records.ranking import Cluster

World = Any  # of conftest.py

RANKING = pd.DataFrame(
    {
        "building_id": ["B1", "B2", "B3", "B4", "B5"],
        "n_leads": [4, 3, 2, 1, 0],
        "value": [0.30, 0.20, 0.25, 0.10, 0.05],
    }
)
CLUSTERS = (
    Cluster("K01", 1, ("B3", "B4"), 4.0, 3, 90, 1.0, 0.5, 2.0, 0.35, 0.1, 200.0),
    Cluster("K02", 2, ("B4",), 2.0, 1, 50, 1.0, 0.5, 2.0, 0.10, 0.05, 0.0),
)


def measured(world: World) -> dict[tuple[str, str], Coverage]:
    rows = measure_coverage(world.inputs.buildings, RANKING, CLUSTERS, world.inputs.visits, world.plan)
    return {(c.scope, c.scope_id): c for c in rows}


def test_every_scope_is_there_once_and_in_order(world: World) -> None:
    assert list(measured(world)) == [
        ("all", ""),
        ("district", "370102"),
        ("district", "370103"),
        ("cluster", "K01"),
        ("cluster", "K02"),
        ("track", "case"),
        ("track", "routine"),
        ("track", "special"),
    ]


@pytest.mark.parametrize(
    ("scope", "counts", "finds", "area_m2"),
    [
        (("all", ""), (5, 4, 150, 100, 10, 9), (0.90, 0.80), (15_000, 11_000)),
        (("district", "370102"), (4, 4, 100, 100, 9, 9), (0.80, 0.80), (11_000, 11_000)),
        (("district", "370103"), (1, 0, 50, 0, 1, 0), (0.10, 0.0), (4_000, 0)),
        (("cluster", "K01"), (2, 1, 90, 40, 3, 2), (0.35, 0.25), (7_000, 3_000)),
        (("cluster", "K02"), (1, 0, 50, 0, 1, 0), (0.10, 0.0), (4_000, 0)),
        (("track", "case"), (3, 3, 70, 70, 9, 9), (0.75, 0.75), (6_000, 6_000)),
        (("track", "routine"), (1, 1, 30, 30, 0, 0), (0.05, 0.05), (5_000, 5_000)),
        (("track", "special"), (1, 0, 50, 0, 1, 0), (0.10, 0.0), (4_000, 0)),
    ],
    ids=lambda value: "-".join(value) if isinstance(value[0], str) else "",
)
def test_counts_are_those_worked_out_on_paper(
    world: World,
    scope: tuple[str, str],
    counts: tuple[int, ...],
    finds: tuple[float, float],
    area_m2: tuple[float, float],
) -> None:
    c = measured(world)[scope]
    found = (c.n_buildings, c.n_buildings_reached, c.n_firms, c.n_firms_reached, c.n_leads, c.n_leads_reached)
    assert found == counts
    assert (c.expected_finds, c.expected_finds_reached) == pytest.approx(finds)
    assert (c.floor_area_m2, c.floor_area_m2_reached) == area_m2


def test_a_building_with_two_teams_is_reached_once(world: World) -> None:
    alone = world.planned(routes=(replace(world.plan.routes[1], stops=world.plan.routes[1].stops[1:]),))
    both = world.planned(
        routes=tuple(replace(r, stops=tuple(s for s in r.stops if s.visit_id == "V-B3")) for r in world.plan.routes)
    )
    assert measured(alone)["all", ""] == measured(both)["all", ""]


def test_a_plan_of_nothing_reaches_nothing(world: World) -> None:
    c = measured(world.planned(routes=()))["all", ""]
    assert (c.n_buildings_reached, c.n_firms_reached, c.n_leads_reached, c.expected_finds_reached) == (0, 0, 0, 0.0)


def test_a_stop_at_an_unknown_building_counts_for_nothing(world: World) -> None:
    lost = world.stop("T1", "V-B5", building_id="nowhere")
    assert measured(lost)["all", ""].n_buildings_reached == 3


def test_the_finds_reached_are_those_of_the_plan(world: World) -> None:
    # Taking stock of B2 reaches 0.06 of the 0.20 that it holds; in all 0.80 - 0.20 + 0.06.
    less = world.visit("V-B2", value=0.06)
    found = measured(less)
    assert found["all", ""].expected_finds_reached == pytest.approx(0.66)
    assert found["all", ""].expected_finds == pytest.approx(0.90)
    visits = less.inputs.visits
    served = {s.visit_id for r in less.plan.routes for s in r.stops}
    by_district = sum(c.expected_finds_reached for (scope, _), c in found.items() if scope == "district")
    assert by_district == pytest.approx(sum(visits[v].value for v in served))


def test_a_visit_worth_more_than_its_building_was_ranked_reaches_no_more_than_there_is(world: World) -> None:
    # An urgent visit: 0.90 + 0.50 - 0.20.
    found = measured(world.visit("V-B2", value=0.50))["all", ""]
    assert (found.expected_finds, found.expected_finds_reached) == (pytest.approx(1.20), pytest.approx(1.10))
