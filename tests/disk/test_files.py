"""A folder that is written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from sweep.disk.files import fresh_folder


def test_a_fresh_folder_takes_the_place_of_the_old_one_whole(tmp_path: Path) -> None:
    folder = tmp_path / "above" / "plan"
    for name in ("first", "second"):
        with fresh_folder(folder) as fresh:
            (fresh / name).write_text(name)
    assert [p.name for p in folder.iterdir()] == ["second"]
    assert list(folder.parent.iterdir()) == [folder]


def test_a_fresh_folder_that_fails_changes_nothing_and_leaves_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "plan"
    folder.mkdir()
    (folder / "first").write_text("first")
    with pytest.raises(OSError, match="disk full"), fresh_folder(folder) as fresh:
        (fresh / "second").write_text("half")
        raise OSError("disk full")
    assert [p.relative_to(tmp_path).as_posix() for p in sorted(tmp_path.rglob("*"))] == ["plan", "plan/first"]


def test_the_old_folder_comes_back_when_the_fresh_one_cannot_take_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "plan"
    folder.mkdir()
    (folder / "first").write_text("first")
    rename = Path.rename

    def refusing(path: Path, target: Path) -> Path:
        if (path / "second").exists():
            raise OSError("refused")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refusing)
    with pytest.raises(OSError, match="refused"), fresh_folder(folder) as fresh:
        (fresh / "second").write_text("second")
    assert [p.relative_to(tmp_path).as_posix() for p in sorted(tmp_path.rglob("*"))] == ["plan", "plan/first"]
