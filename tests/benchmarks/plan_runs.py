"""What the plan benchmarks gave: a run for each set, commit and machine, as a line of `runs/plan.jsonl`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from statistics import fmean
from typing import Any

OURS = "sweep"
# Packages whose versions the names of peers are told with.
PACKAGE = {"pyvrp": "pyvrp", "vroom": "pyvroom", "or_tools": "ortools"}

type Gaps = Mapping[str, Mapping[str, float | None]]


@dataclass(frozen=True, slots=True)
class Run:
    """What one commit gave on one set."""

    name: str
    on: str
    """Day of the first line."""
    commit: str = ""
    """Empty where none was noted."""
    machine: str = ""
    gaps: Gaps = field(default_factory=dict)
    """By instance and seed (empty: none); None where there was no plan. Empty if the set was noted as a whole."""
    peers: Mapping[str, float] = field(default_factory=dict)
    """Mean gap of each other solver, by its name and version."""
    n: int | None = None
    """Instances, and the next three, of a set that was noted as a whole."""
    mean: float | None = None
    best: float | None = None
    seeds: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """What has a row of its own."""
        return self.name, self.commit, self.machine


def read_runs(text: str) -> list[Run]:
    """The runs of `runs/plan.jsonl`, in the order in which they were made."""
    return [Run(**json.loads(line)) for line in text.splitlines() if line]


def write_runs(runs: Iterable[Run]) -> str:
    """A line a run, without what it does not have."""
    lines = ({k: v for k, v in asdict(run).items() if v not in (None, "", {})} for run in runs)
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def added(runs: Sequence[Run], lines: Iterable[str]) -> list[Run]:
    """The runs with those of a script's output: a new one, or more seeds of one that is there."""
    by_key = {run.key: run for run in runs}
    for new in _runs_of([json.loads(line) for line in lines if line.startswith("{")]):
        old = by_key.get(new.key, new)
        gaps = {i: {**old.gaps.get(i, {}), **new.gaps.get(i, {})} for i in {**old.gaps, **new.gaps}}
        by_key[new.key] = replace(old, gaps=gaps, peers={**old.peers, **new.peers})
    return list(by_key.values())


def _runs_of(lines: Sequence[Mapping[str, Any]]) -> Iterator[Run]:
    groups: dict[tuple[str, str, str], list[Mapping[str, Any]]] = {}
    for line in lines:
        if line.get("best_known") is not None:
            groups.setdefault((line["set"], line["commit"], line["machine"]), []).append(line)
    for (name, commit, machine), group in groups.items():
        gaps: dict[str, dict[str, float | None]] = {}
        peers: dict[str, list[float]] = {}
        for line in group:
            gap = line["gap_pct"] if line["gap_pct"] is None else round(line["gap_pct"], 2)
            if line["solver"] == OURS:
                gaps.setdefault(line["instance"], {})[str(line["seed"] or "")] = gap
            elif gap is not None:
                version = line["versions"].get(PACKAGE.get(line["solver"], ""), "")
                peers.setdefault(f"{line['solver']} {version}".strip(), []).append(gap)
        yield Run(name, group[0]["on"][:10], commit, machine, gaps, {k: round(fmean(v), 2) for k, v in peers.items()})
