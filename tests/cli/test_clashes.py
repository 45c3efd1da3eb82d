"""`sweep validate` on inputs that contradict each other: named as the files name them, with the rows."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

Run = Any  # these two are of conftest.py
Plain = Any


def clashes(sweep: Run, plain: Plain, *options: object) -> list[dict[str, str]]:
    result = sweep("validate", plain.folder, *options, "--lang", "en", "--json")
    assert result.exit_code == 2, result.output
    return list(json.loads(result.stdout)["issues"])


def test_a_scenario_that_can_be_planned_has_no_clash(sweep: Run, plain: Plain) -> None:
    assert sweep("validate", plain.folder, "--json").exit_code == 0


def test_too_many_teams_name_the_key_and_the_number(sweep: Run, plain: Plain) -> None:
    (first, *_) = [i for i in clashes(sweep, plain, "--set", "teams.n_teams=40") if i["code"] == "S571"]
    assert first["where"].startswith("scenario.toml teams.n_teams, roster.csv")
    assert "40 teams" in first["what"]


def test_ended_certificates_are_named_by_their_rows(sweep: Run, plain: Plain) -> None:
    rows = plain.rows("roster")
    women = [r for r in rows if r["agency"] == "market_regulation" and r["role"] == "inspector"]
    for row in women:
        row["certificate_until"] = "2026-09-15"
    plain.write("roster", rows)
    issue = next(i for i in clashes(sweep, plain) if i["code"] == "S571" and "market regulation" in i["what"].lower())
    named = [int(n) for n in re.search(r"row ([\d, ]+)", issue["where"]).group(1).split(",")]  # type: ignore[union-attr]
    # The header is row 1. Four teams of two inspectors each need eight, no more rows are named.
    assert len(named) == 8
    assert all(rows[n - 2]["certificate_until"] == "2026-09-15" for n in named)


def test_a_shift_that_nobody_covers_is_reported(sweep: Run, plain: Plain) -> None:
    (issue,) = [i for i in clashes(sweep, plain, "--set", "plan.shift_end=22:00:00") if i["code"] == "S573"]
    assert "22:00" in issue["what"]


@pytest.mark.parametrize(
    ("keys", "key"),
    [
        (("plan.window_start=16:00:00", "plan.window_end=17:00:00", "plan.shift_end=15:30:00"), "plan.window_start"),
        (("plan.window_start=08:00:00", "plan.window_end=09:00:00"), "plan.window_end"),
    ],
)
def test_windows_outside_the_shift_name_the_key_that_must_change(
    sweep: Run, plain: Plain, keys: tuple[str, ...], key: str
) -> None:
    options = [x for k in keys for x in ("--set", k)]
    issues = clashes(sweep, plain, *options)
    (issue,) = [i for i in issues if i["code"] == "S574"]
    assert key in issue["where"]
    assert key in issue["fix"]


def test_a_shift_too_long_for_one_break_names_its_keys(sweep: Run, plain: Plain) -> None:
    # 10 h: with 4.5 h at the most on both sides of a break of 30 min it may have 9.5 h, 570 min.
    (issue,) = clashes(sweep, plain, "--set", "plan.shift_start=08:00:00", "--set", "plan.shift_end=18:00:00")
    assert issue["code"] == "S566"
    assert "plan.shift_start, plan.shift_end, teams.break_after_hours" in issue["where"]
    assert "08:00-18:00" in issue["what"] and "570 min" in issue["what"]
