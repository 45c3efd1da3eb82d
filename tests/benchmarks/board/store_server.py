"""
A small city in a PostgreSQL of its own, and `sweep serve` on it by a clock of its own, which begins in mid-day.

`-m tests.benchmarks.board.store_server ARGUMENTS...`: as `sweep serve ARGUMENTS...`.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from geodata.clock_times import ZONE
from tests.benchmarks.board.clients import HOST, free_port

if TYPE_CHECKING:
    from tests.store.cluster import Cluster

AT = "2026-09-16T14:20:00"
LONG_S = 240


def serve(arguments: list[str]) -> None:
    """`sweep serve` with a clock that takes up the day where this is begun."""
    from sweep.board import day_clock
    from sweep.board.day_clock import DayClock
    from sweep.cli.main import app

    began, start = time.monotonic(), datetime.fromisoformat(AT).replace(tzinfo=ZONE)
    day_clock.DayClock = lambda: DayClock(wall=lambda: start + timedelta(seconds=time.monotonic() - began))  # type: ignore[misc, assignment]
    app(["serve", *arguments])


def stored(cluster: Cluster, room: Path) -> tuple[str, Path, str]:
    """Address of a store with the small city, the folder of its scenario, and its approved plan."""
    from sweep.store.postgres.connections import open_engine, transaction
    from sweep.store.postgres.schema_migrations import init_schema
    from tests.store.world import done, new_database, sweep, write_scenario

    cluster.run("createdb", "-h", str(cluster.folder), "-U", "postgres", "template")
    with transaction(open_engine(cluster.url(database="template")), is_admin=True) as connection:
        init_schema(connection)
    url = cluster.url("chief", new_database(cluster, "template", "day"))
    scenario = write_scenario(room / "scenarios" / "tiny", investigations=False)
    done(sweep("run", scenario, "--out", room / "first", "--by", "C001"))
    done(sweep("store", "import", scenario, "--out", room / "first", "--by", "C001", store=url))
    plan = next((room / "first" / "tiny").glob("*/plan.json")).parent.name
    seen = room / "seen" / "tiny" / plan
    # Refused, for nobody has read it yet; with this it is fetched.
    sweep("approve", seen, "--by", "D07", store=url)
    done(sweep("approve", seen, "--by", "D07", store=url))
    return url, scenario, plan


@contextmanager
def served(url: str, out: Path, scenarios: Path) -> Iterator[int]:
    """Port of a board on a store."""
    port = free_port()
    own = [
        str(out),
        "--store",
        url,
        "--scenario",
        "tiny",
        "--scenarios",
        str(scenarios),
        "--plain",
        "--port",
        str(port),
    ]
    command = [sys.executable, "-m", "tests.benchmarks.board.store_server", *own, "--by", "P000", "--lang", "en"]
    with (out.parent / "served.txt").open("wb") as told:
        server = subprocess.Popen(command, stdout=told, stderr=told)  # noqa: S603
        try:
            _wait_for(port)
            yield port
        finally:
            server.terminate()
            server.wait(60)


def _wait_for(port: int) -> None:
    until = time.monotonic() + LONG_S
    while time.monotonic() < until:
        with socket.socket() as door:
            if door.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.2)
    raise RuntimeError("the server does not answer")


if __name__ == "__main__":
    serve(sys.argv[1:])
