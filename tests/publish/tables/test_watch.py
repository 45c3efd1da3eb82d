"""The draw's log and the spread of checks: in the report and as csv."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest

from geodata.message_catalogue import Texts, load_texts
from sweep.publish.edition import Edition
from sweep.publish.report.report import report_page
from sweep.publish.report.report_lists import drawn_visits
from sweep.publish.tables.edition_tables import edition_csv
from sweep.records.draw import commitment
from sweep.records.plan import Route, Stop
from tests.publish.small_edition import PLAN_SHA256


def rows(table: str, edition: Edition) -> list[dict[str, str]]:
    return list(csv.DictReader(edition_csv(f"{table}.csv", edition, load_texts("en")).splitlines()))


def served(edition: Edition) -> Edition:
    """The drawn visit V3 made by T2, for which T2M2 was drawn."""
    visits = {**edition.visits, "V3": replace(edition.visits["V3"], officers=("T2M2", "X9"))}
    stops = (*edition.plan.routes[1].stops, Stop("V3", 0, "B3", 60, 500, 52_000, 52_000, 53_000))
    route: Route = replace(edition.plan.routes[1], stops=stops)
    return replace(edition, visits=visits, plan=replace(edition.plan, routes=(edition.plan.routes[0], route)))


def test_an_unserved_drawn_visit_has_no_team(edition: Edition) -> None:
    (visit,) = drawn_visits(edition)
    assert (visit.ticket.building_id, visit.teams, visit.n_recused) == ("B3", (), 1)


def test_a_served_one_shows_which_of_the_drawn_officers_go(edition: Edition) -> None:
    (visit,) = drawn_visits(served(edition))
    assert (visit.teams, visit.officers, visit.officers_going) == (("B",), ("T2M2", "X9"), ("T2M2",))


def test_an_officer_who_goes_off_duty_after_the_drawn_visit_made_it(edition: Edition) -> None:
    made = served(edition)
    first, second, *others = made.plan.teams
    left = replace(second, member_ids=tuple(i for i in second.member_ids if i != "T2M2"), former=(("T2M2", 54_000),))
    (visit,) = drawn_visits(replace(made, plan=replace(made.plan, teams=(first, left, *others))))
    assert visit.officers_going == ("T2M2",)


def test_the_commitment_is_the_hash_of_the_seed(edition: Edition) -> None:
    assert commitment(edition.draw.seed) == hashlib.new("sha256", b"seed-1").hexdigest()


def test_the_officers_log_has_every_candidate_with_status_and_whether_they_go(edition: Edition) -> None:
    found = [(r["place"], r["person_id"], r["status"], r["goes"]) for r in rows("draw_officers", served(edition))]
    assert found == [
        ("1", "T2M1", "recused", "1"),
        ("2", "T2M2", "drawn", "1"),
        ("3", '\'=HYPERLINK("x")', "drawn", "0"),
        ("4", "T3M1", "alternate", "0"),
    ]


def test_the_firms_log_has_every_candidate_with_its_chance(edition: Edition) -> None:
    found = [(r["place"], r["uscc"], r["inclusion_probability"], r["is_drawn"]) for r in rows("draw_firms", edition)]
    assert found == [
        ("1", "91370102MA30000450", "0.50000000", "1"),
        ("2", "91370102MA30002800", "0.50000000", "0"),
    ]


def test_prevalence_as_csv(edition: Edition) -> None:
    found = rows("prevalence", edition)
    assert [(r["outcome"], r["n_no_access"], r["is_enough"], r["share"]) for r in found] == [
        ("find", "6", "0", "0.000000"),
        ("irregular", "6", "0", "0.250000"),
    ]


def test_concentration_as_csv(edition: Edition) -> None:
    found = {(r["measure"], r["scope_id"]): r["amount"] for r in rows("concentration", edition)}
    # 4 of 5 checks on the top building; 2 of 5 if even; one of three buildings never; 5 checks for 4 leads.
    assert found["share_on_top_5_percent", ""] == "0.800000"
    assert found["share_on_top_5_percent_if_even", ""] == "0.400000"
    assert found["never_visited_share", ""] == "0.333333"
    assert (found["checks_per_lead", "370102"], found["checks_per_lead", "370103"]) == ("1.250000", "")
    assert (found["n_over_cap", ""], found["cap", "D"]) == ("1", "4")


def test_without_a_measure_the_table_is_empty(edition: Edition) -> None:
    assert rows("concentration", replace(edition, concentration=None, prevalence=())) == []


def test_the_report_shows_the_draw_and_the_spread(edition: Edition, texts: Texts) -> None:
    html = report_page(edition, texts, PLAN_SHA256)
    for key in ("report.draw.uncommitted", "report.draw.unserved", "report.prevalence_few", "report.spread.districts"):
        assert texts(key) in html
    assert texts("report.draw.recused", n=1) in html
    assert commitment(edition.draw.seed) in html


@pytest.mark.parametrize("days_before", [0, 1])
def test_only_a_seed_committed_before_the_day_is_marked_as_such(
    edition: Edition, texts: Texts, days_before: int
) -> None:
    committed_on = edition.scenario.day - timedelta(days=days_before)
    select = edition.scenario.select.model_copy(update={"draw_committed_on": committed_on})
    html = report_page(
        replace(edition, scenario=edition.scenario.model_copy(update={"select": select})), texts, PLAN_SHA256
    )
    assert (texts("report.draw.committed_on", day=texts.day(committed_on)) in html) is (days_before == 1)
