"""Commands that README and docs show are run, by the gate or here, or need data and say so; those they name exist."""

from __future__ import annotations

import re
import runpy
import shutil
from itertools import pairwise
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from docs.tools.commands import commands
from sweep.cli.main import app
from tests.docs.shown import DOCS, PAGES, Line, lines_in, named_commands, shown_lines
from tests.known import tables_known as tables_known
from tests.paths import ROOT

GATE = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
# What stands for the id of the first plan of a page's folder, and of the second.
PLAN_IDS = (re.compile(r"\b(?<!OTHER_)PLAN_ID\b|(?<!另一)方案编号"), re.compile(r"OTHER_PLAN_ID|另一方案编号"))
OTHER_PROGRAMS = {"ruff", "mypy", "dask", "lint-imports", "pytest", "mkdocs"}
# Of a server, on the page of the store.
OTHER_PROGRAMS |= {"apt-get", "runuser", "export", "createdb", "pg_dump", "pg_restore"}
# Of a machine that gets the bundle, on the page of deployment.
OTHER_PROGRAMS |= {"sha256sum", "tar", "cd", "chmod", "./install.sh", "/opt/sweep/bin/sweep", "cp", "install"}
OTHER_PROGRAMS |= {"systemctl", "systemd-sysusers", "systemd-tmpfiles", "podman", "podman-compose"}


# The gate runs these lines of the README by .ci/bare.
IN_BARE = "python3 -m pip install -q uv && "


def is_run_here(line: Line) -> bool:
    return line.needs is None and line.text not in GATE and not line.text.startswith(IN_BARE)


def without_ids(text: str) -> str:
    return PLAN_IDS[1].sub("2", PLAN_IDS[0].sub("1", text))


def stories() -> list[Path]:
    """Pages with commands to be run, one of those that show the same in two languages."""
    shown = {page: tuple(without_ids(line.text) for line in shown_lines(page) if is_run_here(line)) for page in PAGES}
    return list({texts: page for page, texts in reversed(shown.items()) if texts}.values())


def page_id(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.fixture(scope="module")
def main_job(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder and a cache as after the main job, but with a small city, four teams and few rounds of the search."""
    place = tmp_path_factory.mktemp("main_job")
    target = place / "folder" / "scenarios" / "quancheng"
    target.mkdir(parents=True)
    toml = (ROOT / "scenarios" / "quancheng" / "scenario.toml").read_text(encoding="utf-8")
    toml, n_limits = re.subn(r"^time_limit_s = .*$", "iterations = 150", toml, flags=re.MULTILINE)
    assert n_limits == 1
    city = (ROOT / "scenarios" / "quancheng" / "city.toml").read_text(encoding="utf-8")
    (target / "city.toml").write_text(f"{city}n_buildings = 40\nn_dens = 8\nn_leads = 90\n", encoding="utf-8")
    (target / "scenario.toml").write_text(f"{toml}\n[teams]\nn_teams = 4\n", encoding="utf-8")
    (place / "folder" / "docs").symlink_to(DOCS)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place / "folder")
        patch.setenv("XDG_CACHE_HOME", str(place / "cache"))
        call(["sweep", "run", "scenarios/quancheng"])
    return place


@pytest.fixture
def folder(main_job: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """That folder for one page alone; the city of the cache is for all."""
    shutil.copytree(main_job / "folder", tmp_path, symlinks=True, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(main_job / "cache"))
    return tmp_path


def call(words: list[str]) -> None:
    """Run one command as the page has it, in this process, and plan for a second where the page plans for longer."""
    if words[0] == "sweep":
        words = [re.sub(r"^\d+$", "1", word) if before == "--time-limit" else word for before, word in pairwise(words)]
        result = CliRunner().invoke(app, words)
        assert result.exit_code == 0, result.output
    elif words[0] == "python" and words[1].endswith(".py"):
        runpy.run_path(words[1], run_name="__main__")
    else:
        pytest.fail(f"nobody runs {' '.join(words)!r}: run it in .ci/run, or mark its block <!-- needs data: ... -->")


def plan_ids(folder: Path) -> list[str]:
    """The plans made so far, oldest first."""
    plans = (folder / "out" / "quancheng").glob("*/plan.json")
    return [p.parent.name for p in sorted(plans, key=lambda p: p.stat().st_mtime_ns)]


@pytest.mark.parametrize("page", stories(), ids=page_id)
def test_the_commands_that_a_page_shows_work_one_after_the_other(page: Path, folder: Path) -> None:
    for line in filter(is_run_here, shown_lines(page)):
        for words in line.parts:
            for sign, plan_id in zip(PLAN_IDS, plan_ids(folder), strict=False):
                words = [sign.sub(plan_id, word) for word in words]
            call(words)


def test_what_is_shown_is_seen(tmp_path: Path) -> None:
    text = """
Text.

    sweep run x && sweep check x "a b"   # why
    sweep rules

```json
{}
```

<!-- needs data: a map -->

```sh
sweep init east --osm FILE
```

<!-- needs data:  -->

    sweep init west
"""
    lines = lines_in(text, tmp_path)
    assert [(line.parts, line.needs) for line in lines] == [
        ([["sweep", "run", "x"], ["sweep", "check", "x", "a b"]], None),
        ([["sweep", "rules"]], None),
        ([["sweep", "init", "east", "--osm", "FILE"]], "a map"),
        # A mark without a reason is none.
        ([["sweep", "init", "west"]], None),
    ]


def test_a_command_that_nobody_runs_is_no_way_out() -> None:
    with pytest.raises(pytest.fail.Exception, match="nobody runs 'make all'"):
        call(["make", "all"])


def test_the_main_job_and_the_tests_are_in_both_readmes_as_the_gate_runs_them() -> None:
    for name in ("README.md", "README.zh.md"):
        # The board of the day runs until somebody stops it: no gate can wait for that.
        texts = [line.text for line in shown_lines(ROOT / name) if line.needs is None]
        assert texts[:2] == [
            "python3 -m pip install -q uv && uv run sweep run scenarios/quancheng",
            "python3 -m pip install -q uv && uv run pytest",
        ]
        assert all(text in GATE or text.startswith(IN_BARE) for text in texts)


def options_of(words: list[str]) -> tuple[int, set[str]]:
    """How many words name the command, and the options that it has."""
    known = dict(commands())
    n = next((n for n in (2, 1) if " ".join(words[:n]) in known), 0)
    params = known[" ".join(words[:n])].params if n else get_command(app).params
    return n, {option for p in params for option in p.opts}


def source_of(module: str) -> str:
    """The text of a module of the project and of the benchmarks that it imports: options are shared among these."""
    path = ROOT / f"{module.replace('.', '/')}.py"
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    shared = re.findall(r"^from (tests\.benchmarks\.\S+) import", text, re.MULTILINE)
    return "\n".join([text, *map(source_of, shared)])


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_each_command_that_a_page_names_is_there_with_its_options(page: Path) -> None:
    marked = [" ".join(words) for line in shown_lines(page) for words in line.parts]
    for text in (*named_commands(page), *marked):
        # A bar inside a table is escaped.
        words = text.removeprefix("uv run ").removeprefix("--group bench ").replace("\\|", " ").split()
        used = {word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)}
        if words[0] == "sweep":
            n, known = options_of(words[1:])
            assert n or words[1].startswith("-"), text
            assert used <= {*known, "--help"}, text
        elif words[:2] == ["python", "-m"]:
            if words[2].islower():
                source = source_of(words[2])
                assert source, text
                assert all(f'"{option}"' in source for option in used - {"-m"}), text
        elif words[0] == "python":
            assert (ROOT / words[1]).is_file(), text
        else:
            assert words[0] in {*OTHER_PROGRAMS, "python3"}, text


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_each_file_of_the_project_that_a_page_names_is_there(page: Path) -> None:
    named = re.findall(
        r"`((?:sweep|geodata|tests|docs|\.ci)/[\w./*-]+|scenarios/\S+\.py)`", page.read_text(encoding="utf-8")
    )
    assert [name for name in named if not any(ROOT.glob(name.rstrip("/")))] == []
