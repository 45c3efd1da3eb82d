"""Dask's own scheduler and workers, on loopback with TLS: the same bytes as without them, and every loss is told."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import dask as settings
import pytest

from geodata.errors import InputError
from sweep.province.engines import dask_client
from sweep.province.engines.dask_client import DaskEngine
from sweep.province.engines.executors import LocalEngine
from sweep.province.model.worker_messages import Job, Reply, to_json
from sweep.province.records import MobileTeam
from sweep.province.run.coordinator import ProvinceProgress
from sweep.province.run.run_province import run_province
from tests.province.run.cluster import Cluster, cluster
from tests.province.run.conftest import STUB_CHILD, loaded
from tests.province.run.stub import stub_work, tell, write_province

pytestmark = [pytest.mark.enable_socket, pytest.mark.usefixtures("at_home")]  # loopback alone


@pytest.fixture(scope="module")
def dask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with cluster(tmp_path_factory.mktemp("dask"), port, 2, is_stock=False) as running:
        yield running


@pytest.fixture(autouse=True)
def certificates(dask: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """Dask reads them when it is imported; for a test they are set again."""
    for name, value in dask.environment.items():
        monkeypatch.setenv(name, value)
    settings.config.refresh()


def test_both_engines_give_the_same_bytes(dask: Cluster, tmp_path: Path) -> None:
    folder = write_province(tmp_path / "p", 3)
    here = run_province(loaded(folder), tmp_path / "a", LocalEngine(2, STUB_CHILD), lambda _: None)
    there = run_province(loaded(folder), tmp_path / "b", DaskEngine(dask.address, 2, stub_work), lambda _: None)
    assert [c.state for c in there.edition.counties] == ["planned"] * 3
    assert (here.folder / "manifest.json").read_bytes() == (there.folder / "manifest.json").read_bytes()


def test_a_worker_with_another_program_is_refused(dask: Cluster) -> None:
    engine = DaskEngine(dask.address, 2)
    engine.code = "another"
    with pytest.raises(InputError, match="S962 tls://127") as caught, engine:
        pass
    assert len(caught.value.issues) == 2


@pytest.mark.parametrize(
    ("address", "told"),
    [
        pytest.param("tcp://10.0.0.1:8786", "tcp://", id="in the clear"),
        pytest.param("tls://nowhere", "tls://nowhere", id="no port"),
        pytest.param("http://127.0.0.1:8786", "http://127.0.0.1:8786", id="no scheduler's"),
    ],
)
def test_an_address_that_is_not_safe_is_refused(address: str, told: str) -> None:
    with pytest.raises(InputError, match="S961") as caught:
        DaskEngine(address, 1)
    assert caught.value.issues[0].values["problem"] == told


def test_certificates_that_are_not_there_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    name = "DASK_DISTRIBUTED__COMM__TLS__CLIENT__KEY"
    monkeypatch.setenv(name, "/nowhere/key.pem")
    settings.config.refresh()
    with pytest.raises(InputError, match="S961") as caught:
        DaskEngine("tls://127.0.0.1:8786", 1)
    assert caught.value.issues[0].values["problem"] == name


@pytest.mark.parametrize("protocol", ["tls", "tcp"])
def test_a_scheduler_that_does_not_answer_is_told_within_ten_seconds(
    protocol: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited_s, usual_s = 0.5, dask_client.ANSWER_S
    monkeypatch.setattr(dask_client, "ANSWER_S", waited_s)
    with socket.socket() as silent, settings.config.set({"distributed.comm.require-encryption": protocol == "tls"}):
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        began = time.monotonic()
        address = f"{protocol}://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(InputError, match="S960"), DaskEngine(address, 1):
            pass
    assert time.monotonic() - began - waited_s + usual_s < 10


def test_who_is_in_a_loop_already_is_told_of_a_silent_scheduler_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_client, "ANSWER_S", 0.3)

    async def ask() -> None:
        with socket.socket() as silent:
            silent.bind(("127.0.0.1", 0))
            silent.listen()
            with DaskEngine(f"tls://127.0.0.1:{silent.getsockname()[1]}", 1):
                pass

    # In a thread, for the browser of other tests has a loop in this one.
    with ThreadPoolExecutor(1) as pool, pytest.raises(InputError, match="S960"):
        pool.submit(lambda: asyncio.run(ask())).result()


def test_a_plain_line_that_dasks_own_settings_forbid_is_told() -> None:
    with (
        settings.config.set({"distributed.comm.require-encryption": True}),
        pytest.raises(InputError, match="S961"),
        DaskEngine("tcp://127.0.0.1:9", 1),
    ):
        pass


def test_fewer_workers_than_asked_for_are_told(dask: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_client, "WORKERS_S", 0.3)
    with pytest.raises(InputError, match="S970") as caught, DaskEngine(dask.address, 9):
        pass
    assert caught.value.issues[0].values["detail"] == "workers < 9"


class Deserted:
    """A client whose scheduler has no workers."""

    status = "running"

    def submit(self, *_: object, **__: object) -> Future[str]:
        return Future()

    def run_on_scheduler(self, *_: object, **__: object) -> int:
        return 0


class Lost(Future[str]):
    """A reply that is lost with its worker, and there again once the job is done a second time."""

    n_asked = 0

    def done(self) -> bool:
        return True

    def result(self, timeout: float | None = None) -> str:
        self.n_asked += 1
        if self.n_asked == 1:
            raise TimeoutError
        return to_json(Reply("k", "done"))

    def release(self) -> None:
        pass


def test_a_reply_that_is_lost_with_its_worker_is_waited_for_again(
    dask: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, client = DaskEngine(dask.address, 1), Deserted()
    monkeypatch.setattr(client, "submit", lambda *_, **__: Lost(), raising=False)
    monkeypatch.setattr(engine, "_client", client)
    job = Job("curve", "a", "", "", "", "", {}, MobileTeam(4, 1), 0, 0.5)
    assert [r.state for r in engine.replies([job])] == ["done"]


def test_workers_that_are_all_gone_are_told(dask: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_client, "WORKERS_S", 0.1)
    monkeypatch.setattr(dask_client, "_LOOK_S", 0.02)
    engine = DaskEngine(dask.address, 1)
    monkeypatch.setattr(engine, "_client", Deserted())
    job = Job("curve", "a", "", "", "", "", {}, MobileTeam(4, 1), 0, 0.5)
    with pytest.raises(InputError, match="S970") as caught:
        list(engine.replies([job]))
    assert caught.value.issues[0].values["detail"] == "workers: 0"


@pytest.mark.slow
def test_a_lost_worker_costs_nothing_and_a_lost_scheduler_is_told(dask: Cluster, tmp_path: Path) -> None:
    # The last test: what it kills is gone.
    folder = write_province(tmp_path / "p", 4)
    for k in range(1, 5):
        tell(folder, f"c{k:04d}", sleep_s=0.4)

    def run(kill: str) -> object:
        engine = DaskEngine(dask.address, 1, stub_work)
        killer = threading.Timer(0.2, dask.kill, [kill])

        def on_progress(progress: ProvinceProgress) -> None:
            if progress.step == "curves" and progress.n_done == 1:
                killer.start()

        return run_province(loaded(folder), tmp_path / "out", engine, on_progress)

    run("w1")
    log = (tmp_path / "out" / "p" / "calls.log").read_text(encoding="utf-8").splitlines()
    assert len(log) == len(set(log)) == 8
    for k in range(1, 5):
        tell(folder, f"c{k:04d}", sleep_s=0.5)
    with pytest.raises(InputError, match="S970"):
        run("scheduler")
