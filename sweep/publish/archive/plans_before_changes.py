"""Earlier plans of the day, which a changed edition stores next to its own plan."""

import hashlib
from collections.abc import Iterable, Iterator, Set
from itertools import count, takewhile
from pathlib import Path

from geodata.regular_file import read_regular, read_regular_text
from sweep.day.event_records import DayLog
from sweep.publish.archive.plan_json import FILE_NAME as PLAN_NAME
from sweep.publish.archive.read_plan import PlanIdentity, read_plan_identity

# File of the plan from which a change was made.
BEFORE_NAME = "before.json"


def earlier_plan_ids(folder: Path, log: DayLog | None) -> tuple[str, ...]:
    """
    Return the ids of the day's earlier plans that the folder of a changed plan stores, the latest first.

    `log`: events of the changed plan; None: the plan was not changed on its day, so that there is no earlier plan.
    """
    return tuple(identity.plan_id for _, identity in earlier_plan_chain(folder, log) if identity.plan_id is not None)


def ids_derived_from(place: Path, plans: Set[str], others: Iterable[str]) -> tuple[str, ...]:
    """
    Return those plan ids of `others` whose plans were made from a plan with an id in `plans`, by one or more changes.

    `place`: folder of the editions; a plan without a folder in it counts as made from no other plan.

    Raises
    ------
    InputError
        If a plan file of `others` cannot be read.
    """
    return tuple(i for i in others if not plans.isdisjoint(_earlier_plan_ids_in(place / i)))


def _earlier_plan_ids_in(folder: Path) -> tuple[str, ...]:
    # Only changed editions store another plan, so the others need not be read.
    if not (folder / BEFORE_NAME).is_file() or not (folder / PLAN_NAME).is_file():
        return ()
    identity = read_plan_identity(read_regular_text(folder / PLAN_NAME, errors="replace"))
    return earlier_plan_ids(folder, identity.log)


def earlier_plan_chain(folder: Path, log: DayLog | None) -> Iterator[tuple[str, PlanIdentity]]:
    """
    Yield plan.json (text) and identity of each earlier plan that a changed edition's folder stores, the latest first.

    `log`: event log of the changed plan, which names the plan before it; None: there is no earlier plan.
    """
    content_by_sha256 = {hashlib.sha256(content).hexdigest(): content for content in earlier_plans(folder)}
    # Each plan is used once, which excludes cycles.
    while log is not None and (content := content_by_sha256.pop(log.before_sha256, None)) is not None:
        text = content.decode("utf-8", "replace")
        identity = read_plan_identity(text, BEFORE_NAME)
        yield text, identity
        log = identity.log


def earlier_plans(folder: Path) -> list[bytes]:
    """Return the contents of the earlier plans stored in a changed edition, the latest first."""
    return [read_regular(path) for path in takewhile(Path.is_file, (folder / before_name(n) for n in count()))]


def before_name(n: int) -> str:
    """Return the file name of an earlier plan in a changed edition; `n` = 0: the replaced plan, 1: the one before."""
    return BEFORE_NAME if n == 0 else f"before_{n + 1}.json"
