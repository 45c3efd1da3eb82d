"""The example in the help of each command of the store works as it stands, but for the address of the server."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from docs.tools.commands import commands, example
from geodata.message_catalogue import load_texts
from tests.store.cluster import Cluster
from tests.store.world import done, sweep, write_scenario

EXAMPLES = {name: example(one, load_texts("en")) for name, one in commands() if name.startswith("store ")}
ORDER = ("setup", "users", "import", "status", "export")


def test_every_example_of_the_store_runs(cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_scenario(Path("scenarios/quancheng"), name="quancheng", investigations=False)
    assert sorted(EXAMPLES) == sorted(f"store {name}" for name in ORDER)
    for name in ORDER:
        line = EXAMPLES[f"store {name}"].replace("postgresql://postgres@/sweep", cluster.url(database="examples"))
        words = shlex.split(line)[1:]
        words += ["--url", cluster.url(database="examples")] if name == "users" else []
        done(sweep(*words, store=cluster.url("li", "examples")))
        if name == "users":
            # A planner of one division may not take in a file of four.
            everywhere = ("--add", "li", "--role", "planner", "--division", "*")
            done(sweep("store", "users", *everywhere, "--url", cluster.url(database="examples")))
