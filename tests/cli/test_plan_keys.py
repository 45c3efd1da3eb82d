"""Keys of plan.json that follow from others: a wrong one breaks P14, and one that is left out states nothing."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.recorded import copy_with_log

pytestmark = pytest.mark.usefixtures("prepared_once")

Json = dict[str, Any]


def busy(plan: Json) -> Json:
    return next(r for r in plan["routes"] if r["stops"])


def another_day(plan: Json) -> None:
    plan["day"] = "2026-09-17"


def times_of_another_day(plan: Json) -> None:
    for stop in busy(plan)["stops"]:
        stop["start_at"] = stop["start_at"].replace("2026-09-16", "2026-09-17")


def a_return_of_another_day(plan: Json) -> None:
    busy(plan)["return_at"] = busy(plan)["return_at"].replace("2026-09-16", "2026-09-17")


def another_track(plan: Json) -> None:
    stop = busy(plan)["stops"][0]
    stop["track"] = "special" if stop["track"] != "special" else "case"


def a_made_up_link_group(plan: Json) -> None:
    busy(plan)["stops"][0]["link_group"] = "L99"


def another_problem(plan: Json) -> None:
    plan["problem_sha256"] = "0" * 64


def another_scenario(plan: Json) -> None:
    plan["scenario"] = "other"


def another_plan_id(plan: Json) -> None:
    plan["plan_id"] = "0123456789ab"


def a_shift_of_a_whole_day(plan: Json) -> None:
    # Of a team in reserve: with that of another one the proof of the bound fails as well (P11).
    out = {route["team_id"] for route in plan["routes"] if route["stops"]}
    next(team for team in plan["teams"] if team["team_id"] not in out)["shift_s"] = [0, 86_400]


def another_address(plan: Json) -> None:
    busy(plan)["stops"][0]["address"] = "改到别处路999号"


def a_place_a_kilometre_off(plan: Json) -> None:
    busy(plan)["stops"][0]["lon"] += 0.01


def another_base(plan: Json) -> None:
    plan["teams"][0]["base_name"] = "别处"


def another_number(plan: Json) -> None:
    busy(plan)["stops"][0]["number"] = 2


def fewer_stops(plan: Json) -> None:
    plan["summary"]["n_stops"] -= 1


def a_shorter_way(plan: Json) -> None:
    plan["summary"]["distance_m"] -= 1_000


def no_gap(plan: Json) -> None:
    plan["summary"]["gap"] = 0.5


def a_more_valuable_stop(plan: Json) -> None:
    busy(plan)["stops"][0]["value"] += 0.1


def another_method(plan: Json) -> None:
    plan["summary"]["bound_method"] = "guessed"


def a_false_sentence(plan: Json) -> None:
    next(r for u in plan["unserved"] for r in u["reasons"])["sentence"] = "The manager asked for it."


CHANGES = [
    another_day,
    times_of_another_day,
    a_return_of_another_day,
    another_track,
    a_made_up_link_group,
    another_problem,
    another_scenario,
    another_plan_id,
    a_shift_of_a_whole_day,
    another_address,
    a_place_a_kilometre_off,
    another_base,
    another_number,
    fewer_stops,
    a_shorter_way,
    no_gap,
    a_more_valuable_stop,
    another_method,
    a_false_sentence,
]


@pytest.fixture
def rules_of(sweep: Any, planned: Any, tmp_path: Path) -> Callable[[Json, bool], tuple[int, list[str]]]:
    """Exit code and breached rules of a plan, in its edition or as a file with nothing next to it."""

    def judge(plan: Json, is_alone: bool) -> tuple[int, list[str]]:
        if is_alone:
            folder = tmp_path / "alone"
            folder.mkdir()
        else:
            folder = copy_with_log(planned.folder, tmp_path / "tiny" / planned.folder.name)
        (folder / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
        result = sweep("check", planned.scenario, folder / "plan.json", "--json")
        return result.exit_code, [v["rule_id"] for v in json.loads(result.stdout)["violations"]]

    return judge


@pytest.mark.parametrize("is_alone", [False, True], ids=["in its edition", "alone"])
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_key_that_does_not_follow_is_a_breach(
    planned: Any, rules_of: Any, change: Callable[[Json], None], is_alone: bool
) -> None:
    plan = copy.deepcopy(planned.plan)
    change(plan)
    code, rules = rules_of(plan, is_alone)
    assert code == 3 and set(rules) == {"P14"}


@pytest.mark.parametrize("is_alone", [False, True], ids=["in its edition", "alone"])
def test_the_plan_as_written_states_what_follows(planned: Any, rules_of: Any, is_alone: bool) -> None:
    plan = copy.deepcopy(planned.plan)
    plan["teams"][0]["division_codes"].reverse()
    assert rules_of(plan, is_alone) == (0, [])


def test_a_key_that_is_left_out_states_nothing(planned: Any, rules_of: Any) -> None:
    plan = copy.deepcopy(planned.plan)
    for key in ("plan_id", "scenario", "day", "problem_sha256"):
        del plan[key]
    for route in plan["routes"]:
        route.pop("return_at")
        for stop in route["stops"]:
            for key in ("start_at", "address", "track", "link_group", "number"):
                del stop[key]
    assert rules_of(plan, True) == (0, [])


def test_a_plan_with_a_wrong_key_is_neither_exported_nor_changed_on_its_day(
    planned: Any, sweep: Any, tmp_path: Path
) -> None:
    folder = copy_with_log(planned.folder, tmp_path / "tiny" / planned.folder.name)
    plan = copy.deepcopy(planned.plan)
    another_address(plan)
    (folder / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    out = tmp_path / "out"
    exported = sweep("export", folder, "--format", "csv", "--scenario", planned.scenario, "--out", out)
    assert (exported.exit_code, out.exists()) == (3, False)
    changed = sweep("replan", folder, "--at", "14:20", "--iterations", "5")
    assert (changed.exit_code, "S720" in changed.stderr) == (2, True)


@pytest.mark.parametrize(
    ("change", "is_found"),
    [(another_problem, True), (another_day, True), (another_track, True), (another_scenario, False)],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_plan_of_a_problem_alone_states_what_follows_from_it(
    planned: Any, sweep: Any, tmp_path: Path, change: Callable[[Json], None], is_found: bool
) -> None:
    """The problem knows no scenario: its name and the id of the plan are not judged."""
    for name in ("problem.json", "plan.proof.json"):
        (tmp_path / name).write_bytes((planned.folder / name).read_bytes())
    plan = copy.deepcopy(planned.plan)
    change(plan)
    (tmp_path / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    result = sweep("check", tmp_path / "problem.json", tmp_path / "plan.json", "--json")
    rules = {v["rule_id"] for v in json.loads(result.stdout)["violations"]}
    assert (result.exit_code, rules) == ((3, {"P14"}) if is_found else (0, set()))
