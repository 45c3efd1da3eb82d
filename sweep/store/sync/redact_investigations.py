"""Redacted investigations for planners: only the ids of buildings that must not be visited."""

import csv
import io

_LONG_AGO = "2000-01-01"
_NONE = "B0"


def redacted_table(buildings: tuple[str, ...]) -> bytes:
    """Return a table of investigations as CSV bytes with only these building ids: no case number, firm or text."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("investigation_id", "building_id", "uscc", "opened_on", "closed_on"))
    # A table without rows is an error; this row was closed before any plan's day.
    writer.writerow((_NONE, _NONE, "", _LONG_AGO, _LONG_AGO))
    writer.writerows((f"B{n}", building, "", _LONG_AGO, "") for n, building in enumerate(buildings, start=1))
    return out.getvalue().encode()


def is_redacted_table(content: bytes) -> bool:
    """Whether a file is a table made by `redacted_table`, which must not replace the real one in a store."""
    try:
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    except (UnicodeDecodeError, csv.Error):
        return False
    own = csv.reader(io.StringIO(redacted_table(tuple(row[1] for row in rows[2:] if len(row) > 1)).decode()))
    return rows == list(own)
