"""The journal: each report once, in its phone's order, in a chain; the state that follows from it; its file."""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.errors import InputError
from sweep.day.journal.day_state import DayState
from sweep.day.journal.fold_state import fold
from sweep.day.journal.journal_entry import Entry, Report
from sweep.day.journal.journal_file import Journal, open_journal, read_journal
from sweep.day.journal.report_intake import ReceivedReport, last_seqs, sort_batch
from sweep.day.journal.report_kinds import KINDS, checked_body
from tests.paths import ROOT

AT = "2026-09-16T14:00:00+08:00"


def report(n: int, kind: str = "arrived", *, at_s: int | None = None, **body: object) -> Report:
    given = {"team_id": "T01", "visit_id": "V1", **body}
    text = json.dumps([n, kind, given])
    return Report(f"d:{n}", kind, "T01", AT, 50_000 + n if at_s is None else at_s, checked_body(kind, given, "x"), text)


def codes(error: pytest.ExceptionInfo[InputError]) -> list[str]:
    return [i.code for i in error.value.issues]


def test_what_is_sent_twice_stands_once_and_is_known_by_its_hash(tmp_path: Path) -> None:
    with open_journal(tmp_path / "day.jsonl") as journal:
        first = journal.append([report(1), report(2), report(1)], AT)
        assert [e.id for e in first] == ["d:1", "d:2"]
        assert journal.append([report(1)], AT) == []
        assert journal.known("d:1") == report(1).sha256
        assert journal.known("d:3") is None
    assert [e.n for e in read_journal(tmp_path / "day.jsonl")] == [1, 2]


def test_a_journal_opened_again_goes_on_and_gives_the_same_state(tmp_path: Path) -> None:
    path = tmp_path / "day.jsonl"
    with open_journal(path) as journal:
        journal.append([report(1, "left"), report(2, "arrived")], AT)
        before = fold(journal.entries)
    with open_journal(path) as journal:
        assert fold(journal.entries) == before
        journal.append([report(3, "inside")], AT)
    assert fold(read_journal(path)).teams["T01"].state == "inside"


def test_a_second_server_on_one_journal_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "day.jsonl"
    with open_journal(path), pytest.raises(InputError) as error, open_journal(path):
        pass
    assert codes(error) == ["S971"]


@pytest.mark.parametrize("changed", ["a sign", "a line less", "two lines exchanged"])
def test_a_journal_that_was_changed_is_refused(tmp_path: Path, changed: str) -> None:
    path = tmp_path / "day.jsonl"
    with open_journal(path) as journal:
        journal.append([report(1), report(2), report(3)], AT)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(
        {
            "a sign": path.read_bytes().replace(b"arrived", b"arrivet", 1),
            "a line less": b"".join(lines[1:]),
            "two lines exchanged": b"".join([lines[1], lines[0], lines[2]]),
        }[changed]
    )
    with pytest.raises(InputError) as error, open_journal(path):
        pass
    assert codes(error) == ["S972"]


def test_a_line_that_a_kill_cut_short_is_set_aside_and_can_be_sent_again(tmp_path: Path) -> None:
    path = tmp_path / "day.jsonl"
    with open_journal(path) as journal:
        journal.append([report(1), report(2)], AT)
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    with open_journal(path) as journal:
        assert [e.id for e in journal.entries] == ["d:1"]
        journal.append([report(2)], AT)
    assert path.read_bytes() == whole
    assert (tmp_path / "day.torn").stat().st_mode & 0o077 == 0
    assert (tmp_path / "day.torn").read_bytes() == whole.splitlines(keepends=True)[1][:-20]


class _Full:
    """A disk that takes half a line."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, content: bytes) -> int:
        with self.path.open("ab") as file:
            file.write(content[:30])
        raise OSError(28, "No space left on device")

    def seek(self, place: int) -> None:
        assert place == self.path.stat().st_size


def test_a_full_disk_is_told_and_nothing_of_the_report_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "day.jsonl"
    with open_journal(path) as journal:
        journal.append([report(1)], AT)
        before, own = path.read_bytes(), journal._file
        journal._file = _Full(path)  # type: ignore[assignment]
        with pytest.raises(InputError) as error:
            journal.append([report(2)], AT)
        assert codes(error) == ["S973"]
        assert path.read_bytes() == before
        assert journal.known("d:2") is None
        own.seek(len(before))
        journal._file = own
        assert [e.n for e in journal.append([report(2)], AT)] == [2]


@given(
    n=st.integers(1, 12),
    sends=st.lists(st.lists(st.integers(1, 12), max_size=8), max_size=12),
    kills=st.sets(st.integers(0, 12)),
)
def test_whatever_a_phone_sends_again_each_report_stands_once_and_in_order(
    n: int, sends: list[list[int]], kills: set[int]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "day.jsonl"
        # After whatever came doubled, early or not at all the phone sends all that it has.
        for step, seqs in enumerate([*sends, list(range(1, n + 1))]):
            with open_journal(path) as journal:
                _send(journal, [k for k in seqs if k <= n])
            if step in kills and path.stat().st_size > 5:
                # Killed while a line went to the disk: nobody was told of it.
                with path.open("r+b") as file:
                    file.truncate(path.stat().st_size - 5)
        with open_journal(path) as journal:
            _send(journal, list(range(1, n + 1)))
            assert [e.id for e in journal.entries] == [f"d:{k}" for k in range(1, n + 1)]


def _send(journal: Journal, seqs: list[int]) -> None:
    batch = [ReceivedReport("d", k, report(k).text) for k in seqs]
    known = sort_batch(batch, last_seqs(e.id for e in journal.entries).get("d", 0), journal.known)
    assert known.conflicting == ()
    journal.append([report(sent.seq) for sent in known.fresh], AT)


def test_a_gap_waits_and_the_phone_is_told_what_is_missing() -> None:
    batch = [ReceivedReport("d", k, "") for k in (5, 3, 2, 2)]
    known = sort_batch(batch, 2, {sent.id: sent.sha256 for sent in batch}.get)
    assert [s.seq for s in known.again] == [2]
    assert [s.seq for s in known.fresh] == [3]
    assert known.next_seq == 4


def test_another_text_under_a_kept_number_is_in_conflict_and_holds_up_no_other() -> None:
    first, other, later = ReceivedReport("d", 1, "a"), ReceivedReport("d", 1, "b"), ReceivedReport("d", 2, "c")
    known = sort_batch([other, later], 1, {first.id: first.sha256}.get)
    assert (known.conflicting, known.fresh, known.again, known.next_seq) == ((other,), (later,), (), 3)
    # Kept apart, it is none of the phone's numbers.
    assert last_seqs([other.quarantine_id]) == {}


def test_numbers_below_a_jump_are_new() -> None:
    jumped, low = ReceivedReport("d", 2**52, "far"), ReceivedReport("d", 1, "near")
    known = sort_batch([low, jumped], 2**52, {jumped.id: jumped.sha256}.get)
    assert (known.fresh, known.again, known.conflicting, known.next_seq) == ((low,), (jumped,), (), 2**52 + 1)


def fold_of(*reports: Report) -> DayState:
    with tempfile.TemporaryDirectory() as folder, open_journal(Path(folder) / "day.jsonl") as journal:
        journal.append(reports, AT)
        return fold(journal.entries)


def test_a_day_of_many_rows_is_folded_in_no_time_and_what_was_folded_before_stays_as_it_was() -> None:
    def entry(n: int) -> Entry:
        body = {"team_id": f"T{n % 200}", "visit_id": "V1", "row": f"+{n // 200}", "unit": "3A", "answers": {}}
        return Entry(n, f"T{n % 200}/a:{n}", "form", "T", AT, AT, 50_000 + n, body, "", "")

    began, n = time.process_time(), 20_000
    state = fold(entry(k) for k in range(n))
    # With a copy of all rows for each it took 8 s, and now some 0.2.
    assert time.process_time() - began < 3
    before, more = dict(state.rows), fold([entry(n)], state)
    assert (len(before), dict(state.rows) == before, len(more.rows)) == (n, True, n + 1)


def test_a_stop_runs_through_its_steps() -> None:
    kinds = ["left", "arrived", "inside", "found", "done"]
    state = fold_of(*(report(k, kind) for k, kind in enumerate(kinds, start=1)))
    stop = state.stops["T01", "V1"]
    assert (stop.left_s, stop.arrived_s, stop.inside_s, stop.done_s) == (50_001, 50_002, 50_003, 50_005)
    assert (stop.outcome, stop.n_found) == ("done", 1)
    assert state.teams["T01"].state == "done"


def test_a_report_that_comes_late_fills_in_its_own_time_and_undoes_nothing() -> None:
    late = [report(3, "inside", at_s=36_000), report(4, "held", at_s=36_060, until="10:30")]
    state = fold_of(report(1, "arrived", at_s=35_700), report(2, "done", at_s=38_400, note="all well"), *late)
    stop, team = state.stops["T01", "V1"], state.teams["T01"]
    assert (stop.inside_s, stop.done_s, stop.outcome, stop.note) == (36_000, 38_400, "done", "all well")
    assert (team.state, team.since_s, team.until_s) == ("done", 38_400, None)


def test_once_a_hold_is_taken_back_what_was_typed_before_it_counts() -> None:
    event = {"event": {"type": "held", "team_id": "T01", "until": "15:00"}}
    held = Report("e", "event", "P1", AT, 50_100, checked_body("event", event, "x"), "")
    back = Report("w", "withdrawn", "P1", AT, 50_110, {"n": 2}, "")
    team = fold_of(report(1, "left"), held, back, report(3, "arrived")).teams["T01"]
    assert (team.state, team.since_s) == ("arrived", 50_003)


@pytest.mark.parametrize("until", ["15:00", "16:00"], ids=["the same end", "another end"])
def test_a_hold_that_the_desk_takes_back_leaves_the_hold_that_the_team_reported(until: str) -> None:
    event = checked_body("event", {"event": {"type": "held", "team_id": "T01", "until": until}}, "x")
    held = Report("e", "event", "P1", AT, 50_100, event, "")
    back = Report("w", "withdrawn", "P1", AT, 50_110, {"n": 3}, "")
    state = fold_of(report(1, "inside"), report(2, "held", until="15:00"), held, back)
    # 54,000 s is 15:00.
    assert (state.teams["T01"].state, state.teams["T01"].until_s, state.events) == ("held", 54_000, ())


def test_a_team_takes_back_that_it_is_held_and_one_of_two_finds() -> None:
    reports = [
        report(1, "inside"),
        report(2, "found"),
        report(3, "found"),
        report(4, "held", until="16:30"),
        report(5, "corrected", report="held"),
        report(6, "corrected", report="found"),
    ]
    for told in (reports, [*reports[4:], *reports[:4]]):
        state = fold_of(*told)
        team = state.teams["T01"]
        assert (team.state, team.visit_id, team.since_s, team.until_s) == ("inside", "V1", 50_001, None)
        assert state.stops["T01", "V1"].n_found == 1
    # What is held anew is held.
    assert fold_of(*reports, report(7, "held", until="17:00")).teams["T01"].state == "held"


def test_a_slip_of_the_thumb_is_mended_by_the_right_button() -> None:
    state = fold_of(report(1, "done", at_s=38_400), report(2, "inside", at_s=38_400))
    assert (state.stops["T01", "V1"].outcome, state.teams["T01"].state) == (None, "inside")


TIMED = st.tuples(
    st.sampled_from(
        ["left", "arrived", "inside", "done", "locked", "refused", "found", "held", "corrected", "home", "form"]
    ),
    st.sampled_from(["V1", "V2"]),
    st.sampled_from(["", "a", "b"]),
)


def _timed(n: int, kind: str, visit_id: str, word: str) -> Report:
    own: dict[str, object] = {"visit_id": visit_id, "note": word}
    if kind == "held":
        own["until"] = f"1{n % 10}:00"
    if kind == "corrected":
        own["report"] = "held" if n % 2 else "found"
    if kind == "form":
        own = {"visit_id": visit_id, "row": "+0", "unit": word, "answers": {"remark": word}}
    body = {"team_id": "T01"} if kind == "home" else {"team_id": "T01", **own}
    return Report(f"d:{n}", kind, "T01", AT, 50_000 + n, checked_body(kind, body, "x"), str(n))


@given(st.lists(TIMED, max_size=8).flatmap(lambda told: st.tuples(st.just(told), st.permutations(range(len(told))))))
def test_in_whatever_order_reports_of_distinct_times_arrive_the_state_is_the_same(
    case: tuple[list[tuple[str, str, str]], list[int]],
) -> None:
    told, order = case
    reports = [_timed(n, *one) for n, one in enumerate(told)]
    assert fold_of(*(reports[k] for k in order)) == fold_of(*reports)


def test_what_is_typed_of_a_row_last_holds_and_rows_stay_apart() -> None:
    first = {"row": "+0", "unit": "3A", "answers": {"unit_state": "open"}}
    second = {"row": "+0", "unit": "3A", "answers": {"unit_state": "locked"}}
    other = {"row": "+1", "unit": "3B", "answers": {"unit_state": "vacant", "closed_door": "yes"}}
    state = fold_of(report(1, "form", **first), report(2, "form", **second), report(3, "form", **other))
    assert {r.row: r.answers["unit_state"] for r in state.rows.values()} == {"+0": "locked", "+1": "vacant"}


def test_what_two_phones_of_a_team_type_stands_side_by_side() -> None:
    def typed(phone: str, n: int, row: str, at_s: int, **answers: str) -> Report:
        own = report(n, "form", at_s=at_s, row=row, unit="", answers=answers)
        return Report(f"T01/{phone}:{n}", own.kind, own.author, AT, at_s, own.body, own.text)

    firm = "91370102MA30000450"
    reports = [
        typed("a", 1, "+0", 50_001, unit_state="open"),
        typed("b", 1, "+0", 50_002, unit_state="vacant"),
        typed("a", 2, firm, 50_003, unit_state="open", n_dens="2", remark="door"),
        typed("b", 2, firm, 50_005, remark="call room"),
        # One that comes late; the remark is taken back in it, of which the other phone has said more since.
        typed("a", 3, firm, 50_004, unit_state="open", n_dens="3", remark=""),
    ]
    rows = fold_of(*reports).rows
    assert [r.answers["unit_state"] for r in rows.values() if r.row == "+0"] == ["open", "vacant"]
    assert [r.answers for r in rows.values() if r.row == firm] == [
        {"unit_state": "open", "n_dens": "3", "remark": "call room"}
    ]


@pytest.mark.parametrize("page", ["docs/board.md", "docs/zh/board.md"])
def test_every_kind_of_report_is_named_in_the_docs(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    assert [kind for kind in (*KINDS, "unread") if f"`{kind}`" not in text] == []


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("arrived", {"team_id": "T01"}),
        ("arrived", {"team_id": "T01", "visit_id": "V1", "lon": 117.0}),
        ("held", {"team_id": "T01", "visit_id": "V1", "until": "soon"}),
        ("form", {"team_id": "T01", "visit_id": "V1", "row": "+0", "answers": {"remarks_on_people": "x"}}),
        ("form", {"team_id": "T01", "visit_id": "V1", "row": "../x", "answers": {}}),
        ("form", {"team_id": "T01", "visit_id": "V1", "row": "+0", "answers": {"unit_state": "odd"}}),
        ("message", {"to": "desk", "text": ""}),
        ("message", {"to": "desk", "text": "\ud800"}),
        ("nothing", {}),
        ("event", {"event": {"type": "held", "team_id": "T01"}}),
        ("arrived", []),
    ],
)
def test_a_body_that_is_none_of_its_kind_is_refused(kind: str, body: object) -> None:
    # No report has room for a position.
    with pytest.raises(InputError) as error:
        checked_body(kind, body, "report")
    assert codes(error) == ["S976"]
