"""Days of a window made again one by one: as good as they can be, and nothing of the others changed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sweep.plan.bound.reoptimise_one_day import DayReoptimiser
from sweep.plan.kernel.annealing import score
from sweep.plan.problem.problem import Problem
from sweep.plan.search.decode_routes import make_routes, plan_value
from sweep.plan.search.encode_problem import make_arrays
from sweep.plan.search.initial_solution import empty_state
from tests.plan.exhaustive import optimum
from tests.plan.rich import over_days
from tests.plan.tied import tied_problem

DAY = 86_400


def each_on_one_day(seed: int) -> Problem:
    """Two days with teams of their own, each visit open on one of them: what is best on each is best in all."""
    asked = over_days(tied_problem(seed), seed, is_each=False)
    group_day: dict[str, int] = {}
    visits = []
    for n, v in enumerate(asked.visits):
        day = group_day.setdefault(v.link_group, n % 2) if v.link_group else n % 2
        shifted = tuple((lo % DAY + day * DAY, hi % DAY + day * DAY) for lo, hi in v.windows_s)
        visits.append(replace(v, windows_s=tuple(dict.fromkeys(shifted)), values=(), is_must=False))
    return replace(asked, visits=tuple(visits), lags=(), caps=())


@given(st.integers(0, 100_000))
@settings(max_examples=12, deadline=None, derandomize=True)
def test_days_made_again_from_nothing_are_as_good_as_they_can_be(seed: int) -> None:
    asked = each_on_one_day(seed)
    a = make_arrays(asked, asked.teams)
    days, state = DayReoptimiser(a), empty_state(a)
    days.look_at(state)
    while days.step(lambda: True):
        better = days.better(state)
        if better is not None:
            assert score(a, better) > score(a, state)
            state = better
            days.look_at(state)
    assert plan_value(asked, a, state) == pytest.approx(optimum(asked, with_musts=False))
    assert make_routes(asked, a, state, asked.teams)


def test_days_with_nothing_left_out_are_not_made_again() -> None:
    asked = replace(each_on_one_day(1), visits=())
    a = make_arrays(asked, asked.teams)
    assert not DayReoptimiser(a).step(lambda: True)
