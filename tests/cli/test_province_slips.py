"""What cannot be asked of a province is told, and nothing of it is loaded where it is not used."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from geodata.errors import InputError, Issue
from geodata.message_catalogue import load_texts
from sweep.province import synthetic_province
from sweep.province.cli import run_and_init
from sweep.province.model.worker_messages import Job, Reply
from tests.cli.conftest import Run
from tests.paths import ROOT
from tests.province.run.conftest import Here
from tests.province.run.stub import stub_reply, write_province


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param(["run", "nowhere"], "S101", id="no province"),
        pytest.param(["init", "p", "--counties", "3"], "S966", id="counties of one scenario"),
        pytest.param(["init", "p", "--province", "--made-up"], "--made-up", id="a province and a scenario"),
        pytest.param(["init", "p", "--province", "--counties", "892"], "891", id="more counties than codes"),
        pytest.param(["init", "a/b", "--province"], "S106", id="no name"),
    ],
)
def test_what_cannot_be_is_told(sweep: Run, arguments: list[str], code: str) -> None:
    result = sweep(*arguments)
    assert result.exit_code == 2
    assert code in result.output


def test_without_the_extra_it_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sweep.terminal.deferred_imports.find_spec", lambda _: None)
    with pytest.raises(Exception, match="S982"):
        run_and_init.make_engine("dask", "tls://127.0.0.1:8786", None)


def test_dask_is_imported_by_its_engine_alone_and_that_by_no_other_module_at_its_top() -> None:
    folder = "sweep.province.engines"
    importing = {"dask": set[str](), "engine": set[str]()}
    for path in (ROOT / "sweep").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        tree = ast.parse(text if "dask" in text or "distributed" in text else "")
        at_top = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
        names = {n.module or "" if isinstance(n, ast.ImportFrom) else n.names[0].name for n in at_top}
        all_ = [n for n in ast.walk(tree) if isinstance(n, ast.Import | ast.ImportFrom)]
        anywhere = {n.module or "" if isinstance(n, ast.ImportFrom) else n.names[0].name for n in all_}
        importing["dask"] |= {path.name for n in anywhere if n.partition(".")[0] in ("dask", "distributed")}
        importing["engine"] |= {path.name for n in names if n == f"{folder}.dask_client"}
    assert importing == {"dask": {"dask_client.py"}, "engine": set()}


def test_a_province_of_unlike_counties_is_made_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(synthetic_province, "_write_county", lambda folder, *_: folder.mkdir(parents=True))

    def stop(n: int) -> None:
        if n == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        synthetic_province.write_made_up_province("q", tmp_path, load_texts("en"), 3, stop)
    assert list(tmp_path.iterdir()) == []


@dataclass
class Gone(Here):
    """An engine whose server is gone at the step of the plans."""

    def replies(self, jobs: Sequence[Job]) -> Iterator[Reply]:
        if any(job.kind == "edition" for job in jobs):
            raise InputError([Issue("S970", "--scheduler tls://host:8786", {"detail": "gone"})])
        return super().replies(jobs)


@pytest.mark.parametrize(("lang", "kept"), [("en", "keptforthenextrun"), ("zh_CN", "予以保留")])
def test_a_run_that_an_engine_stops_says_what_is_kept(
    sweep: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lang: str, kept: str
) -> None:
    folder = write_province(tmp_path / "p", 3, lang=lang)
    monkeypatch.setattr(run_and_init, "make_engine", lambda *_: Gone(stub_reply))
    stopped = sweep("run", folder, "--out", tmp_path / "out")
    said = "".join(stopped.output.split())
    assert (stopped.exit_code, kept in said, "S970" in said) == (2, True, True)
    assert "Nothingwaswritten" not in said
    assert "未写出任何文件" not in said


def test_as_many_counties_are_without_a_plan_as_have_none(
    sweep: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in the trial: one county with two faults."""

    def two_faults(job: Job) -> Reply:
        if job.county_id != "c0002":
            return stub_reply(job)
        return Reply(job.key, "at_fault", (Issue("G101", "leads.csv"), Issue("G101", "roster.csv")))

    folder = write_province(tmp_path / "p", 3)
    monkeypatch.setattr(run_and_init, "make_engine", lambda *_: Here(two_faults))
    result = sweep("run", folder, "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert "Counties without a plan: 1 of 3." in result.output
