"""A plain register of inspections, from anywhere: ranked and judged without leads, firms, roster or working day."""

from __future__ import annotations

import csv
import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

Run = Any  # of conftest.py

# 2026-09-12 is a Saturday.
TOML = """
name = "register"
day = 2026-09-12
lang = "en"
[data]
{anywhere}
buildings = "places.csv"
history = "checks.csv"
[backtest]
first_day = 365
horizon_days = 60
"""


def register(folder: Path, anywhere: str = "anywhere = true", *, words: tuple[str, str] = ("find", "nothing")) -> Path:
    """Sixty places of Chicago, of which every third is found at fault half of the time, and others seldom."""
    rng = np.random.default_rng(1)
    folder.mkdir()
    (folder / "scenario.toml").write_text(TOML.format(anywhere=anywhere), encoding="utf-8")
    places = [f"P{k},{-87.6 + 0.002 * (k % 8):.4f},{41.8 + 0.002 * (k // 8):.4f}" for k in range(60)]
    (folder / "places.csv").write_text("\n".join(["building_id,lon,lat", *places]), encoding="utf-8")
    rows = []
    for _ in range(1_200):
        k, day = int(rng.integers(0, 60)), date(2024, 9, 1) + timedelta(int(rng.integers(0, 730)))
        outcome = words[0] if rng.random() < (0.5 if k % 3 == 0 else 0.05) else words[1]
        rows.append(f"P{k},{day},{outcome},I{rng.integers(0, 3)}")
    (folder / "checks.csv").write_text("\n".join(["building_id,date,outcome,inspector", *rows]), encoding="utf-8")
    return folder


@pytest.mark.slow
def test_it_is_judged_beside_simple_forecasts(sweep: Run, tmp_path: Path) -> None:
    result = sweep("backtest", register(tmp_path / "register"), "--out", tmp_path / "out", "--json")
    assert result.exit_code == 0, result.stderr
    finds = {row["method"]: row for row in json.loads(result.stdout)["finds"]}
    assert {"own_rate", "last_outcome", "inspector", "plain_logistic"} <= set(finds)
    assert finds["own"]["auc_within"] > 0.7
    # All inspectors find alike, and none is better known for it.
    assert finds["inspector"]["auc_within"] == 0.5
    assert finds["own"]["slope_low"] < 1.0 < finds["own"]["slope_high"]
    assert finds["own"]["first_half"] > 0.6
    assert finds["own"]["days_earlier"] > 0.0


def test_it_is_ranked_by_what_was_found_and_says_so(sweep: Run, tmp_path: Path) -> None:
    result = sweep("rank", register(tmp_path / "register"), "--out", tmp_path / "out", "--json")
    assert result.exit_code == 0, result.stderr
    reply = json.loads(result.stdout)
    assert reply["ranking"]["verdict"]["reason"] == "ahead"
    assert [note["code"] for note in reply["notes"] if note["code"] == "S409"] == ["S409"]
    with next((tmp_path / "out").rglob("buildings.csv")).open(encoding="utf-8-sig") as file:
        first = [row["building_id"] for row in csv.DictReader(file)][:15]
    assert sum(int(building[1:]) % 3 == 0 for building in first) >= 13


def test_the_clusters_of_a_register_without_leads_show_no_rate_and_no_datum_is_doubted(
    sweep: Run, tmp_path: Path
) -> None:
    result = sweep("rank", register(tmp_path / "register"), "--out", tmp_path / "out")
    assert result.exit_code == 0, result.stderr
    assert "Expected finds" in result.stdout
    assert "Rate (90 %" not in result.stdout
    assert "G312" not in result.stdout + result.stderr


def test_no_list_of_inspectors_comes_out(sweep: Run, tmp_path: Path) -> None:
    for command in ("rank", "backtest"):
        sweep(command, register(tmp_path / command), "--out", tmp_path / "out")
    written = [f for f in (tmp_path / "out").rglob("*.*") if f.suffix in {".csv", ".html", ".json"}]
    assert len(written) > 6
    texts = [f.read_text(encoding="utf-8-sig") for f in written]
    assert not [text for text in texts if re.search(r"\bI[012]\b", text)]


@pytest.mark.parametrize("words", [("查实", "未发现"), ("proved", "disproved"), ("find", "合格")])
def test_outcomes_come_in_any_dialect(sweep: Run, tmp_path: Path, words: tuple[str, str]) -> None:
    result = sweep("rank", register(tmp_path / "register", words=words), "--out", tmp_path / "out", "--json")
    assert json.loads(result.stdout)["ranking"]["verdict"]["reason"] == "ahead"


def test_places_outside_china_are_refused_unless_the_scenario_says_so(sweep: Run, tmp_path: Path) -> None:
    result = sweep("rank", register(tmp_path / "register", anywhere=""), "--out", tmp_path / "out", "--json")
    assert result.exit_code == 2
    assert "G215" in result.stderr + result.stdout


def test_a_plan_still_needs_what_it_needs(sweep: Run, tmp_path: Path) -> None:
    result = sweep("run", register(tmp_path / "register"), "--out", tmp_path / "out", "--json")
    assert result.exit_code == 2
    assert "G101" in result.stderr + result.stdout


@pytest.mark.parametrize("outcome", ["find", "nothing"])
def test_checks_of_one_outcome_only_leave_the_rule(sweep: Run, tmp_path: Path, outcome: str) -> None:
    result = sweep(
        "rank", register(tmp_path / "register", words=(outcome, outcome)), "--out", tmp_path / "out", "--json"
    )
    assert json.loads(result.stdout)["ranking"]["verdict"]["scored_by"] == "rule"


def test_without_leads_and_checks_enough_every_place_is_alike(sweep: Run, tmp_path: Path) -> None:
    folder = register(tmp_path / "register")
    lines = (folder / "checks.csv").read_text(encoding="utf-8").splitlines()
    (folder / "checks.csv").write_text("\n".join(lines[:20]), encoding="utf-8")
    result = sweep("rank", folder, "--out", tmp_path / "out", "--json")
    assert json.loads(result.stdout)["ranking"]["verdict"]["reason"] == "few"


def test_a_backtest_of_checks_that_never_got_in_says_that_nobody_did(sweep: Run, tmp_path: Path) -> None:
    folder = register(tmp_path / "register", words=("no_access", "no_access"))
    result = sweep("backtest", folder, "--out", tmp_path / "out", "--json")
    assert result.exit_code == 2
    (issue,) = json.loads(result.stdout)["issues"]
    assert (issue["code"], issue["where"]) == ("G331", "data.history")
    assert "None of the 1200 past checks had access" in issue["what"].replace(",", "")


def test_checks_of_places_that_nobody_knows_are_told(sweep: Run, tmp_path: Path) -> None:
    folder = register(tmp_path / "register")
    checks = (folder / "checks.csv").read_text(encoding="utf-8")
    (folder / "checks.csv").write_text(checks.replace("\nP1", "\n00P1").replace("\nP2", "\n00P2"), encoding="utf-8")
    few = json.loads(sweep("rank", folder, "--out", tmp_path / "few", "--json").stdout)
    assert "G313" not in [note["code"] for note in few["notes"]]
    (folder / "checks.csv").write_text(checks.replace("\nP", "\n00P"), encoding="utf-8")
    none = json.loads(sweep("rank", folder, "--out", tmp_path / "none", "--json").stdout)
    assert [note["where"] for note in none["notes"] if note["code"] == "G313"] == ["checks.csv"]


def test_complaints_are_leads(sweep: Run, tmp_path: Path) -> None:
    folder = register(tmp_path / "register")
    rows = [
        f"C{k},complaint,complaint,{date(2025, 9, 1) + timedelta(k)},P{k % 60}" for k in range(370)
    ]  # to 5 September 2026
    header = "lead_id,lead_type,lead_source,received_at,building_id"
    (folder / "leads.csv").write_text("\n".join([header, *rows]), encoding="utf-8")
    result = sweep("rank", folder, "--out", tmp_path / "out", "--json")
    assert result.exit_code == 0, result.stderr
    assert "S409" not in [note["code"] for note in json.loads(result.stdout)["notes"]]
    judged = sweep("backtest", folder, "--out", tmp_path / "out", "--json", "--set", "backtest.first_day=180")
    assert judged.exit_code == 0, judged.stderr
    finds = {row["method"]: row for row in json.loads(judged.stdout)["finds"]}
    assert finds["own"]["auc_within"] > finds["decayed_per_hour"]["auc_within"]
