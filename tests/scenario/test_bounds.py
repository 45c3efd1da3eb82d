"""Every number of the settings has a least and a largest value; what no reader of TOML should take is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from geodata.errors import InputError
from sweep.plan.problem.problem_schema import ProblemPart
from sweep.publish.archive.plan_schema import PlanPart
from sweep.scenario.load_scenario import load_scenario
from sweep.scenario.scenario import Scenario

HEAD = 'name = "tiny"\nday = 2026-09-16\n'


def unbounded(schema: dict[str, Any]) -> Iterator[str]:
    """Path of each number in a JSON Schema that lacks a bound; the version has but one value."""

    def walk(part: Any, path: str) -> Iterator[str]:
        if isinstance(part, list):
            for inner in part:
                yield from walk(inner, path)
        if not isinstance(part, dict):
            return
        if part.get("type") in ("integer", "number"):
            is_bounded = {"minimum", "exclusiveMinimum"} & set(part) and {"maximum", "exclusiveMaximum"} & set(part)
            if not is_bounded:
                yield path
        for key, inner in part.items():
            yield from walk(inner, f"{path}/{key}")

    yield from walk(schema, "")


def test_every_number_of_the_settings_has_both_bounds() -> None:
    assert list(unbounded(Scenario.model_json_schema())) == []


def test_every_number_of_a_problem_has_both_bounds() -> None:
    assert list(unbounded(ProblemPart.model_json_schema())) == []


def test_every_number_of_a_plan_has_both_bounds() -> None:
    # The events of the day are judged when they are made into records.
    schema = PlanPart.model_json_schema()
    assert [p for p in unbounded(schema) if "/ReasonPart/" not in p] == []


@pytest.mark.parametrize(
    "key",
    [
        "plan.entry_minutes=1e300",
        "retention.edition_days=999999999",
        "plan.speed_kmh=1e-300",
        "backtest.first_day=1e-9",
    ],
)
def test_a_value_beyond_all_sense_is_refused_by_its_key(tmp_path: Path, key: str) -> None:
    (tmp_path / "scenario.toml").write_text(HEAD, encoding="utf-8")
    name, _, value = key.partition("=")
    with pytest.raises(InputError, match=f"S104 {name}"):
        load_scenario(tmp_path, {name: value})


@pytest.mark.parametrize("name", ["city.n_leads", "city.n_police"])
def test_a_city_whose_table_would_have_no_row_is_refused_by_its_key(tmp_path: Path, name: str) -> None:
    (tmp_path / "scenario.toml").write_text(HEAD, encoding="utf-8")
    with pytest.raises(InputError, match=f"S104 {name}"):
        load_scenario(tmp_path, {name: "0"})


@pytest.mark.parametrize("line", ["seed = " + "9" * 5_000, "x = " + "[" * 2_000 + "]" * 2_000, "x = " + "{a=" * 2_000])
def test_what_breaks_a_reader_of_toml_is_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / "scenario.toml").write_text(HEAD + line + "\n", encoding="utf-8")
    with pytest.raises(InputError, match="S102"):
        load_scenario(tmp_path)


def test_a_value_on_the_command_line_of_any_depth_is_taken_for_text(tmp_path: Path) -> None:
    (tmp_path / "scenario.toml").write_text(HEAD, encoding="utf-8")
    with pytest.raises(InputError, match="S104 seed"):
        load_scenario(tmp_path, {"seed": "[" * 5_000})
