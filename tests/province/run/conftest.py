"""An engine without a process, for what does not depend on one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import pytest

from geodata.message_catalogue import load_texts
from sweep.province.model.load_province import Province, load_province
from sweep.province.model.worker_messages import Job, Reply
from sweep.province.run.coordinator import ProvinceProgress
from sweep.province.run.run_province import ProvinceOutcome, run_province
from tests.paths import ROOT
from tests.province.run.stub import stub_reply

STUB_CHILD = (sys.executable, "-m", "tests.province.run.stub_child")


@dataclass
class Here:
    """Does every job in this process."""

    do: Callable[[Job], Reply] = stub_reply
    seen: list[Job] = field(default_factory=list)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def replies(self, jobs: Sequence[Job]) -> Iterator[Reply]:
        for job in jobs:
            self.seen.append(job)
            yield self.do(job)


@dataclass
class Ran:
    """A run, with what it said and asked for."""

    outcome: ProvinceOutcome
    jobs: list[Job]
    said: list[ProvinceProgress]


def loaded(folder: Path) -> Province:
    return load_province(folder, load_texts("en"))


def run_stub(folder: Path, out: Path, do: Callable[[Job], Reply] = stub_reply) -> Ran:
    engine, said = Here(do), list[ProvinceProgress]()
    return Ran(run_province(loaded(folder), out, engine, said.append), engine.seen, said)


@pytest.fixture
def at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """Children find the tests' own modules."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
