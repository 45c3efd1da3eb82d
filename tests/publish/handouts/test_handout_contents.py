"""What each class of reader gets of the small edition, and what it does not."""

from __future__ import annotations

import html
import re
from dataclasses import fields, replace
from types import SimpleNamespace
from typing import Any

import pytest

from geodata.message_catalogue import Texts, load_texts
from sweep.audit.approval import Approval
from sweep.publish.edition import Edition
from sweep.publish.facts.iso_and_release_times import release_s, release_text
from sweep.publish.facts.team_facts import team_facts
from sweep.publish.handouts.find_secrets import find_leaks, texts_of
from sweep.publish.handouts.handout_contents import handout_files
from sweep.publish.handouts.public_counts import PublicDraw, PublicRow, public_draw
from sweep.publish.handouts.redaction import for_market_regulation
from sweep.publish.orders.order_page import order_page
from sweep.records.inspection_codes import Filing, InspectionCode
from sweep.records.visits import TargetReason
from sweep.records.withheld_texts import WithheldText
from tests.board.stubs import tried_again
from tests.publish.small_edition import BUILDINGS, FIRMS

EN = load_texts("en")
CLASSES = ("market_regulation", "property", "public")


def words(files: dict[str, bytes]) -> str:
    return html.unescape("\n".join(t for name, content in files.items() for t in (name, *texts_of(content))))


@pytest.mark.parametrize("output_class", CLASSES)
def test_no_lead_and_no_score_is_in_any_file(edition: Edition, texts: Texts, output_class: str) -> None:
    scored = {**edition.visits, "V1": replace(edition.visits["V1"], value=0.123456)}
    plan = replace(edition.plan, value=0.765432, bound=0.876543)
    files = handout_files(replace(edition, visits=scored, plan=plan), output_class, texts, None)
    assert find_leaks(files, [WithheldText("lead_id", "L1")]) == []
    assert not [score for score in ("0.12", "12.3", "0.77", "0.7654", "0.88") if score in words(files)]


def test_market_regulation_sees_what_is_visited_and_nothing_else(edition: Edition, texts: Texts) -> None:
    own = for_market_regulation(edition, texts)
    assert set(own.visits) == {"V1", "V2"}
    assert set(own.buildings) == {"B1", "B2"} == set(own.footprints["building_id"])
    assert (own.plan.unserved, own.terms, own.clusters, own.coverage, own.notes) == ((), {}, (), (), ())
    assert len(own.ranking) == len(own.quarantine) == len(own.unmatched) == len(own.matched) == 0
    assert {v.value for v in own.visits.values()} == {own.plan.value} == {0.0}
    assert {v.basis for v in own.visits.values()} == {(texts("compartment.basis"),)}
    text = words(handout_files(edition, "market_regulation", texts, None))
    assert BUILDINGS["B1"].name in text and FIRMS["91370102MA30000450"].name in text
    assert "370103" not in text


def test_every_part_of_an_edition_has_been_thought_of(edition: Edition, texts: Texts) -> None:
    """Whoever adds a part must say whether market regulation may see it, and put it here."""
    taken_out = {
        "plan", "visits", "buildings", "firms", "persons", "ranking", "terms", "clusters", "coverage", "footprints",
        "inputs", "repairs", "matches", "quarantine", "unmatched", "matched", "concentration", "facts", "notes",
        "reasons", "rechecks", "problem_sha256", "log", "swaps", "simulation", "soft_violations", "pins", "costs",
        "due_leads", "codes", "empty_inspections", "unreachable",
    }  # fmt: skip
    left_in = {
        "plan_id", "scenario", "bases", "draw", "violations", "streets", "route_lines", "travel_method", "prevalence",
        "division_names", "borders", "water",
    }  # fmt: skip
    assert {f.name for f in fields(Edition)} == taken_out | left_in
    filled: dict[str, Any] = {
        "firms": {**FIRMS, "F9": next(iter(FIRMS.values()))},
        "persons": {**edition.persons, "P9": next(iter(edition.persons.values()))},
        "unmatched": edition.ranking,
        "empty_inspections": frozenset({("T/1P1", next(iter(FIRMS)))}),
        "unreachable": frozenset({"B9"}),
        "matched": edition.ranking,
        "reasons": {"V1": (TargetReason("F1", "lead"),)},
        "rechecks": (SimpleNamespace(building_id="B3"),),
        "codes": {"V1/police/F1": InspectionCode("JC1", Filing("V1", "police", "F1", (), 0, 0, is_joint=False))},
        # What they hold is looked at by nobody.
        **dict.fromkeys(
            (
                "facts",
                "notes",
                "problem_sha256",
                "log",
                "swaps",
                "simulation",
                "soft_violations",
                "pins",
                "costs",
                "due_leads",
            ),
            ("x",),
        ),
    }
    full = replace(edition, **filled)
    own = for_market_regulation(full, texts)
    assert {name for name in taken_out if repr(getattr(own, name)) == repr(getattr(full, name))} == set()
    assert {name for name in left_in if repr(getattr(own, name)) != repr(getattr(full, name))} == set()


def test_a_drawn_visit_keeps_its_basis(edition: Edition, texts: Texts) -> None:
    drawn = replace(edition.visits["V1"], track="routine", basis=("draw-1",))
    own = for_market_regulation(replace(edition, visits={**edition.visits, "V1": drawn}), texts)
    assert own.visits["V1"].basis == ("draw-1",)


def test_a_property_company_learns_of_its_own_building_and_of_no_firm(edition: Edition, texts: Texts) -> None:
    given = {"B1": replace(BUILDINGS["B1"], property_company_id="PC1"), "B2": BUILDINGS["B2"]}
    files = handout_files(replace(edition, buildings={**BUILDINGS, **given}), "property", texts, None)
    assert sorted(files) == ["PC1/B1.html", "none-B2/B2.html"]
    for own, other in (("PC1/B1.html", "B2"), ("none-B2/B2.html", "B1")):
        text = words({own: files[own]})
        assert BUILDINGS[own[-7:-5]].name in text
        assert BUILDINGS[other].name not in text
        assert not any(f.uscc in text or f.name in text for f in FIRMS.values())
        assert texts("track.case") not in text


def test_the_public_learns_of_no_place(edition: Edition, texts: Texts) -> None:
    files = handout_files(edition, "public", texts, None)
    text = words(files)
    assert not any(b.name in text or b.address in text for b in BUILDINGS.values())
    assert not any(re.search(rf"(?<![0-9A-Za-z]){b}(?![0-9A-Za-z])", text) for b in BUILDINGS)
    # Two buildings in one district: too few to be shown.
    assert "<3" in files["counts.csv"].decode("utf-8-sig")


@pytest.mark.parametrize(
    ("n_drawn", "n_pool", "shown"),
    [(1, 2, "<3 of <3"), (2, 40, "<3 of 40"), (0, 40, "0 of 40"), (5, 40, "* of 40")],
    ids=["two small", "a small one", "none", "beside a small number of buildings"],
)
def test_the_notice_shows_no_small_number_of_the_draw(edition: Edition, n_drawn: int, n_pool: int, shown: str) -> None:
    tickets = tuple(replace(edition.draw.tickets[0], building_id=f"X{k}") for k in range(n_pool))
    draw = replace(edition.draw, tickets=tickets, n_drawn=n_drawn)
    text = words({"notice.html": handout_files(replace(edition, draw=draw), "public", EN, None)["notice.html"]})
    assert f"Random draw: {shown} buildings" in text


def test_the_number_drawn_is_shown_where_no_number_is_small(edition: Edition) -> None:
    whole = PublicRow("all", "7", "9", "*")
    draw = replace(edition.draw, tickets=edition.draw.tickets[:1] * 40, n_drawn=5)
    assert public_draw(replace(edition, draw=draw), whole) == PublicDraw("5", "40")


def test_every_page_is_a_draft_until_the_plan_is_approved(edition: Edition, texts: Texts) -> None:
    approval = Approval("abc123", "ab" * 32, "D07", "2026-09-15T08:00:00+08:00", f"2:{'cd' * 32}")
    for output_class in CLASSES:
        drafts = handout_files(edition, output_class, texts, None)
        approved = handout_files(edition, output_class, texts, approval)
        pages = [n for n in drafts if n.endswith(".html")]
        assert pages
        for name in pages:
            assert b'<div class="watermark"' in drafts[name], name
            assert b'<div class="watermark"' not in approved[name] and b"D07" in approved[name], name


def test_the_police_have_their_own_edition(edition: Edition) -> None:
    with pytest.raises(ValueError, match="output_class must be one of"):
        handout_files(edition, "police", EN, None)


def test_an_order_is_given_out_an_hour_before_the_first_entry_and_before_leaving(edition: Edition) -> None:
    first, second, reserve = team_facts(edition)
    # Entry at 13:40 and 13:41; both leave at 13:35.
    assert (release_s(edition, first), release_s(edition, second)) == (49_200 - 3_600, 49_260 - 3_600)
    late = edition.scenario.model_copy(
        update={"release": edition.scenario.release.model_copy(update={"minutes_before": 0})}
    )
    assert release_s(replace(edition, scenario=late), first) == 48_900
    assert release_s(edition, reserve) == 48_600


def test_an_hour_of_release_before_midnight_is_given_with_its_day(edition: Edition) -> None:
    # The first entry is at 13:40: 900 minutes before it, it is 22:40 of the day before.
    early = edition.scenario.model_copy(
        update={"release": edition.scenario.release.model_copy(update={"minutes_before": 900})}
    )
    own = replace(edition, scenario=early)
    assert release_text(own, release_s(own, team_facts(own)[0])) == "2026-09-15 22:40"
    assert "Not to be released before 2026-09-15 22:40" in order_page(own, team_facts(own)[0], EN)
    assert "Not to be delivered before 2026-09-15 22:40." in words(handout_files(own, "property", EN, None))


def test_an_order_says_when_it_is_given_out(edition: Edition) -> None:
    first = team_facts(edition)[0]
    assert "Not to be released before 12:40 (60 minutes before the first entry)" in order_page(edition, first, EN)


def test_a_property_company_is_told_of_a_door_that_is_tried_again_as_one_visit(edition: Edition) -> None:
    # Five people, who were before the door at 13:41 and come back from 14:30 to 15:00.
    text = words({k: v for k, v in handout_files(tried_again(edition), "property", EN, None).items() if "B2" in k})
    assert "14:30 – 15:00" in text and EN("property.people_text", n=5, teams=1) in text
