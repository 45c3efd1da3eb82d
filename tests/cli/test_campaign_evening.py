"""A campaign's days between the evening and their results: what was approved counts as made until somebody reports."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.cli.campaign_folder import ROUNDS, TOML, campaign_folder, planned_once
from tests.cli.test_campaign import record_of
from tests.pins_file import add_pins

Run = Any  # of conftest.py


@pytest.fixture
def wednesday(sweep: Run, scenario: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The first day of a campaign in `tmp_path`, as it was published."""
    folder = campaign_folder(scenario, tmp_path, TOML)
    out = shutil.copytree(planned_once(sweep, folder, tmp_path_factory), tmp_path / "out")
    return dict(record_of(out)["days"][0])


def advanced(sweep: Run, place: Path, out: Path) -> tuple[set[str], list[dict[str, Any]]]:
    """Buildings that the window from Thursday on plans to visit, and its notes on days without results."""
    result = sweep("campaign", "advance", place / "tiny", "--out", out, *ROUNDS, "--json")
    assert result.exit_code == 0, result.output
    checked = sweep("check", place / "tiny", out / "tiny" / "campaign")
    assert checked.exit_code == 0, checked.output
    visits = {v["building_id"] for day in record_of(out)["days"] for v in day["visits"]}
    return visits, [n for n in json.loads(result.stdout)["notes"] if n["code"] == "S657"]


@pytest.mark.slow
def test_no_building_is_visited_again_because_its_results_come_late(
    sweep: Run, tmp_path: Path, wednesday: dict[str, Any]
) -> None:
    went = {v["building_id"] for v in wednesday["visits"]}
    never_in_force = Path(shutil.copytree(tmp_path / "out", tmp_path / "draft"))
    out, edition = tmp_path / "out", tmp_path / "out" / "tiny" / wednesday["plan_id"]
    assert sweep("approve", edition, "--by", "D07").exit_code == 0
    again, notes = advanced(sweep, tmp_path, out)
    assert again
    assert not again & went
    assert [n["where"] for n in notes] == [str(edition)]
    page = (out / "tiny" / "campaign" / "campaign.html").read_text(encoding="utf-8")
    assert f"The results of {wednesday['day']} are not imported yet: until they are, its {len(went)} visits" in page
    one = min(went)
    why = sweep("explain", tmp_path / "tiny", out / "tiny" / "campaign", one)
    assert f"{one} has no day in this window: its visit of {wednesday['day']} counts as made" in " ".join(
        why.output.split()
    )
    # What nobody approved was never in force: its buildings are open to visits.
    open_still, notes = advanced(sweep, tmp_path, never_in_force)
    assert (bool(open_still & went), notes) == (True, [])


@pytest.mark.slow
def test_a_place_to_be_visited_is_not_told_as_left_while_the_results_of_its_visit_are_late(
    sweep: Run, tmp_path: Path, wednesday: dict[str, Any]
) -> None:
    out, edition = tmp_path / "out", tmp_path / "out" / "tiny" / wednesday["plan_id"]
    assert sweep("approve", edition, "--by", "D07").exit_code == 0
    one = wednesday["visits"][0]["building_id"]
    add_pins(tmp_path / "tiny", f"must,{one},")
    again, _ = advanced(sweep, tmp_path, out)
    record = record_of(out)
    assert one not in again
    assert record["unreported"][one] == wednesday["day"]
    assert one not in {x["building_id"] for x in record["left"]}


@pytest.mark.slow
def test_once_a_result_of_a_day_is_in_its_other_visits_count_as_not_made(
    sweep: Run, tmp_path: Path, wednesday: dict[str, Any]
) -> None:
    out, edition = tmp_path / "out", tmp_path / "out" / "tiny" / wednesday["plan_id"]
    assert sweep("approve", edition, "--by", "D07").exit_code == 0
    one = wednesday["visits"][0]
    row = f"{one['visit_id']},{(*one['targets'], '')[0]},open"
    (tmp_path / "evening.csv").write_text(f"visit_id,uscc,unit_state\n{row}\n", encoding="utf-8")
    taken = sweep("results", tmp_path / "tiny", edition, tmp_path / "evening.csv")
    assert taken.exit_code == 0, taken.output
    again, notes = advanced(sweep, tmp_path, out)
    assert notes == []
    assert one["building_id"] not in again
    assert again & {v["building_id"] for v in wednesday["visits"]}
