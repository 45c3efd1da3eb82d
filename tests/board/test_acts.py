"""What is done on the board stands in the audit log, and each line says how far the journal of reports has come."""

from __future__ import annotations

from sweep.board.board_state import Board
from sweep.board.changes.handlers import activate_plan
from sweep.board.open_board import logged_opening
from tests.board.asking import PHRASE, Asker


def test_every_act_of_the_desk_stands_in_the_audit_log(board: Board, asker: Asker) -> None:
    asker.form("/login", name="planner", passphrase=PHRASE)
    asker.form("/phones", team_id="T2")
    asker.form("/phones", team_id="T2", shut="1")
    asker.form("/logout")
    run, *acts = board.log.entries()
    assert run["act"] == "run"
    assert [(e["act"], e["who"]) for e in acts] == [
        ("board login", "planner"),
        ("board phone code", "planner"),
        ("board shut phones", "planner"),
        ("board logout", "planner"),
    ]
    assert board.log.faults() == []
    # Each notes where the journal of the day stands.
    assert {e["facts"]["journal"] for e in acts} == {f"2026-09-16 {board.live.journal.head}"}  # type: ignore[index]


def test_a_journal_that_was_changed_is_told_to_the_auditor(board: Board, asker: Asker) -> None:
    path, auditor = board.live.journal.path, Asker(board).sign_in("auditor")
    with logged_opening(board, "P001"):
        assert [e["act"] for e in board.log.entries()] == ["run", "board opened"]
        assert 'class="wrong"' not in auditor.get("/journal").text
    path.write_bytes(path.read_bytes().replace(b"P000", b"P999"))
    assert "S811" in auditor.get("/journal").text


def test_a_plan_is_put_in_force_by_whoever_did_so(board: Board) -> None:
    before = board.journal_head
    activate_plan(board, board.plan_id, "P007")
    _, line = board.log.entries()
    assert (line["act"], line["who"]) == ("board put in force", "P007")
    assert line["facts"] == {"plan_id": board.plan_id, "journal": before}
