"""One server for all tests of the store."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from sweep.store.postgres.connections import open_engine, transaction
from sweep.store.postgres.schema_migrations import init_schema
from tests.known import tables_known as tables_known
from tests.once import made_once
from tests.store.cluster import NO_SERVER, Cluster, running, server_programs
from tests.store.world import NUMBER, World, done, investigated, new_database, sweep, write_scenario

# Where it is set the tests must run: no server is a failure then.
NEEDED = "SWEEP_NEEDS_STORE"


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    programs = server_programs()
    if programs is None:
        if os.environ.get(NEEDED):
            pytest.fail(NO_SERVER)
        pytest.skip(NO_SERVER)
    with running(programs) as made:
        yield made


@pytest.fixture(scope="session")
def template(cluster: Cluster) -> str:
    """A database with the whole schema, from which others are copied."""
    name = "sweep_template"
    cluster.run("createdb", "-h", str(cluster.folder), "-U", "postgres", name)
    with transaction(open_engine(cluster.url(database=name)), is_admin=True) as connection:
        init_schema(connection)
    return name


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Cities, roads and what is fetched from a store are kept here, not in the user's cache."""
    with pytest.MonkeyPatch.context() as patch:
        folder = made_once(tmp_path_factory, "store_cache", lambda _: None)
        patch.setenv("XDG_CACHE_HOME", str(folder))
        yield folder


@pytest.fixture(scope="session")
def world(cluster: Cluster, template: str, tmp_path_factory: pytest.TempPathFactory) -> World:
    """A scenario planned in its folder, with an investigation, and all of it taken into a database."""
    root = tmp_path_factory.mktemp("world")
    scenario, out = write_scenario(root / "tiny"), root / "out"
    building, code = investigated(scenario)
    rows = f"investigation_id,building_id,uscc,opened_on,closed_on\n{NUMBER},{building},,2026-09-01,\n"
    (scenario / "investigations.csv").write_text(rows, encoding="utf-8")
    done(sweep("run", scenario, "--out", out, "--by", "C001"))
    world = World(cluster, new_database(cluster, template, "world"), scenario, out, building, code)
    done(sweep("store", "import", scenario, "--out", out, "--by", "C001", store=world.url("chief")))
    return world
