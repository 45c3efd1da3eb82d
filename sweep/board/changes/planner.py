"""The board's end of the process that plans: asked one thing at a time, started again if it is gone."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# Of one answer: a plan of two hundred teams changed in every stop.
_MOST_BYTES = 64 * 2**20


@dataclass(slots=True)
class Planner:
    """A process that holds a plan ready to be changed."""

    folder: Path
    """Of the edition in force."""
    stage: Path
    """A folder of its own, on the disk of the editions."""
    _process: Process | None = None
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

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
                raise ConnectionError("the planner is gone") from error

    async def close(self) -> None:
        """End the process."""
        await self._stop()

    async def _start(self) -> Process:
        if self._process is None or self._process.returncode is not None:
            command = (sys.executable, "-m", "sweep.board.changes.worker", str(self.folder), str(self.stage))
            process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, limit=_MOST_BYTES)
            self._process = process
            if process.stdout is None or not await process.stdout.readline():
                raise ConnectionError("the planner did not start")
        return self._process

    async def _exchange(self, process: Process, question: Mapping[str, Any]) -> dict[str, Any]:
        if process.stdin is None or process.stdout is None:
            raise ConnectionError("the planner has no ears")
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
