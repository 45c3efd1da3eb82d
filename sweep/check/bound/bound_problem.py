"""Problem behind an upper bound: visits, links and teams, read from problem.json without the planner."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np
from pydantic import TypeAdapter

from geodata.array_types import Float64s, Int64s
from sweep.records.people import BreakTime, Person, Team
from sweep.records.service_time import ServiceMinutes, visit_seconds
from sweep.records.visits import Cap, Visit

# Seconds that stand for an unreachable place or a time that never comes.
UNREACHABLE_S = 1 << 30
_VISIT, _TEAM, _PERSON, _CAP = TypeAdapter(Visit), TypeAdapter(Team), TypeAdapter(Person), TypeAdapter(Cap)
_VISIT_DEFAULTS: dict[str, Any] = {
    "division_code": "",
    "track": "case",
    "basis": (),
    "targets": (),
    "n_firms": 0,
    "is_must": False,
    "slots": ({},),
}


@dataclass(frozen=True)
class BoundProblem:
    """Problem for the verification of a bound: visits, the teams that get a route, travel times and caps."""

    visits: Mapping[str, Visit]
    """Visits by id; a locked start replaces the time windows."""
    teams: Mapping[str, Team]
    """Active teams by id."""
    unit: Mapping[str, int]
    """Number of each visit's unit, by visit id; visits of one unit are made together or not at all."""
    lag: Float64s
    """Upper bound on start of w minus start of v, seconds, at [v, w], by all links; inf if none. (visits, visits)."""
    keys: Mapping[str, frozenset[str]]
    """Ids of building, targets, property company and landlord by visit id; a recusal from one excludes a team (C10)."""
    locks: Mapping[tuple[str, int], str]
    """Id of the team for which a position in a visit is reserved, by (visit id, position)."""
    places: Mapping[str, int]
    """Row of each building and base in `travel_s`, by id."""
    travel_s: Int64s
    """Travel time between places, seconds, (places, places)."""
    minutes: ServiceMinutes
    """Minutes for entry, doors and inspections, from which service times follow."""
    caps: Mapping[str, Cap]
    """Caps by id."""
    with_urgency: bool = False
    """Whether the value of a visit includes its urgency."""

    @cached_property
    def row(self) -> dict[str, int]:
        """Position of each visit in `visits`, by visit id."""
        return {visit_id: n for n, visit_id in enumerate(self.visits)}

    def value(self, visit_id: str) -> Fraction:
        """Return the exact value of a visit on its best day of all days planned, plus its urgency if `with_urgency`."""
        urgency = self.visits[visit_id].urgency if self.with_urgency else 0.0
        return Fraction(self.visits[visit_id].best_value) + Fraction(urgency)

    def total_value(self, visits: Iterable[str]) -> Fraction:
        """Return the sum of the values (`value`) of visits, given by id."""
        return sum(map(self.value, visits), Fraction(0))

    def units_of(self, visits: Iterable[str]) -> dict[int, list[str]]:
        """Return visits, given by id, grouped by the number of their unit."""
        units: dict[int, list[str]] = {}
        for visit_id in visits:
            units.setdefault(self.unit[visit_id], []).append(visit_id)
        return units

    def loss(self, visit_id: str, team: Team) -> Fraction:
        """Return the value of the visit on its best day of all days planned, minus its value on the team's day."""
        visit = self.visits[visit_id]
        return Fraction(visit.best_value) - Fraction(visit.value_on(team.day))

    def seconds(self, team: Team, visit: Visit, slot: int) -> int | None:
        """Return the team's service seconds in position `slot` of the visit; None if a rule or a lock excludes it."""
        needs = visit.slots[slot]
        is_allowed = (
            visit.division_code in team.division_codes
            and all(team.n_certified.get(agency, 0) >= n for agency, n in needs.min_certified.items())
            and all(team.n_skilled.get(skill, 0) >= n for skill, n in needs.min_skilled.items())
            and (not needs.is_for_drawn or set(visit.officers) <= set(team.member_ids))
            and not any(set(pair) <= set(team.member_ids) for pair in visit.keep_apart)
            and not team.recusals & self.keys[visit.visit_id]
            and self.locks.get((visit.visit_id, slot), team.team_id) == team.team_id
        )
        return visit_seconds(visit, slot, len(team.member_ids), self.minutes) if is_allowed else None


def read_bound_problem(problem: bytes, planned: Sequence[Team]) -> BoundProblem:
    """
    Return the problem of a plan from problem.json; its teams are the plan's (`planned`) if the file gives none.

    Raises
    ------
    ValueError, KeyError, TypeError
        If the problem is malformed.
    """
    content = json.loads(problem)
    day = date.fromisoformat(content["day"])
    no_road = min(int(content.get("unreachable_s", UNREACHABLE_S)), UNREACHABLE_S)
    visits = {v["visit_id"]: _visit(v) for v in content["visits"]}
    locks = content.get("locks", ())
    starts = {x["visit_id"]: x["start_s"] for x in locks if x.get("start_s") is not None}
    visits |= {i: _with_fixed_start(visits[i], start) for i, start in starts.items()}
    people = {p["person_id"]: _PERSON.validate_python(p) for p in content.get("people", ())}
    rules = content.get("rules") or {}
    pause = rules.get("break_time") and BreakTime(**rules["break_time"])
    paid_until_s = rules.get("paid_until_s")
    composed = (replace(_composed_team(t, people, day), paid_until_s=paid_until_s, break_time=pause) for t in planned)
    teams = [_given_team(t) for t in content.get("teams", ())] or list(composed)
    buildings = {b["building_id"]: b for b in content.get("buildings", ())}
    lag = _lags(visits, content)
    _, unit = np.unique([np.flatnonzero(np.isfinite(row))[0] for row in lag], return_inverse=True)
    n = len(content["places"])
    return BoundProblem(
        visits=visits,
        teams={t.team_id: t for t in teams if not t.is_reserve},
        unit=dict(zip(visits, unit.tolist(), strict=True)),
        lag=lag,
        keys={i: _keys(v, buildings.get(v.building_id, {})) for i, v in visits.items()},
        locks={(x["visit_id"], x.get("slot", 0)): x["team_id"] for x in locks},
        places={name: k for k, name in enumerate(content["places"])},
        travel_s=_table(content["travel_s"], n, no_road),
        caps={c["cap_id"]: _CAP.validate_python(c) for c in content.get("caps", ())},
        minutes=ServiceMinutes(**(content.get("service_minutes") or {"entry": 0.0, "door": 0.0, "inspection": 0.0})),
    )


def _visit(part: dict[str, Any]) -> Visit:
    full = _VISIT_DEFAULTS | part
    slots = [{"slot": k, "min_certified": {}, "n_guards": 0} | slot for k, slot in enumerate(full["slots"])]
    return _VISIT.validate_python(full | {"slots": slots})


def _with_fixed_start(visit: Visit, start_s: int) -> Visit:
    """Return the visit with `start_s` as its only start; its due time is that of the last window open at that time."""
    n_open = sum(lo <= start_s for lo, _ in visit.windows_s)
    dues = visit.dues_s[max(0, n_open - 1) :][:1]
    return replace(visit, windows_s=((start_s, start_s),), dues_s=dues)


def _given_team(part: dict[str, Any]) -> Team:
    nothing = {"member_ids": (), "division_codes": [""], "n_certified": {}, "n_female_certified": 0, "recusals": []}
    return _TEAM.validate_python(nothing | part)


def _composed_team(team: Team, people: Mapping[str, Person], day: date) -> Team:
    members = [people[i] for i in team.member_ids]
    return replace(
        team,
        n_certified=Counter(p.agency for p in members if p.is_certified(day)),
        recusals=frozenset(key for p in members for key in p.recusals),
        n_skilled=Counter(skill for p in members for skill in p.skills),
        day=0,
    )


def _keys(visit: Visit, building: Mapping[str, Any]) -> frozenset[str]:
    others = (building.get("property_company_id"), building.get("landlord_id"))
    return frozenset((visit.building_id, *visit.targets, *(i for i in others if i)))


def _table(rows: Sequence[Sequence[int | None]], n: int, no_road: int) -> Int64s:
    cells = [[UNREACHABLE_S if cell is None or cell >= no_road else cell for cell in row] for row in rows]
    table = np.array(cells, np.int64).reshape(n, n)
    np.fill_diagonal(table, 0)
    return table


def _lags(visits: Mapping[str, Visit], content: Mapping[str, Any]) -> Float64s:
    """Return the most seconds by which links let visit j start after visit i, (visits i, visits j); inf: no limit."""
    row = {visit_id: n for n, visit_id in enumerate(visits)}
    lag = np.where(np.eye(len(row), dtype=np.bool_), 0.0, np.inf)
    tolerance = float(content.get("link_tolerance_s", 300))
    links = [(x["before"], x["after"], float(x["min_s"]), float(x["max_s"])) for x in content.get("lags", ())]
    links += [
        (v.visit_id, w.visit_id, -tolerance, tolerance)
        for v, w in combinations(visits.values(), 2)
        if v.link_group is not None and v.link_group == w.link_group
    ]
    for before, after, least, most in links:
        v, w = row[before], row[after]
        lag[v, w], lag[w, v] = min(lag[v, w], most), min(lag[w, v], -least)
    return shortest_paths(lag)


def shortest_paths[T: (Float64s, Int64s)](lengths: T) -> T:
    """Return the shortest path lengths between all pairs, (n, n), from direct `lengths` (Floyd-Warshall)."""
    best = lengths.copy()
    for m in range(len(best)):
        np.minimum(best, best[:, m : m + 1] + best[m], out=best)
    return best
