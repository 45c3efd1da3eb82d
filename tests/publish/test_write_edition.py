from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pyogrio
import pytest

from geodata.message_catalogue import load_texts
from sweep.disk.atomic_files import refuse_unwritable, write_files
from sweep.publish import write_edition as write
from sweep.publish.edition import Edition
from sweep.publish.write_edition import write_edition
from sweep.records.plan import Violation
from tests.publish.small_edition import small_edition

ZH = load_texts("zh_CN")
FILES = {
    "map.html",
    "report.html",
    "plan.json",
    "edition.json",
    "plan.gpkg",
    "manifest.json",
    *(
        f"{name}.csv"
        for name in ("buildings", "clusters", "coverage", "draw", "unserved", "quarantine", "matched", "unmatched")
    ),
    *(f"{name}.csv" for name in ("draw_firms", "draw_officers", "prevalence", "concentration")),
}


def test_all_files_are_there_and_none_outside(edition: Edition, tmp_path: Path) -> None:
    made = write_edition(edition, tmp_path / "out" / "abc123", ZH)
    names = {p.relative_to(tmp_path / "out" / "abc123").as_posix() for p in made}
    orders = {n for n in names if n.startswith("teams/")}
    assert names - orders == FILES
    assert len(orders) == 3
    assert {p for p in tmp_path.rglob("*") if p.is_file()} == set(made)
    assert made[-1].name == "manifest.json"


def test_the_manifest_names_every_input_and_output(edition: Edition, tmp_path: Path) -> None:
    made = write_edition(edition, tmp_path / "abc123", ZH)
    manifest = json.loads(made[-1].read_text(encoding="utf-8"))
    for path in made[:-1]:
        name = path.relative_to(tmp_path / "abc123").as_posix()
        assert manifest["outputs"][name]["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest(), name
    assert len(manifest["outputs"]) == len(made) - 1
    assert manifest["inputs"][0]["sha256"] == "ab" * 32
    assert (manifest["day"], manifest["seed"]) == ("2026-09-16", 1)
    assert manifest["settings"]["plan"]["shift_start"] == "13:30:00"
    assert manifest["versions"]["folium"]


def test_two_runs_write_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_edition(small_edition(), tmp_path / name, ZH)
    assert (tmp_path / "a" / "manifest.json").read_bytes() == (tmp_path / "b" / "manifest.json").read_bytes()


def test_a_plan_that_breaks_a_rule_is_not_published(edition: Edition, tmp_path: Path) -> None:
    broken = replace(edition, violations=(Violation("C01", "T2", {"detail": "1 of 2"}),))
    made = write_edition(broken, tmp_path / "abc123", ZH)
    assert {p.name for p in made} == {"plan.json", "violations.csv", "manifest.json"}


def test_an_older_edition_is_replaced_whole(edition: Edition, tmp_path: Path) -> None:
    write_edition(edition, tmp_path / "abc123", ZH)
    (tmp_path / "abc123" / "left-over.txt").write_text("old")
    write_edition(replace(edition, violations=(Violation("C01", "T2"),)), tmp_path / "abc123", ZH)
    assert {p.name for p in (tmp_path / "abc123").iterdir()} == {"plan.json", "violations.csv", "manifest.json"}
    assert [p.name for p in tmp_path.iterdir()] == ["abc123"]


def test_a_folder_that_is_no_edition_is_kept(edition: Edition, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("dear")
    with pytest.raises(FileExistsError, match="not an edition"):
        write_edition(edition, tmp_path / "mine", ZH)
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "dear"


def test_a_failure_leaves_nothing_and_the_old_edition(
    edition: Edition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_edition(edition, tmp_path / "abc123", ZH)
    before = (tmp_path / "abc123" / "manifest.json").read_bytes()

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(write, "write_geopackage", fail)
    with pytest.raises(OSError, match="disk full"):
        write_edition(edition, tmp_path / "abc123", ZH)
    assert [p.name for p in tmp_path.iterdir()] == ["abc123"]
    assert (tmp_path / "abc123" / "manifest.json").read_bytes() == before


def test_an_investigation_is_never_published(edition: Edition, tmp_path: Path) -> None:
    secret = replace(edition.visits["V1"], track="investigation")
    with pytest.raises(ValueError, match="C26"):
        write_edition(replace(edition, visits={**edition.visits, "V1": secret}), tmp_path / "x", ZH)
    assert list(tmp_path.iterdir()) == []


def test_csv_files_open_in_excel_as_utf_8(edition: Edition, tmp_path: Path) -> None:
    write_edition(edition, tmp_path / "abc123", ZH)
    assert (tmp_path / "abc123" / "buildings.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_the_geopackage_has_its_layers_in_lon_lat(edition: Edition, tmp_path: Path) -> None:
    write_edition(edition, tmp_path / "abc123", ZH)
    path = tmp_path / "abc123" / "plan.gpkg"
    layers = {str(name) for name, _ in pyogrio.list_layers(path)}
    counts = {name: pyogrio.read_info(path, layer=name)["features"] for name in layers}
    assert counts == {
        "streets": 2,
        "buildings": 3,
        "cluster_outlines": 1,
        "clusters": 1,
        "bases": 1,
        "stops": 2,
        "routes": 2,
        "unserved": 1,
        "layer_styles": 8,
    }
    assert pyogrio.read_info(path, layer="stops")["crs"] == "EPSG:4326"


def test_an_empty_layer_is_written(edition: Edition, tmp_path: Path) -> None:
    write_edition(replace(edition, plan=replace(edition.plan, unserved=())), tmp_path / "abc123", ZH)
    assert pyogrio.read_info(tmp_path / "abc123" / "plan.gpkg", layer="unserved")["features"] == 0


def test_a_folder_below_a_file_is_refused_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("kept")
    with pytest.raises(NotADirectoryError):
        refuse_unwritable(tmp_path / "file" / "deeper")
    assert (tmp_path / "file").read_text() == "kept"


def test_a_folder_that_is_not_there_yet_can_be_written(tmp_path: Path) -> None:
    refuse_unwritable(tmp_path / "new" / "deeper")
    assert not (tmp_path / "new").exists()


def test_plain_files_are_written_whole_and_a_path_is_refused(tmp_path: Path) -> None:
    written = write_files({"a.csv": "x", "b.html": "y"}, tmp_path / "new")
    assert [p.read_bytes() for p in written] == [b"\xef\xbb\xbfx", b"y"]
    with pytest.raises(ValueError, match="must be plain file names"):
        write_files({"../c": "z"}, tmp_path)
