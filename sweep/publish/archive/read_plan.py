"""Parser of plan.json, which reports all errors of the file at once."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from geodata.errors import InputError, Issue
from geodata.regular_file import read_regular_text
from sweep.day.day_log_json import day_log_record
from sweep.day.event_records import DayLog
from sweep.disk.json_errors import ErrorCodes, json_issue
from sweep.publish.archive.plan_json import FILE_NAME
from sweep.publish.archive.plan_schema import PlanPart, RoutePart, TeamPart, UnservedPart
from sweep.records.people import Team
from sweep.records.plan import Plan, Reason, Route, Stop, Unserved

_CODES = ErrorCodes("S301", "S302", "S303", "S304")


def read_plan_json(text: str, file: str = FILE_NAME) -> Plan:
    """
    Parse the plan of a plan.json; `plan_keys` verifies its derived keys.

    Parameters
    ----------
    file
        Name of the file in issues.

    Raises
    ------
    InputError
        With every error: S301 not JSON, S302 a key is missing, S303 an unknown key, S304 a value of the wrong kind.
    """
    part = _parsed(text, file)
    return Plan(
        status=part.summary.status,
        value=part.summary.value,
        bound=part.summary.bound,
        bound_method=part.summary.bound_method,
        teams=tuple(_team_record(team) for team in part.teams),
        routes=tuple(_route_record(route) for route in part.routes),
        unserved=tuple(_unserved_record(unserved) for unserved in part.unserved),
        seed=part.summary.seed,
        n_iterations=part.summary.n_iterations,
        members_max=part.summary.members_max,
        bound_any_teams=part.summary.bound_any_teams,
        due=part.summary.due,
        costs=part.summary.costs,
    )


def read_plan_file(file: Path) -> Plan:
    """
    Read the plan of a file.

    Raises
    ------
    InputError
        S305 if the file is unreadable, and as `read_plan_json` does.
    """
    return read_plan_json(plan_text(file), file.name)


def plan_text(file: Path) -> str:
    """
    Read the text of a plan file.

    Raises
    ------
    InputError
        S305 if the file is unreadable.
    """
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
    """Identity of a plan file and its event log."""

    plan_id: str | None
    problem_sha256: str | None
    log: DayLog | None


def read_plan_papers(text: str, file: str = FILE_NAME) -> PlanIdentity:
    """
    Parse the id of a plan.json, the hash of its problem, and its event log.

    Raises
    ------
    InputError
        As `read_plan_json`.
    """
    part = _parsed(text, file)
    log = day_log_record(part.day_log, file) if part.day_log else None
    return PlanIdentity(part.plan_id, part.problem_sha256, log)


def _team_record(part: TeamPart) -> Team:
    return Team(
        part.team_id,
        part.member_ids,
        part.base_id,
        part.division_codes,
        part.shift_s,
        part.n_certified,
        part.n_female_certified,
        part.recusals,
        part.is_reserve,
        former=part.former,
        called_s=part.called_s,
        day=part.day,
    )


def _route_record(part: RoutePart) -> Route:
    stops = tuple(
        Stop(s.visit_id, s.slot, s.building_id, s.travel_s, s.distance_m, s.arrive_s, s.start_s, s.end_s, s.is_attempt)
        for s in part.stops
    )
    back = (part.return_travel_s, part.return_distance_m, part.return_s)
    return Route(part.team_id, part.depart_s, stops, *back, part.break_s)


def _unserved_record(part: UnservedPart) -> Unserved:
    return Unserved(part.visit_id, part.building_id, tuple(Reason(r.code, r.values) for r in part.reasons))
