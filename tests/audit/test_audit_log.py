"""The log on disk: added to, cut short in the middle of a write, tampered with."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from geodata.errors import InputError, Issue
from sweep.audit.audit_log import AuditLog, log_names
from sweep.audit.hash_chain import Head, chain_issues, entry_line

AT = "2026-09-16T08:00:00+08:00"


@pytest.fixture
def log(tmp_path: Path) -> AuditLog:
    log = AuditLog(tmp_path / "_audit", "tiny")
    for k in range(3):
        log.append(AT, "P01", "run", {"k": k})
    return log


def codes(log: AuditLog, noted: Head | None = None) -> list[str]:
    return [i.code for i in log.faults(noted)]


def test_lines_are_numbered_and_the_head_stands_beside(log: AuditLog) -> None:
    assert [e["n"] for e in log.entries()] == [1, 2, 3]
    head = log.head()
    assert head is not None and (head.n, head.n_bytes) == (3, log.path.stat().st_size)
    assert codes(log) == []
    assert log_names(log.folder) == ["tiny"]


def test_writers_at_the_same_time_all_get_a_line(tmp_path: Path) -> None:
    log = AuditLog(tmp_path, "many")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda k: log.append(AT, "P01", "run", {"k": k}), range(40)))
    assert sorted(e["facts"]["k"] for e in log.entries()) == list(range(40))  # type: ignore[index, call-overload]
    assert codes(log) == []


@pytest.mark.parametrize("n_lost", [1, 2, 3])
def test_a_cut_end_is_found_and_nothing_more_is_added(log: AuditLog, n_lost: int) -> None:
    lines = log.content().splitlines(keepends=True)
    log.path.write_bytes(b"".join(lines[:-n_lost]))
    assert codes(log) == ["S813"]
    with pytest.raises(InputError, match="S813"):
        log.append(AT, "P01", "run", {})
    with pytest.raises(InputError, match="S813"):
        log.refuse_damaged()


def test_a_log_without_its_head_is_found(log: AuditLog) -> None:
    log.head_path.unlink()
    assert codes(log) == ["S814"]
    with pytest.raises(InputError, match="S814"):
        log.append(AT, "P01", "run", {})


def test_a_head_without_its_log_is_found(log: AuditLog) -> None:
    log.path.unlink()
    assert codes(log) == ["S813"]


def test_a_bit_flipped_anywhere_in_the_head_is_found(log: AuditLog) -> None:
    sound = log.head_path.read_bytes()
    for at in range(len(sound)):
        spoilt = bytearray(sound)
        spoilt[at] ^= 1
        log.head_path.write_bytes(spoilt)
        assert codes(log), at


def test_a_head_with_another_count_of_bytes_is_found(log: AuditLog) -> None:
    head = log.head()
    assert head is not None
    text = log.head_path.read_text(encoding="utf-8")
    log.head_path.write_text(text.replace(f": {head.n_bytes}", f": {head.n_bytes + 1}"), encoding="utf-8")
    assert codes(log) == ["S813"]


def test_a_log_cut_together_with_its_head_does_not_hold_what_was_noted(log: AuditLog) -> None:
    noted = log.head()
    log.path.unlink()
    log.head_path.unlink()
    for k in range(3):
        log.append(AT, "P99", "run", {"k": k})
    assert codes(log) == []
    assert codes(log, noted) == ["S815"]


@pytest.mark.parametrize("n_written", [0, 1, 50, None])
def test_a_write_that_was_cut_short_is_finished_by_the_next(log: AuditLog, n_written: int | None) -> None:
    head = log.head()
    assert head is not None
    line, _ = entry_line(head, AT, "P01", "run", {"k": 3})
    (log.folder / "tiny.pending").write_bytes(line)
    with log.path.open("ab") as file:
        file.write(line[:n_written])
    assert codes(log) == []
    log.append(AT, "P01", "run", {"k": 4})
    assert [e["facts"] for e in log.entries()] == [{"k": k} for k in range(5)]
    assert codes(log) == []


def test_a_pending_line_that_is_cut_short_itself_never_came_to_be(log: AuditLog) -> None:
    head = log.head()
    assert head is not None
    line, _ = entry_line(head, AT, "P01", "run", {"k": 3})
    (log.folder / "tiny.pending").write_bytes(line[:40])
    log.append(AT, "P01", "run", {"k": 4})
    assert [e["facts"] for e in log.entries()] == [{"k": k} for k in (0, 1, 2, 4)]


@pytest.mark.parametrize("n_written", [0, 1, 50, None])
def test_a_first_line_that_was_cut_short_is_finished_too(tmp_path: Path, n_written: int | None) -> None:
    log = AuditLog(tmp_path, "tiny")
    line, _ = entry_line(Head(), AT, "P01", "run", {"k": 0})
    (tmp_path / "tiny.pending").write_bytes(line)
    log.path.write_bytes(line[:n_written])
    assert codes(log) == []
    log.append(AT, "P01", "run", {"k": 1})
    assert [e["facts"] for e in log.entries()] == [{"k": k} for k in range(2)]


@pytest.mark.parametrize(
    "before",
    [Head(3, "f" * 64, 0), Head(7, "f" * 64, 0), Head()],
    ids=["its number", "neither number nor hash", "a second first line"],
)
def test_a_forged_line_is_found_though_a_pending_file_repeats_it(log: AuditLog, before: Head) -> None:
    forged, _ = entry_line(before, AT, "P99", "approve", {"plan_id": "abc123"})
    with log.path.open("ab") as file:
        file.write(forged)
    alone = codes(log)
    (log.folder / "tiny.pending").write_bytes(forged)
    assert codes(log) == alone == ["S812", "S813"]
    with pytest.raises(InputError, match="S813"):
        log.append(AT, "P01", "run", {})


@pytest.mark.parametrize("while_it_is", ["read", "judged"])
def test_a_line_that_somebody_adds_while_the_log_is_looked_at_is_no_fault(
    log: AuditLog, monkeypatch: pytest.MonkeyPatch, while_it_is: str
) -> None:
    lines = iter([3])

    def add() -> None:
        for k in lines:
            log.append(AT, "P02", "run", {"k": k})

    def read(self: AuditLog) -> bytes:
        content = self.path.read_bytes()
        add()
        return content

    def judged(content: bytes, file: str) -> list[Issue]:
        add()
        return chain_issues(content, file)

    if while_it_is == "read":
        monkeypatch.setattr(AuditLog, "content", read)
    else:
        monkeypatch.setattr("sweep.audit.audit_log.chain_issues", judged)
    assert codes(log) == []
    assert len(log.entries()) == 4


def test_names_that_are_not_utf_8_stand_as_escapes_and_two_stay_two(log: AuditLog) -> None:
    # 组 and 阻 in GBK, as they stand in a path on Linux.
    one, other = (os.fsdecode(name.encode("gbk")) for name in ("组", "阻"))
    log.append(AT, "P01", "results", {"files": {one: "a", other: "b"}, "notes": [one]})
    files = {"\\udcd7\\udce9": "a", "\\udcd7\\udce8": "b"}
    assert log.entries()[-1]["facts"] == {"files": files, "notes": ["\\udcd7\\udce9"]}
    assert codes(log) == []
    log.append(AT, "P01", "run", {})


def test_what_no_line_can_hold_leaves_the_log_as_it_was(log: AuditLog) -> None:
    before = log.content()
    with pytest.raises(ValueError, match="finite numbers"):
        log.append(AT, "P01", "run", {"n": float("nan")})
    assert (log.content(), codes(log)) == (before, [])


@pytest.mark.parametrize("head", ['{"n": 1e999, "hash": "x", "n_bytes": 1}', "[" * 100_000, '{"n": "x"}', "9" * 5_000])
def test_a_head_that_breaks_a_reader_is_one_that_cannot_be_read(log: AuditLog, head: str) -> None:
    log.head_path.write_text(head, encoding="utf-8")
    assert codes(log) == ["S814"]


@pytest.mark.parametrize("n_lines", [0, 3])
@pytest.mark.parametrize("n_flushed", [0, 1, 2])
def test_a_line_that_the_disk_does_not_take_is_withdrawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, n_lines: int, n_flushed: int
) -> None:
    log = AuditLog(tmp_path / "_audit", "full")
    for k in range(n_lines):
        log.append(AT, "P01", "run", {"k": k})
    before, real, n_left = log.content(), os.fsync, n_flushed

    def full(fd: int) -> None:
        nonlocal n_left
        n_left -= 1
        if n_left < 0:
            raise OSError(28, "No space left on device")
        real(fd)

    with monkeypatch.context() as patch, pytest.raises(OSError, match="No space"):
        patch.setattr(os, "fsync", full)
        log.append(AT, "P01", "approve", {})
    assert (log.content(), codes(log)) == (before, [])
    assert log.append(AT, "P01", "orders", {}).n == n_lines + 1
    assert [e["act"] for e in log.entries()][n_lines:] == ["orders"]


def test_a_line_is_written_only_after_the_files_that_it_reports(tmp_path: Path) -> None:
    log, heads = AuditLog(tmp_path / "_audit", "tiny"), []

    def refuse(head: Head) -> None:
        heads.append(head)
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        log.append(AT, "P01", "approve", {}, refuse)
    assert log.content() == b""
    assert log.append(AT, "P01", "approve", {}) == heads[0]
