"""What an order and the report say of reasons, open items, approval and retention."""

from __future__ import annotations

import html
from dataclasses import replace
from datetime import date

import pytest

from geodata.message_catalogue import Texts, load_texts
from sweep.publish.edition import Edition
from sweep.publish.facts.team_facts import team_facts
from sweep.publish.handouts.redaction import for_market_regulation
from sweep.publish.orders.order_page import order_page
from sweep.publish.report.report import report_page
from sweep.publish.report.report_lists import reasons_and_retention
from sweep.records.ranking import RankingFacts
from sweep.records.visits import Recheck, TargetReason
from tests.publish.small_edition import PLAN_SHA256

EN = load_texts("en")
FIRST, SECOND = "91370102MA30000450", "91370102MA30002800"
REASONS = {
    "V1": (
        TargetReason("", "lead", {"n": 3, "day": "2026-09-14"}),
        TargetReason(FIRST, "lead", {"n": 2, "day": "2026-09-14"}),
        TargetReason(SECOND, "class", {"class": "D"}),
    )
}
DUE = Recheck("R-p0-B1-F", "B1", "F", "", "hazard", date(2026, 9, 9), date(2026, 9, 12))
LATER = Recheck("R-p0-B2-F", "B2", "F", "", "rectify", date(2026, 9, 10), date(2026, 9, 17))
CLOSED = Recheck("R-p0-B3-F", "B3", "F", "", "rectify", date(2026, 8, 1), date(2026, 8, 8), 1, date(2026, 8, 9), "p1")


@pytest.fixture
def with_reasons(edition: Edition) -> Edition:
    facts = RankingFacts("rule", 0, 0, "2026-09-15", 0.5)
    looked_at = replace(edition.visits["V1"], basis=("L1", DUE.recheck_id))
    visits = {**edition.visits, "V1": looked_at}
    return replace(edition, reasons=REASONS, facts=facts, rechecks=(DUE, LATER, CLOSED), visits=visits)


def test_an_order_gives_the_reason_of_each_target_and_the_date_of_the_data(with_reasons: Edition) -> None:
    page = order_page(with_reasons, team_facts(with_reasons)[0], EN)
    assert "leads: 3, the newest of 2026-09-14" in page
    assert "leads: 2, the newest of 2026-09-14" in page
    assert "chosen in order of credit class, worst first: class D" in page
    assert "data up to 2026-09-15" in page


def test_market_regulation_learns_nothing_of_the_leads(with_reasons: Edition) -> None:
    own = for_market_regulation(with_reasons, EN)
    page = order_page(own, team_facts(own)[0], EN)
    assert ", the newest of" not in page and "leads held by the police" in page
    assert "class D" in page


def test_the_report_gives_the_reasons_of_every_target(with_reasons: Edition, texts: Texts) -> None:
    page = html.unescape(report_page(with_reasons, texts, PLAN_SHA256))
    for reason in REASONS["V1"]:
        assert texts(f"why.{reason.code}", **reason.values) in page
    assert texts("why.data_on", day="2026-09-15") in page


@pytest.mark.parametrize("rule_id", ["C26", "C27", "C29", "C30"])
def test_the_report_has_a_line_of_the_rule(with_reasons: Edition, texts: Texts, rule_id: str) -> None:
    lines = {
        "C26": texts("papers.classes_text", minutes=60),
        # Of three items one is due, and V1 looks at it.
        "C27": texts("papers.rechecks_text", due=1, planned=1, open=2, closed=1),
        "C29": texts("page.draft_note"),
        # 2026-09-16 and 180 days.
        "C30": texts("papers.kept_text", day=texts.day(date(2027, 3, 15)), n=0),
    }
    page = html.unescape(report_page(with_reasons, texts, PLAN_SHA256))
    assert f"<dt>{rule_id} " in page and lines[rule_id] in page


def test_an_item_that_nobody_looks_at_is_marked_as_such(with_reasons: Edition) -> None:
    papers = reasons_and_retention(
        replace(with_reasons, visits={**with_reasons.visits, "V1": replace(with_reasons.visits["V1"], basis=("L1",))}),
        EN,
    )
    assert ([r.recheck_id for r in papers.due], papers.planned) == (["R-p0-B1-F"], ())


def test_numbers_taken_out_of_cells_are_counted(with_reasons: Edition) -> None:
    repairs = {"identity_number": 2, "mobile_number": 3, "trimmed": 9}
    assert reasons_and_retention(replace(with_reasons, repairs=repairs), EN).n_personal_cells == 5
