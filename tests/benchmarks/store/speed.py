"""
A million leads and 100,000 buildings into the store and out of it.

    uv run python -m tests.benchmarks.store.speed [--leads 1000000] [--buildings 100000]

Prints one JSON line a measure: the import of all (read, cleaned, matched, copied); the read for a run, fetched from the
store and read as raw tables, over the same from GeoParquet; what row-level security costs, as the ratio of the least of
five; and the index in the plan of the query for one division. Seconds are of the clock and of this process.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import psycopg

from geodata.city.cache import city_folder
from geodata.city.settings.city import CitySettings
from sweep.pipeline.inputs.read import read
from sweep.pipeline.stored.chain import next_line
from sweep.scenario.file import load_scenario
from sweep.store.postgres.engine import open_engine
from sweep.store.postgres.store import PostgresStore
from sweep.store.records import Key
from tests.benchmarks.places import million_leads
from tests.benchmarks.store.server import server
from tests.store.world import DIVISIONS, done, sweep

HEAD = 'name = "{name}"\nday = 2026-09-16\nlang = "en"\n[data]\n'
TABLES = ("buildings", "firms", "leads")
# As `sweep.store.postgres.rows` reads a table; without what it takes to carry the bytes over.
_READ = (
    "SELECT string_agg(raw, ''::bytea ORDER BY n) AS part FROM sweep.input_row "
    "WHERE scenario = 'csv' AND name = 'leads.csv' GROUP BY n / 50000"
)
_SUM = "SELECT string_agg(raw, ''::bytea ORDER BY n) FROM sweep.input_row WHERE scenario = 'csv' AND name = 'leads.csv'"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--leads", type=int, default=1_000_000)
    parser.add_argument("--buildings", type=int, default=100_000)
    arguments = parser.parse_args()
    with server() as (cluster, database), tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["XDG_CACHE_HOME"] = str(folder / "cache")
        made = make(folder, arguments.leads, arguments.buildings)
        url = cluster.url("chief", database)
        tell("import csv", lambda: done(sweep("store", "import", made["csv"], "--out", folder / "out", store=url)))
        tell(
            "import parquet",
            lambda: done(sweep("store", "import", made["parquet"], "--out", folder / "out", store=url)),
        )
        base = tell("read parquet from the folder", lambda: read(load_scenario(made["parquet"])))
        for kind in made:
            own = tell(
                f"read {kind} from the store", lambda kind=kind: fetched(url, kind, made[kind], folder / f"got_{kind}")
            )
            print(
                json.dumps(
                    {"what": f"{kind} from the store over parquet from the folder", "ratio": round(own / base, 2)}
                )
            )
        rules(cluster.url("all_planner", database), cluster.url(database=database))
        with psycopg.connect(cluster.url(f"p{DIVISIONS[0]}", database)) as connection:
            lines = connection.execute(f"EXPLAIN {_SUM} AND division = '{DIVISIONS[0]}'").fetchall()
        plan = " ".join(line for (line,) in lines)
        print(json.dumps({"what": "index in the plan of one division's query", "is_used": "input_row_pkey" in plan}))


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


def rules(planner: str, owner: str) -> None:
    """What the rules cost: the same rows, asked for by a login that they bind and by one that is above them."""
    least = {}
    for who, url in (("bound", planner), ("above", owner)):
        with psycopg.connect(url) as connection:
            times = []
            for _ in range(5):
                start = time.perf_counter()
                connection.execute(f"SELECT sum(length(part)) FROM ({_READ}) parts")  # noqa: S608 - a text of its own
                times.append(time.perf_counter() - start)
            least[who] = min(times)
    ratio = round(least["bound"] / least["above"], 3)
    print(json.dumps({"what": "row-level security", "ratio": ratio, "s": {k: round(v, 3) for k, v in least.items()}}))


def make(folder: Path, n_leads: int, n_buildings: int) -> dict[str, Path]:
    """The same tables as GeoParquet and as csv, buildings in four divisions."""
    raw = folder / "raw"
    raw.mkdir()
    command = [sys.executable, million_leads.__file__, "make", str(raw), str(n_leads), str(n_buildings), "0.1"]
    subprocess.run(command, check=True)  # noqa: S603 - the other benchmark's own maker
    city = city_folder(CitySettings(seed=1, day=date(2026, 9, 16), n_buildings=8))
    made = {kind: folder / kind for kind in ("csv", "parquet")}
    for kind, place in made.items():
        place.mkdir()
        files = "".join(f'{table} = "{table}.{kind}"\n' for table in TABLES)
        text = f"{HEAD.format(name=kind)}{files}[teams]\nrecusals_elsewhere = true\n"
        (place / "scenario.toml").write_text(text, encoding="utf-8")
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


def tell(what: str, work: Callable[[], object]) -> float:
    """Do something and print how long it took."""
    clock_s, cpu_s = time.perf_counter(), time.process_time()
    work()
    took = time.perf_counter() - clock_s
    print(json.dumps({"what": what, "s": round(took, 2), "cpu_s": round(time.process_time() - cpu_s, 2)}), flush=True)
    return took


if __name__ == "__main__":
    main()
