"""Routes of a bound's plan as those of teams."""

from types import SimpleNamespace
from typing import Any

import numpy as np

from sweep.plan.bound.synchronise_routes import TimedRoutes, timed


def test_a_team_whose_route_is_empty_stays_in_without_a_break() -> None:
    team = SimpleNamespace(shift_lo=0, shift_hi=100, break_lo=0, break_hi=50, break_s=10)
    pool: Any = SimpleNamespace(kinds=[SimpleNamespace(teams=[3], tasks=np.zeros(0, np.int64), team=team)], slots=[])
    assert timed(pool, ((0, (), ()),)) == TimedRoutes([], {})
