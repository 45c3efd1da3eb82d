"""
A million leads and 100,000 buildings into the store and out of it.

    uv run python -m tests.benchmarks.store.speed [--leads 1000000] [--buildings 100000]

Prints one JSON line a measure: the import of all (read, cleaned, matched, copied); the read for a run, fetched from the
store and read as raw tables, over the same from GeoParquet in a folder; what row-level security costs a reading of all
leads, as the median ratio of fifteen pairs of readings one after the other; and then what EXPLAIN ANALYZE says of the
query with which a planner of one division reads their leads. Seconds are of the clock, and of the processor for this
process and the server together: on a machine that others use these are what counts.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
from sqlalchemy import text

from sweep.inputs.read_tables import read
from sweep.made_up.city_cache import city_folder
from sweep.made_up.settings.city import SyntheticCitySettings
from sweep.scenario.load_scenario import load_scenario
from sweep.store.postgres.connections import open_engine
from sweep.store.postgres.input_tables import rows_query
from sweep.store.postgres.postgres_store import PostgresStore
from sweep.store.store_records import Key
from sweep.store.sync.stored_audit_log import next_line
from tests.benchmarks.places import million_leads
from tests.benchmarks.store.server import server
from tests.store.cluster import Cluster
from tests.store.world import DIVISIONS, done, sweep

HEAD = 'name = "{name}"\nday = 2026-09-16\nlang = "en"\n[data]\n'
TABLES = ("buildings", "firms", "leads")
N_TIMES = 15


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--leads", type=int, default=1_000_000)
    parser.add_argument("--buildings", type=int, default=100_000)
    arguments = parser.parse_args()
    with server() as (cluster, database), tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["XDG_CACHE_HOME"] = str(folder / "cache")
        made = make(folder, arguments.leads, arguments.buildings)
        url, clock = cluster.url("chief", database), Clock(cluster)
        for kind, place in made.items():
            clock.tell(f"import {kind}", import_of(place, folder / "out", url))
        base = clock.tell("read parquet from the folder", lambda: read(load_scenario(made["parquet"])))
        for kind, place in made.items():
            own = clock.tell(f"read {kind} from the store", fetch_of(url, kind, place, folder / f"got_{kind}"))
            ratio = {"s": round(own[0] / base[0], 2), "cpu_s": round(own[1] / base[1], 2)}
            print(json.dumps({"what": f"{kind} from the store over parquet from the folder", "ratio": ratio}))
        rules(cluster, database)
        explain(cluster.url(f"p{DIVISIONS[0]}", database))


class Clock:
    """Seconds of the clock, and of the processor for this process and the server."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster

    def tell(self, what: str, work: Callable[[], object]) -> tuple[float, float]:
        """Do something, print how long it took, and give both figures."""
        clock_s, own_s, server_s = time.perf_counter(), time.process_time(), self.server_s()
        work()
        clock_s, own_s = time.perf_counter() - clock_s, time.process_time() - own_s
        server_s = self.server_s() - server_s
        figures = {"s": clock_s, "cpu_s": own_s + server_s, "server_cpu_s": server_s}
        print(json.dumps({"what": what, **{k: round(v, 2) for k, v in figures.items()}}), flush=True)
        return clock_s, own_s + server_s

    def server_s(self) -> float:
        """Of the postmaster and of all backends that have ended."""
        fields = Path(f"/proc/{self.cluster.postmaster()}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def import_of(place: Path, out: Path, url: str) -> Callable[[], object]:
    return lambda: done(sweep("store", "import", place, "--out", out, store=url))


def fetch_of(url: str, kind: str, source: Path, target: Path) -> Callable[[], object]:
    return lambda: fetched(url, kind, source, target)


def fetched(url: str, name: str, source: Path, target: Path) -> None:
    """As a run does it: files of the tables that the login may see, then raw tables."""
    store = PostgresStore(open_engine(url), name, next_line)
    target.mkdir()
    shutil.copy(source / "scenario.toml", target)
    with store.snapshot():
        for key in store.listing():
            if key.kind == "inputs":
                (target / key.name).write_bytes(store.read(Key("inputs", key.name)))
    read(load_scenario(target))


def rules(cluster: Cluster, database: str) -> None:
    """What the rules cost: the same rows, asked for by a login that they bind and by one that is above them."""
    with open_engine(cluster.url("all_planner", database)).begin() as connection:
        query, told = rows_query(connection, "csv", "leads.csv")
    counted = text(f"SELECT sum(length(part)) FROM ({query.text}) found (part)")  # noqa: S608 - the program's own text
    logins = {"bound": cluster.url("all_planner", database), "above": cluster.url(database=database)}
    times: dict[str, list[float]] = {who: [] for who in logins}
    # In turns, and each first in every second pair, so that both meet the same load of the machine.
    for turn in range(N_TIMES):
        for who, url in sorted(logins.items(), reverse=turn % 2 == 1):
            with open_engine(url).begin() as connection:
                start = time.perf_counter()
                connection.execute(counted, told)
                times[who].append(time.perf_counter() - start)
    ratio = statistics.median(b / a for b, a in zip(times["bound"], times["above"], strict=True))
    least = {who: round(min(own), 3) for who, own in times.items()}
    print(json.dumps({"what": "row-level security", "ratio": round(ratio, 3), "least_s": least}))


def explain(url: str) -> None:
    """What the server does to read one division's leads."""
    with open_engine(url).begin() as connection:
        query, told = rows_query(connection, "csv", "leads.csv")
        lines = connection.execute(text(f"EXPLAIN (ANALYZE, BUFFERS) {query.text}"), told).scalars().all()
    plan = "\n".join(lines)
    print(json.dumps({"what": "index in the plan of one division's query", "is_used": "input_row_pkey" in plan}))
    print(plan)


def make(folder: Path, n_leads: int, n_buildings: int) -> dict[str, Path]:
    """The same tables as GeoParquet and as csv, buildings in four divisions."""
    raw = folder / "raw"
    raw.mkdir()
    command = [sys.executable, million_leads.__file__, "make", str(raw), str(n_leads), str(n_buildings), "0.1"]
    subprocess.run(command, check=True)  # noqa: S603 - the other benchmark's own maker
    city = city_folder(SyntheticCitySettings(seed=1, day=date(2026, 9, 16), n_buildings=8))
    made = {kind: folder / kind for kind in ("csv", "parquet")}
    for kind, place in made.items():
        place.mkdir()
        files = "".join(f'{table} = "{table}.{kind}"\n' for table in TABLES)
        settings = f"{HEAD.format(name=kind)}{files}[teams]\nrecusals_elsewhere = true\n"
        (place / "scenario.toml").write_text(settings, encoding="utf-8")
        for table in ("roster", "bases"):
            shutil.copy(city / f"{table}.csv", place)
    for table in TABLES:
        frame = (
            gpd.read_parquet(raw / f"{table}.parquet")
            if table != "firms"
            else gpd.pd.read_parquet(raw / "firms.parquet")
        )
        if table == "buildings":
            frame["division_code"] = np.array(DIVISIONS)[np.arange(len(frame)) % len(DIVISIONS)]
        frame.to_parquet(made["parquet"] / f"{table}.parquet")
        if "geometry" in frame:
            centre = frame.geometry.representative_point()
            frame = frame.drop(columns="geometry").assign(lon=centre.x.round(7), lat=centre.y.round(7))
        frame.to_csv(made["csv"] / f"{table}.csv", index=False)
    return made


if __name__ == "__main__":
    main()
