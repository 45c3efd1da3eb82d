"""Random problems whose ways are paid and whose routes can each be judged alone, from one seed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sweep.plan.problem.problem import Problem, Weights
from tests.plan.rich import FAR, rich_problem


def priced_problem(seed: int) -> Problem:
    """
    Skills, districts, missing roads; one slot and one window a visit, ways paid.

    With an odd seed all teams are alike.
    """
    problem, rng = rich_problem(seed), np.random.default_rng(seed)
    visits = []
    for v in problem.visits:
        lo = int(rng.integers(48_600, 60_000))
        windows = ((lo, lo + int(rng.integers(0, 7_200))),)
        visits.append(replace(v, slots=v.slots[:1], windows_s=windows, link_group=None, due_s=None))
    teams = tuple(replace(t, break_time=None, max_duty_s=None) for t in problem.teams)
    if seed % 2:
        teams = tuple(replace(teams[0], team_id=t.team_id) for t in teams)
    # A leg of a quarter of an hour costs about half of a visit.
    weights = Weights(travel=float(rng.choice([1e-4, 5e-4, 2e-3])))
    return replace(problem, visits=tuple(visits), teams=teams, weights=weights, lags=(), locks=(), unreachable=FAR)
