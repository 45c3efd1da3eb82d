"""A visit whose door was found locked counts as made nowhere, and stays on the route of the team that stood there."""

from __future__ import annotations

import csv
import html
import io
import json
from dataclasses import replace
from datetime import date

import icalendar
import openpyxl
import pytest

from geodata.message_catalogue import load_texts
from sweep.publish.exports.export_formats import export_plan
from sweep.publish.exports.geopackage import plan_layers
from sweep.publish.facts.find_count_distribution import find_odds
from sweep.publish.facts.plan_summary import plan_summary
from sweep.publish.facts.team_facts import team_facts
from sweep.publish.handouts.handout_contents import market_brief
from sweep.publish.handouts.redaction import for_market_regulation
from sweep.publish.map.layer_data import route_content
from sweep.publish.orders.order_page import order_page
from sweep.publish.report.coverage_and_team_curve import team_curve
from sweep.publish.report.report import report_of, report_page
from sweep.publish.report.report_lists import drawn_visits, reasons_and_retention
from sweep.publish.studies.plan_differences import visited_buildings
from sweep.publish.tables.edition_tables import edition_csv
from sweep.records.visits import Recheck
from tests.board.stubs import tried_again
from tests.publish.small_edition import BUILDINGS, PLAN_SHA256, at_a_locked_door, small_edition

EN = load_texts("en")
LOCKED = f"{BUILDINGS['B2'].name}{EN('list.colon')}{EN('reason.LOCKED_DOOR.title')}"


def test_a_locked_door_counts_as_no_visit() -> None:
    # V1 at B1: 12 doors, two firms, half an hour inside. The second stop is V2, before a locked door.
    s = plan_summary(at_a_locked_door())
    assert (s.n_stops, s.n_visits, s.n_buildings, s.n_firms, s.n_doors, s.service_s) == (2, 1, 1, 2, 12, 1_800)


def test_the_chances_of_a_find_leave_a_locked_door_out() -> None:
    edition = at_a_locked_door()
    first, second = edition.plan.routes
    without = replace(edition, plan=replace(edition.plan, routes=(first, replace(second, stops=()))))
    assert find_odds(edition) == find_odds(without)


def test_a_team_before_a_locked_door_is_inside_nothing_and_expects_nothing() -> None:
    team = team_facts(at_a_locked_door())[1]
    assert (team.n_stops, team.service_s, team.value) == (1, 0, 0)


def test_no_team_goes_to_a_drawn_building_whose_door_was_locked() -> None:
    edition = at_a_locked_door()
    first, second = edition.plan.routes
    stops = tuple(replace(s, visit_id="V3", building_id="B3") for s in second.stops)
    plan = replace(edition.plan, routes=(first, replace(second, stops=stops)))
    (visit,) = drawn_visits(replace(edition, plan=plan))
    assert (visit.ticket.building_id, visit.teams) == ("B3", ())


def test_a_team_before_a_locked_door_adds_nothing_to_the_curve() -> None:
    assert [p.value for p in team_curve(at_a_locked_door())] == [0, pytest.approx(0.5), pytest.approx(0.5)]


def test_the_teams_of_a_cluster_are_those_that_got_in() -> None:
    assert report_of(at_a_locked_door(), EN, PLAN_SHA256)["cluster_teams"] == {"K1": "A"}


def test_a_comparison_counts_no_building_whose_door_was_locked() -> None:
    assert list(visited_buildings(at_a_locked_door())) == ["B1"]


def test_the_table_of_buildings_names_no_team_at_a_locked_door() -> None:
    table = edition_csv("buildings.csv", at_a_locked_door(), EN)
    teams = {r["building_id"]: r["teams"] for r in csv.DictReader(table.splitlines())}
    assert teams == {"B1": "A", "B2": "", "B3": ""}


def test_an_open_item_behind_a_locked_door_is_looked_at_by_nobody() -> None:
    edition = at_a_locked_door()
    due = Recheck("R1", "B2", "F", "", "hazard", date(2026, 9, 9), date(2026, 9, 12))
    visits = {**edition.visits, "V2": replace(edition.visits["V2"], basis=("R1",))}
    papers = reasons_and_retention(replace(edition, rechecks=(due,), visits=visits), EN)
    assert ([r.recheck_id for r in papers.due], papers.planned) == (["R1"], ())


def test_market_regulation_sees_the_locked_door_on_the_route_and_counts_no_visit() -> None:
    edition = at_a_locked_door()
    own = for_market_regulation(edition, EN)
    assert [[s.visit.visit_id for s in t.stops] for t in team_facts(own)] == [["V1"], ["V2"], []]
    assert EN("brief.text", teams=2, buildings=1, firms=2) in html.unescape(market_brief(edition, EN))


def test_the_brief_of_market_regulation_names_no_firm_behind_a_locked_door() -> None:
    page = market_brief(at_a_locked_door(), EN)
    assert page.count(EN("reason.LOCKED_DOOR.title")) == 1


def test_a_door_that_is_tried_again_is_named_as_locked_once_and_as_a_visit_after_that() -> None:
    events = icalendar.Calendar.from_ical(export_plan(tried_again(small_edition()), "ics", EN).content).walk("VEVENT")
    assert [str(e["SUMMARY"]) for e in events][1:] == [f"B1 {LOCKED}", f"B2 {BUILDINGS['B2'].name}"]


@pytest.mark.parametrize("name", ["kml", "gpx"])
def test_a_map_app_names_the_stop_at_a_locked_door_as_one(name: str) -> None:
    assert html.unescape(export_plan(at_a_locked_door(), name, EN).content.decode()).count(f"B1 {LOCKED}") == 1


def test_the_tables_for_other_programs_mark_the_stop_at_a_locked_door() -> None:
    edition = at_a_locked_door()
    rows = csv.DictReader(io.StringIO(export_plan(edition, "csv", EN).content.decode("utf-8-sig"), newline=""))
    assert [(r["visit_id"], r["is_attempt"]) for r in rows] == [("V1", "0"), ("V2", "1")]
    features = json.loads(export_plan(edition, "geojson", EN).content)["features"]
    stops = [f["properties"] for f in features if f["properties"]["kind"] == "stop"]
    assert [(s["visit_id"], s["is_attempt"]) for s in stops] == [("V1", False), ("V2", True)]
    assert plan_layers(edition, EN)["stops"]["is_attempt"].tolist() == [False, True]


def test_the_sheets_of_orders_and_sites_tell_of_the_locked_door_and_name_no_firm_behind_it() -> None:
    book = openpyxl.load_workbook(io.BytesIO(export_plan(at_a_locked_door(), "xlsx", EN).content))
    found = {}
    for name in ("orders", "sites"):
        head, *rows = book[EN(f"sheet.{name}")].iter_rows(values_only=True)
        found[name] = [dict(zip(head, row, strict=True)) for row in rows]
    building, columns = EN("column.building_name"), [EN(f"column.{c}") for c in ("floors", "n_doors", "targets")]
    assert [rows[1][building] for rows in found.values()] == [LOCKED, LOCKED]
    assert [found["orders"][1][c] for c in columns] == [None, None, None]
    assert None not in [found["orders"][0][c] for c in columns]


def test_the_map_names_the_locked_door_and_no_firm_to_inspect_there() -> None:
    content = route_content(at_a_locked_door(), EN)
    teams, words = content["teams"], content["words"]
    assert isinstance(teams, list) and isinstance(words, list)
    made, locked = (team["stops"][0] for team in teams)
    assert (made[7], made[12]) == (2, -1)
    assert (locked[7], words[locked[12]]) == (0, LOCKED)


def test_the_report_names_the_locked_door_in_the_list_of_stops_and_in_the_time_table() -> None:
    page = html.unescape(report_page(at_a_locked_door(), EN, PLAN_SHA256))
    assert f"13:41 {LOCKED}" in page
    assert f"<title>B1 {LOCKED} 13:41" in page


def test_the_order_names_the_locked_door_as_all_others_do() -> None:
    edition = at_a_locked_door()
    assert LOCKED in html.unescape(order_page(edition, team_facts(edition)[1], EN))
