"""`latest` in place of a plan's folder."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from geodata.errors import InputError
from geodata.message_catalogue import load_texts
from sweep.audit.approval import Approval
from sweep.publish.archive.verify_edition import approve_edition
from sweep.terminal.resolve_plan_paths import newest_plan, with_latest

LATEST = Path("latest")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Two plans of `north`, the first made later than it was named, and one of `south` made last of all."""
    for n, (name, plan_id) in enumerate([("north", "bbb"), ("north", "aaa"), ("south", "ccc")]):
        file = tmp_path / name / plan_id / "plan.json"
        file.parent.mkdir(parents=True)
        file.write_text("{}", encoding="utf-8")
        os.utime(file, ns=(n * 10**9, n * 10**9))
    (tmp_path / "north" / "zzz.orders").mkdir()
    return tmp_path


def test_behind_a_folder_of_plans_it_is_the_newest_there(out: Path) -> None:
    assert newest_plan(out / "north" / LATEST, None, out) == out / "north" / "aaa"


def test_alone_it_is_the_newest_of_the_scenario_that_is_named(out: Path) -> None:
    assert newest_plan(LATEST, Path("scenarios/north"), out) == out / "north" / "aaa"
    assert newest_plan(LATEST, Path("south"), out) == out / "south" / "ccc"


@pytest.mark.parametrize("typed", ["copy", "copy/{file}", "named"], ids=["folder", "file", "name in scenarios"])
@pytest.mark.parametrize("file", ["scenario.toml", "province.toml"])
def test_a_scenario_is_known_by_the_name_in_its_file(
    out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str, file: str
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in (Path("copy"), Path("scenarios/named")):
        folder.mkdir(parents=True)
        (folder / file).write_text('name = "north"\n', encoding="utf-8")
    # Plans of another scenario, which has the name of the folder.
    (out / "copy" / "eee").mkdir(parents=True)
    (out / "copy" / "eee" / "plan.json").touch()
    assert newest_plan(LATEST, Path(typed.format(file=file)), out) == out / "north" / "aaa"


def test_alone_and_with_no_scenario_it_is_the_newest_of_all(out: Path) -> None:
    assert newest_plan(LATEST, None, out) == out / "south" / "ccc"


def test_any_other_folder_is_what_was_typed(out: Path) -> None:
    for typed in (out / "north" / "bbb", Path("nowhere")):
        assert newest_plan(typed, None, out) == typed


def test_the_id_of_a_plan_stands_for_its_folder(out: Path) -> None:
    assert newest_plan(Path("bbb"), None, out) == out / "north" / "bbb"
    (out / "south" / "bbb").mkdir()
    (out / "south" / "bbb" / "plan.json").touch()
    # Two plans of one id: what was typed stays, and is refused where it is opened.
    assert newest_plan(Path("bbb"), None, out) == Path("bbb")


def test_a_folder_that_is_called_so_is_that_folder(out: Path) -> None:
    (out / "north" / LATEST).mkdir()
    assert newest_plan(out / "north" / LATEST, None, out) == out / "north" / LATEST


def test_where_there_is_no_plan_it_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as error:
        newest_plan(tmp_path / "north" / LATEST, None, tmp_path)
    assert [i.code for i in error.value.issues] == ["S711"]


def test_each_plan_of_a_list_is_looked_up(out: Path) -> None:
    options = with_latest({"plans": [out / "north" / "bbb", out / "south" / LATEST], "out": out, "quiet": True})
    assert options == {"plans": [out / "north" / "bbb", out / "south" / "ccc"], "out": out, "quiet": True}


def test_a_folder_without_plans_to_write_to_leaves_the_newest_in_out(
    out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path.parent)
    out.rename(tmp_path.parent / "out")
    assert newest_plan(LATEST, Path("north"), Path("elsewhere")) == Path("out/north/aaa")


def test_a_plan_that_is_approved_later_is_no_newer_for_that(out: Path) -> None:
    older = out / "north" / "bbb"
    manifest = {"plan_id": "bbb", "day": "2026-09-16", "outputs": {}}
    (older / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    approve_edition(older, Approval("bbb", "0" * 64, "K01", "2026-09-15T10:00:00+08:00", "1:0"), load_texts("en"))
    assert (older / "approval.json").is_file()
    assert newest_plan(LATEST, Path("north"), out) == out / "north" / "aaa"


def test_of_a_province_it_is_the_newest_edition_and_no_county_s(out: Path) -> None:
    edition = out / "east" / "ddd"
    (edition / "counties" / "370102" / "eee").mkdir(parents=True)
    for file in (edition / "province.json", edition / "counties" / "370102" / "eee" / "plan.json"):
        file.write_text("{}", encoding="utf-8")
    assert newest_plan(LATEST, Path("east"), out) == newest_plan(out / "east" / LATEST, None, out) == edition
    # Alone it is a plan of one day: most commands take no other.
    assert newest_plan(LATEST, None, out) == out / "south" / "ccc"
