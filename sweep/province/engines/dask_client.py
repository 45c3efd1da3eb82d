"""
Engine for several machines: workers of a Dask scheduler. No other module imports Dask.

Dask transports JSON texts of jobs and replies. It stores no results, so that nothing is lost with a scheduler.
"""

import asyncio
import logging
import re
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Self

import dask
from distributed import Client, Security
from distributed.comm.core import CommClosedError, connect
from distributed.scheduler import KilledWorker

from geodata.errors import InputError, Issue
from sweep.province.engines.worker_pool import work
from sweep.province.model.worker_messages import Job, Reply, from_json, to_json
from sweep.province.run.program_and_folder_hashes import code_sha256

ANSWER_S = 6
"""Longest wait for an answer of the scheduler, seconds."""
WORKERS_S = 30
"""Timeout for workers that are starting, seconds."""
# Interval between checks for remaining workers.
_LOOK_S = 5.0
_GONE = (CommClosedError, CancelledError, TimeoutError, OSError, asyncio.CancelledError)


class DaskEngine:
    """
    Engine with the workers of a scheduler.

    Parameters
    ----------
    scheduler
        Address: tls://HOST:PORT, or tcp:// on this machine.
    n_workers
        Number of workers required before the first job, >= 1.

    Raises
    ------
    InputError
        S961 if the connection is not protected against reading and forgery.
    """

    def __init__(self, scheduler: str, n_workers: int, task: Callable[[str], str] = work) -> None:
        self._scheduler, self._n_workers, self._task = scheduler, n_workers, task
        self.code = code_sha256()
        self._security = tls_settings(scheduler)
        self._client: Any = None

    def __enter__(self) -> Self:
        # Connection errors are reported as issues instead.
        for name in ("distributed", "asyncio", "tornado"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        try:
            check_connection(self._scheduler, self._security, ANSWER_S)
            self._client = Client(  # type: ignore[no-untyped-call]
                self._scheduler, security=self._security, timeout=ANSWER_S, set_as_default=False, name="sweep"
            )
        except (OSError, TimeoutError, ValueError) as error:
            raise InputError([Issue("S960", f"--scheduler {self._scheduler}", {"seconds": ANSWER_S})]) from error
        try:
            self._refuse_other_versions()
        except InputError:
            self._close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def replies(self, jobs: Sequence[Job]) -> Iterator[Reply]:
        """
        Yield one reply for each job in order of completion; InputError if scheduler or all workers are gone.

        A job that killed its workers too often gets a reply with the state `died`.
        """
        # A unique name, since Dask may still know that of an earlier coordinator.
        call = uuid.uuid4().hex[:8]
        key_of = {}
        for job in jobs:
            name = f"{job.county_id}-{job.key}-{call}"
            future = self._client.submit(self._task, to_json(job), key=name, pure=False, retries=2)
            key_of[future] = job.key
        seen_s = looked_s = time.monotonic()
        while key_of:
            for future in self._finished_jobs(list(key_of)):
                reply = self._reply(future, key_of[future])
                if reply is not None:
                    del key_of[future]
                    future.release()
                    yield reply
            if time.monotonic() > looked_s + _LOOK_S:
                looked_s = time.monotonic()
                seen_s = looked_s if self._n_workers_now() else seen_s
            if looked_s > seen_s + WORKERS_S:
                raise self._gone("workers: 0")

    def _finished_jobs(self, futures: list[Any]) -> list[Any]:
        if self._client.status != "running":
            raise self._gone(str(self._client.status))
        done = [future for future in futures if future.done()]
        if not done:
            time.sleep(0.05)
        return done

    def _n_workers_now(self) -> int:
        try:
            return int(self._client.run_on_scheduler(_count_workers, callback_timeout=ANSWER_S))
        except _GONE as error:
            raise self._gone(type(error).__name__) from error

    def _reply(self, future: Any, key: str) -> Reply | None:
        """Return the reply of a finished job; None if its worker died with the reply, so that Dask repeats the job."""
        try:
            return from_json(Reply, future.result(timeout=ANSWER_S))
        except KilledWorker as error:
            return Reply(key, "died", detail=f"KilledWorker {error.last_worker.address}"[:200])
        except TimeoutError:
            return None
        except _GONE as error:
            raise self._gone(type(error).__name__) from error

    def _gone(self, detail: str) -> InputError:
        return InputError([Issue("S970", f"--scheduler {self._scheduler}", {"detail": detail})])

    def _refuse_other_versions(self) -> None:
        try:
            self._client.wait_for_workers(self._n_workers, timeout=WORKERS_S)
            codes = self._client.run(code_sha256, on_error="return", callback_timeout=WORKERS_S)
        except _GONE as error:
            raise self._gone(f"workers < {self._n_workers}") from error
        others = {address: code for address, code in codes.items() if code != self.code}
        if others:
            raise InputError(
                Issue("S962", address, {"own": self.code, "found": str(code)[:80]}) for address, code in others.items()
            )

    def _close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            with suppress(*_GONE):
                client.close(timeout=2)


def _count_workers(dask_scheduler: Any) -> int:
    return len(dask_scheduler.workers)


# Keys of Dask's settings, with their environment variables.
_TLS = {
    key: f"DASK_DISTRIBUTED__COMM__TLS__{name}"
    for key, name in (("ca-file", "CA_FILE"), ("client.cert", "CLIENT__CERT"), ("client.key", "CLIENT__KEY"))
}


def check_connection(scheduler: str, security: Security | None, seconds: float) -> None:
    """
    Raise an error unless the scheduler answers one connection in time; Dask's client would wait for ever.

    `security`: as from `tls_settings`. The connection is tried in another thread, as the caller may have an event loop.

    Raises
    ------
    OSError, TimeoutError
        Without a response within `seconds`.
    """
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(asyncio.wait_for(_open_and_close(scheduler, security), seconds))).result()


async def _open_and_close(scheduler: str, security: Security | None) -> None:
    options = (security or Security()).get_connection_args("client")  # type: ignore[no-untyped-call]
    comm = await connect(scheduler, **options)  # type: ignore[no-untyped-call]
    await comm.close()


def tls_settings(scheduler: str) -> Security | None:
    """
    Return the TLS settings from Dask's configuration; None if `scheduler` is a tcp:// address on this machine.

    Raises
    ------
    InputError
        S961 for a malformed address; for a tcp:// address of another machine, or any if Dask's configuration requires
        encryption; for a tls:// address if the file of a certificate or key is missing.
    """
    found = re.fullmatch(r"(tls|tcp)://(\[[0-9a-fA-F:]+\]|[\w.-]+):\d{1,5}", scheduler)
    problem = "" if found else scheduler[:80]
    if found and found[1] == "tcp":
        is_forbidden = dask.config.get("distributed.comm.require-encryption", False)
        if _is_this_machine(found[2].strip("[]")) and not is_forbidden:
            return None
        problem = "tcp://"
    elif found:
        files = {key: dask.config.get(f"distributed.comm.tls.{key}", None) for key in _TLS}
        problem = ", ".join(_TLS[key] for key, file in files.items() if not file or not Path(file).is_file())
    if problem:
        raise InputError([Issue("S961", f"--scheduler {scheduler}", {"problem": problem})])
    return Security(require_encryption=True)  # type: ignore[no-untyped-call]


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
