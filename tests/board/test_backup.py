"""`sweep backup` and `sweep restore`: consistent while a board runs, whole or absent, and outside of nothing."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import tarfile
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from geodata.errors import InputError
from sweep.audit.actor import Actor
from sweep.board.board_state import Board
from sweep.board.changes.handlers import activate_plan
from sweep.board.open_board import open_board
from sweep.cli.audit import audit_issues
from sweep.day.journal.journal_file import FOLDER, read_journal
from sweep.publish.archive import backup
from tests.board.asking import Asker, Wall, published, wanted
from tests.board.serving import codes, sweep
from tests.board.stubs import changed
from tests.publish.small_edition import small_edition

ACTOR = Actor("D07", "2026-09-16T13:00:00+08:00")


@pytest.fixture
def place(board: Board, tmp_path: Path) -> Path:
    """Folder that holds `out` of a running board and one scenario with results."""
    results = tmp_path / "scenarios" / "small" / "follow_up" / "results-abc123abc123.csv"
    results.parent.mkdir(parents=True)
    results.write_text("visit_id\n", encoding="utf-8")
    return tmp_path


def write(place: Path, file: Path) -> tuple[int, str]:
    return sweep("backup", file, "--out", place / "out", "--scenarios", place / "scenarios", "--lang", "en")


def files_of(folder: Path) -> dict[str, bytes]:
    """Content of each file that a backup keeps, by path."""
    found = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    return {k: v for k, v in found.items() if not k.endswith(".lock") and "/.sweep/" not in k}


def test_a_board_restored_from_a_backup_goes_on_where_it_was(
    board: Board, place: Path, tmp_path: Path, wall: Wall
) -> None:
    phone, code = Asker(board).sign_in("T/1"), board.enrolments.issue("T2")
    report(phone, 1)
    before = {name: files_of(place / name) for name in ("out", "scenarios")}
    assert write(place, tmp_path / "kept" / "a.tar.gz")[0] == 0
    code_, said = sweep("restore", tmp_path / "kept" / "a.tar.gz", tmp_path / "new", "--lang", "en")
    assert (code_, "logs intact" in said) == (0, True)
    assert {name: files_of(tmp_path / "new" / name) for name in ("out", "scenarios")} == before
    assert audit_issues(tmp_path / "new" / "out") == []
    folder = tmp_path / "new" / "out" / "small" / board.plan_id
    with open_board(wanted(folder, wall)) as restored:
        assert [e.id for e in restored.live.journal.entries] == [e.id for e in board.live.journal.entries]
        phone.board = restored
        report(phone, 2)
        assert restored.live.journal.entries[-1].id.endswith(":2")
        assert Asker(restored).form("/enrol", code=code).status == 303


def test_a_backup_leaves_a_line_with_its_hash_in_each_log(board: Board, place: Path, tmp_path: Path) -> None:
    file = tmp_path / "kept" / "a.tar.gz"
    code, said = sweep("backup", file, "--out", place / "out", "--scenarios", place / "scenarios", "--by", "D07")
    assert code == 0, said
    last = board.log.entries()[-1]
    assert (last["act"], last["who"]) == ("backup", "D07")
    sha256, n = (
        hashlib.sha256(file.read_bytes()).hexdigest(),
        sum(len(files_of(place / name)) for name in ("out", "scenarios")),
    )
    assert last["facts"] == {"file": "a.tar.gz", "file_sha256": sha256, "n": n, "overrides": {}}
    # What could not be written leaves none, and the log is as good as before.
    before = len(board.log.entries())
    assert write(place, file)[0] == 2
    assert len(board.log.entries()) == before
    assert audit_issues(place / "out") == []


def report(phone: Asker, seq: int) -> None:
    text = json.dumps({"kind": "left", "body": {"visit_id": "V1"}, "t": 0})
    batch = {"device": "0" * 16, "sent": 0, "first": seq, "reports": [{"seq": seq, "text": text}]}
    assert phone.send("/phone/reports", batch).json()["acks"]


def test_keys_and_archive_are_their_owners_alone(place: Path, tmp_path: Path) -> None:
    write(place, tmp_path / "kept" / "a.tar.gz")
    sweep("restore", tmp_path / "kept" / "a.tar.gz", tmp_path / "new")
    own = [tmp_path / "kept" / "a.tar.gz", *(tmp_path / "new/out" / FOLDER).glob("key")]
    own += (tmp_path / "new/out" / FOLDER).rglob("*.jsonl")
    assert [oct(p.stat().st_mode & 0o777) for p in own] == ["0o600"] * 3


def test_backups_during_a_day_are_each_whole_and_consistent(board: Board, place: Path, tmp_path: Path) -> None:
    """Phones report, the desk signs in and plans come into force while three backups are written."""
    phone, is_over, n = Asker(board).sign_in("T/1"), threading.Event(), 0
    edition, said = small_edition(), list[tuple[int, str]]()

    def work() -> None:
        nonlocal n
        while not is_over.is_set():
            n += 1
            report(phone, n)
            board.log_action("P001", "login", {"role": "planner"})
            if n % 5 == 0:
                plan_id = f"{n:012x}"
                published(replace(changed(edition), plan_id=plan_id), board.out)
                activate_plan(board, plan_id, "P001")

    thread = threading.Thread(target=work)
    thread.start()
    try:
        for k in range(3):
            until = time.monotonic() + 60
            while n < 6 * (k + 1) and time.monotonic() < until:
                time.sleep(0.01)
            said.append(write(place, tmp_path / "kept" / f"{k}.tar.gz"))
    finally:
        is_over.set()
        thread.join(60)
    assert [code for code, _ in said] == [0] * 3, said
    whole = [e.hash for e in board.live.journal.entries]
    lengths = []
    for k in range(3):
        assert sweep("restore", tmp_path / "kept" / f"{k}.tar.gz", tmp_path / str(k))[0] == 0
        kept = read_journal(tmp_path / str(k) / "out" / FOLDER / "small" / f"{board.day}.jsonl")
        assert [e.hash for e in kept] == whole[: len(kept)]
        named = {str(e.body["plan_id"]) for e in kept if e.kind == "edition"}
        assert named <= {p.parent.name for p in (tmp_path / str(k) / "out" / "small").glob("*/plan.json")}
        lengths.append(len(kept))
    assert 0 < lengths[0] < lengths[1] < lengths[2]


@pytest.mark.parametrize("part", ["audit", "journal", "edition"])
def test_a_backup_of_what_was_tampered_with_is_not_written(
    board: Board, place: Path, tmp_path: Path, part: str
) -> None:
    path = {
        "audit": board.log.path,
        "journal": board.live.journal.path,
        "edition": board.folder_of(board.plan_id) / "report.html",
    }[part]
    path.write_bytes(path.read_bytes()[:-2] + b"x\n")
    code, said = write(place, tmp_path / "kept" / "a.tar.gz")
    assert code in (2, 3)
    assert any(c in said for c in ("S811", "S813", "S815", "S818"))
    assert not (tmp_path / "kept").exists()


def test_a_log_cut_at_the_end_of_a_line_stays_visible_in_the_copy(board: Board, place: Path, tmp_path: Path) -> None:
    lines = board.log.content().splitlines(keepends=True)
    board.log_action("P001", "login", {})
    board.log.path.write_bytes(b"".join(lines))
    assert "S813" in write(place, tmp_path / "a.tar.gz")[1]


def test_a_file_that_exists_is_not_overwritten(place: Path, tmp_path: Path) -> None:
    (tmp_path / "a.tar.gz").write_bytes(b"older")
    assert "S756" in write(place, tmp_path / "a.tar.gz")[1]
    assert (tmp_path / "a.tar.gz").read_bytes() == b"older"
    write(place, tmp_path / "b.tar.gz")
    before = files_of(place / "out")
    assert "S756" in sweep("restore", tmp_path / "b.tar.gz", place)[1]
    assert files_of(place / "out") == before
    assert "S757" in write(place, place / "out" / "c.tar.gz")[1]


def test_a_folder_that_has_other_files_keeps_them(place: Path, tmp_path: Path) -> None:
    write(place, tmp_path / "b.tar.gz")
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "notes.txt").touch()
    assert sweep("restore", tmp_path / "b.tar.gz", tmp_path / "new")[0] == 0
    assert sorted(p.name for p in (tmp_path / "new").iterdir()) == ["notes.txt", "out", "scenarios"]


HEADS = {
    "format": b'{"format": 2}',
    "list": b"[1]",
    "no format": b"{}",
    "nothing": b"null",
    "deep": b"[" * 100_000,
    "no text": b"\xff\xfe",
}


def rewritten(file: Path, change: str) -> None:
    """The archive with one member more, or its content spoilt."""
    if change in ("cut", "flipped", "no archive"):
        content = bytearray(file.read_bytes())
        if change == "flipped":
            content[len(content) // 2] ^= 0xFF
        file.write_bytes({"cut": content[: len(content) // 2], "flipped": content, "no archive": b"visit_id\n"}[change])
        return
    with tarfile.open(file) as archive:
        members = [(m, archive.extractfile(m)) for m in archive.getmembers()]
        kept = [(m, None if f is None else f.read()) for m, f in members]
    more = tarfile.TarInfo({"above": "out/../../x", "absolute": "/x", "elsewhere": "x"}.get(change, "out/x"))
    more.type = {"link": tarfile.SYMTYPE, "device": tarfile.FIFOTYPE}.get(change, tarfile.REGTYPE)
    more.linkname = "/"
    if change in HEADS:
        kept[0][0].size = len(HEADS[change])
        kept[0] = (kept[0][0], HEADS[change])
    elif change in ("no name", "no name at all"):
        more.name = ""
        kept = [*kept, (more, b"")] if change == "no name" else [(more, b""), *kept]
    elif change == "endless time":
        kept[-1][0].pax_headers["mtime"] = "inf"
    elif change == "double":
        kept.append(kept[-1])
    elif change == "no head":
        del kept[0]
    else:
        kept.append((more, b""))
    with tarfile.open(file, "w:gz") as archive:
        for member, content_ in kept:
            archive.addfile(member, io.BytesIO(content_ or b""))


@pytest.mark.parametrize(
    "change",
    [
        "cut", "flipped", "no archive", "above", "absolute", "elsewhere", "link", "device", "double", "no head",
        "no name", "no name at all", "endless time", *HEADS,
    ],
)  # fmt: skip
def test_an_archive_that_this_program_did_not_write_restores_nothing(place: Path, tmp_path: Path, change: str) -> None:
    file = tmp_path / "kept" / "a.tar.gz"
    write(place, file)
    rewritten(file, change)
    before = sorted(tmp_path.iterdir())
    code, said = sweep("restore", file, tmp_path / "new")
    assert (code, "S755" in said) == (2, True), said
    assert sorted(tmp_path.iterdir()) == before


def test_an_archive_whose_log_was_changed_restores_nothing(place: Path, tmp_path: Path) -> None:
    file = tmp_path / "kept" / "a.tar.gz"
    write(place, file)
    with tarfile.open(file) as archive:
        archive.extractall(tmp_path / "changed", filter="data")
    log = tmp_path / "changed" / "out" / "_audit" / "small.jsonl"
    log.write_bytes(log.read_bytes().replace(b"P000", b"P009"))
    file.unlink()
    assert backup._pack(tmp_path / "changed", file)
    assert "S811" in sweep("restore", file, tmp_path / "new")[1]
    assert not (tmp_path / "new").exists()


def test_a_full_disk_leaves_neither_half_a_backup_nor_half_a_folder(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> Iterator[None]:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("tarfile.TarFile.add", full)
        assert write(place, tmp_path / "kept" / "a.tar.gz")[0] == 2
    assert not (tmp_path / "kept").exists()
    write(place, tmp_path / "b.tar.gz")
    with monkeypatch.context() as patch:
        patch.setattr("tarfile.TarFile.extractall", full)
        assert "S108" in sweep("restore", tmp_path / "b.tar.gz", tmp_path / "new")[1]
    assert not (tmp_path / "new").exists()


def test_links_places_of_teams_and_locks_stay_out(board: Board, place: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    (board.out / "small" / "link").symlink_to(tmp_path / "secret")
    (board.out / "linked").symlink_to(tmp_path)
    (board.folder / "small" / f"{board.day}.places.json").write_text("{}")
    write(place, tmp_path / "b.tar.gz")
    with tarfile.open(tmp_path / "b.tar.gz") as archive:
        names = archive.getnames()
    assert [n for n in names if "link" in n or "places" in n or n.endswith("lock")] == []


def test_the_journal_of_a_scenario_in_a_store_is_kept_though_its_log_is_not_here(
    board: Board, place: Path, tmp_path: Path
) -> None:
    own = tmp_path / "other" / "out" / FOLDER / "small"
    shutil.copytree(board.folder / "small", own)
    assert write(tmp_path / "other", tmp_path / "b.tar.gz")[0] == 0
    assert sweep("restore", tmp_path / "b.tar.gz", tmp_path / "new")[0] == 0
    kept = tmp_path / "new" / "out" / FOLDER / "small" / board.live.journal.path.name
    assert [e.hash for e in read_journal(kept)] == [e.hash for e in board.live.journal.entries]
    (own / kept.name).write_bytes(kept.read_bytes().replace(b"P000", b"P009"))
    assert "S811" in write(tmp_path / "other", tmp_path / "c.tar.gz")[1]


def test_an_empty_folder_is_no_backup(tmp_path: Path) -> None:
    code, said = write(tmp_path, tmp_path / "b.tar.gz")
    assert (code, "S806" in said) == (2, True)


def test_reports_and_sign_ins_go_on_while_a_backup_copies(board: Board, place: Path, tmp_path: Path) -> None:
    """The copy of the editions takes long; the board must not wait for it."""
    done: list[int] = []

    def verify(_: Path) -> None:
        report(Asker(board).sign_in("T/1"), 1)
        done.append(len(board.live.journal.entries))

    backup.write_backup(tmp_path / "b.tar.gz", place / "out", place / "scenarios", verify, ACTOR)
    assert done == [len(board.live.journal.entries)]


def test_a_backup_is_refused_before_anything_is_copied_if_a_write_is_unfinished(place: Path, tmp_path: Path) -> None:
    hidden = place / "out" / "small" / ".sweep" / "ready-1"
    hidden.mkdir(parents=True)
    with pytest.raises(InputError) as error:
        backup.write_backup(tmp_path / "b.tar.gz", place / "out", place / "scenarios", lambda _: None, ACTOR)
    assert codes(error) == ["G129"]
