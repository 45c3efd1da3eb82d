"""Random problems whose teams are open, small enough to be gone through, and random ways to make teams for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from sweep.plan.problem.problem import Lag, Problem, TeamRules
from sweep.plan.teams.make_teams import with_members
from sweep.records.people import MARKET_REGULATION, POLICE, Base, BreakTime, Person, Team
from sweep.records.visits import Slot, Visit
from tests.plan.conftest import problem, visit

DISTRICTS = ("370102", "370103")
SHIFT = (48_600, 63_000)
BASES = {"S": DISTRICTS[0], "S2": DISTRICTS[1], "S3": DISTRICTS[0]}


def open_problem(seed: int) -> Problem:
    """Guards, skills, drawn officers, recusals, lags, groups, musts, helpers, other agencies, bases elsewhere."""
    rng = np.random.default_rng((seed, 9))
    n = int(rng.integers(2, 6))
    points = rng.uniform(0, 25, (n + 3, 2))
    minutes = np.ceil(np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))).astype(np.int64)
    people = tuple(_person(rng, k) for k in range(int(rng.integers(8, 17))))
    visits: list[Visit] = []
    for k in range(n):
        free_slots = 5 - sum(len(v.slots) for v in visits) - (n - k - 1)
        visits.append(_visit(rng, k, 2 if free_slots >= 2 and rng.random() < 0.3 else 1, people))
    made = problem(visits, (), minutes[: n + 1, : n + 1])
    places = {**made.places, "S2": n + 1, "S3": n + 2}
    needs = {POLICE: int(rng.integers(0, 3)), MARKET_REGULATION: int(rng.integers(1, 3))}
    rules = TeamRules(
        2, 1, needs if rng.random() < 0.8 else needs | {"street": 1}, int(rng.random() < 0.5), bool(rng.random() < 0.3),
        max_members=int(rng.integers(4, 9)) if rng.random() < 0.3 else None,
        max_duty_s=12_000 if rng.random() < 0.2 else None,
        break_time=BreakTime(52_000, 57_000, 1_800) if rng.random() < 0.2 else None,
    )  # fmt: skip
    lo = 60 * int(rng.integers(-30, 60))
    return replace(
        made,
        people=people,
        rules=rules,
        places=places,
        travel_s=60 * minutes,
        distance_m=60 * minutes,
        bases={b: Base(b, b, d, 117.0, 36.6) for b, d in BASES.items()},
        shift_s=SHIFT,
        lags=(Lag("V-B0", "V-B1", lo, lo + 60 * int(rng.integers(0, 60))),) if rng.random() < 0.4 else (),
    )


def _person(rng: np.random.Generator, k: int) -> Person:
    agency = str(rng.choice([POLICE, MARKET_REGULATION, "street"], p=[0.45, 0.45, 0.1]))
    home = int(rng.random() < 0.4)
    base = str(rng.choice(list(BASES))) if rng.random() < 0.2 else ("S", "S2")[home]
    return Person(
        f"P{k:02d}",
        agency,
        "officer" if rng.random() < 0.8 else "auxiliary",
        date(2027, 1, 1) if rng.random() < 0.9 else None,
        bool(rng.random() < 0.5),
        base,
        DISTRICTS[home],
        SHIFT if rng.random() < 0.9 else (SHIFT[0] + 600, SHIFT[1]),
        frozenset({f"B{int(rng.integers(0, 6))}"}) if rng.random() < 0.1 else frozenset(),
        frozenset({"computers"}) if rng.random() < 0.3 else frozenset(),
    )


def _visit(rng: np.random.Generator, k: int, n_slots: int, people: Sequence[Person]) -> Visit:
    lo = SHIFT[0] + 600 * int(rng.integers(0, 12))
    made = visit(
        f"B{k}",
        float(rng.integers(1, 10)),
        n_slots=n_slots,
        windows=[(lo, lo + 300 * int(rng.integers(0, 20)))] if rng.random() < 0.6 else [SHIFT],
        link_group="G" if rng.random() < 0.3 else None,
        is_must=bool(rng.random() < 0.15),
        division_code=DISTRICTS[int(rng.random() < 0.4)],
        n_firms=int(rng.integers(5, 200)),
    )
    slots = tuple(
        Slot(
            s, {POLICE: int(rng.integers(0, 4))} if rng.random() < 0.7 else {MARKET_REGULATION: 1, POLICE: 2},
            int(rng.integers(0, 3)), {"computers": 1} if rng.random() < 0.2 else {},
            int(rng.integers(600, 5_000)) if rng.random() < 0.2 else None,
        )
        for s in range(n_slots)
    )  # fmt: skip
    drawn = tuple(p.person_id for p in people[:1]) if rng.random() < 0.1 else ()
    apart = ((people[1].person_id, people[2].person_id),) if rng.random() < 0.1 else ()
    return replace(made, slots=slots, officers=drawn, keep_apart=apart)


def random_teams(asked: Problem, rng: np.random.Generator) -> list[Team]:
    """Some teams as the rules ask for, the last of them perhaps in reserve; none if the people make none."""
    left = [p for p in asked.people if p.covers(asked.shift_s) and (not p.is_officer or p.is_certified(asked.day))]
    rng.shuffle(left)  # type: ignore[arg-type]
    teams: list[Team] = []
    for k in range(int(rng.integers(1, 5))):
        district = str(rng.choice(DISTRICTS))
        members = _members(asked, rng, left, district)
        if members is None:
            continue
        left = [p for p in left if p not in members]
        teams.append(_team(asked, f"T{k}", district, members))
    if len(teams) > 1 and rng.random() < 0.3:
        teams[-1] = replace(teams[-1], is_reserve=True)
    return teams


def _members(asked: Problem, rng: np.random.Generator, left: list[Person], district: str) -> list[Person] | None:
    rules = asked.rules
    may = [p for p in left if p.agency != MARKET_REGULATION or rules.assist_letter or p.division_code == district]
    chosen: list[Person] = []
    for agency, n in rules.min_certified.items():
        chosen += [p for p in may if p.agency == agency and p.is_certified(asked.day)][:n]
    n_women = sum(p.is_female and p.is_certified(asked.day) for p in chosen)
    women = [p for p in may if p.is_female and p.is_certified(asked.day) and p not in chosen]
    chosen += women[: max(0, rules.min_female - n_women)]
    rest = [p for p in may if p not in chosen]
    most = len(chosen) + len(rest) if rules.max_members is None else rules.max_members
    chosen += rest[: int(rng.integers(0, len(rest) + 1))]
    certified = [p for p in chosen if p.is_certified(asked.day)]
    has = all(sum(p.agency == a for p in certified) >= n for a, n in rules.min_certified.items())
    return chosen[:most] if has and sum(p.is_female for p in certified) >= rules.min_female else None


def _team(asked: Problem, name: str, district: str, members: list[Person]) -> Team:
    """From the base in its district that most of them have; of them all if none has one there."""
    here = [p.base_id for p in members if BASES[p.base_id] == district] or [p.base_id for p in members]
    every = frozenset(DISTRICTS)
    bare = Team(
        name, (), max(sorted(set(here)), key=here.count), every if asked.rules.assist_letter else frozenset({district}),
        asked.shift_s, {}, 0, frozenset(), max_duty_s=asked.rules.max_duty_s, break_time=asked.rules.break_time,
    )  # fmt: skip
    return with_members(asked, bare, members)
