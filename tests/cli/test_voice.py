"""What stands in a user's files is text on the terminal, and nothing more."""

from __future__ import annotations

import io
import json
import math
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

from geodata.errors import Issue
from geodata.message_catalogue import LANGUAGES, load_texts
from sweep.plan.solve_settings import SolveProgress
from sweep.terminal.command_decorator import report_error
from sweep.terminal.exit_codes import Exit
from sweep.terminal.output import Output
from sweep.terminal.progress import solver_line

VOICE = Output(load_texts("en"))


@pytest.mark.parametrize("value", ["\x1b[31mred", "\x1b]0;title\x07", "a\rb", "\x9b31m", "\x00"])
def test_control_signs_do_not_reach_the_terminal(capsys: pytest.CaptureFixture[str], value: str) -> None:
    VOICE.table(value, (value, ""), [(value, "x")])
    VOICE.line("command.initialised", folder=value)
    VOICE.errors([Issue("G101", value)])
    said = capsys.readouterr()
    assert not set("\x00\x07\r\x1b\x9b") & set(said.out + said.err)


@pytest.mark.parametrize("value", ["[bold]x[/bold]", "[/]", "[link=x]y[/link]", "泉城　广场", "`${alert(1)}`"])
def test_markup_is_shown_as_it_stands(capsys: pytest.CaptureFixture[str], value: str) -> None:
    VOICE.table("", ("", ""), [(value, "x")])
    VOICE.errors([Issue("G101", value)])
    said = capsys.readouterr()
    assert value in said.out
    assert value in said.err


def test_a_table_in_parts_breaks_no_cell_and_each_part_has_the_first_column(capsys: pytest.CaptureFixture[str]) -> None:
    row = ["own", *(f"0.12{k} [0.100, 0.150]" for k in range(8))]
    VOICE.table("", [""] * 9, [row], has_parts=True)
    lines = [line.strip("│").split("│") for line in capsys.readouterr().out.splitlines() if "own" in line]
    shown = [[cell.strip() for cell in line] for line in lines]
    # Of 80 signs 7 are those of the first column and of the last edge, and 23 those of each other column.
    assert shown == [[row[0], *row[k : k + 3]] for k in (1, 4, 7)]


def test_without_a_terminal_a_line_that_does_not_change_is_printed_once(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sweep.terminal.output.LINE_EVERY_S", 0.0)
    with Output(load_texts("en")).bar() as report:
        for k in range(3):
            report(0.15, solver_line(SolveProgress(0.0, 0.0, math.inf, 0, 0, 0.0, compiled=k / 4), VOICE))
        report(0.5, "searching")
    first, second = capsys.readouterr().err.splitlines()
    assert ("First run" in first, "searching" in second) == (True, True)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_note_is_wrapped_at_the_width_of_a_terminal_and_one_line_in_a_file(lang: str) -> None:
    values = {"n": 5, "most": 9, "tried": "; ".join(f"{n}: 2.80, 15/17" for n in range(1, 10))}
    lines = []
    for is_terminal in (True, False):
        voice, file = Output(load_texts(lang)), io.StringIO()
        voice.out = Console(file=file, width=80, force_terminal=is_terminal, color_system=None, highlight=False)
        voice.notes([Issue("S213", "teams.n_teams", values)])
        lines.append(file.getvalue().splitlines())
    assert len(lines[0]) > 3
    assert max(cell_len(line) for line in lines[0]) <= 80
    assert "1: 2.80, 15/17; 2" in " ".join(lines[0])
    assert len(lines[1]) == 1


def test_quiet_says_faults_only(capsys: pytest.CaptureFixture[str]) -> None:
    voice = Output(load_texts("en"), quiet=True)
    voice.table("t", ("a",), [("b",)])
    voice.line("command.no_violation")
    voice.errors([Issue("G101", "leads.csv")])
    said = capsys.readouterr()
    assert (said.out, "G101" in said.err) == ("", True)


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\u2069", "\u202c"])
def test_no_text_turns_the_order_of_what_stands_beside_it(capsys: pytest.CaptureFixture[str], sign: str) -> None:
    value = f"Tower{sign}1"
    VOICE.table(value, (value, ""), [(value, "x")])
    VOICE.line("command.initialised", folder=value)
    VOICE.errors([Issue("G101", value)])
    said = capsys.readouterr()
    assert sign not in said.out + said.err
    assert "Tower\ufffd1" in said.out and "Tower\ufffd1" in said.err


def test_what_runs_from_right_to_left_stays_in_its_own_place(capsys: pytest.CaptureFixture[str]) -> None:
    VOICE.errors([Issue("G101", "\u05d0\u05d1 12")])
    assert "\u2068\u05d0\u05d1 12\u2069" in capsys.readouterr().err


@pytest.mark.parametrize("sign", ["\x7f", "\x85", "\x9b", "\u202e", "\u2069", "\u2028"])
def test_json_holds_no_sign_that_steers_a_terminal_and_says_the_same(
    capsys: pytest.CaptureFixture[str], sign: str
) -> None:
    Output(load_texts("en"), as_json=True).json({f"a{sign}": f"泉城{sign}31m"})
    said = capsys.readouterr().out
    assert sign not in said and "泉城" in said
    assert json.loads(said) == {f"a{sign}": f"泉城{sign}31m"}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_reported_with_the_file(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(OSError, match="No space left") as raised:
        Path("/dev/full").write_bytes(b"x")
    assert report_error(VOICE, raised.value) == Exit.BAD_INPUT
    assert "S108  /dev/full:" in capsys.readouterr().err
