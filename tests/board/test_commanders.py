"""What a commander sees beside the day: coverage as it grows, and campaigns side by side."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from urllib.parse import quote

import pytest

from geodata.message_catalogue import load_texts
from sweep.audit.actor import Actor
from sweep.audit.audit_log import AuditLog
from sweep.board.board_state import Board
from sweep.board.desk.desk_json import coverage_view, district_words, leads_view
from sweep.board.pages.editions import _edition_list
from sweep.campaign.records import campaign_json
from sweep.day.journal.day_state import DayState, NewLead
from sweep.publish.archive.approve import approve
from sweep.publish.edition import Edition
from tests.board.asking import Asker, Wall, published
from tests.board.stubs import tried_again
from tests.campaign.model.small_record import record
from tests.publish.small_edition import small_edition
from tests.recorded import record_window


@pytest.fixture(scope="module")
def edition() -> Edition:
    """One district of two buildings, B1 with 40 firms and 3 leads and B2 with 25 firms, both in the plan."""
    edition = small_edition()
    (row,) = (c for c in edition.coverage if c.scope == "district")
    own = replace(row, n_buildings=2, n_buildings_reached=2, n_firms=65, n_firms_reached=65, n_leads=9)
    return replace(edition, coverage=(replace(own, n_leads_reached=9),))


def test_coverage_grows_with_the_visits_that_are_done(edition: Edition) -> None:
    (nothing,), (some,) = coverage_view(edition, []), coverage_view(edition, ["V1"])
    assert (nothing["buildings"], nothing["firms"]) == ([0, 2, 2], [0, 65, 65])
    assert (some["buildings"], some["firms"], some["leads"]) == ([1, 2, 2], [40, 65, 65], [3, 9, 9])
    assert district_words(edition, load_texts("zh_CN")) == {"district.370102": "历下区"}


@pytest.fixture
def campaigns(board: Board) -> Board:
    place = board.out / "jinan" / "campaign"
    place.mkdir(parents=True)
    now = record((), date(2026, 2, 2))
    before = now.model_copy(update={"planned_on": date(2026, 1, 5), "value": 0.25, "name": "<i>first</i>"})
    (place / "campaign.json").write_text(campaign_json(now), encoding="utf-8")
    (place / "campaign.before.json").write_text(campaign_json(before), encoding="utf-8")
    (place / "campaign.html").write_text("<!DOCTYPE html><title>x</title>", encoding="utf-8")
    record_window(place)
    (board.out / "odd" / "campaign").mkdir(parents=True)
    (board.out / "odd" / "campaign" / "campaign.json").write_text("{", encoding="utf-8")
    return board


def test_campaigns_stand_among_the_plans_and_any_two_side_by_side(campaigns: Board) -> None:
    asker = Asker(campaigns).sign_in("commander")
    text = asker.get("/editions").text
    assert text.count('name="campaign"') == 2
    assert "&lt;i&gt;first" in text
    both = asker.get("/campaigns/compared?campaign=jinan/now&campaign=jinan/before")
    assert both.status == 200
    assert "0.25" in both.text
    assert asker.get("/campaigns/jinan").headers["content-security-policy"].startswith("default-src 'none'")


@pytest.mark.parametrize("query", ["", "campaign=jinan/now", "campaign=jinan/now&campaign=../x"])
def test_what_is_no_pair_of_campaigns_is_refused(campaigns: Board, query: str) -> None:
    assert Asker(campaigns).sign_in("commander").get(f"/campaigns/compared?{query}").status in (400, 404)


def test_market_regulation_sees_no_campaign(campaigns: Board) -> None:
    assert Asker(campaigns).sign_in("market_regulation").get("/campaigns/jinan").status == 403


def test_a_lead_that_comes_in_stands_beside_the_stop_that_is_made_there(board: Board) -> None:
    desk, lead = Asker(board).sign_in("planner"), {"lead_id": "L9", "lead_type": "goip", "building_id": "B1"}
    assert desk.send("/desk/reports", {"id": "lead-0001", "kind": "lead", "body": lead}).status == 200
    (shown,) = board.live.changes_since(0)["leads"]
    assert (shown["id"], shown["stop"], shown["is_urgent"]) == ("L9", ["T/1", "V1", 49_200], False)
    for odd, status in (({"building_id": "B9"}, 422), ({"lead_type": "gossip"}, 422)):
        assert desk.send("/desk/reports", {"id": "lead-0002", "kind": "lead", "body": lead | odd}).status == status


def test_a_lead_that_comes_in_once_the_stop_there_is_over_is_answered_by_no_stop(board: Board, wall: Wall) -> None:
    desk, lead = Asker(board).sign_in("planner"), {"lead_type": "goip", "building_id": "B1"}
    day = (
        ("13:45", "lead", {**lead, "lead_id": "L1"}),
        ("14:05", "done", {"team_id": "T/1", "visit_id": "V1"}),
        ("14:30", "lead", {**lead, "lead_id": "L2"}),
    )
    for number, (clock, kind, body) in enumerate(day):
        wall.set(clock)
        said = {"id": f"note-000{number}", "kind": kind, "body": body}
        assert desk.send("/desk/reports", said).status == 200
    before, after = board.live.changes_since(0)["leads"]
    assert (before["id"], before["stop"], before["outcome"]) == ("L1", ["T/1", "V1", 49_200], "done")
    assert (after["id"], after["stop"], after["outcome"]) == ("L2", None, None)


def test_a_lead_at_a_door_that_is_tried_again_stands_beside_the_team_that_tries_it_next() -> None:
    edition = tried_again(small_edition())
    first, second = edition.plan.routes
    tried, later = second.stops
    # T2 has tried from 13:41 to 13:46, and T/1, which the plan names before it, goes at 14:30.
    routes = (replace(first, stops=(*first.stops, later)), replace(second, stops=(tried,)))
    again = replace(edition, plan=replace(edition.plan, routes=routes))
    leads = {"L1": NewLead("L1", 47_000, "goip", "B2"), "L2": NewLead("L2", 50_400, "goip", "B2")}
    assert [x["stop"] for x in leads_view(again, DayState(leads=leads))] == [["T/1", "V2", 52_200]] * 2
    # Where nobody goes again the try answers what had come in by then, and no more.
    shut = replace(edition, plan=replace(edition.plan, routes=(first, replace(second, stops=(tried,)))))
    assert [x["stop"] for x in leads_view(shut, DayState(leads=leads))] == [["T2", "V2", 49_260], None]


def test_the_log_of_a_scenario_is_read_once_for_all_of_its_plans(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for plan_id in ("a" * 12, "b" * 12, "c" * 12):
        published(replace(small_edition(), plan_id=plan_id), tmp_path)
    read, content = list[str](), AuditLog.content
    monkeypatch.setattr(AuditLog, "content", lambda log: read.append(log.name) or content(log))
    assert len(_edition_list(tmp_path)) == 3
    assert read == ["small"]


def test_one_plan_offers_no_comparison_and_an_error_asks_nobody_who_is_signed_in_to_sign_in(board: Board) -> None:
    desk = Asker(board).sign_in("planner")
    assert '<button class="main">' not in desk.get("/editions").text
    for asker, is_asked in ((desk, False), (Asker(board), True)):
        fault = asker.get("/nothing", accept="text/html")
        assert ("<h1>404</h1>" in fault.text, 'href="/login"' in fault.text) == (True, is_asked)


def test_a_plan_whose_scenario_runs_from_right_to_left_is_opened_and_compared(board: Board) -> None:
    name, plan_id = "\u062a1", "abc123abc123"
    scenario = small_edition().scenario.model_copy(update={"name": name})
    published(replace(small_edition(), plan_id=plan_id, scenario=scenario), board.out)
    asker = Asker(board).sign_in("commander")
    text = asker.get("/editions").text
    assert f'value="{name}/{plan_id}"' in text
    assert f'href="/editions/{name}/{plan_id}/report.html"' in text
    assert asker.get(f"/editions/{quote(name)}/{plan_id}/report.html").status == 200


def test_a_comparison_marks_as_drafts_only_the_plans_that_nobody_approved(board: Board) -> None:
    approved, draft = (published(replace(small_edition(), plan_id=c * 12), board.out) for c in "ab")
    approve(approved, Actor("D07", "2026-09-15T08:00:00+08:00"))
    both = "&".join(f"plan=small/{folder.name}" for folder in (approved, draft))
    page = Asker(board).sign_in("commander").get(f"/editions/compared?{both}")
    assert page.status == 200
    assert [page.text.count(f'<span class="{c}">') for c in ("draft approved", "draft")] == [1, 1]


def test_the_brief_of_market_regulation_is_marked_as_what_its_plan_is(board: Board) -> None:
    reader, marks = Asker(board).sign_in("market_regulation"), ('class="draft"', 'class="draft approved"')
    assert [reader.get("/brief").text.count(mark) for mark in marks] == [1, 0]
    folder = board.folder_of(board.plan_id)
    approve(folder, Actor("D07", "2026-09-15T08:00:00+08:00"))
    assert [reader.get("/brief").text.count(mark) for mark in marks] == [0, 1]
    assert "D07" in reader.get("/brief").text
