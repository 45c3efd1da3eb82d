"""`sweep plan`: a problem file solved alone, from the shell."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from rich.console import Console

from geodata.message_catalogue import load_texts
from sweep.check.bound.route_above_price import WorkLimitError
from sweep.plan.feasible.contradictions import contradictions
from sweep.plan.problem.problem import Weights
from sweep.plan.problem.problem_file import write_problem
from sweep.plan.solve import SolveProgress
from sweep.publish.archive.plan_schema import plan_schema
from sweep.publish.archive.read_plan import read_plan_file, read_plan_json
from sweep.records.plan import Plan
from sweep.terminal.output import Output
from sweep.terminal.progress import finds_line, solver_line
from tests.plan.compositions.test_composed_teams import TWO_TEAMS, roster
from tests.plan.conftest import problem, random_problem, team, visit
from tests.plan.rich import rich_problem

Run = Any  # these two are of conftest.py
Planned = Any


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "problem.json"
    path.write_text(write_problem(random_problem(3, 14, 3, linked=True)), encoding="utf-8")
    return path


def codes(result: Any) -> list[str]:
    return [i["code"] for i in json.loads(result.stdout)["issues"]]


def test_a_plan_is_written_beside_the_problem_and_reads_as_a_plan(sweep: Run, file: Path) -> None:
    result = sweep("run", file, "--iterations", 200, "--json")
    reply = json.loads(result.stdout)
    plan = read_plan_json((file.parent / "problem.plan.json").read_text(encoding="utf-8"))
    assert (result.exit_code, reply["value"], reply["cut_short"]) == (0, plan.value, False)
    assert reply["n_served"] == len({s.visit_id for r in plan.routes for s in r.stops})
    assert {p.name for p in file.parent.iterdir()} == {"problem.json", "problem.plan.json", "problem.plan.proof.json"}
    content = json.loads((file.parent / "problem.plan.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(plan_schema()).validate(content)


def test_the_same_seed_and_rounds_give_the_same_bytes(sweep: Run, file: Path) -> None:
    for name in ("a.json", "b.json"):
        assert sweep("run", file, "--iterations", 200, "--out", file.parent / name, "-q").exit_code == 0
    assert (file.parent / "a.json").read_bytes() == (file.parent / "b.json").read_bytes()


def test_a_plan_with_a_break_begins_again_no_worse(sweep: Run, tmp_path: Path) -> None:
    made = ((k, rich_problem(k)) for k in range(99))
    seed = next(k for k, p in made if sum(t.break_time is not None for t in p.teams) > 1 and not contradictions(p))
    file = tmp_path / "problem.json"
    file.write_text(write_problem(rich_problem(seed)), encoding="utf-8")
    first = json.loads(sweep("run", file, "--iterations", 400, "--json").stdout)
    start = tmp_path / "problem.plan.json"
    assert any(r.break_s for r in read_plan_json(start.read_text(encoding="utf-8")).routes)
    again = json.loads(sweep("run", file, "--iterations", 2, "--start", start, "--seed", 7, "--json").stdout)
    assert again["value"] >= first["value"]


def test_the_problem_of_a_scenario_solved_alone_gives_its_plan(sweep: Run, planned: Planned, tmp_path: Path) -> None:
    file = tmp_path / "day.json"
    assert sweep("run", planned.scenario, "--out", tmp_path / "out", "--problem-out", file, "-q").exit_code == 0
    assert sweep("run", file, "--iterations", 200, "-q").exit_code == 0
    alone = json.loads((tmp_path / "day.plan.json").read_text(encoding="utf-8"))
    ends = [[[s["visit_id"], s["slot"], s["start_s"]] for s in r["stops"]] for r in alone["routes"]]
    assert ends == [[[s["visit_id"], s["slot"], s["start_s"]] for s in r["stops"]] for r in planned.plan["routes"]]


def test_contradictions_are_reported_and_nothing_is_written(sweep: Run, tmp_path: Path) -> None:
    file = tmp_path / "problem.json"
    p = problem([visit("B0", is_must=True, division_code="9"), visit("B1", windows=((0, 5),))], [team("T1")])
    file.write_text(write_problem(p), encoding="utf-8")
    result = sweep("run", file, "--json")
    assert (result.exit_code, codes(result)) == (2, ["S523", "S511"])
    assert [p.name for p in tmp_path.iterdir()] == ["problem.json"]


@pytest.mark.parametrize("lang", ["en", "zh_CN"])
def test_contradictions_are_printed_in_words(sweep: Run, tmp_path: Path, lang: str) -> None:
    file = tmp_path / "problem.json"
    file.write_text(write_problem(problem([visit("B0", is_must=True, division_code="9")], [team("T1")])), "utf-8")
    result = sweep("run", file, "--lang", lang)
    assert load_texts(lang)("issue.S511.what", district="9") in result.stderr


@pytest.mark.parametrize(("text", "code"), [("{", "S501"), ("{}", "S502"), ("\x00\xff", "S501")])
def test_a_broken_file_is_reported(sweep: Run, tmp_path: Path, text: str, code: str) -> None:
    file = tmp_path / "problem.json"
    file.write_text(text, encoding="latin-1")
    result = sweep("run", file, "--json")
    assert (result.exit_code, set(codes(result))) == (2, {code})


def test_what_cannot_be_read_or_written_is_reported(sweep: Run, file: Path, tmp_path: Path) -> None:
    named_like_a_proof = file.with_name("x.proof.json")
    named_like_a_proof.write_bytes(file.read_bytes())
    calls = {
        "S108": [("run", tmp_path / "nothing.json"), ("run", file, "--out", tmp_path)],
        "S533": [("run", file, "--out", file), ("run", named_like_a_proof, "--out", tmp_path / "x.json")],
        "S305": [("run", file, "--start", tmp_path / "nothing.json")],
        "S301": [("run", file, "--start", Path(__file__))],
    }
    found = {code: [codes(sweep(*call, "--json")) for call in each] for code, each in calls.items()}
    assert found == {code: [[code]] * len(each) for code, each in calls.items()}


def test_a_start_is_of_use_for_given_teams_only(sweep: Run, file: Path, tmp_path: Path) -> None:
    composed = tmp_path / "composed.json"
    composed.write_text(write_problem(rich_problem(7, composed=True)), encoding="utf-8")
    assert codes(sweep("run", composed, "--start", file, "--json")) == ["S532"]


def test_the_progress_line_has_a_dash_until_there_is_a_bound() -> None:
    voice = Output(load_texts("en"))
    # 3,000 rounds in 1.5 s; 4 of at most 5 leave a fifth.
    line = solver_line(SolveProgress(0.5, 4.0, 5.0, 3, 3_000, 1.5), voice)
    assert line == "value 4, bound 5, gap 20.0%, 3 visits served, 2,000 iterations/s"
    line = solver_line(SolveProgress(0.5, 4.0, math.inf, 3, 0, 0.0), voice)
    assert line == "value 4, bound -, gap -, 3 visits served, - iterations/s"


def test_a_first_run_tells_how_far_its_compiler_is() -> None:
    p = SolveProgress(0.0, 0.0, math.inf, 0, 0, 0.0, compiled=0.43)
    for lang in ("en", "zh_CN"):
        voice = Output(load_texts(lang))
        voice.err = Console(stderr=True, force_terminal=True)
        assert "43%" in solver_line(p, voice)
        # Where each new text is a line of its own, the share is left out.
        voice.err = Console(stderr=True, force_terminal=False)
        assert "43%" not in solver_line(p, voice)


@pytest.mark.parametrize(
    ("value", "method", "is_said"),
    [
        (2.0, "fractional_knapsack", True),
        (3.5, "branch_and_price", True),
        (3.7, "branch_and_price", False),
        (3.7, "fractional_knapsack", True),
        (4.0, "fractional_knapsack", False),
    ],
)
def test_a_gap_from_a_rough_bound_is_called_one(value: float, method: str, is_said: bool) -> None:
    plan = Plan("feasible", value, 4.0, method, (), (), (), 1, 10)
    assert ("rough bound" in finds_line(plan, load_texts("en"))) == is_said
    assert ("上限较粗" in finds_line(plan, load_texts("zh_CN"))) == is_said


def test_what_any_teams_of_these_people_could_find_stands_in_the_same_line() -> None:
    plan = Plan("feasible", 3.0, 4.0, "branch_and_price", (), (), (), 1, 10, bound_any_teams=5.0)
    assert (
        "upper bound for these teams: 4 (gap 25.0%, rough bound); for the same people in any teams: 5 (gap 40.0%)"
        in finds_line(plan, load_texts("en"))
    )
    assert "同样的人员无论怎样编组，不超过 5（差距 40.0%）" in finds_line(plan, load_texts("zh_CN"))


def test_windows_after_the_shift_stop_a_run_before_the_search(sweep: Run, planned: Planned, tmp_path: Path) -> None:
    late = ("--set", "plan.window_start=18:00:00", "--set", "plan.window_end=19:00:00")
    result = sweep("run", planned.scenario, "--out", tmp_path, *late, "--json")
    assert (result.exit_code, codes(result)) == (2, ["S612"])
    # Where people work till late, the shift is what is amiss.
    late = (*late, "--set", "hours.working=[[09:00:00, 20:00:00]]")
    result = sweep("run", planned.scenario, "--out", tmp_path, *late, "--json")
    assert (result.exit_code, codes(result)) == (2, ["S523"])
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


def test_what_a_plan_costs_beside_its_value_is_told(sweep: Run, file: Path) -> None:
    asked = problem([replace(visit("A", 2.0), preferred=("somebody",)), visit("B", 3.0)], [team("T0")])
    asked = replace(asked, weights=Weights(unpreferred=0.25, waiting=1e-4))
    file.write_text(write_problem(asked), encoding="utf-8")
    sweep("run", file, "--iterations", 100, "-q")
    plan = file.parent / "problem.plan.json"
    costs = json.loads(sweep("check", file, plan, "--json").stdout)["costs"]
    (route,) = json.loads(plan.read_text(encoding="utf-8"))["routes"]
    assert costs["unpreferred"] == {"quantity": 1, "price": 0.25}
    assert costs["waiting"] == {"quantity": 0, "price": 0.0}
    assert len(route["stops"]) == 2
    shown = sweep("check", file, plan, "--lang", "en").stdout
    assert "preferred" in shown
    assert "aiting" in shown


def test_the_bound_of_a_problem_solved_alone_is_checked(sweep: Run, file: Path) -> None:
    sweep("run", file, "--iterations", 400, "-q")
    plan = file.parent / "problem.plan.json"
    result = sweep("check", file, plan, "--json")
    told = {"violations": [], "bound": "confirmed", "costs": {}}
    assert (result.exit_code, json.loads(result.stdout)) == (0, told)
    content = json.loads(plan.read_text(encoding="utf-8"))
    content["summary"]["bound"] *= 0.99
    plan.write_text(json.dumps(content), encoding="utf-8")
    result = sweep("check", file, plan, "--lang", "en")
    assert (result.exit_code, "problem.plan.proof.json" in result.stderr) == (3, True)


def _give_up(_: object) -> None:
    raise WorkLimitError


def test_the_bound_for_any_teams_is_written_and_checked(
    sweep: Run, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("sweep.plan.solve_budget"), "LEAST_BOUND_ROUNDS", 0)
    asked = problem([visit(f"B{k}", k + 1.0, n_firms=200) for k in range(5)], people=roster(14, 6), rules=TWO_TEAMS)
    file.write_text(write_problem(asked), encoding="utf-8")
    reply = json.loads(sweep("run", file, "--iterations", 1_000, "--json").stdout)
    plan = file.parent / "problem.plan.json"
    assert reply["value"] <= reply["bound_any_teams"] == read_plan_file(plan).bound_any_teams
    told = json.loads(sweep("check", file, plan, "--json").stdout)
    assert (told["violations"], told["bound_any_teams"]) == ([], "confirmed")
    assert "any teams" in sweep("check", file, plan, "--lang", "en").stdout
    monkeypatch.setattr(import_module("sweep.check.bound.verify_composition_bound").CompositionBound, "bound", _give_up)
    told = json.loads(sweep("check", file, plan, "--json").stdout)
    assert (told["bound"], told["bound_any_teams"]) == ("confirmed", "too_long")
    monkeypatch.undo()
    content = json.loads(plan.read_text(encoding="utf-8"))
    content["summary"]["bound_any_teams"] *= 0.99
    plan.write_text(json.dumps(content), encoding="utf-8")
    result = sweep("check", file, plan, "--lang", "en")
    assert (result.exit_code, "problem.plan.proof.json" in result.stderr) == (3, True)
    # A plan that says nothing of any teams is judged by its own bound alone.
    del content["summary"]["bound_any_teams"]
    plan.write_text(json.dumps(content), encoding="utf-8")
    told = json.loads(sweep("check", file, plan, "--json").stdout)
    assert (told["violations"], told["bound"], "bound_any_teams" in told) == ([], "confirmed", False)
