"""Issues for write conflicts: the other writer, the revision, and the differences."""

import difflib
from collections.abc import Mapping, Sequence

from geodata.errors import Issue
from sweep.store.store_records import Conflict, Key

_MOST_LINES = 40


def conflict_issues(conflicts: Sequence[Conflict], mine: Mapping[Key, bytes]) -> list[Issue]:
    """Return an S942 for each conflict, with the diff from the stored content to `mine` (content to write, by key)."""
    return [
        Issue(
            "S942",
            str(c.key),
            {"read": c.read, "now": c.now, "by": c.by or "-", "diff": difference(c.theirs, mine.get(c.key, b""))},
        )
        for c in conflicts
    ]


def difference(theirs: bytes, mine: bytes) -> str:
    """Return the unified diff from `theirs` to `mine`, cut after 40 lines; empty for binary data."""
    try:
        before, after = (one.decode("utf-8-sig").splitlines() for one in (theirs, mine))
    except UnicodeDecodeError:
        return ""
    diff_lines = list(difflib.unified_diff(before, after, "store", "own", lineterm="", n=0))
    more = ["…"] if len(diff_lines) > _MOST_LINES else []
    return "".join(f"\n{line}" for line in (*diff_lines[:_MOST_LINES], *more))
