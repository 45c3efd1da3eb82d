from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from geodata.message_catalogue import Texts, load_texts
from sweep.audit.approval import Approval
from sweep.publish.edition import Edition
from sweep.publish.facts.plan_summary import plan_summary
from sweep.publish.studies.compare_page import compare_page
from sweep.publish.studies.plan_differences import (
    compare_rows,
    figures,
    inputs_that_differ,
    marginal_gains,
    only_in,
    settings_that_differ,
    visited_buildings,
)
from sweep.publish.studies.side_by_side_plan_maps import frame_of_points
from sweep.records.input_files import InputFile
from sweep.records.plan import Route, Unserved
from sweep.scenario.scenario import Scenario
from tests.publish.hostile import hostile_edition
from tests.publish.page.test_render_pages import Reader
from tests.publish.payloads import CALL, PAYLOADS
from tests.publish.small_edition import small_edition

EN = load_texts("en")


def other_edition() -> Edition:
    """The small edition without its second visit: team T2 goes to B3 instead, worth 0.1."""
    edition = small_edition()
    first, second = edition.plan.routes
    stop = replace(second.stops[0], visit_id="V3", building_id="B3")
    plan = replace(
        edition.plan,
        value=0.6,
        routes=(first, replace(second, stops=(stop,))),
        unserved=(Unserved("V2", "B2", edition.plan.unserved[0].reasons),),
    )
    scenario = Scenario(name="small", day=date(2026, 9, 16), lang="en", teams={"n_teams": 20}, seed=2)  # type: ignore[arg-type]
    return replace(edition, plan_id="def456", plan=plan, scenario=scenario)


def test_what_is_gained_and_lost_is_what_only_one_plan_has() -> None:
    mine, theirs = visited_buildings(small_edition()), visited_buildings(other_edition())
    assert [c.building_id for c in only_in(mine, theirs)] == ["B2"]
    assert [(c.building_id, c.letters, c.start_s, c.value) for c in only_in(theirs, mine)] == [
        ("B3", ("B",), 49_260, 0.1)
    ]


def test_a_building_that_two_teams_enter_is_one_call() -> None:
    edition = small_edition()
    first, second = edition.plan.routes
    same = replace(second.stops[0], visit_id="V1", building_id="B1", slot=1, start_s=49_100)
    joint = replace(edition, plan=replace(edition.plan, routes=(first, replace(second, stops=(same,)))))
    (call,) = visited_buildings(joint).values()
    assert (call.letters, call.start_s) == (("A", "B"), 49_100)


def test_a_figure_says_how_far_it_is_from_the_first_plan() -> None:
    rows = {f.key: f for f in figures([plan_summary(small_edition()), plan_summary(other_edition())], EN)}
    assert (rows["value"].shown, rows["value"].changes) == (("0.70", "0.60"), ("", "\u22120.10"))
    # 1 - 0.5 = 0.5 times 1 - 0.2 = 0.8 is 40 %; times 1 - 0.1 = 0.9 it is 45 %.
    assert (rows["no_find"].shown, rows["no_find"].changes) == (("40.0%", "45.0%"), ("", "+5.0 pp"))
    assert rows["teams"].changes == ("", "")


def test_only_settings_that_differ_are_listed() -> None:
    # Language and name are no settings of the plan.
    assert settings_that_differ([small_edition(), other_edition()]) == [
        ("seed", ("1", "2")),
        ("teams.n_teams", ("12", "20")),
    ]
    assert settings_that_differ([small_edition(), small_edition()]) == []


def test_a_table_of_other_bytes_is_listed() -> None:
    edition = small_edition()
    newer = replace(
        edition, inputs=(replace(edition.inputs[0], sha256="cd" * 32), InputFile("roster", "r", "", 1, 1, 0))
    )
    assert inputs_that_differ([edition, edition]) == []
    assert inputs_that_differ([edition, newer]) == ["leads", "roster"]


def test_a_table_of_several_files_differs_where_any_of_them_does() -> None:
    edition = small_edition()
    old, new = (InputFile("results", f"results-{plan}.csv", plan * 16, 1, 1, 0) for plan in ("c3c3", "4141"))
    one, both = (replace(edition, inputs=(*edition.inputs, *files)) for files in ((old,), (new, old)))
    assert inputs_that_differ([one, both]) == ["results"]
    assert inputs_that_differ([both, both]) == []


def test_the_page_marks_each_change_on_the_map_and_in_the_table() -> None:
    page = compare_page([small_edition(), other_edition()], EN)
    # Plan A goes to two buildings; of plan B one is kept, one gained, one lost.
    first, second = re.findall(r'<svg class="sidemap".*?</svg>', page, re.DOTALL)
    assert (first.count("<circle"), first.count("<title>")) == (2, 2)
    assert (second.count("<circle"), second.count("<title>")) == (1, 3)
    assert re.findall(r'<tr data-kind="(\w+)"', page) == ["gained", "lost"]
    assert "teams.n_teams" in page


def test_the_page_shows_more_than_two_plans(texts: Texts) -> None:
    page = compare_page([small_edition(), other_edition(), replace(small_edition(), plan_id="third")], texts)
    assert page.count('<svg class="sidemap"') == 3
    assert texts("compare.no_change") in page


def test_an_approved_plan_looks_unlike_a_draft() -> None:
    approval = Approval("abc123", "00", "C001", "2026-09-15T10:00:00+08:00", "1:00")
    shown = Reader(compare_page([small_edition(), other_edition()], EN, {"abc123": approval})).shown
    assert EN("page.approved") in shown
    assert EN("page.draft") in shown
    assert "C001" in shown


def test_a_hostile_text_is_shown_as_text(texts: Texts) -> None:
    page = compare_page([small_edition(), hostile_edition()], texts)
    reader = Reader(page)
    gained = set(PAYLOADS[:50])
    flat = " ".join(reader.shown.split())
    assert [p for p in gained if " ".join(p.split()) not in flat] == []
    # Whatever names an event or an address is text: no element has such an attribute.
    assert [a for a in reader.attributes if a[0].startswith("on") or a[0] in ("src", "href", "style")] == [
        ("href", "#ground")
    ] * 2
    assert reader.tags.count("script") == 1
    assert CALL not in "".join(re.findall(r"<script>(.*?)</script>", page, re.DOTALL))


def test_one_building_has_a_frame_about_it() -> None:
    building = small_edition().buildings["B1"]
    x, y = (frame := frame_of_points([(building.lon, building.lat)])).place(building.lon, building.lat)
    assert (x, y) == (pytest.approx(frame.width / 2), pytest.approx(frame.height / 2))


def test_north_is_up_and_east_is_right() -> None:
    buildings = list(small_edition().buildings.values())
    frame = frame_of_points((b.lon, b.lat) for b in buildings)
    (x1, y1), (x3, y3) = (frame.place(b.lon, b.lat) for b in (buildings[0], buildings[2]))
    # B3 lies north-east of B1.
    assert x3 > x1
    assert y3 < y1
    assert all(0 < v < frame.width for v in (x1, x3))


def test_a_plan_without_stops_can_be_compared(texts: Texts) -> None:
    edition = small_edition()
    routes = tuple(Route(r.team_id, r.depart_s, (), 0, 0, r.depart_s) for r in edition.plan.routes)
    empty = replace(edition, plan_id="none", plan=replace(edition.plan, value=0.0, routes=routes))
    for pair in ([empty, edition], [edition, empty], [empty, empty]):
        assert compare_page(pair, texts)


def test_a_gain_is_what_each_added_team_brings(edition: Edition) -> None:
    two = plan_summary(edition)
    four = replace(two, plan_id="b", n_teams=4, value=1.1)
    # (1.1 - 0.7) finds for 4 - 2 teams.
    assert marginal_gains([two, four, four]) == [None, pytest.approx(0.2), None]
    assert compare_rows([four, two])[0]["plan_id"] == "abc123"


def test_nothing_to_compare_is_refused(texts: Texts) -> None:
    with pytest.raises(ValueError, match="at least one plan"):
        compare_page([], texts)
