"""`sweep serve`: what it refuses, how it ends, and that nothing else imports it."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from geodata.clock_times import ZONE
from geodata.errors import InputError
from sweep.board.accounts.accounts import Account
from sweep.board.application import _heartbeat
from sweep.board.board_state import Board
from sweep.board.day_clock import DayClock
from sweep.board.https_server import ListeningSocket, listen, serve
from sweep.board.live_day import LiveDay
from sweep.board.open_board import chosen_edition, open_board
from sweep.board.team_locations import open_places
from sweep.board.worker_client import WorkerClient
from sweep.day.journal.journal_entry import Report
from sweep.day.journal.journal_file import FOLDER, open_journal, read_journal
from sweep.terminal import deferred_imports
from tests.benchmarks.board.clients import post
from tests.board.asking import PHRASE, Asker, Wall, board_of, published, run_apart, wanted
from tests.board.serving import codes, served, sweep
from tests.paths import ROOT
from tests.publish.small_edition import small_edition


def test_plain_text_beyond_the_loopback_is_refused() -> None:
    with pytest.raises(InputError) as error:
        listen("0.0.0.0", 0, (), None)  # noqa: S104
    assert codes(error) == ["S981"]


@pytest.mark.parametrize(
    ("by", "now", "why", "first_s"),
    [
        pytest.param(None, "2026-09-16T10:00", "unapproved", 36_000, id="its day, not approved"),
        pytest.param("C001", "2026-09-20T23:15", "other_day", 48_900, id="approved, another day"),
        pytest.param(None, "2026-09-20T23:15", "both", 48_900, id="neither"),
    ],
)
def test_an_exercise_says_what_is_missing_and_on_another_day_begins_as_the_first_team_leaves(
    edition_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    by: str | None,
    now: str,
    why: str,
    first_s: int,
) -> None:
    monkeypatch.setattr("sweep.board.open_board.approval_on_record_of", lambda _: by)
    wall = Wall("20:00")
    wall.now = datetime.fromisoformat(f"{now}:00").replace(tzinfo=ZONE)
    with open_board(replace(wanted(edition_folder, wall), folder=tmp_path)) as board:
        assert (board.is_exercise, board.exercise) == (True, why)
        # Both teams of the plan leave at 13:35.
        assert first_s <= board.live.clock.day_s() < first_s + 60


@pytest.mark.enable_socket
def test_a_port_that_is_taken_is_told() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(InputError) as error:
            listen("127.0.0.1", other.getsockname()[1], (), None)
    assert codes(error) == ["S980"]


def test_the_newest_edition_of_a_folder_is_served(edition_folder: Path, tmp_path: Path) -> None:
    clock = DayClock()
    assert chosen_edition(edition_folder.parent.parent, clock) == edition_folder
    assert chosen_edition(edition_folder / "plan.json", clock) == edition_folder
    code, output = sweep("serve", tmp_path, "--plain", "--lang", "en")
    assert code == 2
    assert "S711" in output


@pytest.mark.parametrize(
    ("now", "is_exercise", "is_found"),
    [
        ("2026-09-16T14:00", False, True),
        ("2026-09-16T23:00", False, True),
        ("2026-09-17T03:00", False, True),
        ("2026-09-17T04:30", False, False),
        ("2026-09-15T20:00", False, False),
        ("2026-09-16T14:00", True, False),
    ],
    ids=["on the day", "in its evening", "in its night", "after the last shift", "the evening before", "an exercise"],
)
def test_a_day_that_is_run_in_earnest_goes_before_a_newer_edition_of_another(
    tmp_path: Path, now: str, is_exercise: bool, is_found: bool
) -> None:
    own, wall = small_edition(), Wall("13:00")
    wall.now = datetime.fromisoformat(f"{now}:00").replace(tzinfo=ZONE)
    night = [replace(t, shift_s=(t.shift_s[0], 28 * 3_600)) for t in own.plan.teams]
    out, first = tmp_path / "out", replace(own, plan=replace(own.plan, teams=tuple(night)))
    in_force = published(first, out)
    other = own.scenario.model_copy(update={"name": "other"})
    newest = published(replace(own, plan_id="d" * 12, scenario=other), out)
    draft = published(replace(own, plan_id="e" * 12), out)
    with open_journal(out / FOLDER / "small" / "2026-09-16.jsonl") as journal:
        body = {"plan_id": own.plan_id, "day": "2026-09-16", "is_exercise": is_exercise}
        journal.append([Report("edition/1", "edition", "P000", "", 0, body)], "2026-09-16T13:00:00.000+08:00")
    clock = DayClock(wall=wall)
    assert chosen_edition(out, clock) == (in_force if is_found else draft)
    # What is named is served.
    assert chosen_edition(newest, clock) == newest
    assert chosen_edition(newest.parent, clock) == newest


def test_two_boards_on_one_journal_are_refused(board: Board, wall: Wall) -> None:
    folder = board.out / board.live.edition.scenario.name / board.plan_id
    with pytest.raises(InputError) as error, board_of(folder, wall):
        pass
    assert codes(error) == ["S971"]


def test_a_disk_that_is_full_is_told_to_phone_and_desk(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    n, phone = len(board.live.journal.entries), Asker(board).sign_in("T/1")

    def full(_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sweep.day.journal.journal_file.os.fsync", full)
    text = json.dumps({"kind": "left", "body": {"visit_id": "V1"}, "t": 0})
    batch = {"device": "0" * 16, "sent": 0, "first": 1, "reports": [{"seq": 1, "text": text}]}
    answer = phone.send("/phone/reports", batch)
    assert (answer.status, answer.json()["issues"][0]["code"]) == (507, "S973")
    monkeypatch.undo()
    assert len(read_journal(board.live.journal.path)) == n
    # Once there is room it is taken in.
    assert phone.send("/phone/reports", batch).json()["next"] == 2


def test_a_disk_that_is_full_is_told_to_who_signs_in(
    board: Board, asker: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sweep.audit.audit_log.AuditLog.append", full)
    answer = asker.form("/login", headers={"accept": "text/html"}, name="planner", passphrase=PHRASE)
    assert (answer.status, "S973" in answer.text, "sweep_session" in asker.cookies) == (507, True, False)


def test_a_disk_that_is_full_does_no_half_of_signing_in_or_shutting_out(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone, desk, asker = Asker(board).sign_in("T2"), Asker(board).sign_in("planner"), Asker(board)
    board.live.places = open_places(board.folder, board.day)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("sweep.board.accounts.records_by_secret.write_files", full)
        patch.setattr("sweep.board.team_locations.write_files", full)
        answers = [
            asker.form("/login", name="planner", passphrase=PHRASE),
            desk.form("/phones", team_id="T2", shut="1"),
            desk.form("/logout"),
            phone.send("/phone/place", {"lat": 36.65, "lon": 117.02}),
        ]
    assert [(a.status, "S973" in a.text) for a in answers] == [(507, True)] * 4
    assert board.live.places.of("T2") is None
    # Nobody is out who comes back with the next start.
    assert [phone.get("/phone/orders").status, desk.get("/desk/ground").status] == [200, 200]


def test_a_disk_that_is_full_stops_no_beat(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        def delete_all(self) -> None:
            raise OSError(28, "No space left on device")

    ticks: list[LiveDay] = []
    monkeypatch.setattr("sweep.board.application._TICK_S", 0.01)
    monkeypatch.setattr("sweep.board.live_day.LiveDay.tick", lambda self: ticks.append(self))
    monkeypatch.setattr("sweep.board.application.end_of_day", lambda now: now)
    board.live.places = Full()  # type: ignore[assignment]

    async def some_beats() -> None:
        beat = asyncio.create_task(_heartbeat(board))
        async with asyncio.timeout(60.0):
            while len(ticks) < 2 and not beat.done():
                await asyncio.sleep(0.01)
        assert not beat.done()
        beat.cancel()

    run_apart(some_beats())
    assert len(ticks) > 1


@pytest.mark.parametrize(("by", "is_exercise"), [("P9", False), (None, True)])
def test_a_board_that_was_opened_the_evening_before_runs_the_day_in_earnest_once_it_comes(
    edition_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by: str | None, is_exercise: bool
) -> None:
    monkeypatch.setattr("sweep.board.application._TICK_S", 0.01)
    monkeypatch.setattr("sweep.board.open_board.approval_on_record_of", lambda _: by)
    wall = Wall("20:00")
    wall.now = wall.now.replace(day=15)
    with open_board(replace(wanted(edition_folder, wall), folder=tmp_path)) as board:

        async def some_beats() -> None:
            beat = asyncio.create_task(_heartbeat(board))
            await asyncio.sleep(0.1)
            assert (beat.done(), board.is_exercise) == (False, True)
            wall.set("00:01")
            async with asyncio.timeout(60.0):
                while len(board.live.journal.entries) < n_entries and not beat.done():
                    await asyncio.sleep(0.01)
            await asyncio.sleep(0.2)
            assert not beat.done()
            beat.cancel()

        n_entries = 1 if is_exercise else 2
        run_apart(some_beats())
        assert (board.is_exercise, board.live.state.is_exercise) == (is_exercise, is_exercise)
        assert [e.author for e in board.live.journal.entries] == ["P000"] * n_entries


@pytest.mark.enable_socket
def test_what_is_asked_while_the_server_stops_is_refused_and_no_traceback_is_printed(
    edition_folder: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    listening = listen("127.0.0.1", 0, (), None)
    own = replace(wanted(edition_folder, Wall("13:45"), listening.address), folder=tmp_path / "own")
    with open_board(own) as board, ThreadPoolExecutor(2) as pool:
        board.planner = WorkerClient("tests.board.stub_child")
        board.accounts["P001"] = Account("P001", "planner", "")
        session = board.sessions.begin("P001", "planner")
        person = {"cookie": board.sessions.cookie(session.sid), "token": board.sessions.token(session.sid)}
        with served(board, listening):
            port = listening.socket.getsockname()[1]
            # One is asked, the other waits for it to be answered.
            asked = [pool.submit(asyncio.run, post(port, "/desk/diff", person, {})) for _ in range(2)]
            time.sleep(1)
            began = time.monotonic()
        took_s = time.monotonic() - began
    assert [a.result()[0] for a in asked] == [503, 503]
    assert (took_s < 2, caplog.text) == (True, "")


def test_ctrl_c_ends_the_board_quietly(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stopped:
        async def serve(self, sockets: object) -> None:
            raise KeyboardInterrupt

    monkeypatch.setattr("sweep.board.https_server.make_server", lambda *_: Stopped())
    monkeypatch.setattr("sweep.board.https_server.signal.signal", lambda *_: None)
    with ThreadPoolExecutor(1) as pool:
        pool.submit(serve, board, ListeningSocket(None, (), "", None)).result()  # type: ignore[arg-type]


def test_a_missing_extra_is_one_fault_with_its_mend(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(deferred_imports, "find_spec", lambda name: None if name == "argon2" else object())
    code, output = sweep("serve", tmp_path, "--lang", "en")
    assert code == 2
    assert "S982" in output
    assert "sweep[board]" in output


def test_nothing_but_the_board_and_its_command_imports_it_or_its_packages() -> None:
    own = re.compile(r"^\s*(?:from|import) (?:sweep\.board|starlette|uvicorn|argon2|prometheus_client)\b", re.MULTILINE)
    others = [p for p in (ROOT / "sweep").rglob("*.py") if ROOT / "sweep" / "board" not in p.parents]
    found = [p.name for p in others if own.search(p.read_text(encoding="utf-8"))]
    # Which is imported when it is called, and not before.
    assert found == ["serve.py"]


def test_a_day_is_replayed_from_its_journal(board: Board) -> None:
    desk = Asker(board).sign_in("planner")
    desk.send("/desk/reports", {"id": "abcdefgh", "kind": "left", "body": {"team_id": "T2", "visit_id": "V2"}})
    code, output = sweep("audit", "--journal", board.live.journal.path, "--lang", "en")
    assert code == 0
    assert "13:00  planner  en route T2 V2" in output
    told = json.loads(sweep("audit", "--journal", board.live.journal.path, "--json")[1])
    assert told["teams"] == {"T2": "left"}
    assert [e["n"] for e in told["entries"]] == [1, 2]
