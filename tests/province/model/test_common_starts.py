"""A window for linked sites in several counties, or why there is none."""

from __future__ import annotations

from sweep.province.model.common_starts import common_starts
from sweep.province.records import Allocation, CommonStart, CountyCurve, CurvePoint, Link, Site, Window
from sweep.records.plan import Objective

LINK = Link("L", (Site("a", "B1"), Site("b", "B2")), 300)
NONE = Allocation({"a": 0, "b": 0}, 0.0, 0.0, {})


def curve(county_id: str, building_id: str, windows_s: tuple[Window, ...], start_s: int | None = None) -> CountyCurve:
    starts = {} if start_s is None else {building_id: start_s}
    points = (CurvePoint(0, 1, Objective(1.0), 1.0, starts),)
    return CountyCurve(county_id, points, {building_id: windows_s} if windows_s else {})


def start(a: CountyCurve, b: CountyCurve) -> CommonStart:
    return common_starts([LINK], {"a": a, "b": b}, NONE)[0]


def test_the_window_begins_with_the_latest_start() -> None:
    found = start(curve("a", "B1", ((48_600, 60_300),), 50_000), curve("b", "B2", ((48_600, 60_300),), 53_000))
    assert found.window_s == (53_000, 53_300)


def test_it_keeps_inside_the_windows_of_every_site() -> None:
    found = start(curve("a", "B1", ((48_600, 60_300),), 50_000), curve("b", "B2", ((55_000, 55_100),)))
    assert found.window_s == (55_000, 55_100)


def test_sites_that_never_may_start_together_are_not_visited() -> None:
    found = start(curve("a", "B1", ((48_600, 50_000),)), curve("b", "B2", ((50_001, 60_000),)))
    assert (found.window_s, found.why, found.where) == (None, "no_common_window", "b B2")


def test_a_site_that_is_not_on_offer_keeps_the_others_from_being_visited() -> None:
    found = start(curve("a", "B1", ((48_600, 60_300),)), curve("b", "B2", ()))
    assert (found.window_s, found.why, found.where) == (None, "not_on_offer", "b B2")


def test_any_two_starts_in_a_window_are_within_the_tolerance() -> None:
    lo, hi = start(curve("a", "B1", ((1, 90_000),)), curve("b", "B2", ((2, 80_000), (85_000, 90_000)))).window_s or (
        0,
        0,
    )
    assert 2 <= lo <= hi <= 80_000
    assert hi - lo <= LINK.tolerance_s
