"""The problem builder: each problem equals the same one given as JSON, and the examples of the guide run."""

from __future__ import annotations

import json
import re
import sys
from datetime import time
from typing import Any

import numpy as np
import pytest

import sweep
from sweep.plan.problem.problem import Problem
from sweep.plan.problem.problem_file import problem_sha256, read_problem
from sweep.plan.solve import Settings, solve
from tests.benchmarks.plan.toptw import read_selection, to_problem
from tests.paths import NO_DATA, ROOT, SHARED

PAGE = (ROOT / "docs" / "python.md").read_text(encoding="utf-8").partition("## A problem of your own")[2]
EXAMPLES = dict(re.findall(r"^### (.+?)\n.*?```python\n(.+?)```", PAGE, re.MULTILINE | re.DOTALL))
PR01 = SHARED / "benchmarks" / "toptw" / "instances" / "pr01.txt"


def _run(title: str, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> dict[str, Any]:
    """Names that an example leaves; a search of 300 iterations in place of two seconds."""
    monkeypatch.setattr(sys, "argv", ["example", *arguments])
    names: dict[str, Any] = {}
    exec(compile(EXAMPLES[title].replace("time_limit=2", "iterations=300"), title, "exec"), names)  # noqa: S102
    return names


def _same(problem: Problem, text: str) -> None:
    """Value and bound of a problem are those of the problem in a file."""
    one, other = (solve(p, Settings(1, 20.0, 300)) for p in (problem, read_problem(text)))
    assert (one.value, one.bound) == (other.value, other.bound)
    assert problem_sha256(problem) == problem_sha256(read_problem(text))


def test_optional_visits_are_chosen_by_their_prizes(monkeypatch: pytest.MonkeyPatch) -> None:
    names = _run("Optional visits with prizes", monkeypatch)
    result = names["result"]
    prizes = [1 + k % 3 for k in range(10)]
    served = {s.visit_id for r in result.routes for s in r.stops}
    assert result.value == sum(prizes[int(v[1:]) - 1] for v in served)
    assert result.value <= result.bound <= sum(prizes)
    # Two teams have 180 minutes, and a visit takes 40: four each, at the most.
    assert 4 <= len(served) <= 8
    _same(names["model"].problem, names["model"].to_json())


def test_teams_of_a_joint_visit_start_together_and_linked_ones_within_five_minutes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = _run("Joint visits of two teams", monkeypatch)
    starts = [s.start_s for r in names["result"].routes for s in r.stops if s.visit_id == names["tower"]]
    assert len(starts) == 2
    assert starts[0] == starts[1]
    assert abs(names["starts"][names["annex"]] - starts[0]) <= 300
    # All three teams are at work at once: 3 + 1.
    assert names["result"].value == 4
    _same(names["model"].problem, names["model"].to_json())


def test_teams_are_composed_as_the_rules_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    names = _run("Teams composed from a roster", monkeypatch)
    people = {p.person_id: p for p in names["model"].problem.people}
    for team in names["result"].teams:
        own = [people[i] for i in team.member_ids]
        assert sorted(p.agency for p in own) == ["market_regulation"] * 2 + ["police"] * 2
        assert any(p.is_female for p in own)
    # Four hours hold three visits of an hour with their ways, for each of two teams: all six.
    assert names["result"].value == 6
    _same(names["model"].problem, names["model"].to_json())


def test_visits_of_several_days_have_the_value_of_their_day_and_keep_the_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    names = _run("Several days", monkeypatch)
    days = {t.team_id: t.day for t in names["result"].teams}
    served = [days[r.team_id] for r in names["result"].routes for _ in r.stops]
    # Two visits fit into the two hours of a day, and the cap is three: two at 2 on the first, one at 1 on the second.
    assert sorted(served) == [0, 0, 1]
    assert names["result"].value == 5
    _same(names["model"].problem, names["model"].to_json())


@pytest.mark.skipif(not PR01.exists(), reason=NO_DATA)
def test_a_toptw_file_gives_the_problem_of_the_benchmark(monkeypatch: pytest.MonkeyPatch) -> None:
    names = _run("A TOPTW file", monkeypatch, str(PR01), "1")
    built, encoded = names["model"].problem, to_problem(read_selection(PR01, 1))
    np.testing.assert_array_equal(built.travel_s, encoded.travel_s)
    for one, other in zip(built.visits, encoded.visits, strict=True):
        assert (one.value, one.windows_s, one.service_s) == (other.value, other.windows_s, other.service_s)
    assert [t.shift_s for t in built.teams] == [t.shift_s for t in encoded.teams]
    plans = [solve(p, Settings(1, 20.0, 300)) for p in (built, encoded)]
    assert plans[0].value == plans[1].value == names["result"].value
    assert plans[0].bound == plans[1].bound


def test_every_example_has_fifteen_lines_at_most() -> None:
    assert len(EXAMPLES) == 5
    for title, script in EXAMPLES.items():
        assert len([line for line in script.splitlines() if line.strip()]) <= 15 + script.count("import") - 1, title


def test_a_model_that_was_read_is_written_the_same() -> None:
    model = sweep.Model(shift=("09:00", "12:00"), link_tolerance_s=60, weights={"overtime": 0.001})
    base = model.add_base(lon=117.0, lat=36.6, name="示例派出所")
    pause = {"earliest_s": 36_000, "latest_s": 37_000, "length_s": 60}
    team = model.add_team(base=base, paid_until_s=40_000, break_time=pause)
    visit = model.add_visit(lon=117.1, lat=36.6, value=1, minutes=5, due_s=40_000, preferred=("P1",))
    model.add_lock(visit, team, start="10:00")
    assert sweep.Model.from_json(model.to_json()).to_json() == model.to_json()
    assert json.loads(model.to_json())["locks"] == [{"visit_id": "V1", "slot": 0, "team_id": "T1", "start_s": 36_000}]


def test_an_error_of_a_model_names_its_key() -> None:
    model = sweep.Model()
    model.add_visit(value=1, minutes=30, dwell=3)
    with pytest.raises(sweep.InputError, match=r"S503 model visits\[0\]\.dwell"):
        model.solve(iterations=1)
    other = sweep.Model()
    base = other.add_base()
    other.add_team(base=base)
    other.add_visit(value=1, minutes=30, is_must=True, people={"police": 2})
    with pytest.raises(sweep.InputError, match="V1"):
        other.solve(iterations=1)


def test_numbers_of_numpy_and_times_of_the_day_make_the_same_problem() -> None:
    texts = []
    for number, clock in ((int, str), (np.int64, time.fromisoformat)):
        model = sweep.Model(shift=(clock("09:00"), clock("12:00")))
        base = model.add_base(lon=117.0, lat=36.6)
        model.add_team(base=base, people={"police": number(2)}, shift=(number(32_400), number(43_200)))
        window = (number(32_400), number(36_000))
        model.add_visit(lon=117.1, lat=36.6, value=number(1), minutes=number(5), due_s=number(40_000), window=window)
        texts.append(model.to_json())
    assert texts[0] == texts[1]


def test_a_table_of_the_wrong_shape_is_refused() -> None:
    model = sweep.Model()
    model.add_base()
    model.set_travel([[0, 1], [1, 0]])
    with pytest.raises(sweep.InputError, match="S507"):
        _ = model.problem


def test_travel_by_coordinates_is_the_line_with_its_detour() -> None:
    model = sweep.Model(speed_kmh=36.0, detour_factor=1.0)
    model.add_base(lon=117.0, lat=36.0)
    model.add_visit(lon=117.0, lat=36.01, value=1, minutes=1)
    # A hundredth of a degree of latitude is 1,109.6 m at 36 degrees (WGS-84), at 10 m a second.
    assert model.problem.travel_s[0, 1] == pytest.approx(111, abs=1)
