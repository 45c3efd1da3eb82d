"""Concatenation of several files or sheets of one table; each row keeps its file, row number and headers."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import pandas as pd

from geodata.datum.datum_names import Datum
from geodata.errors import InputError, Issue
from geodata.raw_table import RawTable


def join_tables(parts: Sequence[RawTable], datums: Sequence[Datum], shared: Mapping[str, str]) -> RawTable:
    """
    Join the rows of several tables; `RawTable.place` gives the file and row number of each joined row.

    Parameters
    ----------
    parts
        Tables of one name, at least one; a single one is returned unchanged.
    datums
        Datum of each table's coordinates. The joined table has the first; coordinates in another datum are in columns
        of their own, which `RawTable.more_points` names.
    shared
        Headers that at least one file must have, by schema column.

    Raises
    ------
    InputError
        G113 if no file has a header of `shared`.
    """
    if len(parts) == 1:
        return parts[0]
    own = {header for part in parts for header in part.headers.values()}
    not_found = [(column, header) for column, header in shared.items() if header not in own]
    if not_found:
        files = ", ".join(part.file for part in parts)
        listed = tuple(dict.fromkeys(h for part in parts for h in (*part.headers.values(), *part.ignored_columns)))
        raise InputError(Issue("G113", files, {"column": c, "header": h, "found": listed[:40]}) for c, h in not_found)
    whole = replace(parts[0], parts=tuple(parts))
    pairs = [_pairs(part, k, datum, datums[0]) for k, (part, datum) in enumerate(zip(parts, datums, strict=True))]
    frames = [
        part.frame.rename(columns=renamed).set_axis(part.frame.index + start)
        for part, (renamed, _), start in zip(parts, pairs, whole.starts, strict=True)
    ]
    headers: dict[str, dict[str, None]] = {}
    for part, (renamed, _) in zip(parts, pairs, strict=True):
        for column, header in part.headers.items():
            headers.setdefault(renamed.get(column, column), {})[header] = None
    return replace(
        whole,
        frame=pd.concat(frames),
        headers=MappingProxyType({column: " / ".join(named) for column, named in headers.items()}),
        repairs=MappingProxyType(dict(sum((Counter(part.repairs) for part in parts), Counter()))),
        more_points=tuple(dict.fromkeys(pair for _, more in pairs for pair in more)),
        faults=tuple(
            (row + start, code, values)
            for part, start in zip(parts, whole.starts, strict=True)
            for row, code, values in part.faults
        ),
    )


def _pairs(
    part: RawTable, at: int, datum: Datum, of_table: Datum
) -> tuple[dict[str, str], tuple[tuple[str, str, Datum], ...]]:
    """
    Return new names, by old name, of the coordinate columns that part number `at` adds to the joined table.

    Also return the new names of longitude and latitude, and the datum, of each pair of these columns.
    """
    first = [] if datum == of_table or "lon" not in part.frame else [("lon", "lat", datum)]
    pairs = [*first, *part.more_points]
    renamed = {name: f"{name}_of_{at}" for lon, lat, _ in pairs for name in (lon, lat)}
    return renamed, tuple((renamed[lon], renamed[lat], own) for lon, lat, own in pairs)
