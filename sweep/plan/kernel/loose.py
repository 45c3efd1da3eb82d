"""Units taken out of the routes, to be tried elsewhere. Compiled."""

from __future__ import annotations

from geodata.arrays import Bools
from geodata.compiled import inner
from sweep.plan.kernel.arrays import NONE, Arrays
from sweep.plan.kernel.state import State, take_unit


@inner
def may_go(a: Arrays, u: int, is_loose: Bools) -> bool:
    """Whether unit u may be taken out, and was not yet."""
    return bool(u != NONE and not a.units[u].is_locked and not is_loose[u])


@inner
def loosen(a: Arrays, s: State, u: int, open_teams: Bools, is_loose: Bools) -> None:
    """Take unit u out and mark its teams; times are left alone."""
    for y in range(a.units[u].task_from, a.units[u].task_to):
        if s.fill[a.task[y].of_unit].team != NONE:
            open_teams[s.fill[a.task[y].of_unit].team] = True
    is_loose[u] = True
    take_unit(a, s, u)
