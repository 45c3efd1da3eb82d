"""campaign.json is bound to the audit log: every key of it, and the files next to it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sweep.audit.audit_log import log_of_edition
from sweep.campaign.window.check_campaign_against_log import ACT
from tests.cli.test_campaign import ROUNDS, folder, out, planned, record_of  # noqa: F401
from tests.edited.judged_files import file_of_campaign, tally_of

pytestmark = pytest.mark.usefixtures("prepared_once")

Run = Any  # of conftest.py
Json = dict[str, Any]


def unpublished(record: Json) -> None:
    for day in record["days"]:
        day["is_published"] = False


def another_commitment(record: Json) -> None:
    record["commitments"][max(record["commitments"])] = "0" * 64


def another_pool(record: Json) -> None:
    record["days"][0]["pool_sha256"] = "0" * 64


def twice_the_bound(record: Json) -> None:
    record["bound"] *= 2


def another_window(record: Json) -> None:
    record["window_end"] = "2026-12-31"


def another_status(record: Json) -> None:
    record["status"] = "infeasible"


def another_scenario(record: Json) -> None:
    record["scenario"] = "other"


@pytest.mark.slow
@pytest.mark.parametrize(
    "change",
    [
        unpublished,
        another_commitment,
        another_pool,
        twice_the_bound,
        another_window,
        another_status,
        another_scenario,
    ],
    ids=lambda change: change.__name__,
)
def test_no_command_goes_by_a_record_that_was_edited(
    sweep: Run,
    folder: Path,  # noqa: F811
    out: Path,  # noqa: F811
    change: Callable[[Json], None],
) -> None:
    file, record = out / "tiny" / "campaign" / "campaign.json", record_of(out)
    change(record)
    file.write_text(json.dumps(record), encoding="utf-8")
    edited = file.read_bytes()
    checked = sweep("check", folder, out / "tiny" / "campaign", "--json")
    assert checked.exit_code == 3
    found = {(v["rule_id"], v["where"]) for v in json.loads(checked.stdout)["violations"]}
    assert ("C29", "campaign.json") in found
    visit = record["days"][0]["visits"][0]["building_id"]
    for command in (
        ("campaign", "advance", folder, "--out", out, *ROUNDS),
        ("campaign", "plan", folder, "--from", "2026-09-16", "--out", out, *ROUNDS),
        ("explain", folder, out / "tiny" / "campaign", visit),
        ("compare", out / "tiny", out / "tiny", "--out", out),
        ("audit", "tiny", "--out", out),
    ):
        result = sweep(*command)
        assert (result.exit_code, "S818" in result.output + result.stderr) == (3, True), (command, result.output)
    assert file.read_bytes() == edited


@pytest.mark.parametrize("name", ["window.plan.json", "window.problem.json", "window.plan.proof.json", "campaign.html"])
def test_a_file_next_to_the_record_that_was_changed_is_found(sweep: Run, folder: Path, out: Path, name: str) -> None:  # noqa: F811
    file = out / "tiny" / "campaign" / name
    text = file.read_text(encoding="utf-8")
    content = json.loads(text) if name.endswith(".json") else {}
    if name == "window.plan.json":
        content["teams"][0]["division_codes"] = []
    elif content:
        content["schema_version"] = 2
    file.write_text(json.dumps(content) if content else text + " ", encoding="utf-8")
    checked = sweep("check", folder, out / "tiny" / "campaign", "--json")
    found = {(v["rule_id"], v["where"]) for v in json.loads(checked.stdout)["violations"]}
    assert (checked.exit_code, ("C29", name) in found) == (3, True)


def test_a_campaign_without_its_log_is_refused(sweep: Run, folder: Path, out: Path) -> None:  # noqa: F811
    shutil.rmtree(out / "_audit")
    for command in (("check", folder, out / "tiny"), ("campaign", "advance", folder, "--out", out, *ROUNDS)):
        result = sweep(*command)
        assert (result.exit_code, "S817" in result.output + result.stderr) == (3, True), result.output


@pytest.mark.slow
def test_a_window_that_was_planned_again_is_sound(sweep: Run, folder: Path, out: Path) -> None:  # noqa: F811
    assert sweep("campaign", "advance", folder, "--out", out, *ROUNDS).exit_code == 0
    assert sweep("check", folder, out / "tiny" / "campaign").exit_code == 0
    assert sweep("audit", "tiny", "--out", out).exit_code == 0
    before = out / "tiny" / "campaign" / "campaign.before.json"
    before.write_text(
        before.read_text(encoding="utf-8").replace('"is_published": true', '"is_published": false'), "utf-8"
    )
    checked = sweep("check", folder, out / "tiny" / "campaign", "--json")
    assert ("C29", "campaign.before.json") in {
        (v["rule_id"], v["where"]) for v in json.loads(checked.stdout)["violations"]
    }


@pytest.mark.parametrize("is_published", [False, True], ids=["killed", "rolled back"])
def test_a_record_counts_that_a_killed_command_left_and_none_that_was_put_back(
    sweep: Run,
    folder: Path,  # noqa: F811
    out: Path,  # noqa: F811
    is_published: bool,
) -> None:
    """A killed command has entered a window whose editions are not there; where they are, the window before is old."""
    record = record_of(out)
    plan_ids = [d["plan_id"] for d in record["days"]] if is_published else ["0" * 12]
    facts: Json = {"campaign": "tiny", "planned_on": "2026-09-17", "plan_ids": plan_ids}
    log_of_edition(out / "tiny" / "campaign").append(
        "2026-09-17T08:00:00+08:00", "P000", ACT, {**facts, "files": {"campaign.json": "0" * 64}}
    )
    visit = record["days"][0]["visits"][0]["building_id"]
    result = sweep("explain", folder, out / "tiny" / "campaign", visit)
    assert (result.exit_code, "S818" in result.stderr) == ((3, True) if is_published else (0, False))


def test_a_wrong_value_of_a_key_of_the_record_is_found_and_other_words_are_taken(out: Path) -> None:  # noqa: F811
    tally = tally_of(file_of_campaign(out / "tiny" / "campaign"), 5)
    assert (tally.unseen, tally.refused) == ([], [])
