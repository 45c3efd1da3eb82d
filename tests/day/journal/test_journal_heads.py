"""Where the audit log says that a journal stood: a journal that was changed, cut or removed since is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from sweep.audit.audit_log import AuditLog, log_of_scenario
from sweep.day.journal.journal_entry import Report
from sweep.day.journal.journal_file import open_journal
from sweep.day.journal.journal_heads import JOURNAL_FACT, head_text, journal_issues

AT, DAY = "2026-09-16T14:00:00+08:00", "2026-09-16"


@dataclass(frozen=True)
class Kept:
    """A journal of four reports, two of which stood there when the log noted its end."""

    out: Path
    log: AuditLog

    @property
    def path(self) -> Path:
        return self.out / "_board" / "tiny" / f"{DAY}.jsonl"

    def write(self, texts: list[str], n_noted: int) -> None:
        self.path.unlink(missing_ok=True)
        with open_journal(self.path) as journal:
            for k, text in enumerate(texts):
                if k == n_noted:
                    self.log.append(AT, "P001", "board login", {JOURNAL_FACT: head_text(DAY, journal.head)})
                journal.append([Report(f"d:{k}", "message", "T01", AT, 50_000, {"to": "desk", "text": text})], AT)

    def codes(self) -> list[str]:
        return [i.code for i in journal_issues(self.out, self.log)]


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    made = Kept(tmp_path, log_of_scenario(tmp_path, "tiny"))
    made.write(["a", "b", "c", "d"], 2)
    return made


def lines(change: Callable[[list[bytes]], list[bytes]]) -> Callable[[Kept], None]:
    def way(kept: Kept) -> None:
        kept.path.write_bytes(b"".join(change(kept.path.read_bytes().splitlines(keepends=True))))

    return way


WAYS: dict[str, tuple[Callable[[Kept], None], list[str]]] = {
    "nothing": (lambda _: None, []),
    "a half line at the end": (lines(lambda x: [*x, b'{"n":']), []),
    "a word changed": (lines(lambda x: [x[0].replace(b'"a"', b'"z"'), *x[1:]]), ["S811"]),
    "a line removed": (lines(lambda x: [x[0], *x[2:]]), ["S812", "S812", "S815"]),
    "written anew with a chain that holds": (lambda k: k.write(["a", "z", "c", "d"], 9), ["S815"]),
    "cut before the end that was noted": (lines(lambda x: x[:1]), ["S815"]),
    "removed": (lambda k: k.path.unlink(), ["S815"]),
}


@pytest.mark.parametrize("way", WAYS)
def test_what_was_done_to_a_journal_is_told(kept: Kept, way: str) -> None:
    change, told = WAYS[way]
    change(kept)
    assert kept.codes() == told


def test_a_journal_whose_time_was_over_is_not_missed(kept: Kept) -> None:
    kept.log.append(AT, "P001", "purge", {"path": kept.path.name, "day": DAY, "kept_until": DAY})
    kept.path.unlink()
    assert kept.codes() == []


def test_a_copy_in_a_store_may_have_less_than_was_noted_but_nothing_else(kept: Kept) -> None:
    copy = kept.out / "tiny" / "journals" / kept.path.name
    copy.parent.mkdir(parents=True)
    content = kept.path.rename(copy).read_bytes().splitlines(keepends=True)
    kept.log.marker.touch()
    assert kept.codes() == []
    copy.write_bytes(content[0])
    assert kept.codes() == []
    copy.unlink()
    assert kept.codes() == []
    kept.write(["a", "z", "c", "d"], 9)
    kept.path.rename(copy)
    assert kept.codes() == ["S815"]


def test_a_log_without_journals_has_no_faults_of_them(tmp_path: Path) -> None:
    log = log_of_scenario(tmp_path, "tiny")
    log.append(AT, "P001", "run", {JOURNAL_FACT: "not an end", "plan_id": "a" * 12})
    assert list(journal_issues(tmp_path, log)) == []
