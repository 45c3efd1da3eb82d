"""Failed sign-ins: they delay the client that makes them, lock out no owner of an account, and are logged and shown."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from geodata.message_catalogue import load_texts
from sweep.board.accounts.phone_enrolment import open_enrolments
from sweep.board.accounts.sign_in_throttle import SignInThrottle
from sweep.board.board_state import Board
from sweep.board.open_board import open_board
from tests.board.asking import PHRASE, Asker, Wall, wanted, with_people

EN = load_texts("en")
WRONG = PHRASE[::-1]
ATTACKER, OWNER = "10.0.0.66", "10.0.0.7"


@pytest.fixture
def now(board: Board) -> list[float]:
    """Seconds of the clock by which sign-ins are throttled."""
    seconds = [0.0]
    board.throttle = SignInThrottle(lambda: seconds[0])
    return seconds


def signs_in(board: Board, address: str, passphrase: str = PHRASE, name: str = "planner") -> int:
    return Asker(board, address=address).form("/login", name=name, passphrase=passphrase).status


def failures(board: Board) -> list[dict[str, object]]:
    return [e["facts"] for e in board.log.entries() if str(e["act"]).endswith(" failed")]  # type: ignore[misc]


def test_nine_wrong_passphrases_from_one_address_delay_no_other_address_and_no_other_account(
    board: Board, now: list[float]
) -> None:
    assert [signs_in(board, ATTACKER, WRONG) for _ in range(9)] == [403] * 6 + [429] * 3
    assert signs_in(board, OWNER) == 303
    assert signs_in(board, ATTACKER, name="auditor") == 303
    # Nor does that sign-in shorten the wait for the account that was tried.
    assert signs_in(board, ATTACKER, WRONG) == 429


def test_a_sign_in_that_has_to_wait_keeps_the_name_that_was_typed(board: Board, now: list[float]) -> None:
    answers = [Asker(board, address=ATTACKER).form("/login", name="planner", passphrase=WRONG) for _ in range(7)]
    assert (answers[-1].status, answers[-1].headers["retry-after"]) == (429, "2")
    assert 'name="name"' in answers[-1].text
    assert 'value="planner"' in answers[-1].text
    assert (
        EN("board.fault.429")
        in Asker(board, {"sweep_lang": "en"}, ATTACKER).form("/login", name="planner", passphrase=WRONG).text
    )


def test_an_hour_of_wrong_passphrases_leaves_the_owner_at_another_address_without_a_wait(
    board: Board, now: list[float]
) -> None:
    while now[0] < 3_600:
        now[0] += board.throttle.wait_s(ATTACKER, "planner")
        assert signs_in(board, ATTACKER, WRONG) == 403
    assert board.throttle.wait_s(ATTACKER, "planner") == 900
    assert signs_in(board, OWNER) == 303


def test_a_right_passphrase_is_not_refused_where_the_account_has_signed_in_before(
    board: Board, now: list[float]
) -> None:
    assert signs_in(board, OWNER) == 303
    assert {signs_in(board, OWNER, WRONG) for _ in range(30)} == {403}
    assert [signs_in(board, OWNER, name=name) for name in ("auditor", "planner")] == [429, 303]


def test_an_address_stays_known_when_the_board_is_opened_again(edition_folder: Path, tmp_path: Path) -> None:
    own = replace(wanted(edition_folder, Wall("13:00")), folder=tmp_path / "own")
    with open_board(own) as board:
        assert signs_in(with_people(board), "10.0.0.77") == 303
    with open_board(own) as board:
        for _ in range(9):
            signs_in(with_people(board), "10.0.0.77", WRONG)
        assert [signs_in(board, a) for a in ("10.0.0.77", OWNER)] == [303, 303]
        for _ in range(9):
            signs_in(board, ATTACKER, WRONG)
        assert signs_in(board, ATTACKER) == 429


def test_one_address_that_tries_many_accounts_has_to_wait(board: Board, now: list[float]) -> None:
    assert [signs_in(board, ATTACKER, WRONG, f"P{k:03d}") for k in range(23)] == [403] * 21 + [429] * 2
    assert signs_in(board, OWNER) == 303


def test_wrong_codes_keep_no_phone_at_the_same_address_from_enrolling(board: Board, now: list[float]) -> None:
    statuses = [Asker(board, address=ATTACKER).form("/enrol", code=f"wrong-{k}").status for k in range(23)]
    assert statuses == [403] * 21 + [429] * 2
    code = board.enrolments.issue("T2")
    assert Asker(board, address=ATTACKER).form("/enrol", code=code).status == 303


def test_each_failed_sign_in_is_logged_with_its_address_and_no_word_that_is_no_account(
    board: Board, now: list[float]
) -> None:
    signs_in(board, ATTACKER, WRONG)
    signs_in(board, ATTACKER, WRONG, "my-own-passphrase")
    Asker(board, address=ATTACKER).form("/enrol", code="wrong")
    assert failures(board) == [
        {**facts, "plan_id": board.plan_id, "journal": facts["journal"], "address": ATTACKER, "n": 1}
        for facts in failures(board)
    ]
    assert [f.get("account") for f in failures(board)] == ["planner", "-", None]
    assert "my-own-passphrase" not in board.log.path.read_text(encoding="utf-8")


def test_sign_ins_that_are_refused_unchecked_are_counted_in_the_next_line(board: Board, now: list[float]) -> None:
    for _ in range(10):
        signs_in(board, ATTACKER, WRONG)
    now[0] += 1
    signs_in(board, ATTACKER, WRONG)
    assert [f["n"] for f in failures(board)] == [1] * 6 + [5]
    assert board.throttle.n_failed == 11


def test_failed_sign_ins_are_shown_to_the_planner_on_each_page_and_listed_with_time_and_address(board: Board) -> None:
    planner, texts = Asker(board).sign_in("planner"), load_texts("zh_CN")
    assert texts("board.nav.failed", n=1) not in planner.get("/phones").text
    signs_in(board, ATTACKER, WRONG)
    assert texts("board.nav.failed", n=1) in planner.get("/phones").text
    assert texts("board.nav.failed", n=1) not in Asker(board).sign_in("commander").get("/editions").text
    listed = planner.get("/journal").text.partition('id="failed"')[2].partition("<h2")[0]
    at = str(board.log.entries()[-1]["at"])
    assert all(text in listed for text in (at, ATTACKER, "planner"))


def test_a_full_disk_leaves_an_enrolment_code_as_it_was(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    code = board.enrolments.issue("T2")
    for place in ("sweep.audit.audit_log.AuditLog.append", "sweep.board.accounts.records_by_secret.write_files"):
        with monkeypatch.context() as patch:
            patch.setattr(place, full)
            assert Asker(board).form("/enrol", code=code).status == 507
    phone = Asker(board)
    assert phone.form("/enrol", code=code).status == 303
    assert phone.get("/phone/orders").json()["team_id"] == "T2"
    assert Asker(board).form("/enrol", code=code).status == 403


def test_a_full_disk_leaves_the_code_of_a_team_that_was_not_shut_out(
    board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    desk, code = Asker(board).sign_in("planner"), board.enrolments.issue("T2")
    monkeypatch.setattr("sweep.board.accounts.records_by_secret.write_files", full)
    assert desk.form("/phones", team_id="T2", shut="1").status == 507
    assert board.enrolments.team_of(code) == "T2"


def test_a_refused_sign_in_keeps_the_name_and_not_the_passphrase(board: Board) -> None:
    text = Asker(board).form("/login", name='a "b', passphrase=WRONG).text
    assert re.findall(r'id="name"[^>]* value="([^"]*)"', text) == ["a &#34;b"]
    assert WRONG not in text
    assert re.findall(r'id="(\w+)"[^>]*autofocus', text) == ["passphrase"]
    assert re.findall(r'id="(\w+)"[^>]*autofocus', Asker(board).get("/login").text) == ["name"]


def test_an_unused_code_and_a_session_outlast_a_restart_and_neither_is_on_disk_in_clear(
    edition_folder: Path, tmp_path: Path
) -> None:
    own = replace(wanted(edition_folder, Wall("13:00")), folder=tmp_path / "own")
    with open_board(own) as board:
        code, used = board.enrolments.issue("T2"), board.enrolments.issue("T/1")
        phone = Asker(board)
        assert phone.form("/enrol", code=used).status == 303
    kept = "".join(p.read_text(errors="replace") for p in (tmp_path / "own").rglob("*") if p.is_file())
    assert [secret in kept for secret in (code, used, phone.sid)] == [False] * 3
    with open_board(own) as board:
        assert board.enrolments.teams() == {"T2"}
        phone.board = board
        assert phone.get("/phone/orders").status == 200
        assert [Asker(board).form("/enrol", code=c).status for c in (used, code, code)] == [403, 303, 403]


def test_a_board_of_another_day_neither_takes_nor_drops_the_codes_of_this_one(board: Board) -> None:
    code = board.enrolments.issue("T2")
    other = open_enrolments(board.folder, board.enrolments.file.now, "small/2026-09-17")
    assert (other.team_of(code), other.teams()) == (None, set())
    other.issue("T2")
    board.enrolments.drop("T/1")
    assert board.enrolments.team_of(code) == "T2"
