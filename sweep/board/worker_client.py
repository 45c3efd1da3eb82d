"""The board's end of a process that works for it: asked one thing at a time, started again if it is gone."""

import asyncio
import json
import os
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from starlette.exceptions import HTTPException

from geodata.child_process import child_command
from geodata.errors import InputError
from geodata.message_catalogue import load_texts
from sweep.disk.atomic_files import disk_fault


@dataclass(slots=True)
class Child:
    """A module that answers a line of JSON by a line of JSON, in a process of its own."""

    module: str
    arguments: tuple[str, ...] = ()
    """Those of its next start."""
    _process: Process | None = None
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _is_closed: bool = False

    async def warm(self) -> None:
        """Start the process, if it does not run, and wait until it is ready."""
        async with self._lock:
            await self._start()

    async def ask(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """
        Ask, and wait for the answer.

        Raises
        ------
        ConnectionError
            If the process is gone before it has answered; the next question starts it again.
        """
        async with self._lock:
            process = await self._start()
            try:
                return await self._exchange(process, question)
            except (OSError, ValueError, asyncio.CancelledError) as error:
                # Whoever goes away in the middle must not leave an answer behind for the next who asks.
                await self._stop()
                if isinstance(error, asyncio.CancelledError):
                    raise
                raise ConnectionError(f"{self.module} is gone") from error

    async def forget(self) -> None:
        """End the process: what it takes for done was undone. The next question starts it again."""
        async with self._lock:
            await self._stop()

    async def close(self) -> None:
        """End the process for good."""
        self._is_closed = True
        await self._stop()

    async def _start(self) -> Process:
        if self._is_closed:
            raise ConnectionError("the board is being closed")
        if self._process is None or self._process.returncode is not None:
            self._process = process = await started(self.module, self.arguments)
            if self._is_closed:
                await self._stop()
            if process.stdout is None or not await process.stdout.readline():
                raise ConnectionError(f"{self.module} did not start")
        return self._process

    async def _exchange(self, process: Process, question: Mapping[str, Any]) -> dict[str, Any]:
        if process.stdin is None or process.stdout is None:
            raise ConnectionError(f"{self.module}: stdin is not a pipe")
        process.stdin.write(json.dumps(question).encode() + b"\n")
        await process.stdin.drain()
        answer: dict[str, Any] = json.loads(await process.stdout.readline())
        return answer

    async def _stop(self) -> None:
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


async def started(
    module: str, arguments: Sequence[str], variables: Mapping[str, str] = MappingProxyType({})
) -> Process:
    """A module of ours in a process of its own, which no Ctrl-C at the board's terminal reaches."""
    command = child_command(module, *arguments)
    # Of one answer: a plan of two hundred teams changed in every stop.
    return await asyncio.create_subprocess_exec(
        *command, stdin=PIPE, stdout=PIPE, limit=64 * 2**20, start_new_session=True, env={**os.environ, **variables}
    )


def fault_answer(error: InputError | OSError, lang: str) -> dict[str, Any]:
    """Faults as the answer of a child; S973 where the disk takes no more."""
    texts = load_texts(lang)
    if isinstance(error, OSError):
        error = disk_fault(error, "-")
    return {"issues": [{"code": i.code, "what": i.what(texts), "fix": i.fix(texts)} for i in error.issues]}


async def answered(child: Child | None, question: Mapping[str, Any]) -> dict[str, Any]:
    """
    What a child says to a question that came over the network.

    Raises
    ------
    HTTPException
        404 where the board has no such child, 503 if that is gone.
    """
    if child is None:
        raise HTTPException(404)
    try:
        return await child.ask(question)
    except ConnectionError as error:
        raise HTTPException(503) from error
