"""Prices by their parts, the missed due leads, and the shares of the tracks, in both languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from geodata.message_catalogue import load_texts
from sweep.publish.edition import Edition
from sweep.publish.facts.price_and_track_texts import late_text, missed_due, price_text, track_shares, tracks_text
from sweep.publish.report.report import report_of
from sweep.records.buildings import Lead
from sweep.records.plan import Insertion, Objective, Violation, due_counts
from tests.publish.small_edition import PLAN_SHA256, small_edition

EN, ZH = load_texts("en"), load_texts("zh_CN")
# What is lost: a lead that falls due, less .42 finds that are won.
LEAD_FOR_FINDS = Objective(finds=-0.42, due=1.0, n_due=1)


def with_missed_lead() -> Edition:
    """V3, which no team makes, has a lead that falls due."""
    edition = small_edition()
    visits = {i: replace(v, urgency=float(i == "V3")) for i, v in edition.visits.items()}
    return replace(edition, visits=visits, swaps={"V3": Insertion("T1", ("V2",), 0.58, LEAD_FOR_FINDS)})


@pytest.mark.parametrize(
    ("parts", "shown"),
    [
        (LEAD_FOR_FINDS, "0.58 (+0.42 expected finds, \u22121 due leads)"),
        (
            Objective(finds=0.5, must_missed=-1, costs=-0.02),
            "0.52 (\u22120.50 expected finds, \u22121 must-visits, costs +0.020)",
        ),
        (Objective(), "0"),
    ],
    ids=["a lead for finds", "a must-visit and costs", "nothing"],
)
def test_a_price_is_shown_with_what_the_plan_gains_and_loses(parts: Objective, shown: str) -> None:
    assert price_text(parts.total, parts, EN) == shown


def test_the_missed_due_leads_are_named_with_their_price() -> None:
    edition = with_missed_lead()
    name = edition.buildings[edition.visits["V3"].building_id].name
    assert missed_due(edition, EN) == [f"{name}: 0.58 (+0.42 expected finds, \u22121 due leads)"]
    assert missed_due(edition, ZH) == [f"{name}：0.58（预期发现 +0.42、到期线索 \u22121 处）"]
    unpriced = replace(edition, swaps={})
    assert len(missed_due(unpriced, EN)) == 1
    assert missed_due(small_edition(), EN) == []


def test_the_first_page_says_how_many_due_leads_are_reached() -> None:
    edition = with_missed_lead()
    assert "Due leads" not in report_of(edition, EN, PLAN_SHA256)["verdict"]  # none falls due
    received_at = datetime(2026, 9, 7, 9, tzinfo=UTC)
    leads = tuple(Lead(i, edition.visits[v].building_id, "tip", received_at) for i, v in (("L1", "V1"), ("L3", "V3")))
    due = replace(edition, due_leads=leads, soft_violations=(Violation("C22", "L3", {"detail": "-"}),))
    assert (
        "Due leads reached today: 1 of 2. Missed, with the price of serving it: "
        in report_of(due, EN, PLAN_SHA256)["verdict"]
    )
    assert "当日到期线索 2 条，当日落实 1 条。未排入的及其补排代价：" in report_of(due, ZH, PLAN_SHA256)["verdict"]


def test_the_shares_of_the_tracks_add_up_to_all_stops_and_hours() -> None:
    shares = track_shares(small_edition(), EN)
    assert sum(n for _, n, _, _ in shares) == 2
    assert sum(stops for _, _, stops, _ in shares) == pytest.approx(1.0)
    assert sum(hours for _, _, _, hours in shares) == pytest.approx(1.0)
    assert "2 stops (100% of the stops, 100% of the hours inside)" in tracks_text(small_edition(), EN)


def test_a_due_lead_that_is_visited_after_its_hour_counts_as_reached_and_as_late() -> None:
    unvisited, late = Violation("C22", "L1"), Violation("C22", "L2", {"detail": "B, > 01:51", "is_late": True})
    other = Violation("C23", "V3")
    assert due_counts(5, [unvisited, late, other, late]) == (4, 1)
    assert [late_text(n, load_texts("en")) for n in (0, 1)] == ["", " (1 after the deadline)"]
