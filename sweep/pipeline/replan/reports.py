"""Reports that a plan changed on its day answers to, from the journal next to its edition."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sweep.day.events import DayLog
from sweep.day.journal.as_events import entries_until
from sweep.day.journal.entry import Entry, answered_n, in_earnest
from sweep.day.journal.file import FOLDER, SUFFIX, read_journal
from sweep.records.folders import JOURNALS


def reports_of_change(folder: Path, day: date, log: DayLog | None) -> tuple[Entry, ...]:
    """
    Entries of the journal that were there when a plan was changed; none where there is no change or no journal.

    A plan that was put in force says so in the journal. For any other plan, entries count up to its moment.

    Parameters
    ----------
    folder
        Of the edition; its name is the plan id.

    Raises
    ------
    InputError
        S972 if the journal is not what was written.
    """
    place, name = folder.absolute().parent, f"{day.isoformat()}{SUFFIX}"
    journals = (place.parent / FOLDER / place.name / name, place / JOURNALS / name)
    path = next((p for p in journals if p.is_file()), None)
    if log is None or path is None:
        return ()
    entries = in_earnest(read_journal(path))
    editions = [e for e in entries if e.kind == "edition" and e.body["plan_id"] == folder.name]
    if editions:
        return tuple(e for e in entries if e.n <= answered_n(editions[0]))
    return tuple(entries_until(path, log.at_s))
