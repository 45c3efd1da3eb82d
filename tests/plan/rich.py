"""Random problems that use everything the model has at once: from one seed, small enough to be solved in a moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np

from sweep.plan.problem.intervals import joined
from sweep.plan.problem.problem import Lag, Lock, Problem, TeamRules, Weights
from sweep.records.buildings import Building
from sweep.records.people import Base, BreakTime, Person, Team
from sweep.records.service_time import ServiceMinutes
from sweep.records.squad_slots import split_slots
from sweep.records.visits import Cap, Slot, Visit

DAY = date(2026, 9, 16)
DISTRICTS = ("370102", "370103")
BASES = ("S", "S2")
FAR = 2**31 - 1


def rich_problem(seed: int, *, composed: bool = False) -> Problem:
    """Breaks, duties, skills, slots, windows, groups, lags, due times, musts."""
    rng = np.random.default_rng(seed)
    n, n_teams = int(rng.integers(1, 16)), int(rng.integers(1, 5))
    points = rng.uniform(0, 30, (n + 2, 2))
    travel = (60 * np.rint(np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1)))).astype(np.int64)
    travel[rng.random(travel.shape) < 0.03] = FAR
    np.fill_diagonal(travel, 0)
    visits = tuple(_visit(rng, k, n) for k in range(n))
    teams = () if composed else tuple(_team(rng, k) for k in range(n_teams))
    ids = [v.visit_id for v in visits]
    lags = ()
    if n >= 3 and rng.random() < 0.5:
        lo = int(rng.integers(-10, 30)) * 60
        lags = (Lag(ids[0], ids[2], lo, lo + int(rng.integers(0, 40)) * 60),)
    return Problem(
        day=DAY,
        visits=visits,
        buildings={v.building_id: _building(v, k) for k, v in enumerate(visits)},
        people=_people(rng, n_teams) if composed else (),
        teams=teams,
        rules=TeamRules(
            n_teams,
            int(n_teams > 2),
            {"police": 2, "market_regulation": 2},
            1,
            bool(rng.random() < 0.3),
            max_members=20 + seed % 5 if composed else None,
        ),
        bases={b: Base(b, b, d, 117.0, 36.6) for b, d in zip(BASES, DISTRICTS, strict=True)},
        places={**{v.building_id: k for k, v in enumerate(visits)}, "S": n, "S2": n + 1},
        travel_s=travel,
        distance_m=travel * 8,
        unreachable=FAR,
        shift_s=(48_600, 63_000),
        minutes=ServiceMinutes(8.0, 1.0, 3.0),
        link_tolerance_s=300,
        weights=Weights(lateness=1e-4, largest_lateness=1e-4, disturbance=1e-3) if rng.random() < 0.5 else Weights(),
        lags=lags,
    )


def as_squads(problem: Problem) -> Problem:
    """Every visit by a squad of each agency that it asks for."""
    visits = tuple(replace(v, slots=split_slots(v.slots)) for v in problem.visits)
    return replace(problem, visits=visits, rules=replace(problem.rules, is_split=True))


def locked(problem: Problem, seed: int) -> Problem:
    """The problem with its first visit locked to a team that can serve it, at a time or at any."""
    rng = np.random.default_rng(seed)
    visit = replace(problem.visits[0], slots=problem.visits[0].slots[:1], link_group=None)
    team = replace(problem.teams[0], break_time=None, max_duty_s=None)
    team = replace(team, division_codes=frozenset(DISTRICTS), recusals=frozenset(), shift_s=(48_600, 70_000))
    visits = tuple(replace(v, link_group=None) for v in problem.visits[1:])
    slot = replace(visit.slots[0], min_certified={}, min_skilled={})
    travel = problem.travel_s.copy()
    travel[travel >= FAR] = 3_600
    lock = Lock(visit.visit_id, 0, team.team_id, 55_000 if rng.random() < 0.5 else None)
    windows = ((54_000, 56_000),)
    return replace(
        problem,
        visits=(replace(visit, slots=(slot,), windows_s=windows, value=0.0, is_must=False), *visits),
        teams=(team, *problem.teams[1:]),
        travel_s=travel,
        lags=(),
        locks=(lock,),
    )


def over_days(problem: Problem, seed: int, *, n_days: int = 2, is_each: bool = True) -> Problem:
    """
    The problem with values and windows by day, and caps.

    Parameters
    ----------
    is_each
        Each team is out on every day; else one after the other on the next.
    """
    rng = np.random.default_rng(seed)
    teams = tuple(
        replace(t, team_id=f"{t.team_id}-{day}", day=day, shift_s=_later(t.shift_s, day), break_time=_paused(t, day))
        for day in range(n_days)
        for k, t in enumerate(problem.teams)
        if is_each or k % n_days == day
    )
    visits = tuple(
        replace(
            v,
            values=tuple(float(x) for x in rng.integers(1, 10, n_days)) if rng.random() < 0.7 else (),
            windows_s=tuple(_later(w, d) for w in v.windows_s for d in range(n_days) if d == 0 or rng.random() < 0.7),
            due_s=None,
        )
        for v in problem.visits
    )
    caps = tuple(
        Cap(
            f"C{n}",
            {v.visit_id: int(rng.integers(0, 4)) for v in visits if rng.random() < 0.7},
            int(rng.integers(2, 9)),
        )
        for n in range(int(rng.integers(1, 4)))
    )
    return replace(problem, teams=teams, visits=visits, caps=caps)


def softened(problem: Problem, seed: int) -> Problem:
    """The problem with everything that costs and does not forbid, each in some of the seeds."""
    rng = np.random.default_rng(seed)

    def weight(size: float) -> float:
        return size * float(rng.random() < 0.6)

    visits = tuple(
        replace(
            v,
            windows_s=joined(v.windows_s),
            dues_s=tuple(int(hi - rng.integers(0, 3_000)) for _, hi in joined(v.windows_s))
            if rng.random() < 0.5
            else (),
            is_due_at_end=bool(rng.random() < 0.5),
            preferred=(f"T{int(rng.integers(0, 4))}-0", "somebody") if rng.random() < 0.5 else (),
        )
        for v in problem.visits
    )
    teams = tuple(
        replace(
            t,
            paid_until_s=t.shift_s[1] - int(rng.integers(0, 6_000)) if rng.random() < 0.6 else None,
            starts_with_shift=bool(rng.random() < 0.3),
        )
        for t in problem.teams
    )
    weights = Weights(
        travel=1e-5, lateness=weight(1e-4), largest_lateness=weight(1e-4), overtime=weight(2e-4),
        waiting=weight(1e-4), largest_idle=weight(3e-4), uneven_work=weight(1e-5),
        unpreferred=weight(0.5),
    )  # fmt: skip
    return replace(problem, visits=visits, teams=teams, weights=weights)


def _later(span_s: tuple[int, int], day: int) -> tuple[int, int]:
    return span_s[0] + 86_400 * day, span_s[1] + 86_400 * day


def _paused(team: Team, day: int) -> BreakTime | None:
    pause = team.break_time
    return pause and BreakTime(*_later((pause.earliest_s, pause.latest_s), day), pause.length_s)


def _visit(rng: np.random.Generator, k: int, n: int) -> Visit:
    lo = 48_600 + 600 * rng.integers(0, 14, 2)
    windows = tuple((int(x), int(x) + 600 * int(rng.integers(0, 10))) for x in lo[: rng.integers(1, 3)])
    needs = {"police": 2, "market_regulation": 2} if rng.random() < 0.7 else {"police": int(rng.integers(1, 5))}
    slots = tuple(
        Slot(s, needs, 0, {"computers": 1} if rng.random() < 0.15 else {}, 900 if rng.random() < 0.2 else None)
        for s in range(1 + int(rng.random() < 0.2))
    )
    return Visit(
        f"V{k}", f"B{k}", DISTRICTS[int(rng.random() < 0.3)], "case", ("L1",), (f"F{k}",), int(rng.integers(2, 40)),
        float(rng.integers(1, 10)), is_must=bool(rng.random() < 0.1), slots=slots, windows_s=windows,
        link_group="G" if k < 2 < n else None,
        due_s=int(lo[0]) + 600 if rng.random() < 0.3 else None,
        disturbance=float(rng.integers(0, 20)),
    )  # fmt: skip


def _building(visit: Visit, k: int) -> Building:
    company = f"P{k % 3}" if k % 2 else None
    return Building(
        visit.building_id, visit.building_id, "", visit.division_code, None, company, 9, 2, 9, 1e4, 117.0, 36.6
    )


def _team(rng: np.random.Generator, k: int) -> Team:
    pause = BreakTime(52_000, 57_000, int(rng.integers(1, 5)) * 600) if rng.random() < 0.4 else None
    district = DISTRICTS[int(rng.random() < 0.3)]
    shift = (48_600, 60_000 + 600 * int(rng.integers(0, 9)))
    return Team(
        f"T{k}", tuple(f"T{k}-{i}" for i in range(int(rng.integers(4, 10)))), BASES[int(rng.random() < 0.3)],
        frozenset(DISTRICTS) if rng.random() < 0.4 else frozenset({district}), shift,
        {"police": int(rng.integers(2, 5)), "market_regulation": 2}, 1,
        frozenset({f"F{int(rng.integers(0, 9))}", "P1"}) if rng.random() < 0.3 else frozenset(),
        is_reserve=k > 2, n_skilled={"computers": int(rng.random() < 0.5)},
        end_base_id="S2" if rng.random() < 0.2 else None,
        max_duty_s=int(rng.integers(4, 14)) * 1_000 if rng.random() < 0.3 else None, break_time=pause,
    )  # fmt: skip


def _people(rng: np.random.Generator, n_teams: int) -> tuple[Person, ...]:
    people = []
    for agency, role, n in (
        ("police", "officer", 4),
        ("market_regulation", "inspector", 3),
        ("police", "auxiliary", 2),
    ):
        for i in range(n * n_teams):
            at_home = agency == "market_regulation" and i < 2 * n_teams
            at = 0 if at_home else int(rng.random() < 0.5)
            certificate = None if role == "auxiliary" else date(2027, 1, 1)
            recusals = frozenset({f"F{int(rng.integers(0, 9))}"}) if rng.random() < 0.2 else frozenset()
            skills = frozenset({"computers"}) if rng.random() < 0.2 else frozenset()
            shift = (46_800, 64_800)
            name = f"{agency[0]}{role[0]}{i}"
            people.append(
                Person(name, agency, role, certificate, bool(i % 2), BASES[at], DISTRICTS[at], shift, recusals, skills)
            )
    return tuple(people)
