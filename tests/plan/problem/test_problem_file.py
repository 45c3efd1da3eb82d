"""problem.json: what is written comes back, and every fault is found with its path."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from typing import Any

import jsonschema
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.errors import InputError
from sweep.plan.problem.problem import Problem
from sweep.plan.problem.problem_file import read_problem, write_problem
from sweep.plan.problem.problem_schema import problem_schema
from sweep.plan.solve import Settings, solve
from tests.paths import ROOT
from tests.plan.rich import locked, over_days, rich_problem

PAUSED = {"n_teams": 1, "break_time": {"earliest_s": 55_000, "latest_s": 50_000, "length_s": 900}}
EXAMPLE = ROOT / "docs" / "problem.md"


def differing(a: Problem, b: Problem) -> list[str]:
    """Fields that are not the same; tables have the same numbers of the same kind."""
    found = []
    for name in (f.name for f in fields(a)):
        x, y = getattr(a, name), getattr(b, name)
        same = x.dtype == y.dtype and np.array_equal(x, y) if isinstance(x, np.ndarray) else x == y
        found += [] if same else [name]
    return found


def example() -> dict[str, Any]:
    (block,) = re.findall(r"```json\n(.*?)```", EXAMPLE.read_text(encoding="utf-8"), re.DOTALL)
    return dict(json.loads(block))


def faults_of(content: object) -> list[tuple[str, str]]:
    with pytest.raises(InputError) as caught:
        read_problem(content if isinstance(content, str) else json.dumps(content))
    return [(i.code, i.where.removeprefix("problem.json").strip()) for i in caught.value.issues]


@given(st.integers(0, 10_000), st.sampled_from(["given", "composed", "locked", "days"]))
@settings(max_examples=150, deadline=None, derandomize=True)
def test_a_problem_comes_back_as_it_was(seed, kind):
    problem = rich_problem(seed, composed=kind == "composed")
    problem = locked(problem, seed) if kind == "locked" else problem
    problem = over_days(problem, seed) if kind == "days" else problem
    text = write_problem(problem)
    again = read_problem(text)
    assert differing(problem, again) == []
    assert write_problem(again) == text


@pytest.mark.parametrize("seed", range(8))
def test_the_file_satisfies_its_schema(seed):
    schema = problem_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    content = json.loads(write_problem(rich_problem(seed, composed=seed % 2 == 0)))
    jsonschema.Draft202012Validator(schema).validate(content)
    content = json.loads(write_problem(over_days(rich_problem(seed), seed)))
    jsonschema.Draft202012Validator(schema).validate(content)


def test_null_is_no_road_and_a_byte_order_mark_no_fault():
    problem = read_problem("\ufeff" + json.dumps(example()))
    # B2 -> S is null in the example.
    assert problem.travel_s[1, 2] == problem.unreachable
    assert differing(problem, read_problem(json.dumps(example()).encode())) == []


def test_the_example_of_the_docs_is_solved():
    plan = solve(read_problem(json.dumps(example())), Settings(n_iterations=200))
    # No road leads back from B2: only T1, whose shift ends at its last stop, can make V2. V1 takes both teams.
    assert {r.team_id: [s.visit_id for s in r.stops] for r in plan.routes} in (
        {"T1": ["V1", "V2"], "T2": ["V1"]},
        {"T1": ["V2", "V1"], "T2": ["V1"]},
    )
    assert plan.status == "optimal"


def spoil(content: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    *steps, last = [int(s) if s.isdigit() else s for s in path.split(".")]
    place: Any = content
    for step in steps:
        place = place[step]
    place[last] = value
    return content


@pytest.mark.parametrize(
    ("path", "value", "code", "where"),
    [
        ("schema_version", 2, "S504", "schema_version"),
        ("day", "16.9.2026", "S504", "day"),
        ("colour", 1, "S503", "colour"),
        ("visits.0.valeu", 1.0, "S503", "visits[0].valeu"),
        ("visits.0.value", float("nan"), "S504", "visits[0].value"),
        ("visits.0.value", "2", "S504", "visits[0].value"),
        ("visits.0.service_s", -1, "S504", "visits[0].service_s"),
        ("visits.0.service_s", 60.5, "S504", "visits[0].service_s"),
        ("visits.0.windows_s", [], "S504", "visits[0].windows_s"),
        ("visits.0.slots", [], "S504", "visits[0].slots"),
        ("visits.0.windows_s.0", [48_600], "S502", "visits[0].windows_s[0][1]"),
        ("visits.0.windows_s.0", [60_000, 50_000], "S508", "visits[0].windows_s[0]"),
        ("teams.0.shift_s", [2, 1], "S508", "teams[0].shift_s"),
        ("teams.0.break_time.latest_s", 0, "S508", "teams[0].break_time"),
        ("rules", PAUSED, "S508", "rules.break_time"),
        ("shift_s", [2, 1], "S508", "shift_s"),
        ("lags", [{"before": "V1", "after": "V2", "min_s": 5, "max_s": 4}], "S508", "lags[0]"),
        ("lags", [{"before": "V1", "after": "V9", "min_s": 0, "max_s": 4}], "S506", "lags[0].after"),
        ("locks.0.visit_id", "V9", "S506", "locks[0].visit_id"),
        ("locks.0.slot", 2, "S506", "locks[0].slot"),
        ("visits.1.visit_id", "V1", "S505", "visits[1].visit_id"),
        ("teams.1.team_id", "T1", "S505", "teams[1].team_id"),
        ("places.1", "B1", "S505", "places[1]"),
        ("visits.0.building_id", "B9", "S506", "visits[0].building_id"),
        ("teams.0.base_id", "S9", "S506", "teams[0].base_id"),
        ("teams.0.end_base_id", "S9", "S506", "teams[0].end_base_id"),
        ("bases.0.base_id", "B3", "S506", "teams[0].base_id"),
        ("travel_s.1", [0, 0], "S507", "travel_s[1]"),
        ("travel_s.1.1", -5, "S504", "travel_s[1][1]"),
        ("distance_m", [[0]], "S507", "distance_m"),
        ("visits.1.service_s", None, "S509", "visits[1].slots[0]"),
        ("visits.1.values", [1.0, -1.0], "S504", "visits[1].values[1]"),
        ("teams.1.day", -1, "S504", "teams[1].day"),
        ("caps", [{"cap_id": "C", "loads": {"V9": 1}, "most": 1}], "S506", "caps[0].loads.V9"),
        ("caps", [{"cap_id": "C", "loads": {"V1": -1}, "most": 1}], "S504", "caps[0].loads.V1"),
        ("caps", 2 * [{"cap_id": "C", "loads": {}, "most": 1}], "S505", "caps[1].cap_id"),
    ],
)
def test_a_fault_is_reported_with_its_path(path, value, code, where):
    assert (code, where) in faults_of(spoil(example(), path, value))


def test_a_visit_has_a_value_on_every_day_on_which_a_team_is_out():
    content = spoil(spoil(example(), "teams.1.day", 2), "visits.0.values", [1.0, 2.0])
    assert faults_of(content) == [("S216", "visits[0].values")]


def test_all_faults_are_reported_at_once():
    content = spoil(spoil(example(), "visits.0.building_id", "B9"), "teams.0.shift_s", [2, 1])
    assert faults_of(content) == [("S506", "visits[0].building_id"), ("S508", "teams[0].shift_s")]
    del content["day"]
    assert faults_of(spoil(content, "visits.1.value", None)) == [("S502", "day"), ("S504", "visits[1].value")]


@pytest.mark.parametrize(
    ("key", "value", "where"),
    [
        ("n_teams", 0, "rules.n_teams"),
        ("n_reserve", 9, "rules.n_teams"),
        ("min_certified", {"police": 2}, "rules.min_certified"),
    ],
)
def test_people_need_rules_that_teams_can_be_composed_by(key, value, where):
    content = json.loads(write_problem(rich_problem(1, composed=True)))
    content["rules"][key] = value
    assert faults_of(content) == [("S510", where)]
    del content["rules"]
    assert faults_of(content) == [("S510", "rules")]


@pytest.mark.parametrize("text", ["", "{", "[1, 2", '{"day": }', "\x00"])
def test_what_is_not_json_is_a_fault(text):
    assert [code for code, _ in faults_of(text)] == ["S501"]


def test_places_that_share_a_row_are_refused():
    problem = rich_problem(1)
    with pytest.raises(ValueError, match="own row"):
        write_problem(_with_places(problem, dict.fromkeys(problem.places, 0)))


def _with_places(problem: Problem, places: dict[str, int]) -> Problem:
    values = {f.name: getattr(problem, f.name) for f in fields(problem)}
    return Problem(**{**values, "places": places})
