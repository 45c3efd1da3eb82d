"""What holds for every test, and the order of all of them."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
from functools import cache

import pytest
from platformdirs import user_cache_path

from tests.chromium import browser as browser
from tests.paths import ROOT

TESTS = ROOT / "tests"
# Folders whose tests run first: they need no search, which is compiled meanwhile, or wait for Chromium more than they
# work. And those that run last: each of their files is soon done, so that no worker waits long for another.
FIRST = ("browser", "geodata", "publish", "rank", "select")
LAST = ("rules", "check", "follow", "edited", "audit", "day", "disk", "scenario", "records")

compiler = pytest.StashKey[subprocess.Popen[bytes]]()


def pytest_configure(config: pytest.Config) -> None:
    """Compile the planner from the start where all tests are asked for, and set up each process that runs tests."""
    is_worker = hasattr(config, "workerinput")
    if not is_worker and _is_for_all(config):
        # In a group of its own, so that it can be ended with the process that it has compile.
        command = [sys.executable, "-m", "tests.compiling"]
        config.stash[compiler] = subprocess.Popen(command, cwd=ROOT, process_group=0)  # noqa: S603
    if is_worker or not config.getoption("tx", None):
        _set_up()


def _keep_bytecode() -> None:
    """
    Keep Python's bytecode in the user's cache, where nothing may be written beside the sources.

    Without it every process parses all that it imports anew, packages too: 3 s of a command's 5.6, 11 of the 18 s that
    it takes to collect the tests. Workers and commands have it from the environment.
    """
    sys.pycache_prefix = os.environ["PYTHONPYCACHEPREFIX"] = str(user_cache_path("sweep") / "bytecode")
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def _is_for_all(config: pytest.Config) -> bool:
    """Whether no part of the tests is chosen."""
    chosen = ("keyword", "markexpr", "collectonly", "deselect", "lf")
    return config.args_source is config.ArgsSource.TESTPATHS and not any(map(config.getoption, chosen))


def _set_up() -> None:
    gc.disable()  # until all is imported and collected: none of it is garbage
    from hypothesis import settings  # who only hands out tests needs none of these
    from typer.main import get_command

    # Machine code goes to the user's cache as it is now, not to one that a test makes for itself: there each session
    # would compile everything again.
    import geodata.compiled  # noqa: F401

    # A first call that compiles or loads a grid takes seconds on a busy machine: how long an example takes is no fact.
    settings.register_profile("sweep", deadline=None)
    settings.load_profile("sweep")
    # The commands are the same at each call: making them anew was a twentieth of the time of their tests.
    pytest.MonkeyPatch().setattr("typer.testing._get_command", cache(get_command))


if sys.dont_write_bytecode:
    _keep_bytecode()  # before anything large is imported


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing running behind."""
    begun = config.stash.get(compiler, None)
    if begun is not None and begun.poll() is None:
        os.killpg(begun.pid, signal.SIGTERM)
        begun.wait()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files of tests in their order."""
    items.sort(key=_place)


def _place(item: pytest.Item) -> int:
    folder = item.path.relative_to(TESTS).parts[0]
    return FIRST.index(folder) - len(FIRST) if folder in FIRST else 1 + LAST.index(folder) if folder in LAST else 0


def pytest_collection_finish() -> None:
    """Keep Python from counting all modules anew: a tenth of the time went into looking for garbage among them."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 1_000)
    gc.enable()
