"""A county's job refuses what is not as the coordinator says, and tells of a disk that is full."""

from __future__ import annotations

import errno
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from geodata.atomic_writes import fresh_folder
from geodata.errors import InputError, Issue
from sweep.province.model.worker_messages import Job, JobResult
from sweep.province.records import MobileTeam
from sweep.province.run import county_job
from sweep.province.run.county_job import do_job
from sweep.province.run.program_and_folder_hashes import code_sha256, folder_sha256
from sweep.province.run.result_cache import EDITION, ResultStore


@pytest.fixture
def job(tmp_path: Path) -> Job:
    folder = tmp_path / "a"
    folder.mkdir()
    (folder / "scenario.toml").write_text('name = "a"\n', encoding="utf-8")
    hashes = {"inputs_sha256": folder_sha256(folder), "code": code_sha256()}
    return Job(
        "curve",
        "a",
        str(folder),
        str(tmp_path / "results"),
        **hashes,
        overrides={},
        mobile=MobileTeam(4, 1),
        n_mobile=0,
        share=0.5,
    )


def test_another_program_is_refused(job: Job) -> None:
    reply = do_job(replace(job, code="another"))
    assert (reply.state, reply.detail) == ("other_code", code_sha256())


def test_other_files_are_refused(job: Job) -> None:
    (Path(job.folder) / "leads.csv").write_text("lead_id\n", encoding="utf-8")
    assert do_job(job).state == "other_inputs"


def test_faults_of_the_county_are_its_reply(job: Job) -> None:
    reply = do_job(job)
    assert (reply.state, [i.code for i in reply.issues]) == ("at_fault", ["S105"])


def test_a_full_disk_is_told(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(county_job, "_compute_result", full)
    (issue,) = do_job(job).issues
    assert (issue.code, issue.where) == ("S108", job.store)


def test_what_two_are_asked_for_at_once_is_made_once(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    # A worker may still be at it for a coordinator that is dead.
    made: list[str] = []

    def slow(job: Job, *_: object) -> tuple[JobResult, dict[str, str]]:
        made.append(job.key)
        time.sleep(0.2)
        return JobResult(job.key, job.county_id, "A"), {"beside.json": "{}"}

    monkeypatch.setattr(county_job, "_compute_result", slow)
    with ThreadPoolExecutor(2) as pool:
        states = [reply.state for reply in pool.map(do_job, [job, job])]
    assert (states, made) == (["done", "done"], [job.key])
    assert {p.name for p in (Path(job.store) / job.key).iterdir()} == {"beside.json", "result.json"}


def test_a_fault_half_way_leaves_nothing_of_the_result(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    def half(job: Job, _folder: Path, store: ResultStore) -> None:
        with fresh_folder(store.place(job.key) / EDITION) as edition:
            (edition / "plan.json").write_text("{}", encoding="utf-8")
        raise InputError([Issue("S305", "x")])

    monkeypatch.setattr(county_job, "_compute_result", half)
    assert do_job(job).state == "at_fault"
    assert list(Path(job.store).rglob("*")) == []


def test_what_a_hidden_folder_holds_is_no_input(job: Job) -> None:
    (Path(job.folder) / ".sweep").mkdir()
    (Path(job.folder) / ".sweep" / "lock").touch()
    assert folder_sha256(Path(job.folder)) == job.inputs_sha256
