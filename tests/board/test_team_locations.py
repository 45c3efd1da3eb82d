"""Where teams are: asked of nobody unless the scenario turns it on, and gone with the day."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from geodata.clock_times import ZONE
from sweep.board.application import _heartbeat
from sweep.board.board_state import Board
from sweep.board.open_board import open_board
from sweep.board.team_locations import open_places
from sweep.cli.purge import overdue
from sweep.scenario.release_board_store_settings import BoardSettings
from tests.board.asking import Asker, Wall, run_apart, wanted
from tests.publish.small_edition import small_edition


@pytest.fixture
def asked(board: Board, tmp_path: Path) -> Board:
    """A board whose scenario asks for places."""
    board.live.places = open_places(tmp_path / "places", board.day)
    return board


HERE = {"lat": 36.650001, "lon": 117.02}


def test_nobody_is_asked_for_a_place_as_long_as_the_scenario_does_not_turn_it_on(board: Board) -> None:
    phone = Asker(board).sign_in("T2")
    assert not small_edition().scenario.board.positions
    assert phone.send("/phone/place", HERE).status == 404
    assert phone.get("/phone/").headers["permissions-policy"].endswith("geolocation=()")
    assert phone.get("/phone/orders").json()["places"] is False
    assert {t["place"] for t in board.live.changes_since(0)["teams"]} == {None}


def test_the_setting_is_kept_with_an_edition_and_changes_no_plan_that_is_without_it() -> None:
    plain = small_edition().scenario
    assert "board" not in plain.model_dump(mode="json")
    on = plain.model_copy(update={"board": BoardSettings(positions=True)})
    assert type(plain).model_validate(on.model_dump(mode="json")).board.positions


def test_the_desk_sees_the_last_place_and_no_journal_has_it(asked: Board) -> None:
    phone = Asker(asked).sign_in("T2")
    assert phone.get("/phone/").headers["permissions-policy"].endswith("geolocation=(self)")
    n = len(asked.live.journal.entries)
    assert phone.send("/phone/place", HERE).status == 204
    places = {t["id"]: t["place"] for t in asked.live.changes_since(0)["teams"]}
    assert places == {"T/1": None, "T2": [36.65, 117.02, 46_800], "T3": None}
    assert len(asked.live.journal.entries) == n


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"lat": 91, "lon": 0},
        {"lat": True, "lon": 0},
        {"lat": "1", "lon": 1},
        {"lat": 1, "lon": 10**400},
        {"lat": float("nan"), "lon": 1},
    ],
    ids=lambda odd: str(odd)[:40],
)
def test_what_is_no_place_is_refused(asked: Board, odd: dict[str, object]) -> None:
    assert Asker(asked).sign_in("T2").send("/phone/place", odd).status == 400


@pytest.mark.parametrize(
    ("opened", "now", "is_kept"),
    [
        ("2026-09-15T20:00", "2026-09-16T14:00", True),
        ("2026-09-15T20:00", "2026-09-17T04:59", True),
        ("2026-09-15T20:00", "2026-09-17T05:00", False),
        ("2026-09-16T13:00", "2026-09-17T05:00", False),
        ("2026-09-20T13:00", "2026-09-20T18:00", True),
        ("2026-09-20T13:00", "2026-09-21T05:00", False),
    ],
    ids=["opened the evening before", "its night", "its end", "opened on the day", "an exercise", "its end too"],
)
def test_places_are_kept_until_five_in_the_morning_after_the_day(
    asked: Board, wall: Wall, monkeypatch: pytest.MonkeyPatch, opened: str, now: str, is_kept: bool
) -> None:
    monkeypatch.setattr("sweep.board.application._TICK_S", 0.01)
    wall.now = datetime.fromisoformat(f"{opened}:00").replace(tzinfo=ZONE)
    asked.live.places.note("T2", 36.65, 117.02, 46_800)

    async def some_beats() -> None:
        beat = asyncio.create_task(_heartbeat(asked))
        await asyncio.sleep(0)
        wall.now = datetime.fromisoformat(f"{now}:00").replace(tzinfo=ZONE)
        await asyncio.sleep(0.1)
        beat.cancel()

    run_apart(some_beats())
    assert (asked.live.places.of("T2") is not None) is is_kept


def test_what_a_board_that_was_stopped_has_left_goes_with_the_next_or_with_a_purge(
    edition_folder: Path, tmp_path: Path, wall: Wall
) -> None:
    folder = tmp_path / "small"
    names = ["2026-09-15.places.json", "2026-09-16.places.json"]
    for name in names:
        open_places(folder, name[:10]).note("T2", 36.65, 117.02, 46_800)
        (folder / "2026-09-15.places.json").write_text("{}", encoding="utf-8")
    retention = small_edition().scenario.retention
    assert [i.path.name for i in overdue(retention, folder, "board", date(2029, 9, 16))] == names
    # This scenario asks nobody where they are.
    with open_board(replace(wanted(edition_folder, wall), folder=tmp_path)):
        assert list(folder.glob("*.places.json")) == []


def test_a_place_outlives_the_server_but_not_the_day(tmp_path: Path) -> None:
    places = open_places(tmp_path, "2026-09-16")
    places.note("T2", 36.65, 117.02, 46_800)
    assert places.file.stat().st_mode & 0o77 == 0
    again = open_places(tmp_path, "2026-09-16")
    assert again.of("T2") == [36.65, 117.02, 46_800]
    assert open_places(tmp_path, "2026-09-17").of("T2") is None
    assert list(tmp_path.iterdir()) == []
    again.note("T2", 36.65, 117.02, 46_800)
    again.delete_all()
    assert (again.of("T2"), list(tmp_path.iterdir())) == (None, [])
