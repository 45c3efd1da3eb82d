"""Random problems small enough to be gone through, in which most starts hang on others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sweep.plan.problem.problem import Lag, Problem
from sweep.records.people import BreakTime, Team
from sweep.records.visits import Visit
from tests.plan.conftest import problem, team, visit

DISTRICTS = ("370102", "370103")


def tied_problem(seed: int, *, has_breaks: bool = True) -> Problem:
    """Two-team visits, links, a lag, musts, up to two windows, unequal teams of one district or both, breaks."""
    rng = np.random.default_rng(seed)
    n, n_teams = int(rng.integers(2, 6)), int(rng.integers(2, 4))
    points = rng.uniform(0, 40, (n + 1, 2))
    # Rounded up, so that no detour is shorter than the way itself: the bound would use it.
    minutes = np.ceil(np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))).astype(np.int64)
    visits: list[Visit] = []
    for k in range(n):
        free_slots = 6 - sum(len(v.slots) for v in visits) - (n - k - 1)
        visits.append(_visit(rng, k, 2 if free_slots >= 2 and rng.random() < 0.35 else 1))
    teams = [_team(rng, k) for k in range(n_teams)]
    for_breaks = np.random.default_rng((seed, 1))
    if has_breaks and for_breaks.random() < 0.4:
        teams = [replace(t, break_time=_pause(for_breaks, t.shift_s[0])) for t in teams]
    made = problem(visits, teams, minutes)
    if rng.random() < 0.6:
        return made
    lo = 60 * int(rng.integers(-30, 60))
    return replace(made, lags=(Lag("V-B0", "V-B1", lo, lo + 60 * int(rng.integers(0, 60))),))


def _visit(rng: np.random.Generator, k: int, n_slots: int) -> Visit:
    lo = 48_600 + 600 * int(rng.integers(0, 12))
    windows = [(lo, lo + 300 * int(rng.integers(0, 12)))]
    if rng.random() < 0.3:
        again = windows[0][1] + 1_200
        windows.append((again, again + 300 * int(rng.integers(0, 8))))
    return visit(
        f"B{k}",
        float(rng.integers(1, 10)),
        n_slots=n_slots,
        windows=windows if rng.random() < 0.7 else [(48_600, 60_300)],
        link_group="G" if rng.random() < 0.4 else None,
        is_must=bool(rng.random() < 0.2),
        division_code=DISTRICTS[int(rng.random() < 0.3)],
        n_firms=int(rng.integers(5, 140)),
    )


def _pause(rng: np.random.Generator, shift_start_s: int) -> BreakTime | None:
    """A break that the shift holds, or none."""
    earliest = shift_start_s + 600 * int(rng.integers(0, 12))
    latest = earliest + 600 * int(rng.integers(0, 10))
    return BreakTime(earliest, latest, 600 * int(rng.integers(1, 6))) if rng.random() < 0.8 else None


def _team(rng: np.random.Generator, k: int) -> Team:
    shift = (48_600 + 1_800 * int(rng.integers(0, 3)), 63_000)
    recusals = frozenset({"B0"}) if rng.random() < 0.2 else frozenset[str]()
    made = team(f"T{k}", n=6 + 2 * int(rng.integers(0, 3)), shift=shift, recusals=recusals)
    codes = [DISTRICTS[:1], DISTRICTS[1:], DISTRICTS][int(rng.integers(0, 3))]
    return replace(made, division_codes=frozenset(codes))
