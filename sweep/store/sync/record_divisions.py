"""Division of each record in a scenario's tables, for row-level security in the store."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from geodata.array_types import Int64s
from geodata.raw_table import RawTable
from sweep.inputs.matched_inputs import Inputs
from sweep.store.store_records import RecordRow, RecordSplit
from sweep.store.sync.non_csv_tables import N_ABOVE, has_text_form, text_form

# Common to all divisions: each of them needs people and bases, and maps are public.
COMMON_TABLES = frozenset({"roster", "bases", "districts", "street_lines", "water", "pins", "assign"})
_UNPLACED = ""
_IDS = {"leads": "lead_id", "firms": "uscc", "history": "visit_id", "buildings": "building_id"}
_IDS |= {"building_files": "building_id"}


@dataclass(frozen=True, slots=True)
class RecordPlaces:
    """Administrative division, geometry and id of a table's records, by row number in the file (header: row 1)."""

    division: Mapping[int, str]
    """Division code; empty: the row is in no known division."""
    geom: Mapping[int, bytes]
    """EWKB in EPSG:4326; rows without geometry are missing."""
    id: Mapping[int, str]


def split_records(raw: RawTable, content: bytes, inputs: Inputs) -> tuple[RecordSplit | None, bytes | None]:
    """
    Return the split of a table into records with their divisions, and the text that is split (None: `content`).

    A login sees the records of its divisions only. If `content` cannot be split, the text by `text_form` is split.
    Returns (None, None) if the table is common to all divisions, or if neither can be split.
    """
    # A workbook with a sheet per source is stored whole.
    if raw.name not in _IDS or raw.sheet:
        return None, None
    numbers = [int(n) for n in raw.frame.index]
    ends = record_ends(content) if raw.encoding not in (None, "utf-16", "utf-16-le", "utf-16-be") else None
    # Row numbers must be record numbers, else the text is generated.
    if ends is not None and numbers[-1] <= len(ends):
        return _split(ends, range(numbers[0], len(ends) + 1), numbers[0] - 1, record_places(raw, inputs)), None
    content_as_text = text_form(raw) if has_text_form(raw.path.name) else b""
    ends = record_ends(content_as_text)
    if ends is None or len(ends) != len(numbers) + N_ABOVE:
        return None, None
    return _split(ends, numbers, N_ABOVE, record_places(raw, inputs)), content_as_text


def _split(ends: Int64s, numbers: Iterable[int], n_above: int, places: RecordPlaces) -> RecordSplit:
    records = [
        RecordRow(end, places.division.get(n, _UNPLACED), places.id.get(n), places.geom.get(n))
        for n, end in zip(numbers, ends[n_above:].tolist(), strict=True)
    ]
    return RecordSplit(int(ends[n_above - 1]) if n_above else 0, records)


def record_places(raw: RawTable, inputs: Inputs) -> RecordPlaces:
    """Return division, geometry and id of each row, from the building that the row matches or names."""
    numbers = [int(n) for n in raw.frame.index]
    buildings = dict(zip(numbers, _texts(raw, "building_id"), strict=True))
    points: dict[int, bytes] = {}
    if raw.name in inputs.rows and raw.name != "buildings":
        is_own = inputs.rows[raw.name]["file"].eq(raw.file).to_numpy()
        table, own = getattr(inputs, raw.name)[is_own], [int(n) for n in inputs.rows[raw.name]["row"][is_own]]
        buildings |= dict(zip(own, table["building_id"].fillna("").astype(str), strict=True))
        if "lon" in table:
            lon, lat = table["lon"].to_numpy(float), table["lat"].to_numpy(float)
            known = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat))
            made = _ewkb(shapely.points(lon[known], lat[known]))
            points = {own[int(at)]: geom for at, geom in zip(known, made, strict=True)}
    at = inputs.buildings.set_index("building_id")
    codes = at["division_code"].fillna("").to_dict()
    shapes = dict(zip(at.index, _ewkb(at["geometry"].to_numpy()), strict=True))
    own_code = dict(zip(numbers, _texts(raw, "division_code"), strict=True))
    return RecordPlaces(
        division={n: codes.get(b) or own_code.get(n, "") for n, b in buildings.items()},
        geom={n: g for n, b in buildings.items() if (g := points.get(n) or shapes.get(b)) is not None},
        id=dict(zip(numbers, _texts(raw, _IDS[raw.name]), strict=True)),
    )


def _texts(raw: RawTable, column: str) -> Sequence[str]:
    if column not in raw.frame:
        return [""] * len(raw.frame)
    return [str(v) for v in raw.frame[column].fillna("")]


def _ewkb(shapes: Any) -> Sequence[bytes]:
    geometries: Any = shapely.to_wkb(shapely.set_srid(shapes, 4326), include_srid=True)
    return [bytes(one) for one in geometries]


def record_ends(content: bytes) -> Int64s | None:
    """Return the end offset, in bytes, of each CSV record, header included; None if `content` is empty or no CSV."""
    if not content or b"\0" in content or (b"\r" in content and b"\r\n" not in content):
        return None
    octets = np.frombuffer(content, dtype=np.uint8)
    ends = np.flatnonzero(octets == ord("\n"))
    if b'"' in content:
        n_quotes = np.searchsorted(np.flatnonzero(octets == ord('"')), ends)
        ends = ends[n_quotes % 2 == 0]
    ends = ends + 1
    if not len(ends) or ends[-1] != len(content):
        ends = np.append(ends, len(content))
    return ends.astype(np.int64)
