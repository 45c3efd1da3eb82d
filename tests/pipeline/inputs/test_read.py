"""What of [data] is read for a made-up city."""

from __future__ import annotations

from pathlib import Path

from geodata.datum.names import BD09, GCJ02, WGS84
from sweep.pipeline.inputs.read import CITY_KEPT, read
from sweep.scenario.file import load_scenario
from sweep.scenario.inputs import PointColumns


def test_a_datum_and_points_of_a_made_up_city_stay_what_they_are(tmp_path: Path) -> None:
    lines = (
        'name = "a"',
        "day = 2026-09-16",
        "city = { seed = 1 }",
        'data.datum = "gcj02"',
        'data.datums.firms = "bd09"',
        'data.points.leads = [{ lon = "x", lat = "y", datum = "wgs84" }]',
    )
    (tmp_path / "scenario.toml").write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / CITY_KEPT).mkdir()
    found = read(load_scenario(tmp_path)).data
    assert (found.datum, found.datums) == (GCJ02, {"firms": BD09})
    assert found.points == {"leads": (PointColumns(lon="x", lat="y", datum=WGS84),)}
