"""The chain by hand: what each kind of tampering does to four lines."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable

import pytest

from sweep.audit.hash_chain import Head, chain_issues, entry_line, head_faults, holds_head, parse_head, read_entries


def chain(n: int) -> tuple[bytes, list[Head]]:
    log, heads = b"", [Head()]
    for k in range(n):
        facts = {"plan_id": f"p{k}", "note": "核查"}
        line, head = entry_line(heads[-1], f"2026-09-16T0{k}:00:00+08:00", "P01", "run", facts)
        log, heads = log + line, [*heads, head]
    return log, heads


LOG, HEADS = chain(4)
LINES = LOG.splitlines(keepends=True)


def faults(log: bytes, head: Head = HEADS[-1]) -> list[str]:
    return [i.code for i in (*chain_issues(log, "log"), *head_faults(log, head, "log"))]


def test_a_log_as_written_is_sound() -> None:
    assert faults(LOG) == []
    assert [e["facts"]["plan_id"] for e in read_entries(LOG)] == ["p0", "p1", "p2", "p3"]


def test_an_empty_log_is_sound_with_the_first_head() -> None:
    assert faults(b"", Head()) == []


def test_the_hash_is_sha256_of_the_line_without_it() -> None:
    entry = json.loads(LINES[1])
    own = entry.pop("hash")
    text = json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"
    assert own == hashlib.sha256(text.encode()).hexdigest()
    assert entry["prev"] == json.loads(LINES[0])["hash"]


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_every_bit_flipped_in_a_line_is_found_there(number: int) -> None:
    start = sum(map(len, LINES[: number - 1]))
    line = LINES[number - 1]
    rng = random.Random(number)
    # One bit of every byte of every line, and all eight bits of a line's first and last bytes.
    flips = [(k, rng.randrange(8)) for k in range(len(line))]
    flips += [(k, bit) for k in (0, 1, len(line) - 2, len(line) - 1) for bit in range(8)]
    for at, bit in flips:
        spoilt = bytearray(LOG)
        spoilt[start + at] ^= 1 << bit
        found = chain_issues(bytes(spoilt), "log")
        assert f"log line {number}" in {i.where for i in found}, (at, bit)


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        pytest.param(lambda x: [x[0], *x[2:]], {"S812", "S813"}, id="a line removed"),
        pytest.param(lambda x: x[1:], {"S812", "S813"}, id="the first removed"),
        pytest.param(lambda x: x[:-1], {"S813"}, id="the last removed"),
        pytest.param(lambda x: x[:2], {"S813"}, id="cut short"),
        pytest.param(lambda x: [], {"S813"}, id="emptied"),
        pytest.param(lambda x: [x[1], x[0], *x[2:]], {"S812"}, id="two exchanged"),
        pytest.param(lambda x: [*x[:2], x[3], x[2]], {"S812", "S813"}, id="the last two exchanged"),
        pytest.param(lambda x: [*x, x[3]], {"S812", "S813"}, id="one repeated"),
        pytest.param(lambda x: [*x[:3], x[3][:-9]], {"S811", "S813"}, id="cut inside a line"),
        pytest.param(lambda x: [*x, b"\n"], {"S811", "S813"}, id="a blank line"),
        pytest.param(lambda x: [*x[:3], x[3].replace(b",", b", ", 1)], {"S811", "S813"}, id="a blank"),
    ],
)
def test_what_is_done_to_lines_is_found(change: Callable[[list[bytes]], list[bytes]], codes: set[str]) -> None:
    assert set(faults(b"".join(change(LINES)))) == codes


def test_a_line_added_with_a_right_hash_is_past_the_head() -> None:
    line, _ = entry_line(HEADS[-1], "2026-09-17T00:00:00+08:00", "P02", "approve", {})
    assert faults(LOG + line) == ["S813"]


def test_a_log_written_again_does_not_hold_a_head_that_was_noted() -> None:
    log, end = b"", Head()
    for k in range(4):
        line, end = entry_line(end, f"2026-09-16T0{k}:00:00+08:00", "P99", "run", {})
        log += line
    assert faults(log, end) == []  # sound by itself
    assert not any(holds_head(log, head) for head in HEADS[1:])
    assert all(holds_head(LOG, head) for head in HEADS)


def test_a_line_changed_with_its_hash_is_found_at_the_next() -> None:
    forged, _ = entry_line(HEADS[0], "2026-09-16T01:00:00+08:00", "P99", "run", {})
    found = chain_issues(LINES[0].replace(LINES[0], forged) + b"".join(LINES[1:]), "log")
    assert [(i.code, i.where) for i in found] == [("S812", "log line 2")]


@pytest.mark.parametrize(
    "facts",
    [{"file": "\udcd7.csv"}, {"\udcd7.csv": 1}, {"share": float("nan")}, {"share": float("inf")}],
    ids=["a text", "a key", "NaN", "infinity"],
)
def test_what_could_not_be_read_back_makes_no_line(facts: dict[str, str | int | float]) -> None:
    with pytest.raises(ValueError, match="text that UTF-8 can encode and finite numbers"):
        entry_line(HEADS[-1], "2026-09-17T00:00:00+08:00", "P02", "results", facts)


@pytest.mark.parametrize(
    "text", ["", "4", "4:", ":ab", "-1:" + "0" * 64, "4:" + "g" * 64, "4:" + "0" * 63, "٤:" + "0" * 64]
)
def test_what_is_no_head_is_not_read_as_one(text: str) -> None:
    assert parse_head(text) is None


def test_a_head_is_read_back() -> None:
    head = parse_head(f" {HEADS[2]}\n")
    assert head is not None and (head.n, head.hash) == (2, HEADS[2].hash)
