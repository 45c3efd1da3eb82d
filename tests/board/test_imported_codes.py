"""Inspection codes that are imported while the board is open reach the phones."""

from __future__ import annotations

import json
import os

import pytest

from sweep.audit.actor import Actor
from sweep.board.board_state import Board
from sweep.board.sse.event_stream import EventHub
from sweep.publish.facts.platform_filings import filings_of
from sweep.publish.orders.import_inspection_codes import import_codes
from tests.board.asking import Asker, run_apart


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, object]]]:
    """What the board sends to phones, by audience."""
    found: list[tuple[str, dict[str, object]]] = []

    def send(audience: str, content: bytes) -> None:
        data = next(line for line in content.decode().splitlines() if line.startswith("data: "))
        found.append((audience, json.loads(data.removeprefix("data: "))))

    monkeypatch.setattr(EventHub, "send", lambda _hub, *event: send(*event))
    return found


def imported(board: Board) -> None:
    folder = board.folder_of(board.plan_id)
    head = "visit_id,authority,uscc,task_code"
    due = filings_of(board.live.edition).values()
    rows = [f"{f.visit_id},{f.authority},{f.uscc},JC{f.visit_id}{f.uscc}" for f in due]
    (folder.parent.parent / "codes.csv").write_text("\n".join([head, *rows]), "utf-8")
    before = (folder / "edition.json").stat().st_mtime_ns
    import_codes(folder, folder.parent.parent / "codes.csv", Actor("C02", "2026-09-16T13:00:00+08:00"))
    # A file system with coarse times.
    os.utime(folder / "edition.json", ns=(before + 10**9, before + 10**9))


def test_a_running_board_shows_codes_that_are_imported_and_tells_the_phones(
    board: Board, sent: list[tuple[str, dict[str, object]]]
) -> None:
    run_apart(board.follow_codes())
    phone = Asker(board).sign_in("T/1")
    before = phone.get("/phone/orders").json()
    assert all("codes" not in row for stop in before["stops"] for row in stop["rows"])
    assert sent == []
    imported(board)
    run_apart(board.follow_codes())
    after = phone.get("/phone/orders").json()
    assert all(row["codes"] for stop in after["stops"] for row in stop["rows"])
    assert after["plan_id"] == before["plan_id"]
    # A phone fetches its order again, since the mark of the codes differs.
    assert {audience for audience, _ in sent} == {f"team:{t.team_id}" for t in board.live.edition.plan.teams}
    assert {told["codes"] for _, told in sent} == {after["codes"]} != {before["codes"]}
    sent.clear()
    run_apart(board.follow_codes())
    assert sent == []


def test_an_edition_that_was_changed_by_hand_is_not_taken(board: Board) -> None:
    run_apart(board.follow_codes())
    file = board.folder_of(board.plan_id) / "edition.json"
    file.write_text(file.read_text("utf-8").replace("B1", "B7"), "utf-8")
    with pytest.raises(Exception, match="S712"):
        run_apart(board.follow_codes())
    assert board.live.edition.codes == {}
