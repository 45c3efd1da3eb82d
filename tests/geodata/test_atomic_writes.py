"""Files and folders that are put in their places whole or not at all, whoever is killed and whoever else writes."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from geodata import folder_lock
from geodata.atomic_writes import change, fresh_folder, recover_cache, recover_folder, scratch
from geodata.folder_lock import lock_folder


def tree(folder: Path) -> dict[str, str]:
    """Every file with its content, every empty folder with none."""
    return {
        p.relative_to(folder).as_posix(): p.read_text() if p.is_file() else ""
        for p in sorted(folder.rglob("*"))
        if p.is_file() or not any(p.iterdir())
    }


def test_a_fresh_folder_takes_the_place_of_the_old_one_whole(tmp_path: Path) -> None:
    folder = tmp_path / "above" / "plan"
    for name in ("first", "second"):
        with fresh_folder(folder) as fresh:
            (fresh / name).write_text(name)
    assert tree(tmp_path) == {"above/plan/second": "second"}


def test_a_fresh_folder_that_fails_changes_nothing_and_leaves_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "plan"
    folder.mkdir()
    (folder / "first").write_text("first")
    with pytest.raises(OSError, match="disk full"), fresh_folder(folder) as fresh:
        (fresh / "second").write_text("half")
        raise OSError("disk full")
    with pytest.raises(OSError, match="disk full"), fresh_folder(tmp_path / "new" / "plan"):
        raise OSError("disk full")
    assert tree(tmp_path) == {"plan/first": "first"}


def test_a_change_inside_another_is_part_of_it(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="log"), change(tmp_path):
        with fresh_folder(tmp_path / "plan") as fresh:
            (fresh / "page").write_text("page")
        assert not (tmp_path / "plan").exists()
        raise OSError("log")
    assert tree(tmp_path) == {}


def test_a_file_does_not_take_the_place_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "plan").mkdir()
    with pytest.raises(IsADirectoryError), change(tmp_path) as made:
        made.at(tmp_path / "other").write_text("other")
        made.at(tmp_path / "plan").write_text("file")
    assert tree(tmp_path) == {"plan": ""}


def test_who_writes_in_the_same_folder_waits(tmp_path: Path) -> None:
    def add() -> None:
        for _ in range(50):
            with change(tmp_path) as made:
                n = int((tmp_path / "n").read_text())
                made.at(tmp_path / "n").write_text(str(n + 1))

    (tmp_path / "n").write_text("0")
    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert tree(tmp_path) == {"n": "200"}


CHILD = """
import os, sys
from pathlib import Path
n_left = int(sys.argv[1])
CHANGING = {"mkdir", "rename", "rmdir", "remove"}

def hook(event, arguments):
    global n_left
    writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
    if not writes and event.removeprefix("os.") not in CHANGING:
        return
    if n_left == 0:
        os._exit(9)
    n_left -= 1

from geodata import atomic_writes
from geodata.atomic_writes import change, fresh_folder
place = Path(sys.argv[2])
sys.addaudithook(hook)
with change(place) as made:
    with fresh_folder(place / "plan") as fresh:
        (fresh / "teams").mkdir()
        (fresh / "teams" / "A").write_text("new")
    made.at(place / "above" / "table").write_text("new")
    made.discard(place / "old")
os._exit(0)
"""


@pytest.mark.slow
def test_after_a_kill_at_any_operation_a_folder_holds_all_of_a_change_or_nothing(tmp_path: Path) -> None:
    before = {"above/table": "old", "plan/B": "old"}
    after = {"above/table": "new", "plan/teams/A": "new"}
    for n in range(200):
        place = tmp_path / str(n)
        for name, text in {**before, "old": "old"}.items():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_text(text)
        done = subprocess.run([sys.executable, "-c", CHILD, str(n), str(place)], check=False)  # noqa: S603
        recover_folder(place)
        found = tree(place)
        # What is discarded is for what must go, whatever comes of the change.
        assert {k: v for k, v in found.items() if k != "old"} in (before, after), n
        if done.returncode == 0:
            break
    assert (done.returncode, n > 20, found) == (0, True, after)


def test_a_scratch_folder_is_for_its_owner_and_gone_after(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with scratch() as folder:
        (folder / "orders").write_text("secret")
        assert folder.is_relative_to(tmp_path)
        assert folder.stat().st_mode & 0o077 == 0
        recover_cache()  # somebody else starts meanwhile
        assert folder.is_dir()
    assert tree(tmp_path) == {"sweep": ""} or tree(tmp_path) == {}


def test_what_a_killed_process_left_in_scratch_goes_with_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    code = """
    import os
    from geodata.atomic_writes import scratch
    with scratch() as folder:
        (folder / "orders").write_text("secret")
        os._exit(9)
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=False, env=dict(os.environ))  # noqa: S603
    assert [p.name for p in tmp_path.rglob("orders")] == ["orders"]
    recover_cache()
    assert not list(tmp_path.rglob("orders"))
    assert not list(tmp_path.rglob(".sweep"))


def test_a_lock_that_goes_while_its_folder_is_looked_at_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, n_failed = Path.mkdir, 0

    def mkdir(self: Path, *arguments: object, **named: object) -> None:
        nonlocal n_failed
        if n_failed < 3:
            n_failed += 1
            raise FileExistsError(17, "there a moment ago", str(self))
        real(self, *arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "mkdir", mkdir)
    with lock_folder(tmp_path):
        pass
    assert n_failed == 3


def test_a_lock_that_the_disk_cannot_keep_is_told_and_not_looked_for_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder_lock, "_is_of", lambda *_: False)
    with pytest.raises(OSError, match="Stale"), lock_folder(tmp_path):
        pass


OVERLAY = """
mount -t tmpfs tmpfs "$1/upper" && mkdir "$1/upper/changed" "$1/upper/work" &&
mount -t overlay overlay -o "lowerdir=$1/lower,upperdir=$1/upper/changed,workdir=$1/upper/work" "$1/place" || exit 9
"$2" -c "$3" "$1/place"
"""
CHANGES = """
import sys
from pathlib import Path
from geodata.atomic_writes import change
for n in range(2):
    with change(Path(sys.argv[1]) / "out") as made:
        made.at(Path(sys.argv[1]) / "out" / "below" / "file").write_text(str(n))
print((Path(sys.argv[1]) / "out" / "below" / "file").read_text())
"""


def test_a_folder_on_a_layered_disk_whose_files_have_another_device_number_is_written(tmp_path: Path) -> None:
    for name in ("lower", "upper", "place"):
        (tmp_path / name).mkdir()
    # A container and a live system whose changes lie in memory have such a disk.
    command = ["unshare", "-m", "bash", "-c", OVERLAY, "bash", str(tmp_path), sys.executable, CHANGES]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - fixed words
    if done.returncode in (1, 9) and "Traceback" not in done.stderr:
        pytest.skip("Only root may mount a layered disk.")
    assert done.stdout == "1\n", done.stderr
