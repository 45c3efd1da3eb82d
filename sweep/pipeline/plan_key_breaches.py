"""Keys of a plan.json that do not follow from the plan and its inputs (P14)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from geodata.errors import InputError
from geodata.regular_file import read_regular
from sweep.day.events import Urgent
from sweep.pipeline.stages.plan import make_problem
from sweep.pipeline.stages.prepared import Prepared, rank_and_select
from sweep.plan.problem.file import FILE_NAME as PROBLEM
from sweep.plan.problem.file import problem_sha256, read_problem
from sweep.publish.archive.edition_json import FILE_NAME as EDITION
from sweep.publish.archive.edition_json import MANIFEST, parse_edition, read_unchanged
from sweep.publish.archive.plan_json import FILE_NAME as PLAN
from sweep.publish.archive.plan_keys import wrong_keys
from sweep.publish.edition import Edition
from sweep.records.plan import BOUND_METHODS, Plan, Violation

# Facts of the search, which follow from nothing but the search itself.
_OF_THE_SEARCH = ("seed", "n_iterations", "bound_method", "members_max")


def plan_key_breaches(file: Path, text: str, reviewed: Edition, prepared: Prepared) -> Iterator[Violation]:
    """
    Each key that a plan file states and that is not what follows from its plan and the inputs.

    The plan.json of an edition that is as it was published is not compared with the inputs, which may have changed
    since, but with edition.json.

    Parameters
    ----------
    file
        The plan file; the edition or the problem in its folder is where facts of the search come from.
    """
    folder = file.parent
    published = _published(folder)
    if file.name == PLAN and (folder / MANIFEST).is_file() and _read(folder, PLAN) is not None:
        wrong = [] if published is None else wrong_keys(text, published, has_sentences=False)
    else:
        wrong = wrong_keys(text, _wanted(folder, reviewed, prepared, published))
        yield from _search_breaches(reviewed)
    for key in wrong:
        yield Violation("P14", key.key, {"got": key.got, "want": key.want})


def _wanted(folder: Path, reviewed: Edition, prepared: Prepared, published: Edition | None) -> Edition:
    """The edition that a plan file which is not as it was published must follow from."""
    sha256 = _problem_sha256(folder, reviewed, prepared)
    wanted = replace(reviewed, problem_sha256=sha256, plan=_wanted_plan(reviewed))
    if published is None:
        return wanted
    facts = {name: getattr(published.plan, name) for name in _OF_THE_SEARCH}
    return replace(wanted, plan=replace(wanted.plan, **facts), plan_id=published.plan_id)


def _published(folder: Path) -> Edition | None:
    """The edition in a folder, as it was published; None if there is none that can be read, or it has changed since."""
    text = _read(folder, EDITION) if (folder / MANIFEST).is_file() else None
    try:
        return None if text is None else parse_edition(text)
    except InputError:
        # Another version of the program wrote it.
        return None


def _read(folder: Path, name: str) -> str | None:
    """A file of the edition in a folder, as it was published; None if there is none, or it has changed since."""
    try:
        return read_unchanged(folder, (name,))[name].decode("utf-8", "replace")
    except InputError:
        return None


def _wanted_plan(reviewed: Edition) -> Plan:
    """The plan of one day: its teams are out for the shift of the scenario."""
    settings, plan = reviewed.scenario.plan, reviewed.plan
    shift_s = (settings.shift_start_s, settings.shift_end_s)
    return replace(plan, teams=tuple(replace(t, shift_s=shift_s, day=0) for t in plan.teams))


def _problem_sha256(folder: Path, reviewed: Edition, prepared: Prepared) -> str | None:
    """Hash of the problem next to the plan; without one, of the problem that the inputs make."""
    try:
        return problem_sha256(read_problem(read_regular(folder / PROBLEM)))
    except OSError:
        events = reviewed.log.events if reviewed.log else ()
        if any(isinstance(e, Urgent) for e in events):
            # The problem of the morning does not have the visits that came up on the day.
            prepared = rank_and_select(prepared.scenario, prepared.inputs)
        return problem_sha256(make_problem(prepared))
    except InputError:
        return None


def _search_breaches(reviewed: Edition) -> Iterator[Violation]:
    """Facts of the search that no search of this scenario gives, wherever the plan file lies."""
    plan = reviewed.plan
    if plan.bound_method not in BOUND_METHODS:
        yield Violation("P14", "summary.bound_method", {"got": plan.bound_method, "want": "/".join(BOUND_METHODS)})
    most = max((len(t.member_ids) for t in plan.teams), default=0)
    if plan.members_max is not None and plan.members_max < most:
        yield Violation("P14", "summary.members_max", {"got": plan.members_max, "want": most})
