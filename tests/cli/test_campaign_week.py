"""A campaign with five sweep days a week, planned anew each morning: what is over still counts."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from sweep.campaign.window.check_campaign_against_log import BEFORE
from tests.cli.campaign_folder import campaign_folder

pytestmark = pytest.mark.slow

Run = Any  # of conftest.py

TOML = """name = "tiny"
first_day = 2026-09-14
last_day = 2026-12-31
weekdays = ["mon", "tue", "wed", "thu", "fri"]
window_weeks = 1
freeze_days = 2
draw_seed = "tiny-secret"
[teams]
n_teams = 2
[duty]
days_per_week = 2
"""
DAYS = [f"2026-09-{day}" for day in range(14, 19)]


@pytest.fixture(scope="module")
def folder(scenario: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return campaign_folder(scenario, tmp_path_factory.mktemp("campaigns"), TOML)


@pytest.fixture(scope="module")
def mornings(sweep: Run, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict[str, Any]]]:
    """The folder of all editions after five mornings, Monday to Friday, and the record of each."""
    out = tmp_path_factory.mktemp("out")
    records = []
    for day in DAYS:
        command = ("plan", folder, "--from", day) if not records else ("advance", folder, "--day", day)
        result = sweep("campaign", *command, "--out", out, "--iterations", "20")
        assert result.exit_code == 0, result.output
        records.append(json.loads((out / "tiny" / "campaign" / "campaign.json").read_text(encoding="utf-8")))
    return out, records


def people_on(day: dict[str, Any]) -> set[str]:
    return {i for team in day["teams"] for i in team["member_ids"]}


def test_nobody_is_sent_on_more_days_a_week_than_the_limit(mornings: tuple[Path, list[dict[str, Any]]]) -> None:
    _, records = mornings
    counts = Counter(i for record in records for i in people_on(record["days"][0]))
    assert [record["days"][0]["day"] for record in records] == DAYS
    assert max(counts.values()) == 2
    assert [part["day"] for part in records[-1]["carried"]["sent"]] == DAYS[:-1]


def test_the_check_counts_published_days_that_no_record_tells(
    sweep: Run, folder: Path, mornings: tuple[Path, list[dict[str, Any]]], tmp_path: Path
) -> None:
    out = Path(shutil.copytree(mornings[0], tmp_path / "out"))
    checked = sweep("check", folder, out / "tiny" / "campaign")
    assert checked.exit_code == 0, checked.output
    place = out / "tiny" / "campaign"
    (place / BEFORE).unlink()
    record = json.loads((place / "campaign.json").read_text(encoding="utf-8"))
    del record["carried"]
    (place / "campaign.json").write_text(json.dumps(record), encoding="utf-8")
    stricter = Path(shutil.copytree(folder, tmp_path / "tiny"))
    (stricter / "campaign.toml").write_text(TOML.replace("days_per_week = 2", "days_per_week = 1"), encoding="utf-8")
    # Whoever goes on Friday, and went on a day before it.
    *days, friday = (people_on(r["days"][0]) for r in mornings[1])
    again = friday & set().union(*days)
    result = sweep("check", stricter, out / "tiny" / "campaign", "--json")
    assert again
    assert {v["where"] for v in json.loads(result.stdout)["violations"] if v["rule_id"] == "M04"} >= again


def test_an_edition_of_a_day_that_is_over_and_was_changed_is_told(
    sweep: Run, folder: Path, mornings: tuple[Path, list[dict[str, Any]]], tmp_path: Path
) -> None:
    out = Path(shutil.copytree(mornings[0], tmp_path / "out"))
    monday = mornings[1][0]["days"][0]
    file = out / "tiny" / monday["plan_id"] / "plan.json"
    gone = min(people_on(monday))
    file.write_text(file.read_text(encoding="utf-8").replace(f'"{gone}"', '"X1"'), encoding="utf-8")
    result = sweep("check", folder, out / "tiny" / "campaign", "--json")
    assert [(v["rule_id"], v["where"]) for v in json.loads(result.stdout)["violations"]] == [
        ("C29", f"{DAYS[0]} plan.json")
    ]
