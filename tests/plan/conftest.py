"""Small planning problems, made by hand or by chance, that the tests of the planner share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pytest
from ortools.sat.python import cp_model

from sweep.plan.problem.problem import Problem, TeamRules
from sweep.records.buildings import Building
from sweep.records.people import Base, Person, Team
from sweep.records.service_time import ServiceMinutes
from sweep.records.visits import Slot, Visit

DAY = date(2026, 9, 16)
NEEDS = {"police": 2, "market_regulation": 2}
SHIFT = (48_600, 63_000)
UNREACHABLE = 2**31 - 1


def building(
    building_id: str, division_code: str = "370102", n_firms: int = 20, company: str | None = None
) -> Building:
    return Building(building_id, building_id, "", division_code, None, company, 10, 2, n_firms, 1e4, 117.0, 36.6)


def visit(
    building_id: str,
    value: float = 1.0,
    *,
    n_slots: int = 1,
    windows: Sequence[tuple[int, int]] = ((48_600, 60_300),),
    link_group: str | None = None,
    is_must: bool = False,
    division_code: str = "370102",
    n_firms: int = 20,
    needs: dict[str, int] | None = None,
    targets: tuple[str, ...] = (),
    values: tuple[float, ...] = (),
) -> Visit:
    slots = tuple(Slot(k, needs or NEEDS, 0) for k in range(n_slots))
    return Visit(
        f"V-{building_id}",
        building_id,
        division_code,
        "case",
        ("L1",),
        targets,
        n_firms,
        value,
        is_must,
        slots,
        tuple(windows),
        link_group,
        values=values,
    )


def team(
    team_id: str,
    *,
    n: int = 8,
    division_code: str = "370102",
    recusals: frozenset[str] = frozenset(),
    is_reserve: bool = False,
    shift: tuple[int, int] = SHIFT,
    n_police: int = 4,
) -> Team:
    return Team(
        team_id,
        tuple(f"{team_id}-{k}" for k in range(n)),
        "S",
        frozenset({division_code}),
        shift,
        {"police": n_police, "market_regulation": 2},
        1,
        recusals,
        is_reserve,
    )


def problem(
    visits: Sequence[Visit],
    teams: Sequence[Team] = (),
    minutes: np.ndarray | int = 5,
    *,
    people: Sequence[Person] = (),
    rules: TeamRules | None = None,
    company: str | None = None,
    unreachable: Sequence[str] = (),
) -> Problem:
    """Visits, then base S last; `minutes` between any two places, or a whole table of them."""
    ids = [v.building_id for v in visits]
    n = len(ids) + 1
    table = np.full((n, n), minutes, np.int64) if isinstance(minutes, int) else np.asarray(minutes, np.int64)
    travel = table * 60
    np.fill_diagonal(travel, 0)
    for b in unreachable:
        k = ids.index(b)
        travel[k, :], travel[:, k] = UNREACHABLE, UNREACHABLE
    return Problem(
        day=DAY,
        visits=tuple(visits),
        buildings={v.building_id: building(v.building_id, v.division_code, v.n_firms, company) for v in visits},
        people=tuple(people),
        teams=tuple(teams),
        rules=rules or TeamRules(max(1, len(teams)), 0, NEEDS, 1, False),
        bases={"S": Base("S", "station", "370102", 117.0, 36.6)},
        places={**{b: k for k, b in enumerate(ids)}, "S": n - 1},
        travel_s=travel,
        distance_m=travel * 8,
        unreachable=UNREACHABLE,
        shift_s=SHIFT,
        minutes=ServiceMinutes(entry=12.0, door=3.0, inspection=20.0),
        link_tolerance_s=300,
    )


def random_problem(seed: int, n_visits: int, n_teams: int, *, linked: bool = False) -> Problem:
    rng = np.random.default_rng(seed)
    points = rng.uniform(0, 40, (n_visits + 1, 2))
    minutes = np.rint(np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))).astype(np.int64) + 1
    visits = []
    for k in range(n_visits):
        lo = 48_600 + 600 * int(rng.integers(0, 12))
        windows = ((lo, lo + 600 * int(rng.integers(1, 10))),)
        group = f"G{k // 2}" if linked and k < 4 else None
        visits.append(
            visit(
                f"B{k}",
                float(rng.integers(1, 10)),
                windows=windows,
                link_group=group,
                n_slots=2 if linked and k == 4 else 1,
                n_firms=int(rng.integers(5, 90)),
                is_must=bool(rng.random() < 0.1),
            )
        )
    teams = [team(f"T{k}", n=6 + 2 * int(rng.integers(0, 3))) for k in range(n_teams)]
    return problem(visits, teams, minutes)


@pytest.fixture
def lying_cp_sat(monkeypatch: pytest.MonkeyPatch) -> None:
    """A CP-SAT that finds every model infeasible, as releases of it have done with models that are not."""
    truly = cp_model.CpSolver.solve

    def lie(self: cp_model.CpSolver, model: cp_model.CpModel) -> object:
        truly(self, model)
        return cp_model.INFEASIBLE

    monkeypatch.setattr(cp_model.CpSolver, "solve", lie)


make_problem = pytest.fixture(lambda: problem)
make_random_problem = pytest.fixture(lambda: random_problem)
make_visit = pytest.fixture(lambda: visit)
make_team = pytest.fixture(lambda: team)
