"""The plans that a changed edition keeps beside its own: the one that it changed, and those before that."""

import hashlib
from collections.abc import Iterable, Iterator, Set
from itertools import count, takewhile
from pathlib import Path

from geodata.regular_file import read_regular, read_regular_text
from sweep.check.check_inputs import Before
from sweep.day.event_records import DayLog
from sweep.publish.archive.plan_json import FILE_NAME as PLAN_NAME
from sweep.publish.archive.read_plan import PlanPapers, read_plan_json, read_plan_papers

# The plan that a change of the day began from, kept beside the new one.
BEFORE_NAME = "before.json"


def read_before(folder: Path, log: DayLog | None) -> Before | None:
    """The plan that was changed with the whole line of changes before it, as far as they lie beside the changed one."""
    before = None
    for text, papers in reversed(list(_line(folder, log))):
        before = Before(read_plan_json(text, BEFORE_NAME), papers.log, before)
    return before


def ids_before(folder: Path, log: DayLog | None) -> tuple[str, ...]:
    """Ids of the plans by which the day was run before a changed one, the last first, as far as they lie beside it."""
    return tuple(papers.plan_id for _, papers in _line(folder, log) if papers.plan_id is not None)


def ids_changed_from(place: Path, plans: Set[str], others: Iterable[str]) -> tuple[str, ...]:
    """
    Those of other plans that the day was run by after one of some plans.

    Parameters
    ----------
    place
        Where the editions lie, one beside the other; what does not lie there was changed from none.

    Raises
    ------
    InputError
        If the papers of one of the others cannot be read.
    """
    return tuple(i for i in others if not plans.isdisjoint(_ids_before_in(place / i)))


def _ids_before_in(folder: Path) -> tuple[str, ...]:
    # Only a changed edition keeps another: nothing else of the many that there may be need be read.
    if not (folder / BEFORE_NAME).is_file() or not (folder / PLAN_NAME).is_file():
        return ()
    papers = read_plan_papers(read_regular_text(folder / PLAN_NAME, errors="replace"))
    return ids_before(folder, papers.log)


def _line(folder: Path, log: DayLog | None) -> Iterator[tuple[str, PlanPapers]]:
    """Each plan of the line of changes as it was written, the last first."""
    found = {hashlib.sha256(content).hexdigest(): content for content in befores(folder)}
    # Each is taken away, so that no line leads back to itself.
    while log is not None and (content := found.pop(log.before_sha256, None)) is not None:
        text = content.decode("utf-8", "replace")
        papers = read_plan_papers(text, BEFORE_NAME)
        yield text, papers
        log = papers.log


def befores(folder: Path) -> list[bytes]:
    """The plans that a changed edition keeps: the one that it changed, the one which that changed, and so on."""
    return [read_regular(path) for path in takewhile(Path.is_file, (folder / before_name(n) for n in count()))]


def before_name(n: int) -> str:
    """Name of the plan that so many changes lie between and the one that was changed last."""
    return BEFORE_NAME if n == 0 else f"before_{n + 1}.json"
