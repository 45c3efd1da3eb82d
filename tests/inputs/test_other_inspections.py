"""The table of inspections by other authorities."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sweep.inputs.load_inputs import load_inputs
from sweep.inputs.make_records import make_other_inspections
from sweep.scenario.input_settings import Data
from sweep.scenario.scenario import Scenario

FIRM = "91370102MA30000450"


def test_done_and_scheduled_inspections_are_read_and_an_odd_row_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / "places.csv").write_text("building_id,lon,lat\nB1,117.02,36.65\n", "utf-8")
    (tmp_path / "checks.csv").write_text("building_id,date,outcome\nB1,2026-09-01,nothing\n", "utf-8")
    rows = (f"{FIRM},2026-09-14,消防救援", f"{FIRM},2026-09-30,税务", f"{FIRM[:-1]}9,2026-09-14,税务", f"{FIRM},,税务")
    table = "统一社会信用代码,检查日期,检查机关\n" + "\n".join(rows)
    (tmp_path / "others.csv").write_text(table, "utf-8")
    data = Data(buildings="places.csv", history="checks.csv", other_inspections="others.csv", division_code="370102",
                accept_losses=("other_inspections",))  # fmt: skip
    inputs = load_inputs(Scenario(name="x", day=date(2026, 9, 16), data=data, folder=tmp_path), is_study=True)
    assert make_other_inspections(inputs) == ((FIRM, date(2026, 9, 14)), (FIRM, date(2026, 9, 30)))
    of_table = inputs.quarantine[inputs.quarantine["file"] == "others.csv"]
    assert of_table["code"].tolist() == ["G209", "G201"]
    assert [f.n_used for f in inputs.files if f.table == "other_inspections"] == [2]
