"""Reading, writing and hashing problem.json, a planning problem that can be solved on its own."""

import hashlib
import json
from dataclasses import fields
from functools import partial
from typing import Any

import numpy as np
from pydantic import ValidationError

from geodata.array_types import Int64s
from geodata.errors import InputError
from sweep.disk.json_errors import ErrorCodes, json_issue
from sweep.disk.plain_json import to_json_values
from sweep.plan.problem.problem import Lock, Problem, TeamRules
from sweep.plan.problem.problem_schema import SCHEMA_VERSION, ProblemPart, RulesPart, Table
from sweep.plan.problem.validate_problem import part_faults
from sweep.records.buildings import Building
from sweep.records.people import Base, Team
from sweep.records.service_time import ServiceMinutes
from sweep.records.visits import Slot, Visit

FILE_NAME = "problem.json"
_CODES = ErrorCodes("S501", "S502", "S503", "S504")
# A record as plain JSON values; mappings keep their order, on which team composition depends.
_plain = partial(to_json_values, omits_defaults=True)
# Given teams need no rules; a file with neither has no team.
_NO_TEAMS = RulesPart(n_teams=0)


def write_problem(problem: Problem) -> str:
    """
    Return the problem as JSON text, one row of a table per line; `read_problem` restores the same problem.

    Raises
    ------
    ValueError
        If two places share a row of the travel tables, or a value is not finite.
    """
    ids = sorted(problem.places, key=lambda name: problem.places[name])
    if [problem.places[name] for name in ids] != list(range(len(ids))):
        raise ValueError("each place must have its own row in the travel tables")
    no_road = int(problem.unreachable)
    content: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "day": problem.day.isoformat(),
        "shift_s": _plain(problem.shift_s),
        "link_tolerance_s": int(problem.link_tolerance_s),
        "unreachable_s": no_road,
        "service_minutes": _plain(problem.minutes),
        "weights": _plain(problem.weights),
        "rules": _plain(problem.rules),
        "places": ids,
        "travel_s": _rows(problem.travel_s, no_road),
        "distance_m": _rows(problem.distance_m, no_road),
        "bases": [_plain(base) for base in problem.bases.values()],
        "buildings": [_plain(building) for building in problem.buildings.values()],
        "people": [_plain(person) for person in problem.people],
        "teams": [_plain(team) for team in problem.teams],
        "visits": [_visit_json(visit) for visit in problem.visits],
        "lags": [_plain(lag) for lag in problem.lags],
        "locks": [_plain(lock) for lock in problem.locks],
    }
    if problem.caps:
        content["caps"] = [_plain(cap) for cap in problem.caps]
    return "{\n" + ",\n".join(f"{_line(key)}: {_lines(value)}" for key, value in content.items()) + "\n}\n"


def read_problem(text: str | bytes, file: str = FILE_NAME) -> Problem:
    """
    Return the problem from the text of a problem.json; `file`: name of the file in errors.

    Raises
    ------
    InputError
        With every error: S501 not JSON, S502 a missing key, S503 an unknown key, S504 a value of the wrong type;
        without these, the errors of `part_faults`.
    """
    try:
        part = ProblemPart.model_validate_json(
            text.removeprefix("\ufeff") if isinstance(text, str) else text.removeprefix(b"\xef\xbb\xbf"), strict=True
        )
    except ValidationError as error:
        raise InputError(json_issue(file, e, _CODES) for e in error.errors(include_url=False)) from error
    if issues := part_faults(part, file):
        raise InputError(issues)
    return _problem(part)


def problem_sha256(problem: Problem) -> str:
    """Return the SHA-256 of everything in the problem that a plan depends on, as hex; tables are hashed as bytes."""
    big = {"travel_s", "distance_m"}
    small = {f.name: _plain(getattr(problem, f.name)) for f in fields(problem) if f.name not in big}
    digest = hashlib.sha256(json.dumps(small, sort_keys=True).encode())
    for name, table in (("", problem.travel_s), ("m", problem.distance_m)):
        digest.update(name.encode())
        digest.update(np.ascontiguousarray(table, np.int64).tobytes())
    return digest.hexdigest()


def _problem(part: ProblemPart) -> Problem:
    n, no_road = len(part.places), part.unreachable_s
    slots = (tuple(Slot(k, **dict(s)) for k, s in enumerate(v.slots)) for v in part.visits)
    return Problem(
        day=part.day,
        visits=tuple(Visit(**{**dict(v), "slots": of}) for v, of in zip(part.visits, slots, strict=True)),
        buildings=_buildings(part),
        people=part.people,
        teams=tuple(Team(**dict(t)) for t in part.teams),
        rules=TeamRules(**dict(part.rules or _NO_TEAMS)),
        bases={b.base_id: Base(**dict(b)) for b in part.bases},
        places={name: k for k, name in enumerate(part.places)},
        travel_s=_table(part.travel_s, n, no_road),
        distance_m=np.zeros((n, n), np.int64) if part.distance_m is None else _table(part.distance_m, n, no_road),
        unreachable=no_road,
        shift_s=part.shift_s,
        minutes=part.service_minutes or ServiceMinutes(0.0, 0.0, 0.0),
        link_tolerance_s=part.link_tolerance_s,
        weights=part.weights,
        lags=part.lags,
        locks=tuple(Lock(**dict(x)) for x in part.locks),
        caps=part.caps,
    )


def _buildings(part: ProblemPart) -> dict[str, Building]:
    known = {b.building_id: Building(**dict(b)) for b in part.buildings}
    for v in part.visits:
        unlisted = Building(v.building_id, "", "", v.division_code, None, None, 1, 1, v.n_firms, 0.0, 0.0, 0.0)
        known.setdefault(v.building_id, unlisted)
    return known


def _table(table: Table, n: int, no_road: int) -> Int64s:
    rows = [[no_road if cell is None else cell for cell in row] for row in table]
    return np.array(rows, np.int64).reshape(n, n)


def _rows(table: Int64s, no_road: int) -> list[list[int | None]]:
    return [[None if cell == no_road else cell for cell in row] for row in table.tolist()]


def _visit_json(visit: Visit) -> dict[str, Any]:
    """Return the visit as JSON values; slots have no number, since it equals their position in the list."""
    content: dict[str, Any] = _plain(visit)
    for slot in content["slots"]:
        del slot["slot"]
    return content


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _lines(value: Any) -> str:
    if isinstance(value, list) and value and isinstance(value[0], dict | list):
        return "[\n" + ",\n".join(f" {_line(row)}" for row in value) + "\n]"
    return _line(value)
