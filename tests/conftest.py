"""Settings for all tests: markers, one cache of machine code, compilation in the background, reasons of skips."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.chromium import browser as browser
from tests.paths import NO_DATA, ROOT

# A test that uses one of these fixtures, directly or through another fixture, gets the marker.
MARKERS_OF_FIXTURES = {"browser": "browser", "cluster": "store"}
# Those of one worker begin first, since they wait for servers and browsers; then tests without a search, while the
# planner is compiled; then the commands, which take longest.
FIRST = ("test_layers.py", "store", "browser", "geodata", "publish", "rank", "select", "cli")
# One worker runs all tests of such a folder: each worker more would start a server and plan a city of its own.
TOGETHER = ("browser", "made_up", "store")

compiler = pytest.StashKey[subprocess.Popen[bytes]]()


def pytest_xdist_auto_num_workers() -> int:
    """One worker more than cores: tests wait for browsers, servers and child processes a fifth of their time."""
    return (os.cpu_count() or 1) + 1


class FolderScheduling(LoadScopeScheduling):  # type: ignore[misc]
    """Distribution of tests by file, or by folder for `TOGETHER`."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return next((folder for folder in TOGETHER if file.startswith(f"tests/{folder}/")), file)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> FolderScheduling | None:
    """Return the distribution of tests to workers; None: that of another `--dist` than the default."""
    return FolderScheduling(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_configure(config: pytest.Config) -> None:
    """Prepare each process that runs tests, and compile the planner in a child process unless tests are selected."""
    is_controller = not hasattr(config, "workerinput")
    if is_controller and config.args_source is config.ArgsSource.TESTPATHS and not config.option.collectonly:
        command = [sys.executable, "-m", "tests.compiling"]
        # Its own process group, since it starts compilers that must end with it.
        config.stash[compiler] = subprocess.Popen(command, cwd=ROOT, process_group=0)  # noqa: S603
    if is_controller and config.getoption("tx", None):
        return  # it only hands out tests
    import typer.testing
    from hypothesis import settings

    # Numba's cache folder is fixed now: a test that sets XDG_CACHE_HOME would compile everything again.
    import geodata.numba_options  # noqa: F401

    # Typer makes all commands of their functions anew for each call in a test, which takes 14 ms.
    typer.testing._get_command = cache(typer.testing._get_command)

    # A first call compiles: the duration of one example says nothing.
    settings.register_profile("sweep", deadline=None)
    settings.load_profile("sweep")


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the compiler."""
    process = config.stash.get(compiler, None)
    if process is not None and process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Add the markers that follow from folder, fixtures and data, before `-m` selects; put the files in order."""
    folder_of = {path: path.relative_to(ROOT / "tests").parts[0] for path in {item.path for item in items}}
    for item in items:
        names = {MARKERS_OF_FIXTURES[f] for f in getattr(item, "fixturenames", ()) if f in MARKERS_OF_FIXTURES}
        if any(mark.kwargs.get("reason") == NO_DATA for mark in item.iter_markers("skipif")):
            names.add("data")
        if folder_of[item.path] == "board":
            names.add("board")
        for name in names:
            item.add_marker(name)
    # A file with long tests is not among the last, when the other workers have nothing left to do.
    long = {item.path for item in items if item.get_closest_marker("slow")}
    yield
    place = {p: (FIRST.index(f) if f in FIRST else len(FIRST), p not in long) for p, f in folder_of.items()}
    items.sort(key=lambda item: place[item.path])


def pytest_collection_finish() -> None:
    """Exclude the imported modules from garbage collection, which took a tenth of the time."""
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Report skipped tests in one line for each reason, which says how to install the program that is missing."""
    reasons = Counter(r.longrepr[2].removeprefix("Skipped: ") for r in terminalreporter.stats.get("skipped", ()))
    for reason, n in reasons.most_common():
        terminalreporter.write_line(f"SKIPPED {n}: {reason}")
