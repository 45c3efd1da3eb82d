"""Tasks and technicians of the STRSP files, and teams put together once, by a plain rule.

Not a script: `strsp.py` runs it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geodata.array_types import Float64s, Int64s
from tests.benchmarks.plan.instances import read_text

Crew = Mapping[int, Sequence[int]]
"""Level in each skill, by technician."""

OUTSOURCING, POWER = 200.0, 1.5
# Share of the shift that a team works or drives, for the guess how many tasks it can take.
BUSY_SHARE, N_NEAREST = 0.7, 5


@dataclass(frozen=True, slots=True)
class TaskSet:
    """The depot in row 0 and the tasks behind it."""

    ids: tuple[int, ...]
    distance: Float64s
    """Shape (n, n); a unit of way takes a unit of time."""
    window: Float64s
    """For the start of service, shape (n, 2)."""
    service: Float64s
    need: Int64s
    """People needed at a level of a skill or above, shape (n, skills, levels)."""

    @property
    def price(self) -> Float64s:
        """What a task costs that is left out."""
        price = OUTSOURCING + self.need.sum(axis=(1, 2)).astype(np.float64) ** POWER
        price[0] = 0.0
        return price


def read_tasks(path: Path) -> TaskSet:
    """One task file."""
    rows = [line.split() for line in read_text(path).splitlines()]
    head = next(k for k, row in enumerate(rows) if row[:1] == ["CUST"])
    columns = [c for c in rows[head] if re.fullmatch(r"d\d\d", c)]
    n_skills = len({c[1] for c in columns})
    table = np.array([row[: 8 + len(columns)] for row in rows[head + 1 :] if row and row[0].isdigit()], np.float64)
    points, need = table[:, 1:3], table[:, 8:].astype(np.int64)
    return TaskSet(
        ids=tuple(int(x) for x in table[:, 0]),
        distance=np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1)),
        window=table[:, 4:6],
        service=table[:, 6],
        need=need.reshape(len(table), n_skills, -1),
    )


def read_crew(path: Path) -> dict[int, tuple[int, ...]]:
    """One crew file: the first so many rows as its head says, for the reduced files list everybody all the same."""
    text = read_text(path)
    n = int(re.search(r"Number of Technicians:\s*(\d+)", text)[1])  # type: ignore[index]
    rows = [line.split() for line in text.splitlines()]
    return {int(row[0]): tuple(map(int, row[1:])) for row in rows if row and row[0].isdigit() and int(row[0]) <= n}


def skills_of(levels: Sequence[int]) -> list[str]:
    """Names of the skills that these levels amount to."""
    return [f"{skill}>={level}" for skill, top in enumerate(levels, 1) for level in range(1, top + 1)]


def fixed_teams(tasks: TaskSet, crew: Crew) -> list[list[int]]:
    """
    Teams from the dearest task down: a task goes to a team that can do it and has room, else gets a new team.

    A new team takes, one by one, who lessens the task's unmet need most, the least skilled of equals. Who is left at
    the end goes where that opens the dearest tasks, or to the smallest team.
    """
    n_levels = tasks.need.shape[2]
    has = {p: np.array([[top >= level for level in range(1, n_levels + 1)] for top in crew[p]]) for p in crew}
    left, teams, load = sorted(crew), list[list[int]](), list[int]()
    room = _room(tasks)
    for row in np.argsort(-tasks.price, kind="stable"):
        if row == 0:
            continue
        able = [k for k, t in enumerate(teams) if load[k] < room and _can(has, t, tasks.need[row])]
        if able:
            load[min(able, key=lambda k: load[k])] += 1
            continue
        team = _team_for(has, left, tasks.need[row])
        if team:
            teams.append(team)
            load.append(1)
            left = [p for p in left if p not in team]
    for person in left:
        best = min(
            range(len(teams)), key=lambda k: (-_opened(tasks, has, teams, k, person), len(teams[k])), default=None
        )
        if best is not None:
            teams[best].append(person)
    return teams


def _room(tasks: TaskSet) -> int:
    """Tasks that fit into a shift, about."""
    leg = np.sort(tasks.distance[1:, 1:], axis=1)[:, 1 : N_NEAREST + 1].mean()
    return max(1, int(BUSY_SHARE * (tasks.window[0, 1] - tasks.window[0, 0]) / (tasks.service[1:].mean() + leg)))


def _can(has: Mapping[int, NDArray[np.bool_]], team: Sequence[int], need: Int64s) -> bool:
    return bool((sum(has[p].astype(np.int64) for p in team) >= need).all()) if team else not need.any()


def _team_for(has: Mapping[int, NDArray[np.bool_]], left: Sequence[int], need: Int64s) -> list[int]:
    team: list[int] = []
    unmet = need.copy()
    while unmet.any() or not team:
        free = [p for p in left if p not in team]
        gain = {p: int((has[p] & (unmet > 0)).sum()) for p in free}
        if not free or (unmet.any() and not any(gain.values())):
            return []
        best = min(free, key=lambda p: (-gain[p], has[p].sum(), p))
        team.append(best)
        unmet = np.maximum(0, unmet - has[best])
    return team


def _opened(
    tasks: TaskSet, has: Mapping[int, NDArray[np.bool_]], teams: Sequence[Sequence[int]], k: int, person: int
) -> float:
    """Price of the tasks that no team can do, and team k can with this person."""
    closed = [r for r in range(1, len(tasks.ids)) if not any(_can(has, t, tasks.need[r]) for t in teams)]
    return float(sum(tasks.price[r] for r in closed if _can(has, [*teams[k], person], tasks.need[r])))
