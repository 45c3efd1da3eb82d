"""The example in the help of each command of the store works as it stands, but for the address of the server."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

import pytest

from docs.tools.commands import commands, example
from geodata.message_catalogue import load_texts
from tests.paths import ROOT
from tests.store.cluster import Cluster
from tests.store.world import World, done, sweep, write_scenario

EXAMPLES = {name: example(one, load_texts("en")) for name, one in commands() if name.startswith("store ")}
ORDER = ("init", "users", "import", "status", "export")


def test_every_example_of_the_store_runs(cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_scenario(Path("scenarios/quancheng"), name="quancheng", investigations=False)
    cluster.run("createdb", "-h", str(cluster.folder), "-U", "postgres", "examples")
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


@pytest.mark.parametrize("page", ["docs/store.md", "docs/zh/store.md"])
def test_the_ten_minute_page_works_as_written(
    world: World, template: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    """Its commands in their order, with an investigation in the folder, but for the address of the server."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(world.scenario, "scenarios/mydistrict")
    settings = Path("scenarios/mydistrict/scenario.toml")
    settings.write_text(settings.read_text("utf-8").replace('"tiny"', '"mydistrict"'), "utf-8")
    database = f"page{page.count('zh')}"
    world.cluster.run("createdb", "-h", str(world.cluster.folder), "-U", "postgres", "-T", template, database)
    text = (ROOT / page).read_text(encoding="utf-8").partition("apt-get install")[2]
    # init, three logins, and the first import; what is below on the page has a server and a scenario already.
    lines = [line for line in text.splitlines() if line.startswith("sweep store ")][:5]
    assert [line.split()[2] for line in lines] == ["init", "users", "users", "users", "import"]
    for line in lines:
        words = shlex.split(line.partition("   #")[0])[1:]
        login = words[-1].removeprefix("postgresql://").partition("@")[0]
        done(sweep(*words[:-1], world.cluster.url(login, database)))
    listed = done(sweep("store", "status", "--json", store=world.cluster.url("li", database)))
    assert '"mydistrict"' in listed.output
