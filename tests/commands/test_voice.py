"""What stands in a user's files is text on the terminal, and nothing more."""

from __future__ import annotations

import pytest

from geodata.errors import Issue
from geodata.texts import load_texts
from sweep.commands.terminal.voice import Voice

VOICE = Voice(load_texts("en"))


@pytest.mark.parametrize("value", ["\x1b[31mred", "\x1b]0;title\x07", "a\rb", "\x9b31m", "\x00"])
def test_control_signs_do_not_reach_the_terminal(capsys: pytest.CaptureFixture[str], value: str) -> None:
    VOICE.table(value, (value, ""), [(value, "x")])
    VOICE.line("command.initialised", folder=value)
    VOICE.faults([Issue("G101", value)])
    said = capsys.readouterr()
    assert not set("\x00\x07\r\x1b\x9b") & set(said.out + said.err)


@pytest.mark.parametrize("value", ["[bold]x[/bold]", "[/]", "[link=x]y[/link]", "泉城　广场", "`${alert(1)}`"])
def test_markup_is_shown_as_it_stands(capsys: pytest.CaptureFixture[str], value: str) -> None:
    VOICE.table("", ("", ""), [(value, "x")])
    VOICE.faults([Issue("G101", value)])
    said = capsys.readouterr()
    assert value in said.out
    assert value in said.err


def test_quiet_says_faults_only(capsys: pytest.CaptureFixture[str]) -> None:
    voice = Voice(load_texts("en"), quiet=True)
    voice.table("t", ("a",), [("b",)])
    voice.line("command.no_violation")
    voice.faults([Issue("G101", "leads.csv")])
    said = capsys.readouterr()
    assert (said.out, "G101" in said.err) == ("", True)
