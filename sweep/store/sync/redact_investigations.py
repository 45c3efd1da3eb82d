"""What a planner gets in the place of the investigations: buildings that are not to be visited, and no more."""

import csv
import io

_LONG_AGO = "2000-01-01"
_NONE = "B0"


def blocked_table(buildings: tuple[str, ...]) -> bytes:
    """A table of investigations with these buildings, and neither number, firm nor text."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("investigation_id", "building_id", "uscc", "opened_on", "closed_on"))
    # A table without a row is a fault: this one was closed before any day of a plan.
    writer.writerow((_NONE, _NONE, "", _LONG_AGO, _LONG_AGO))
    writer.writerows((f"B{n}", building, "", _LONG_AGO, "") for n, building in enumerate(buildings, start=1))
    return out.getvalue().encode()


def is_blocked_table(content: bytes) -> bool:
    """Whether a file is such a table, of whatever day: numbers that are none, no firm, nothing closed since."""
    try:
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    except (UnicodeDecodeError, csv.Error):
        return False
    own = csv.reader(io.StringIO(blocked_table(tuple(row[1] for row in rows[2:] if len(row) > 1)).decode()))
    return rows == list(own)
