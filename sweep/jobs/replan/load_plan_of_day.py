"""Reader of a published plan with all data needed to change it on its day, also places that are not in the plan."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from geodata.array_types import Float64s, Int64s
from geodata.clock_times import exact_clock
from geodata.datum.degree_lengths import METRES_PER_DEGREE
from geodata.errors import InputError, Issue
from geodata.regular_file import read_regular
from sweep.day.event_records import DayLog, RoadClosed, Urgent
from sweep.jobs.stages.build_problem import service_minutes
from sweep.plan.feasible.validate_given_plan import plan_faults
from sweep.plan.problem.problem import Problem
from sweep.plan.problem.problem_file import FILE_NAME as PROBLEM_NAME
from sweep.plan.problem.problem_file import problem_sha256, read_problem
from sweep.plan.replan.apply_events import problem_of_day
from sweep.publish.archive.check_derived_keys import refuse_inconsistent_keys
from sweep.publish.archive.check_editions_against_log import refuse_unrecorded
from sweep.publish.archive.edition_json_file import FILE_NAME as EDITION_NAME
from sweep.publish.archive.edition_json_file import edition_folder, parse_edition, read_unchanged
from sweep.publish.archive.plan_json import FILE_NAME as PLAN_NAME
from sweep.publish.archive.read_plan import read_plan_identity, read_plan_json
from sweep.publish.edition import Edition
from sweep.records.people import Team
from sweep.records.plan import Plan, Stop
from sweep.records.service_time import visit_seconds


@dataclass(frozen=True, slots=True)
class PlanOfDay:
    """Published plan of a day, with everything that is needed to change it."""

    folder: Path
    edition: Edition
    problem: Problem
    """Problem of the morning, as the edition stores it."""
    plan: Plan
    """Plan of plan.json, which may have been edited since the edition was written."""
    morning: Problem
    """Like `problem`, with buildings and travel times added for the urgent visits of earlier changes."""
    log: DayLog | None
    """Events of the day; None if the plan was not changed on its day."""
    plan_bytes: bytes
    """Content of plan.json."""


def service_of(edition: Edition) -> Callable[[Stop, Team], int]:
    """Return a function that gives a team's service seconds at a stop, by the scenario's model."""
    minutes = service_minutes(edition.scenario)
    return lambda stop, team: visit_seconds(edition.visits[stop.visit_id], stop.slot, len(team.member_ids), minutes)


def read_today(path: Path) -> PlanOfDay:
    """
    Return the published plan at `path`, a folder or a plan.json in it, which may have been edited by hand.

    Raises
    ------
    InputError
        S711 without an edition, S712 if the edition or its problem differs from the manifest, S817 or S818 if it
        differs from the audit log, S305 and S301-S304 for plan.json, S553 if it belongs to another problem, S720 for
        each key of plan.json that contradicts the edition, S554 if the plan cannot be carried out.
    """
    folder = edition_folder(path)
    try:
        plan_bytes = read_regular(path if path.is_file() else folder / PLAN_NAME)
    except OSError as error:
        raise InputError([Issue("S711", str(folder))]) from error
    texts = read_unchanged(folder, (EDITION_NAME, PROBLEM_NAME))
    refuse_unrecorded(folder)
    edition = parse_edition(texts[EDITION_NAME].decode("utf-8", "replace"), str(folder / EDITION_NAME))
    problem = read_problem(texts[PROBLEM_NAME], PROBLEM_NAME)
    text = plan_bytes.decode("utf-8", "replace")
    plan, papers = read_plan_json(text), read_plan_identity(text)
    if papers.problem_sha256 != problem_sha256(problem):
        stated = (papers.problem_sha256 or "-")[:12]
        raise InputError([Issue("S553", PLAN_NAME, {"plan": stated, "problem": problem_sha256(problem)[:12]})])
    events = papers.log.events if papers.log else ()
    morning = with_places(problem, edition, [e.visit.building_id for e in events if isinstance(e, Urgent)])
    closed = [e for e in events if isinstance(e, RoadClosed)]
    offered = problem_of_day(morning, [e for e in events if not isinstance(e, RoadClosed)])
    if faults := plan_faults(offered, plan, PLAN_NAME, closed):
        raise InputError(faults)
    refuse_inconsistent_keys(text, replace(edition, plan=plan, log=papers.log))
    return PlanOfDay(folder, edition, problem, plan, morning, papers.log, plan_bytes)


def refuse_moment(today: PlanOfDay, at_s: int) -> None:
    """Raise InputError S550 for a time before the plan begins or before its last change, S551 for one after its end."""
    shifts = [t.shift_s for t in today.plan.teams if not t.is_reserve]
    first = max(min((s for s, _ in shifts), default=0), today.log.at_s if today.log else 0)
    last = max((end for _, end in shifts), default=0)
    values = {"at": exact_clock(at_s), "first": exact_clock(first), "last": exact_clock(last)}
    if at_s < first:
        raise InputError([Issue("S550", "--at", values)])
    if at_s >= last:
        raise InputError([Issue("S551", "--at", values)])


def with_places(problem: Problem, edition: Edition, building_ids: Sequence[str]) -> Problem:
    """
    Return the problem with places for buildings that it lacks, because the morning had no visit there.

    Their travel times and distances follow the straight line, scaled by the 95th percentile of the detours between
    known places.
    """
    new = [b for b in dict.fromkeys(building_ids) if b not in problem.places]
    if not new:
        return problem
    known = sorted(problem.places, key=lambda name: problem.places[name])
    roads = edition.scenario.roads
    points = np.array([point_of(edition, i) for i in (*known, *new)])
    middle = np.radians(points[:, 1].mean())
    x, y = METRES_PER_DEGREE * np.cos(middle) * points[:, 0], METRES_PER_DEGREE * points[:, 1]
    straight: Float64s = np.hypot(x[:, None] - x[None], y[:, None] - y[None])
    return replace(
        problem,
        places={**problem.places, **{b: len(known) + k for k, b in enumerate(new)}},
        buildings={**problem.buildings, **{b: edition.buildings[b] for b in new}},
        travel_s=_widened(problem.travel_s, straight, problem.unreachable, roads.parking_s + roads.indoors_s),
        distance_m=_widened(problem.distance_m, straight, problem.unreachable),
    )


def _widened(table: Int64s, straight: Float64s, unreachable: int, least: int = 0) -> Int64s:
    """
    Return `table` (times or distances) extended by new places, with legs estimated from straight lines.

    `straight`: metres between all places, those of `table` first; `unreachable`: value in `table` for no route;
    `least`: constant part of each leg.
    """
    n = len(table)
    far = (straight[:n, :n] > 200.0) & (table < unreachable)
    factor = float(np.quantile(np.maximum(table[far] - least, 0) / straight[:n, :n][far], 0.95)) if far.any() else 1.0
    wide: Int64s = np.ceil(factor * straight + 60.0 + least).astype(np.int64)
    wide[:n, :n] = table
    np.fill_diagonal(wide, 0)
    return wide


def point_of(edition: Edition, place_id: str) -> tuple[float, float]:
    """Return (longitude, latitude) of a building or base."""
    where = edition.buildings.get(place_id) or edition.bases[place_id]
    return where.lon, where.lat
