"""Slips in the command line, and the help, in the reader's language; run as a user runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from geodata.message_catalogue import LANGUAGES, load_texts
from sweep.cli.main import app, main
from sweep.terminal.translated_usage_errors import set_language
from tests.cli.conftest import Run


def typed(arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    monkeypatch.setattr(sys, "argv", ["sweep", *arguments])
    with pytest.raises(SystemExit) as stop:
        main()
    out = capsys.readouterr()
    assert isinstance(stop.value.code, int)
    return stop.value.code, out.out + out.err


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("arguments", "code", "named"),
    [
        pytest.param(["run"], "S111", "SCENARIO", id="an argument is missing"),
        pytest.param(["export", "x"], "S111", "--format", id="an option is missing"),
        pytest.param(["run", "x", "--otu", "y"], "S112", "--out", id="no such option"),
        pytest.param(["run", "x", "--seed", "abc"], "S113", "--seed", id="no number"),
        pytest.param(["run", "x", "--iterations", "0"], "S113", ">= 1", id="too small"),
        pytest.param(["run", "x", "--seed"], "S113", "--seed", id="no value"),
        pytest.param(["rnu"], "S114", "rnu", id="no such command"),
        pytest.param(["explain", "a", "b", "c", "d"], "S115", "explain", id="too much"),
    ],
)
def test_a_slip_is_reported_with_its_mend(
    arguments: list[str],
    code: str,
    named: str,
    lang: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked = [*arguments[:1], "--lang", lang, *arguments[1:]] if code != "S114" else arguments
    status, text = typed(asked, monkeypatch, capsys)
    assert status == 2
    assert code in text
    assert named in text


def test_an_option_of_another_kind_of_input_is_refused(tmp_path: Path, sweep: Run) -> None:
    for arguments, option in (
        ((tmp_path, "--engine", "dask"), "--engine"),
        ((tmp_path, "--start", "plan.json"), "--start"),
        ((tmp_path / "problem.json", "--workers", 2), "--workers"),
        ((tmp_path / "problem.json", "--set", "lang=en"), "--set"),
    ):
        result = sweep("run", *arguments)
        assert (result.exit_code, "S966" in result.output, option in result.output) == (2, True, True)


def test_a_slip_is_json_for_a_program(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    status, text = typed(["run", "--json"], monkeypatch, capsys)
    assert (status, json.loads(text)["issues"][0]["code"]) == (2, "S111")


def test_the_exit_code_of_a_command_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert typed(["validate", str(tmp_path)], monkeypatch, capsys)[0] == 2
    assert typed(["--help"], monkeypatch, capsys)[0] == 0


@pytest.mark.parametrize("command", ["", "run", "export", "compare", "audit", "init"])
def test_the_help_speaks_chinese(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    set_language(app, load_texts("zh_CN"))
    try:
        monkeypatch.setenv("COLUMNS", "200")
        status, text = typed([*command.split(), "--help"], monkeypatch, capsys)
    finally:
        set_language(app, load_texts("en"))
    assert status == 0
    for word in ("Usage", "Options", "Arguments", "Commands", "Show", "[required]", "[default", "OPTIONS", "ARGS"):
        assert word not in text, word
    assert "用法" in text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_the_disk_says_is_in_the_language(
    lang: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "scenario.toml").write_text('name = "a"\nday = 2026-09-16\n')
    arguments = ["run", str(tmp_path), "--out", str(tmp_path / "file" / "out"), "--lang", lang]
    status, text = typed(arguments, monkeypatch, capsys)
    assert status == 2
    assert load_texts(lang)("disk.ENOTDIR") in text.replace("\n", "")


@pytest.mark.parametrize("arguments", [["run", "/dev/zero"], ["run", "x", "--out", "/dev/null"]])
def test_a_device_is_refused_before_it_is_read(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, text = typed(arguments, monkeypatch, capsys)
    assert (code, "S108" in text) == (2, True)


@pytest.mark.parametrize(
    "option", [("--time-limit", "nan"), ("--time-limit", "1e300"), ("--iterations", "9" * 30), ("--seed", "9" * 30)]
)
def test_a_number_beyond_all_sense_is_refused(
    option: tuple[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, text = typed(["run", "problem.json", *option], monkeypatch, capsys)
    assert (code, "S113" in text) == (2, True)


@pytest.mark.parametrize("command", ["run", "rank", "validate"])
def test_an_unknown_language_is_refused_with_those_that_there_are(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, text = typed([command, str(tmp_path), "--lang", "fr"], monkeypatch, capsys)
    assert (code, "S715" in text, "zh, en" in text) == (2, True, True)


def test_zh_alone_is_chinese_for_a_scenario_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "scenario.toml").write_text('name = "a"\nday = 2026-09-16\nlang = "en"\n')
    _, text = typed(["validate", str(tmp_path), "--lang", "zh"], monkeypatch, capsys)
    assert "S104" not in text
    assert "输入" in text


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["gbk", "ascii"])
def test_json_and_pages_are_utf_8_on_a_pipe_of_any_encoding(encoding: str) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    for option in ("--json", "--markdown"):
        command = [sys.executable, "-c", "from sweep.cli.main import main; main()", "rules", option, "--lang", "zh_CN"]
        said = subprocess.run(command, env=environment, capture_output=True, check=True)  # noqa: S603
        assert "上限" in said.stdout.decode("utf-8")
