"""Maps with faults: `sweep init` makes a folder that runs, or tells one reason."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from tests.paths import GEO, needs_data

Run = Any  # of conftest.py
SIDE = 0.0004  # 36 m by 44 m


class Town:
    """A town of two streets that cross and of square buildings beside them, as an OpenStreetMap file."""

    def __init__(self, lon: float = 117.0, lat: float = 36.6) -> None:
        self.lon, self.lat = lon, lat
        self.nodes: list[str] = []
        self.ways: list[str] = []
        for k in range(2):
            ends = [(-0.01, 0.0), (0.0, 0.0), (0.02, 0.0)] if k else [(0.0, -0.01), (0.0, 0.0), (0.0, 0.02)]
            self.way([self.node(*end) for end in ends], highway="residential", name=f"{'东西'[k]}街")

    def node(self, east: float, north: float) -> int:
        # The two streets share the node where they cross.
        if (east, north) == (0.0, 0.0) and len(self.nodes) > 3:
            return 2
        self.nodes.append(
            f'<node id="{len(self.nodes) + 1}" version="1" lon="{self.lon + east}" lat="{self.lat + north}"/>'
        )
        return len(self.nodes)

    def way(self, nodes: list[int], **tags: object) -> None:
        refs = "".join(f'<nd ref="{n}"/>' for n in nodes)
        texts = "".join(f'<tag k="{k.replace("__", ":")}" v="{v}"/>' for k, v in tags.items())
        self.ways.append(f'<way id="{len(self.ways) + 1}" version="1">{refs}{texts}</way>')

    def house(self, i: int, corners: str = "0123", size: float = 1.0, **tags: object) -> None:
        east, north, side = 0.0006 + 0.001 * (i % 12), 0.0004 + 0.001 * (i // 12), SIDE * size
        at = [(0.0, 0.0), (side, 0.0), (side, side), (0.0, side)]
        ring = [self.node(east + at[int(c)][0], north + at[int(c)][1]) for c in corners]
        self.way([*ring, ring[0]], **tags)

    def write(self, path: Path) -> Path:
        path.write_text(f'<osm version="0.6">{"".join(self.nodes)}{"".join(self.ways)}</osm>', encoding="utf-8")
        return path


def bad_outlines() -> Town:
    """Thirty-six offices, one outline that does not close, one without an area, one with too many floors."""
    town = Town()
    for i in range(36):
        town.house(i, building="office", name=f"第{i}大厦", building__levels=9)
    corners = [town.node(0.015, 0.001 * k) for k in range(3)]
    town.way(corners, building="office")
    town.house(36, corners="0101", building="office")
    town.house(37, building="office", building__levels=999)
    return town


def nameless() -> Town:
    """Thirty houses of which the map knows neither name, use nor height; every third is twice as wide."""
    town = Town()
    for i in range(30):
        town.house(i, size=1.6 if i % 3 == 0 else 0.8, building="yes")
    return town


def abroad() -> Town:
    town = Town(lon=2.35, lat=48.86)
    for i in range(24):
        town.house(i, building="office")
    return town


def names_against_tags() -> Town:
    """Twelve offices, and twelve houses named like offices that are tagged as something else."""
    town = Town()
    others = [
        {"building": "apartments"},
        {"building": "yes", "amenity": "hospital"},
        {"building": "yes", "tourism": "hotel"},
    ]
    for i in range(12):
        town.house(i, building="office", name=f"第{i}大厦")
        town.house(i + 12, **others[i % 3], name="信息中心", building__levels=20)
    return town


def initialised(sweep: Run, folder: Path, file: Path, *options: object) -> Any:
    return sweep("init", "town", "--folder", folder, "--osm", file, "--district", "370102", *options, "--json")


def found(folder: Path) -> list[dict[str, str]]:
    with (folder / "town" / "found_buildings.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("town", "n"),
    [(bad_outlines, 37), (nameless, 30), (names_against_tags, 12)],
    ids=["bad outlines", "nameless", "names against tags"],
)
def test_a_map_with_faults_makes_a_folder_that_runs(sweep: Run, tmp_path: Path, town: Any, n: int) -> None:
    made = initialised(sweep, tmp_path, town().write(tmp_path / "map.osm"))
    assert made.exit_code == 0, made.output
    assert len(found(tmp_path)) == n
    # One is planned; the others are read, ranked and judged as far as the search.
    command = ["run", "--out", tmp_path / "out", "--iterations", 50] if town is nameless else ["validate"]
    result = sweep(command[0], tmp_path / "town", *command[1:], "--set", "teams.n_teams=2")
    assert result.exit_code == 0, result.output


def test_what_is_no_outline_is_set_aside_with_its_reason(sweep: Run, tmp_path: Path) -> None:
    initialised(sweep, tmp_path, bad_outlines().write(tmp_path / "map.osm"))
    reply = json.loads(sweep("validate", tmp_path / "town", "--set", "teams.n_teams=2", "--json").stdout)
    (buildings,) = (i for i in reply["inputs"] if i["table"] == "buildings")
    assert (buildings["n_used"], buildings["n_quarantined"]) == (36, 3)
    assert sorted(i["code"] for i in reply["quarantine"]) == ["G205", "G217", "G217"]


def test_where_the_map_knows_no_office_the_largest_are_listed_and_the_list_is_obeyed(
    sweep: Run, tmp_path: Path
) -> None:
    initialised(sweep, tmp_path, nameless().write(tmp_path / "map.osm"))
    listed = found(tmp_path)
    areas = [float(row["office_reason"].removeprefix("area=")) for row in listed]
    assert areas == sorted(areas, reverse=True)
    assert areas[0] == pytest.approx(4 * areas[-1], rel=0.01)  # 1.6 x 1.6 over 0.8 x 0.8
    assert 'offices = "found_buildings.csv"' in (tmp_path / "town" / "scenario.toml").read_text(encoding="utf-8")
    # Somebody who knows the town deletes all but the ten large ones.
    with (tmp_path / "town" / "found_buildings.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(listed[0]))
        writer.writeheader()
        writer.writerows(listed[:10])
    reply = json.loads(sweep("validate", tmp_path / "town", "--set", "teams.n_teams=2", "--json").stdout)
    assert [i["n_rows"] for i in reply["inputs"] if i["table"] == "buildings"] == [10]


def test_a_map_of_another_country_is_refused_with_one_reason_and_leaves_nothing(sweep: Run, tmp_path: Path) -> None:
    file = abroad().write(tmp_path / "map.osm")
    result = initialised(sweep, tmp_path / "s", file)
    assert result.exit_code == 2
    assert [(i["code"], i["where"]) for i in json.loads(result.stdout)["issues"]] == [("G126", str(file))]
    assert list((tmp_path / "s").glob("*")) == []


@pytest.mark.slow
@needs_data(GEO)
@pytest.mark.parametrize(
    ("name", "files", "code"),
    [
        ("beijing-cau", ["map.osm"], "110108"),
        ("shanghai-bund", ["buildings.geojson", "--streets", "roads.geojson"], "310115"),
        ("wuhan-guanggu", ["buildings.geojson", "--streets", "roads.geojson"], "420111"),
    ],
)
def test_a_shared_extract_makes_a_folder_that_can_be_planned(
    sweep: Run, tmp_path: Path, name: str, files: list[str], code: str
) -> None:
    files = [f if f.startswith("--") else str(GEO / f"osm-cn-{name}" / f) for f in files]
    made = sweep("init", "town", "--folder", tmp_path, "--osm", *files, "--district", code, "--json")
    assert made.exit_code == 0, made.output
    result = sweep("validate", tmp_path / "town", "--json")
    assert result.exit_code == 0, result.output
