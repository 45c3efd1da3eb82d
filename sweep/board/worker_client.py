"""Client of a worker process, which handles one request at a time and is restarted after a crash."""

import asyncio
import json
import os
from asyncio.subprocess import PIPE, Process
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from starlette.exceptions import HTTPException

from geodata.child_process import child_command
from geodata.errors import InputError, Issue
from geodata.message_catalogue import Texts, load_texts
from sweep.disk.atomic_files import disk_error


@dataclass(slots=True)
class WorkerClient:
    """Client of a worker process that reads one line of JSON per request and writes one per response."""

    module: str
    """Python module that the process runs."""
    arguments: tuple[str, ...] = ()
    """Command line arguments with which the process is started next."""
    n_waiting: int = 0
    """Number of requests that have no response yet."""
    _process: Process | None = None
    _has_started: bool = False
    """Whether the process has reported that it is ready."""
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _is_closed: bool = False

    @property
    def is_ready(self) -> bool:
        """Return whether the process runs and has reported that it is ready."""
        return self._has_started and self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """Start the process if it does not run, and wait until it is ready."""
        async with self._lock:
            await self._start()

    async def ask(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """
        Send a request to the worker process, and return the response.

        Raises
        ------
        ConnectionError
            If the process ended before it responded; the next request starts it again.
        """
        self.n_waiting += 1
        try:
            async with self._lock:
                return await self._answer(question)
        finally:
            self.n_waiting -= 1

    async def _answer(self, question: Mapping[str, Any]) -> dict[str, Any]:
        process = await self._start()
        try:
            if process.stdin is None or process.stdout is None:
                raise ConnectionError(f"{self.module}: stdin is not a pipe")
            process.stdin.write(json.dumps(question).encode() + b"\n")
            await process.stdin.drain()
            answer: dict[str, Any] = json.loads(await process.stdout.readline())
        except (OSError, ValueError, asyncio.CancelledError) as error:
            # A client that disconnects must not leave its response to the next request.
            await self._stop()
            if isinstance(error, asyncio.CancelledError):
                raise
            raise ConnectionError(f"{self.module} is gone") from error
        return answer

    async def end_outdated(self) -> None:
        """End the process, since its state is out of date; the next request starts a new one."""
        async with self._lock:
            await self._stop()

    async def close(self) -> None:
        """End the process; later requests fail."""
        self._is_closed = True
        await self._stop()

    async def _start(self) -> Process:
        if self._is_closed:
            raise ConnectionError("the board is being closed")
        if self._process is None or self._process.returncode is not None:
            self._has_started = False
            self._process = process = await start_module(self.module, self.arguments)
            if self._is_closed:
                await self._stop()
            if process.stdout is None or not await process.stdout.readline():
                raise ConnectionError(f"{self.module} did not start")
            self._has_started = True
        return self._process

    async def _stop(self) -> None:
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


async def start_module(
    module: str, arguments: Sequence[str], variables: Mapping[str, str] = MappingProxyType({})
) -> Process:
    """Start a Python module in a process that Ctrl-C does not reach; `variables`: additional environment variables."""
    command = child_command(module, *arguments)
    # Limit of one response: a plan of two hundred teams with every stop changed.
    return await asyncio.create_subprocess_exec(
        *command, stdin=PIPE, stdout=PIPE, limit=64 * 2**20, start_new_session=True, env={**os.environ, **variables}
    )


def error_response(error: InputError | OSError, lang: str) -> dict[str, Any]:
    """Return errors as a worker's response, as `issues_json` in the language `lang`; S973 for an OSError."""
    if isinstance(error, OSError):
        error = disk_error(error, "-")
    return issues_json(error.issues, load_texts(lang))


def issues_json(issues: Iterable[Issue], texts: Texts) -> dict[str, Any]:
    """Return errors for a page's script as JSON types: under `issues`, `code`, `what` and `fix` of each."""
    return {"issues": [{"code": i.code, "what": i.what(texts), "fix": i.fix(texts)} for i in issues]}


async def ask_worker(child: WorkerClient | None, question: Mapping[str, Any]) -> dict[str, Any]:
    """
    Return the response of a worker process to a request from the network; `child`: None if the board has none.

    Raises
    ------
    HTTPException
        404 if the board has no such worker, 503 if the worker ended.
    """
    if child is None:
        raise HTTPException(404)
    try:
        return await child.ask(question)
    except ConnectionError as error:
        raise HTTPException(503) from error
