"""Where a visit fits beside a break."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sweep.plan.kernel.insertion import best_place
from sweep.plan.search.encode_problem import make_arrays
from sweep.plan.search.initial_solution import empty_state
from sweep.records.people import BreakTime
from tests.plan.conftest import problem, team, visit


def test_a_visit_before_the_break_has_the_time_behind_it_for_its_way_home() -> None:
    """18 min there, window from the 20th, half an hour inside, half an hour of break from 50, 18 home: 98 of 100."""
    begin = 48_600
    one = replace(visit("B0", windows=((begin + 1_200, begin + 7_200),)), service_s=1_800)
    mine = team("T0", shift=(begin, begin + 6_000))
    asked = problem([one], [replace(mine, break_time=BreakTime(begin + 1_800, begin + 3_600, 1_800))], 18)
    a = make_arrays(asked, asked.teams)
    assert best_place(a, empty_state(a), 0, 0, np.random.default_rng(1))[0] == 0
