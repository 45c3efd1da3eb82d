"""Labels beside the ranking: there in the table, refused with the mend where leads repeat, never a reason to stop."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

Run = Any  # these three are of conftest.py
Plain = Any
Planned = Any

LABELS = ("scan_cluster", "scan_relative_risk", "scan_p", "alert_cluster", "alert_p", "exceedance_q", "p_first_k")


def ranked(folder: Path) -> list[dict[str, str]]:
    file = next(folder.rglob("buildings.csv"))
    return list(csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines()))


def repeat_leads(plain: Plain) -> None:
    # Every lead twice within the day, and no event id.
    rows = [row | {"event_id": ""} for row in plain.rows("leads")]
    plain.write("leads", rows + [row | {"lead_id": f"{row['lead_id']}x"} for row in rows])


def test_labels_stand_at_the_end_of_the_ranking(sweep: Run, planned: Planned) -> None:
    rows = ranked(planned.folder)
    assert all(name in rows[0] for name in LABELS)
    # The chances of all buildings add up to the twenty places.
    assert abs(sum(float(row["p_first_k"]) for row in rows) - 20.0) < 1e-3
    assert all(0.0 <= float(row["exceedance_q"]) <= 1.0 for row in rows if row["n_firms"] != "0")


def test_repeats_without_event_ids_are_noted_and_nothing_is_tested(sweep: Run, plain: Plain, tmp_path: Path) -> None:
    repeat_leads(plain)
    result = sweep("rank", plain.folder, "--out", tmp_path / "out", "--json")
    assert result.exit_code == 0
    assert [note["code"] for note in json.loads(result.stdout)["notes"]] == ["S401"]
    rows = ranked(tmp_path / "out")
    assert {row["scan_cluster"] + row["scan_p"] + row["alert_p"] + row["exceedance_q"] for row in rows} == {""}
    assert any(float(row["p_first_k"]) > 0 for row in rows)


def test_the_mend_is_shown(sweep: Run, plain: Plain, tmp_path: Path) -> None:
    repeat_leads(plain)
    for command in (("rank", plain.folder, "--out", tmp_path / "out"), ("validate", plain.folder)):
        result = sweep(*command)
        assert result.exit_code == 0
        assert "S401" in result.stdout
        assert "event_id" in result.stdout


def test_another_seed_leaves_the_order_as_it_is(sweep: Run, plain: Plain, tmp_path: Path) -> None:
    orders = []
    for k, given in enumerate(("seed=1", "seed=2")):
        sweep("rank", plain.folder, "--out", tmp_path / str(k), "--set", given, "--quiet")
        orders.append([row["building_id"] for row in ranked(tmp_path / str(k))])
    assert orders[1:] == orders[:1]
