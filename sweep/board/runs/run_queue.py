"""Runs of scenarios on a board: one at a time, for scenarios in one folder, with progress reports."""

import asyncio
import json
import re
import signal
from asyncio.subprocess import Process
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from sweep.board.worker_client import start_module
from sweep.scenario.find_scenario import FILE_NAME
from sweep.scenario.scenario import NAME


@dataclass(frozen=True, slots=True)
class Run:
    """State of one run of a scenario."""

    scenario: str
    who: str
    """Person who started it."""
    share: float = 0.0
    """Completed share of the run, in [0, 1]."""
    text: str = ""
    """Last progress message."""
    state: str = "running"
    """`running`, `done`, `broken` (the plan breaks a rule), `stopped` (before the search began) or `failed`."""
    made: dict[str, Any] = field(default_factory=dict)
    """Summary of the plan, as in `sweep run --json`; empty until there is one."""
    issues: tuple[dict[str, str], ...] = ()
    """Errors of the inputs, as JSON types."""


@dataclass(slots=True)
class Runs:
    """Scenarios that may be run, and the run in progress or, without one, the last run."""

    folder: Path
    """Folder of the scenarios; no scenario outside it is run."""
    out: Path
    """Folder of all editions."""
    worker: str
    """Name of the module that runs one scenario and reports in JSON lines."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Environment variables that the worker gets in addition."""
    after: Callable[[], Awaitable[None]] | None = None
    """Function that is called when a run has ended."""
    notify: Callable[[], None] = lambda: None
    """Function that is called at each step of a run."""
    last: Run | None = None
    """Run in progress, else the last one; None before the first."""
    _process: Process | None = None
    _task: asyncio.Task[None] | None = None
    _is_closed: bool = False

    def names(self) -> list[str]:
        """Return the names of the scenarios in `folder`; symbolic links, which may lead outside, are left out."""
        found = (p.parent for p in self.folder.glob(f"*/{FILE_NAME}") if not p.is_symlink())
        return sorted(p.name for p in found if re.fullmatch(NAME, p.name) and not p.is_symlink())

    @property
    def is_running(self) -> bool:
        """Whether a run is in progress."""
        return self._task is not None and not self._task.done()

    def begin(self, name: str, who: str, lang: str) -> None:
        """Start a run of scenario `name`, messages in `lang`; ValueError if a run is in progress or `name` unknown."""
        if self.is_running or name not in self.names():
            raise ValueError(f"name must be a scenario and no run may be in progress, got {name!r}")
        self.last = Run(name, who)
        arguments = (str(self.folder / name), str(self.out), who, lang)
        self._task = asyncio.create_task(self._follow(arguments))
        # Notified only when the task is done: until then no other run can start.
        self._task.add_done_callback(lambda _: self.notify())

    def stop_search(self) -> None:
        """Stop the search as Ctrl-C does; the best plan so far is published. Without a run nothing happens."""
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGINT)

    async def close(self) -> None:
        """End the run in progress without publishing anything."""
        self._is_closed = True
        self._kill()
        if self._task is not None:
            await self._task

    def _kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.kill()

    async def _follow(self, arguments: tuple[str, ...]) -> None:
        self._process = process = await start_module(self.worker, arguments, self.environment)
        if self._is_closed:
            self._kill()
        while process.stdout is not None and (line := await process.stdout.readline()):
            self._note(json.loads(line))
        await process.wait()
        if self.last is not None and self.last.state == "running":
            self.last = replace(self.last, state="failed")
        if self.after is not None:
            await self.after()

    def _note(self, line: dict[str, Any]) -> None:
        if self.last is None:
            return
        if "ended" in line:
            is_done = line["ended"] == "done"
            self.last = replace(self.last, state=line["ended"], share=1.0 if is_done else self.last.share)
        elif "issues" in line:
            self.last = replace(self.last, issues=tuple(line["issues"]))
        elif "share" in line:
            self.last = replace(self.last, share=line["share"], text=line["text"])
        else:
            self.last = replace(self.last, made=line)
        self.notify()

    def view(self) -> dict[str, Any]:
        """Return, as JSON types, `run` (the one in progress, else the last one, or None) and `is_running`."""
        return {"run": None if self.last is None else asdict(self.last), "is_running": self.is_running}
