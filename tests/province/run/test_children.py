"""No child is waited for without a limit: not one that hangs, and not one that is begun while all ends."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from sweep.province.engines import worker_pool
from sweep.province.engines.worker_main import OVERHEAD_TIMEOUT_S, job_timeout_s
from sweep.province.engines.worker_pool import WorkerPool, WorkerProcess
from sweep.province.model.worker_messages import Job
from sweep.province.records import MobileTeam
from tests.province.run.conftest import STUB_CHILD
from tests.province.run.stub import tell, write_province

SLEEPER = (sys.executable, "-c", "import time; time.sleep(60)")


@pytest.fixture
def job(tmp_path: Path) -> Job:
    folder = write_province(tmp_path / "p", 1) / "counties" / "c0001"
    store = str(tmp_path / "out" / "results")
    return Job("curve", "c0001", str(folder), store, "", "", {}, MobileTeam(4, 1), 1, 0.5)


@pytest.fixture(autouse=True)
def once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_pool, "MOST_DEATHS", 1)


def test_a_child_that_does_not_answer_is_ended(job: Job) -> None:
    children = WorkerPool(SLEEPER, overhead_s=0.2)
    assert children.reply(job).state == "died"
    children.end()


@pytest.mark.usefixtures("at_home")
def test_a_child_that_never_gives_python_s_lock_back_ends_itself_and_says_where_it_was(
    job: Job, tmp_path: Path
) -> None:
    tell(tmp_path / "p", "c0001", hold_s=60, timeout_s=0.3)
    children = WorkerPool(STUB_CHILD)
    reply = children.reply(job)
    assert reply.state == "died"
    assert "stub.py:" in reply.detail
    assert " _made" in reply.detail


def test_a_child_that_is_begun_while_all_ends_is_not_waited_for(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    children, begin = WorkerPool(SLEEPER), worker_pool._start_worker
    others: list[threading.Thread] = []

    def begun(command: tuple[str, ...]) -> WorkerProcess:
        others.append(threading.Thread(target=children.end))
        others[0].start()
        time.sleep(0.1)  # it has come as far as it can
        return begin(command)

    monkeypatch.setattr(worker_pool, "_start_worker", begun)
    began = time.monotonic()
    assert children.reply(job).state == "died"
    others[0].join()
    assert time.monotonic() - began < 20
    assert (children.at_work, children.idle) == (set(), [])


def test_once_all_is_over_no_child_is_begun(job: Job) -> None:
    children = WorkerPool(("/nowhere",))
    children.end()
    assert children.reply(job).state == "died"


def test_a_child_s_last_word_is_told_where_it_did_not_hang() -> None:
    with tempfile.TemporaryFile() as said:
        said.write(b"Traceback (most recent call last):\n  x\nMemoryError\n")
        child = WorkerProcess(subprocess.Popen(SLEEPER), said)  # noqa: S603 - this test's own
        assert child.end() == "-9 MemoryError"


def test_the_longer_a_search_may_take_the_longer_it_is_waited_for(job: Job) -> None:
    assert job_timeout_s(job) == OVERHEAD_TIMEOUT_S
    # 10 s of search: ten times as long; 2,000 rounds, of which the slowest machine does 20 a second.
    assert job_timeout_s(replace(job, overrides={"solver.time_limit_s": "10.0"})) == OVERHEAD_TIMEOUT_S + 100
    assert job_timeout_s(replace(job, overrides={"solver.iterations": "2000"})) == OVERHEAD_TIMEOUT_S + 100
