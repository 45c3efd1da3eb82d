"""Pricing of routes with a break, and where column generation ends at a node."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module

import numpy as np
import pytest

from sweep.plan.bound.branch_and_price import unit_values
from sweep.plan.bound.branch_nodes import root
from sweep.plan.bound.components import Component, make_component, split_components
from sweep.plan.bound.linked_units import can_be_staffed
from sweep.plan.bound.route_labelling import make_front
from sweep.plan.bound.route_relaxation import RouteRelaxation
from sweep.plan.bound.team_kind_arrays import TaskWindows
from sweep.plan.problem.problem import Problem
from sweep.plan.search.encode_problem import make_arrays
from sweep.records.people import BreakTime
from tests.plan.conftest import SHIFT, problem, team, visit


def pool_of(asked: Problem) -> Component:
    a = make_arrays(asked, asked.teams)
    ((teams, members),) = split_components(a, can_be_staffed(a))
    return make_component(a, unit_values(asked, a)[0], teams, members)


def test_the_rest_of_a_route_is_bounded_with_its_break():
    # Ten visits of 24 min fill the shift of 240; a break of as long takes the place of one.
    length_s = (SHIFT[1] - SHIFT[0]) // 10
    visits = [replace(visit(f"B{k}", windows=(SHIFT,)), service_s=length_s) for k in range(10)]
    pause = BreakTime(SHIFT[0] + 3 * length_s, SHIFT[0] + 5 * length_s, length_s)
    pool = pool_of(problem(visits, [replace(team("T0"), break_time=pause)], 0))
    kind = pool.kinds[0]
    front = make_front(kind.team, TaskWindows(pool.windows.window[kind.tasks]), np.ones(len(kind.tasks)))
    assert front.most == 9.0


@pytest.mark.parametrize("seed", range(5))
def test_a_node_is_closed_once_its_bound_is_near_the_linear_program(make_random_problem, monkeypatch, seed):
    pool = pool_of(make_random_problem(seed, n_visits=40, n_teams=6, linked=True))
    node = root(pool, np.zeros(len(pool.units), np.bool_))
    assert node is not None

    def closed(known: float) -> tuple[float, int]:
        relaxation = RouteRelaxation(pool)
        relaxed = relaxation.solve(node, known, lambda: True)
        assert relaxed.is_closed
        return relaxed.bound, relaxation.n_rounds

    monkeypatch.setattr(import_module("sweep.plan.bound.route_relaxation"), "NEAR", 0.0)
    whole, n_whole = closed(0.0)
    monkeypatch.undo()
    bound, n_rounds = closed(0.0)
    assert whole - 1e-9 <= bound <= whole + 0.01 * bound
    assert n_rounds <= n_whole
