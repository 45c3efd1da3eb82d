"""Where teams are: asked of nobody unless the scenario turns it on, and gone with the day."""

from __future__ import annotations

from pathlib import Path

import pytest

from sweep.board.board import Board
from sweep.board.places import open_places
from sweep.scenario.papers import BoardSettings
from tests.board.asking import Asker
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
    assert {t["place"] for t in board.live.since(0)["teams"]} == {None}


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
    places = {t["id"]: t["place"] for t in asked.live.since(0)["teams"]}
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


def test_a_place_outlives_the_server_but_not_the_day(tmp_path: Path) -> None:
    places = open_places(tmp_path, "2026-09-16")
    places.note("T2", 36.65, 117.02, 46_800)
    assert places.file.stat().st_mode & 0o77 == 0
    again = open_places(tmp_path, "2026-09-16")
    assert again.of("T2") == [36.65, 117.02, 46_800]
    assert open_places(tmp_path, "2026-09-17").of("T2") is None
    assert list(tmp_path.iterdir()) == []
    again.note("T2", 36.65, 117.02, 46_800)
    again.forget()
    assert (again.of("T2"), list(tmp_path.iterdir())) == (None, [])
