"""What the program says before it is given work: groups, examples, version, completion, and how soon it says it."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import shellingham
from typer.main import get_command

from docs.tools.commands import commands, groups
from geodata.message_catalogue import LANGUAGES, load_texts
from sweep.cli.main import app
from sweep.store.postgres.users import ROLES
from sweep.terminal.deferred_imports import deferred_imports
from tests.cli.test_usage import typed as called

SWEEP = Path(sys.executable).parent / "sweep"
HEAVY = {"numba", "numpy", "pandas", "geopandas", "ortools", "scipy", "folium", "shapely", "pydantic"}
MOST_CPU_S = 0.5
PARTS = ("prepare", "plan", "judge", "hand_out", "the_day", "afterwards", "store")


def typed(*arguments: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """What the command prints when it is called from a shell in a folder."""
    return subprocess.run(  # noqa: S603 - the program's own command
        [SWEEP, *arguments],
        cwd=folder,
        env={**os.environ, "COLUMNS": "200", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_command_is_in_one_group_in_the_order_of_a_day(lang: str) -> None:
    texts = load_texts(lang)
    listed = list(groups(texts))
    assert [name for name, _ in listed] == [texts(f"command.group.{part}") for part in PARTS]
    assert [name for _, several in listed for name, _ in several] == [name for name, _ in commands()]


@pytest.mark.parametrize(("lang", "environment"), [("en", "C.UTF-8"), ("zh_CN", "zh_CN.UTF-8")])
def test_alone_it_shows_the_groups_and_the_next_step(lang: str, environment: str, tmp_path: Path) -> None:
    texts = load_texts(lang)
    said = typed(folder=tmp_path, LANG=environment)
    assert (said.returncode, said.stderr) == (0, "")
    titles = [texts(f"command.group.{part}") for part in PARTS]
    places = [said.stdout.index(f"─ {title} ─") for title in titles]
    assert places == sorted(places)
    assert said.stdout.splitlines()[-1] == texts("command.next.init", command="sweep init NAME")
    for name, _ in commands():
        assert f" {name.split()[0]} " in said.stdout


def test_the_version_is_that_of_the_package(tmp_path: Path) -> None:
    said = typed("--version", folder=tmp_path)
    assert (said.returncode, said.stdout) == (0, "sweep 0.1.0\n")


@pytest.mark.parametrize(
    ("slip", "nearest"),
    [
        pytest.param("rum", "run", id="a command"),
        pytest.param("campaign advence", "advance", id="a command of a group"),
        pytest.param("run --ot x", "--out", id="an option"),
        pytest.param("--vers", "--version", id="an option of the program"),
        pytest.param("rank' x", "rank", id="a quotation mark"),
    ],
)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_slip_names_the_nearest(
    slip: str, nearest: str, lang: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _, said = called([*slip.split(), "--lang", lang, "--json"], monkeypatch, capsys)
    (issue,) = json.loads(said)["issues"]
    assert issue["where"] == f"sweep {slip.removesuffix(' x')}"
    assert issue["fix"].startswith(load_texts(lang)("usage.nearest", names=nearest))


@pytest.mark.parametrize("slip", ["xyzzy", "run --xyzzy"])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_where_nothing_is_near_nothing_is_named(
    slip: str, lang: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _, said = called([*slip.split(), "--lang", lang, "--json"], monkeypatch, capsys)
    assert json.loads(said)["issues"][0]["fix"].startswith(load_texts(lang)("usage.none_near"))


@pytest.mark.parametrize(
    ("shell", "line"),
    [
        ("bash", "complete -o default -F _sweep_completion sweep"),
        ("zsh", "compdef _sweep_completion sweep"),
        ("fish", "complete --command sweep --no-files"),
    ],
)
def test_the_script_of_each_shell_is_printed(
    shell: str, line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(shellingham, "detect_shell", lambda: (shell, f"/bin/{shell}"))
    with pytest.raises(SystemExit) as stop:
        get_command(app)(["--show-completion"], prog_name="sweep")
    assert (stop.value.code, line in capsys.readouterr().out) == (0, True)


def test_bash_completes_commands_and_options(tmp_path: Path) -> None:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("there is no bash")
    script = """eval "$(sweep --show-completion)"
    for words in "sweep wh" "sweep campaign adv" "sweep run --iter"; do
        COMP_WORDS=($words); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _sweep_completion sweep; echo "${COMPREPLY[@]}"
    done"""
    path = os.pathsep.join([str(SWEEP.parent), os.environ["PATH"]])
    done = subprocess.run(  # noqa: S603 - the script stands above
        [bash, "-c", script], cwd=tmp_path, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["whatif", "advance", "--iterations"]


@pytest.mark.parametrize("arguments", ["", "--help", "run --help", "rum", "run --ot x"])
def test_it_answers_at_once(arguments: str, tmp_path: Path) -> None:
    # At once in one of three calls: the first may write bytecode, and what other processes do is not counted.
    used = (_cpu_s([str(SWEEP), *arguments.split()], tmp_path) for _ in range(3))
    assert any(seconds <= MOST_CPU_S for seconds in used)


def _cpu_s(command: list[str], folder: Path) -> float:
    """Processor time of a child, user and system, in seconds."""
    with subprocess.Popen(  # noqa: S603 - the program's own command
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as child:
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode in (0, 2)
    return usage.ru_utime + usage.ru_stime


def test_the_command_line_loads_nothing_that_only_work_needs() -> None:
    code = "import json, sys, sweep.cli.main; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert HEAVY & set(json.loads(done.stdout)) == set()


def test_a_deferred_module_runs_when_it_is_first_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("late_by_test", "early_by_test"):
        (tmp_path / f"{name}.py").write_text(f"print({name!r})\nVALUE = 7\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with deferred_imports():
        late = importlib.import_module("late_by_test")
    importlib.import_module("early_by_test")
    assert capsys.readouterr().out == "early_by_test\n"
    assert (late.VALUE, late.VALUE, capsys.readouterr().out) == (7, 7, "late_by_test\n")
    with pytest.raises(ModuleNotFoundError, match="absent_by_test"), deferred_imports():
        importlib.import_module("absent_by_test")


def test_every_help_ends_with_its_example() -> None:
    examples: dict[str, Any] = {name: one.epilog for name, one in commands()}
    assert [name for name, text in examples.items() if f"sweep {name} " not in f"{text} "] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_help_of_store_users_names_each_role(lang: str) -> None:
    text = load_texts(lang)("command.help.store_role")
    assert [role for role in ROLES if role not in text] == []


def test_the_help_shows_words_in_brackets(tmp_path: Path) -> None:
    done = typed("store", "setup", "--help", folder=tmp_path, LANG="C")
    assert "default: SWEEP_STORE, then [store] url." in " ".join(done.stdout.replace("│", "").split())
