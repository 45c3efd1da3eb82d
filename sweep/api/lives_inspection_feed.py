"""Inspection feeds in the LIVES format (Local Inspector Value-Entry Specification) as past visits."""

import zipfile
from pathlib import Path

import numpy as np
import pandas as pd

from geodata.read.shapefile_parts_and_zip import refuse_bomb
from geodata.reader_errors import as_input_error

_KEYS = ("business_id", "date")


def lives_history(feed: Path | str, *, find_below: float) -> pd.DataFrame:
    """
    Return the inspections of a LIVES feed as the table `history` of `Scenario.from_tables`.

    Businesses count as buildings. A complaint is a case visit; every other inspection is a routine visit.

    Parameters
    ----------
    feed
        Zip archive with `inspections.csv` and, if the feed has it, `violations.csv`.
    find_below
        Score, 0 to 100, below which an inspection counts as a find. Others with a violation count as irregular.

    Raises
    ------
    InputError
        If the archive cannot be read, or lacks `inspections.csv` or a column.
    OSError
        If there is no such file.
    """
    path = Path(feed)
    with as_input_error("G104", path.name, "reason"), zipfile.ZipFile(path) as archive:
        refuse_bomb(path.name, archive)
        rows = _table(archive, "inspections.csv", (*_KEYS, "score", "type"))
        has_violations = "violations.csv" in archive.namelist()
        violations = _table(archive, "violations.csv", _KEYS) if has_violations else rows.iloc[:0]
        score = pd.to_numeric(rows["score"])
    counts = violations.groupby([*_KEYS]).size()
    severity = counts.reindex(pd.MultiIndex.from_frame(rows[[*_KEYS]]), fill_value=0).to_numpy()
    return pd.DataFrame(
        {
            "visit_id": [f"L{n}" for n in range(1, len(rows) + 1)],
            "building_id": rows["business_id"],
            "visited_on": rows["date"],
            "track": np.where(rows["type"] == "complaint", "case", "routine"),
            "ground": rows["type"].map({"complaint": "complaint", "followup": "recheck"}),
            "authority": "market_regulation",
            "outcome": np.select([score < find_below, severity > 0], ["find", "irregular"], "nothing"),
            "severity": severity,
        }
    )


def _table(archive: zipfile.ZipFile, name: str, columns: tuple[str, ...]) -> pd.DataFrame:
    with archive.open(name) as file:
        return pd.read_csv(file, dtype=str, encoding="utf-8-sig", usecols=[*columns])
