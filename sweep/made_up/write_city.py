"""Files of the synthetic city: the planner's inputs in the readers' formats, and the ground truth for tests."""

from collections.abc import Mapping
from pathlib import Path

import osmium
import pandas as pd
from osmium.osm.mutable import Node, Way

from geodata.clock_times import exact_clock
from sweep.made_up.generate_city import SyntheticCity

# First id of each kind, far apart, so that ids of one kind do not depend on the number of the others.
FIRST_ID = {"corner": 1_000_000, "street": 10_000_000, "building": 20_000_000}


def write_city(city: SyntheticCity, folder: Path) -> None:
    """Write `city.osm.pbf` and the csv files (UTF-8, times in ISO 8601 with +08:00, days as YYYY-MM-DD)."""
    write_pbf(city, folder / "city.osm.pbf")
    tables = {
        "building_files.csv": city.building_files,
        "firms.csv": city.firms,
        "leads.csv": city.leads,
        "roster.csv": city.roster,
        "bases.csv": city.bases,
        "history.csv": city.history,
        "truth.csv": city.truth,
        "truth_leads.csv": city.truth_leads,
    }
    write_tables(tables, folder)


def write_tables(tables: Mapping[str, pd.DataFrame], folder: Path, encoding: str = "utf-8") -> None:
    """Write tables, keyed by file name (`leads.csv`), into an existing folder; times in ISO 8601 with +08:00."""
    for name, table in tables.items():
        written = _roster_as_written(table) if name == "roster.csv" else table
        _as_text(written).to_csv(folder / name, index=False, encoding=encoding, lineterminator="\n")


def _roster_as_written(roster: pd.DataFrame) -> pd.DataFrame:
    table = roster.rename(columns={"shift_start_s": "shift_start", "shift_end_s": "shift_end"})
    for name in ("shift_start", "shift_end"):
        table[name] = [exact_clock(s) for s in table[name]]
    return table.assign(is_female=table["is_female"].astype(int))


def _as_text(table: pd.DataFrame) -> pd.DataFrame:
    text = table.copy()
    for name in table.columns:
        column = table[name]
        if isinstance(column.dtype, pd.DatetimeTZDtype):
            text[name] = [None if pd.isna(t) else t.isoformat(timespec="seconds") for t in column]
        elif pd.api.types.is_datetime64_dtype(column):
            text[name] = [None if pd.isna(t) else t.date().isoformat() for t in column]
    return text


def write_pbf(city: SyntheticCity, path: Path) -> None:
    """Write streets, footprints and entrances to a file that ends in `.osm.pbf`, replacing an existing file."""
    street_nodes, streets = _streets(city)
    corner_nodes, buildings = _buildings(city)
    header = osmium.io.Header()
    header.set("generator", "sweep sweep.made_up")
    with osmium.SimpleWriter(str(path), header=header, overwrite=True) as writer:
        for node in [*street_nodes, *corner_nodes]:
            writer.add_node(node)
        for way in [*streets, *buildings]:
            writer.add_way(way)


def _streets(city: SyntheticCity) -> tuple[list[Node], list[Way]]:
    places: dict[int, tuple[float, float]] = {}
    ways = []
    columns = ["street_name", "highway", "is_oneway", "maxspeed_kmh", "node_ids", "geometry"]
    table = pd.DataFrame(city.streets[columns]).itertuples(index=False)
    for number, (name, highway, is_oneway, kmh, node_ids, line) in enumerate(table):
        places.update(zip(node_ids, line.coords, strict=True))
        tags = {"highway": highway, "maxspeed": str(kmh), "name": name, "oneway": "yes" if is_oneway else "no"}
        ways.append(Way(id=FIRST_ID["street"] + number, version=1, nodes=list(node_ids), tags=tags))
    nodes = [Node(id=node, version=1, location=places[node]) for node in sorted(places)]
    return nodes, ways


def _buildings(city: SyntheticCity) -> tuple[list[Node], list[Way]]:
    kinds = {
        (building_id, lon, lat): kind
        for building_id, kind, lon, lat in city.exits[["building_id", "kind", "lon", "lat"]].itertuples(index=False)
    }
    nodes: list[Node] = []
    ways: list[Way] = []
    for number, building in enumerate(city.buildings.to_dict("records")):
        ids = []
        for lon, lat in list(building["geometry"].exterior.coords)[:-1]:
            ids.append(FIRST_ID["corner"] + len(nodes))
            kind = kinds.get((building["building_id"], lon, lat))
            tags = {"entrance": kind} if kind else {}
            nodes.append(Node(id=ids[-1], version=1, location=(lon, lat), tags=tags))
        tags = {
            "addr:housenumber": building["house_number"],
            "addr:street": building["street_name"],
            "building": "office",
            "building:levels": str(building["n_floors"]),
            "name": building["building_name"],
            "ref": building["building_id"],
        }
        ways.append(Way(id=FIRST_ID["building"] + number, version=1, nodes=[*ids, ids[0]], tags=tags))
    return nodes, ways
