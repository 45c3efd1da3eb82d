"""
Addresses of the real registry read by hand, and how many of them the parser and the matcher read the same way.

`uv run python -m tests.benchmarks.places.registry_labels [--names]`.
`tests/geodata/match/registry_labels.csv` has no firm
data: the row in the registry's file, a hash of its credit code, where in the address the building's name stands, and a
hash of the building's usual name. The names are read off the registry's own file, which is not part of the project.

Drawn with seeds 628 and 629 of the 6,995 rows of Jinan: `office`, 150 of the 628 whose address holds 大厦, 广场 or a
letter with 座; `other`, 50 of the rest. A name is that of the tower, complex, compound, park or market that the firm is
in, without tower, floor and room; open squares, what is only beside a building, villages and yards of institutions have
none. All were labelled before the parser saw them; it was worked out on the other 478 and 6,317 rows.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import sys
from dataclasses import dataclass

import geopandas as gpd
import pandas as pd
import shapely

from geodata.match.address import normalise, parse_address
from geodata.match.building_names import is_distinctive
from geodata.match.match_rows import match_firms
from geodata.schema import BUILDINGS, FIRMS
from tests.paths import ROOT

LABELS = ROOT / "tests" / "geodata" / "match" / "registry_labels.csv"
REGISTRY = ROOT.parent / "shared" / "data" / "geo" / "cn-registry-shandong" / "shandong_registry_1980_2001.csv.gz"
STRATA = ("office", "other")


@dataclass(frozen=True)
class Score:
    """Counts of the rows of one stratum."""

    n: int
    n_named: int
    """Rows to which a reader gave a building."""
    n_given: int
    """Rows to which the program gave a building."""
    n_right: int

    @property
    def precision(self) -> float:
        return self.n_right / self.n_given

    @property
    def recall(self) -> float:
        return self.n_right / self.n_named


def read_registry() -> pd.DataFrame:
    text = gzip.decompress(REGISTRY.read_bytes()).decode("utf-8")
    frame = pd.read_csv(io.StringIO(text), dtype="str", keep_default_na=False)
    return frame.set_axis(frame.index + 2)


def read_labels(registry: pd.DataFrame) -> pd.DataFrame:
    """The labels with `address` and `name`, the latter None where the address has none."""
    labels = pd.read_csv(LABELS, dtype={"place": "str"})
    rows = registry.loc[labels["row"]]
    hashes = [digest(code) for code in rows["统一社会信用代码"]]
    if hashes != labels["uscc_sha256"].tolist():
        raise ValueError("the registry's rows are not those that were labelled")
    labels["address"] = rows["注册地址"].to_numpy()
    spans = zip(labels["address"], labels["name_start"], labels["name_length"], strict=True)
    names = [normalise(a[int(s) : int(s + n)]) if s == s else None for a, s, n in spans]
    return labels.assign(name=pd.Series(names, dtype="object"))


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def score_names(labels: pd.DataFrame) -> dict[str, Score]:
    """A name is right if it is the labelled one sign by sign."""
    given = [parse_address(text).building for text in labels["address"]]
    scores = {}
    for stratum in STRATA:
        pairs = [(n, g) for n, g, s in zip(labels["name"], given, labels["stratum"], strict=True) if s == stratum]
        right = sum(n == g for n, g in pairs if g)
        scores[stratum] = Score(
            len(pairs), sum(n is not None for n, _ in pairs), sum(g is not None for _, g in pairs), right
        )
    return scores


def score_buildings(labels: pd.DataFrame, registry: pd.DataFrame) -> tuple[Score, dict[str, int]]:
    """The labelled rows matched to a table of buildings that the other rows name two or more times."""
    others = registry[registry["地区"].eq("济南") & ~registry.index.isin(labels["row"])]
    table = table_of(others["注册地址"].tolist())
    columns = {"uscc": labels["row"].astype("str"), "firm_name": "某", "reg_address": labels["address"]}
    firms = pd.DataFrame(columns).reindex(columns=list(FIRMS.columns))
    firms = firms.astype({c: "float64" if c in {"lon", "lat", "n_staff"} else "str" for c in firms})
    matched = match_firms(firms, table, 60.0)
    names = dict(zip(table["building_id"], table["building_name"], strict=True))
    writings = labels.dropna(subset="name").groupby("place")["name"].agg(set).to_dict()
    known = set(names.values())
    n_named = n_right = 0
    for place, got in zip(labels["place"], matched.table["building_id"], strict=True):
        right = {name for name in known if name in writings.get(place, ()) or digest(name) == place}
        n_named += bool(right)
        n_right += isinstance(got, str) and names[got] in right
    return Score(len(labels), n_named, int(matched.table["building_id"].notna().sum()), n_right), dict(matched.counts)


def table_of(texts: list[str]) -> gpd.GeoDataFrame:
    """Names that two or more firms of one district use, each with its most common door."""
    rows = []
    for text in texts:
        address = parse_address(text)
        if address.building and is_distinctive(address.building):
            door = f"{address.street or ''}{address.number or ''}"
            rows.append((address.building, address.district or "", door))
    counts = pd.DataFrame(rows, columns=["name", "district", "door"])
    # Who leaves the district out is in the one that others name.
    usual = counts[counts["district"].ne("")].groupby("name")["district"].agg(lambda names: names.mode()[0])
    counts["district"] = counts["district"].mask(counts["district"].eq(""), counts["name"].map(usual).fillna(""))
    groups = (
        counts.groupby(["name", "district"])["door"].agg(n="size", door=lambda doors: doors.mode()[0]).reset_index()
    )
    groups = groups[groups["n"] >= 2].reset_index(drop=True)
    columns = {
        "building_id": [f"N{k:04}" for k in groups.index],
        "building_name": groups["name"],
        "address": "济南市" + groups["district"] + groups["door"],
        "division_code": "370102",
        "lon": 117.0,
        "lat": 36.6,
    }
    frame = pd.DataFrame(columns).reindex(columns=[c for c in BUILDINGS.columns if c != "geometry"])
    return gpd.GeoDataFrame(frame, geometry=[shapely.box(117, 36.6, 117.1, 36.7)] * len(frame), crs=4326)


def main() -> None:
    registry = read_registry()
    labels = read_labels(registry)
    if "--names" in sys.argv:
        print(labels[["row", "stratum", "name", "place"]].to_string(index=False))
    for stratum, score in score_names(labels).items():
        print(f"names, {stratum}: {score}, precision {score.precision:.3f}, recall {score.recall:.3f}")
    score, counts = score_buildings(labels, registry)
    print(f"buildings: {score}, precision {score.precision:.3f}, recall {score.recall:.3f}; {counts}")


if __name__ == "__main__":
    main()
