"""Recovery of interrupted changes: nothing outside the folder is touched, whatever its `.sweep` holds."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from geodata import atomic_writes
from geodata.atomic_writes import change, locked_for_reading, recover_folder, refuse_unfinished
from geodata.errors import InputError
from geodata.folder_lock import lock_folder
from tests.hostile_journals import KINDS, exchanging, make_outside, plant, snapshot, stage_in


def codes(act: Callable[[], object]) -> list[str]:
    """The codes that an act is refused with; the name of the error for one of the disk."""
    try:
        act()
    except InputError as error:
        return [issue.code for issue in error.issues]
    except OSError as error:
        return [type(error).__name__]
    return []


def add(place: Path) -> None:
    """Change a folder."""
    with change(place) as made:
        made.at(place / "own").write_text("own", encoding="utf-8")


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_nothing_outside_the_folder_changes_whatever_its_journal_says(tmp_path: Path, kind: str) -> None:
    rng = random.Random(kind)
    for n in range(25):
        place, outside = tmp_path / f"place{n}", make_outside(tmp_path / f"outside{n}")
        place.mkdir()
        drawn = KINDS[kind](place, outside, rng)
        before = snapshot(outside)
        found = [codes(partial(act, place)) for act in (refuse_unfinished, recover_folder, add)]
        assert snapshot(outside) == before, drawn
        assert all(set(each) <= {"G129", "G130"} for each in found), (drawn, found)
        assert (place / "own").exists() == (not found[2]), (drawn, found)


def test_reading_a_folder_reports_an_unfinished_change_and_changes_nothing(tmp_path: Path) -> None:
    stage_in(tmp_path, random.Random(1), {"0/p": "inside"})
    before = {path: names for path, names in snapshot(tmp_path).items() if path != ".sweep"}
    with pytest.raises(InputError, match="G129"), locked_for_reading(tmp_path):
        pass
    assert {path: names for path, names in snapshot(tmp_path).items() if path != ".sweep"} == before


def test_a_journal_of_this_program_is_completed_by_the_next_change(tmp_path: Path) -> None:
    stage_in(tmp_path, random.Random(1), {"0/p": "above/inside"})
    add(tmp_path)
    assert (tmp_path / "above" / "inside").read_text(encoding="utf-8") == "planted"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["above", "own"]


def test_a_link_in_the_place_of_the_hidden_folder_is_refused_and_what_it_leads_to_stays(tmp_path: Path) -> None:
    outside = make_outside(tmp_path / "outside")
    (outside / "new-project").mkdir()
    place = tmp_path / "place"
    place.mkdir()
    (place / ".sweep").symlink_to(outside)
    before = snapshot(outside)
    assert codes(lambda: add(place)) == ["G130"]
    assert snapshot(outside) == before


def test_an_unsound_change_of_one_folder_does_not_block_another(tmp_path: Path) -> None:
    for name in ("bad", "good"):
        (tmp_path / name).mkdir()
    stage_in(tmp_path / "bad", random.Random(1), {"0/p": "/etc/x"})
    assert codes(lambda: add(tmp_path / "bad")) == ["G130"]
    assert codes(lambda: add(tmp_path / "good")) == codes(lambda: add(tmp_path)) == []


@pytest.mark.slow
def test_an_exchange_for_a_link_between_check_and_use_leads_nowhere(tmp_path: Path) -> None:
    outside = make_outside(tmp_path / "outside")
    before = snapshot(outside)
    for n in range(60):
        place = tmp_path / f"place{n}"
        (place / "a").mkdir(parents=True)
        stage = stage_in(place, random.Random(n), {"0/p": "a/victim"})
        exchanged = (place / "a", stage / "0", stage, place / ".sweep")[n % 4]
        with exchanging(exchanged, outside):
            for _ in range(10):
                codes(lambda: add(place))  # noqa: B023
    assert snapshot(outside) == before


def test_an_output_below_a_link_is_refused_before_anything_is_moved(tmp_path: Path) -> None:
    outside = make_outside(tmp_path / "outside")
    before = snapshot(outside)
    place = tmp_path / "place"
    place.mkdir()
    (place / "exports").symlink_to(outside)
    with pytest.raises(OSError, match="symbolic links"), change(place) as made:
        made.at(place / "plan").write_text("plan")
        made.at(place / "exports" / "victim").write_text("new")
    with pytest.raises(OSError, match="symbolic links"), change(place) as made:
        made.discard(place / "exports" / "victim")
    assert snapshot(outside) == before
    assert sorted(p.name for p in place.iterdir()) == ["exports"]


def test_a_folder_spelled_with_two_dots_is_the_same_folder(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with change(tmp_path / "a"), change(tmp_path / "a" / ".." / "b") as made:
        made.at(tmp_path / "a" / ".." / "b" / "file").write_text("text")
    assert (tmp_path / "b" / "file").read_text() == "text"


def test_a_change_that_fails_at_its_first_move_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    (tmp_path / "own").mkdir()
    monkeypatch.setattr(atomic_writes.recovery, "_move", fail)
    with pytest.raises(OSError, match="No space"), change(tmp_path) as made:
        made.at(tmp_path / "own").mkdir()
    assert [p.name for p in tmp_path.rglob("*")] == ["own"]


def test_a_change_that_fails_at_a_later_move_is_completed_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, n_moved = atomic_writes.recovery._move, 0

    def fail(*arguments: object) -> None:
        nonlocal n_moved
        n_moved += 1
        if n_moved == 2:
            raise OSError(28, "No space left on device")
        real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(atomic_writes.recovery, "_move", fail)
    with pytest.raises(OSError, match="No space"), change(tmp_path) as made:
        for name in ("first", "second"):
            made.at(tmp_path / name).write_text(name)
    assert codes(lambda: refuse_unfinished(tmp_path)) == ["G129"]
    add(tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["first", "own", "second"]


def test_a_folder_that_is_held_for_reading_is_not_changed(tmp_path: Path) -> None:
    with (
        locked_for_reading(tmp_path),
        locked_for_reading(tmp_path / "below"),
        pytest.raises(ValueError, match="locked for reading"),
    ):
        add(tmp_path)


def test_drawn_folders_of_all_kinds_are_reported_or_completed(tmp_path: Path) -> None:
    rng = random.Random(55)
    for n in range(200):
        place, outside = tmp_path / f"place{n}", make_outside(tmp_path / f"outside{n}")
        place.mkdir()
        drawn = plant(place, outside, rng)
        before = snapshot(outside)
        found = codes(lambda: add(place))  # noqa: B023
        assert snapshot(outside) == before, drawn
        assert set(found) <= {"G130"}, (drawn, found)


def test_a_lock_that_is_a_link_makes_no_file_outside(tmp_path: Path) -> None:
    place = tmp_path / "place"
    (place / ".sweep").mkdir(parents=True)
    (place / ".sweep" / "lock").symlink_to(tmp_path / "made")
    with pytest.raises(InputError, match="G130"), lock_folder(place):
        pass
    assert not (tmp_path / "made").exists()
