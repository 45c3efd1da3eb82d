"""Parser of plan.json, which reports all errors of the file at once."""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from geodata.errors import InputError, Issue
from geodata.regular_file import read_regular_text
from sweep.day.event_log_json import day_log_record
from sweep.day.event_records import DayLog
from sweep.disk.json_errors import ErrorCodes, json_issue
from sweep.publish.archive.plan_json import FILE_NAME
from sweep.publish.archive.plan_schema import PlanPart
from sweep.records.people import Team
from sweep.records.plan import Plan, Reason, Route, Stop, Unserved

_CODES = ErrorCodes("S301", "S302", "S303", "S304")


def read_plan_json(text: str, file: str = FILE_NAME) -> Plan:
    """
    Parse the plan of a plan.json, without a check of its derived keys (see `refuse_inconsistent_keys`).

    `file`: name of the file in issues.

    Raises
    ------
    InputError
        With every error: S301 not JSON, S302 a key is missing, S303 an unknown key, S304 a value of the wrong kind.
    """
    part = _parsed(text, file)
    plan: Plan = _record(
        Plan,
        part.summary,
        teams=tuple(_record(Team, team) for team in part.teams),
        routes=tuple(_record(Route, r, stops=tuple(_record(Stop, s) for s in r.stops)) for r in part.routes),
        unserved=tuple(
            _record(Unserved, u, reasons=tuple(_record(Reason, r) for r in u.reasons)) for u in part.unserved
        ),
    )
    return plan


def read_plan_file(file: Path) -> Plan:
    """Read the plan of a file. InputError: S305 if the file is unreadable, otherwise the errors of `read_plan_json`."""
    return read_plan_json(plan_text(file), file.name)


def plan_text(file: Path) -> str:
    """Read the text of a plan file; InputError S305 if the file is unreadable."""
    try:
        return read_regular_text(file)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError([Issue("S305", str(file))]) from error


def _parsed(text: str, file: str) -> PlanPart:
    try:
        return PlanPart.model_validate_json(text.removeprefix("\ufeff"))
    except ValidationError as error:
        raise InputError(json_issue(file, e, _CODES) for e in error.errors(include_url=False)) from error


@dataclass(frozen=True, slots=True)
class PlanIdentity:
    """Identity of a plan file and its event log; None for what the file does not state."""

    plan_id: str | None
    problem_sha256: str | None
    log: DayLog | None
    """Events of the day; None if the plan was not changed on its day."""


def read_plan_identity(text: str, file: str = FILE_NAME) -> PlanIdentity:
    """Parse only id, hash of the problem and event log of a plan.json; InputError if it is malformed."""
    part = _parsed(text, file)
    log = day_log_record(part.day_log, file) if part.day_log else None
    return PlanIdentity(part.plan_id, part.problem_sha256, log)


def _record(kind: Any, part: BaseModel, **own: object) -> Any:
    """Return a record of class `kind`: each field from `own` if it has the name, else from `part`, else the default."""
    names = {f.name for f in fields(kind)} & type(part).model_fields.keys() - own.keys()
    return kind(**{name: getattr(part, name) for name in names}, **own)
