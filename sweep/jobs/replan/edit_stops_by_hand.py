"""Editing of a published plan by hand: new layout of stops, its verification, its publication as a draft."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from geodata.errors import InputError, Issue
from geodata.regular_file import read_regular_text
from sweep.day.event_records import DayLog, Event, VisitBegun
from sweep.day.journal.journal_entry import Entry
from sweep.jobs.replan.load_plan_of_day import PlanOfDay, refuse_moment
from sweep.jobs.replan.publish_change import PlannedChange, check_change, inputs_of_change, publish_change
from sweep.jobs.stages.plan_id import plan_id
from sweep.plan.replan.manual_plan import Layout, apply_layout
from sweep.plan.replan.plan_changes import Cause, plan_changes
from sweep.publish.write_edition import Enter
from sweep.records.plan import Violation

BY_HAND = Cause("BY_HAND")
DRAFT = "draft.json"


@dataclass(frozen=True, slots=True)
class Draft:
    """Record of a plan edited by hand, stored with its edition: name, original plan, author and time."""

    name: str
    """Name given by the planner."""
    of: str
    """Id of the plan that was edited."""
    by: str
    at: str
    """Time of the edit, ISO 8601 with offset; `by`: user who made it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Verdict of the checker on an edited plan, and the cost of the edit."""

    violations: tuple[Violation, ...]
    """Violations of hard rules, which prevent publication."""
    soft_violations: tuple[Violation, ...]
    """Violations of soft rules, which do not prevent publication."""
    gained: float
    """Gain of the edit in expected finds; a loss is negative."""
    musts_left_out: tuple[str, ...]
    """Ids of must-visits that the edited plan does not serve."""
    travel_s: int
    """Additional travel time of all teams, seconds."""
    teams: tuple[str, ...]
    """Ids of teams whose orders the edit changes."""


def change_by_hand(
    today: PlanOfDay,
    layout: Layout,
    at_s: int | None,
    begun: Sequence[tuple[str, str]] = (),
    reports: tuple[Entry, ...] = (),
) -> PlannedChange:
    """
    Return the change of a plan to a layout that a planner made by hand.

    Parameters
    ----------
    layout
        Stops still to come of each team, by team id.
    at_s
        Time on the plan's day, before which executed stops are fixed; None: before the day. If the plan was already
        changed on its day, None and earlier times count as the time of that change.
    begun
        (team id, visit id) of stops that the teams report as begun, although the plan starts them later.
    reports
        Journal entries up to the time of the change, from which the checker verifies the executed stops.

    Raises
    ------
    InputError
        S550, S551 for a time outside the day.
    """
    log, earlier, events = None, today.log.events if today.log else (), tuple[Event, ...]()
    if today.log is not None:
        at_s = max(at_s or 0, today.log.at_s)
    if at_s is not None:
        refuse_moment(today, at_s)
        events = tuple(VisitBegun(at_s, team_id, visit_id) for team_id, visit_id in begun)
        log = DayLog(at_s, (*earlier, *events), hashlib.sha256(today.plan_bytes).hexdigest())
    # A time before the departure of every team.
    moment_s = -1 if at_s is None else at_s
    made = apply_layout(today.morning, today.plan, moment_s, layout, earlier, events)
    changes = tuple(replace(c, cause=BY_HAND) for c in plan_changes(today.plan, made, ()))
    return PlannedChange(today, today.morning, made, changes, log, reports)


def check_edit(planned: PlannedChange) -> Verdict:
    """Return the verdict on an edited plan, checked against its edition's inputs and compared with the old plan."""
    today, made = planned.today, planned.replanned
    inputs = inputs_of_change(planned)
    violations, soft_violations = check_change(today.edition, inputs, made.plan)
    served = {s.visit_id for r in made.plan.routes for s in r.made}
    teams = {t for c in planned.changes for t in (c.team_before, c.team_after) if t is not None}
    return Verdict(
        violations=violations,
        soft_violations=soft_violations,
        gained=made.plan.value - today.plan.value,
        musts_left_out=tuple(v.visit_id for v in made.rest.day.visits if v.is_must and v.visit_id not in served),
        travel_s=made.plan.travel_s - today.plan.travel_s,
        teams=tuple(sorted(teams)),
    )


def publish_by_hand(planned: PlannedChange, draft: Draft, enter: Enter) -> str:
    """
    Publish an edited plan as a draft next to the original edition; return the draft's plan id.

    Raises
    ------
    InputError
        S983 if the plan violates a rule, S984 if no stop was changed or the draft exists already.
    """
    today = planned.today
    if broken := check_edit(planned).violations:
        raise InputError(Issue("S983", v.where, {"rule": v.rule_id}) for v in broken)
    own_id = plan_id(today.edition.scenario, today.edition.inputs, planned.replanned.plan, planned.log)
    if not planned.replanned.n_changed or (today.folder.parent / own_id).exists():
        raise InputError([Issue("S984", draft.name, {"plan_id": own_id})])
    text = json.dumps(asdict(draft), ensure_ascii=False, sort_keys=True, indent=1) + "\n"
    publish_change(planned, enter, None, {DRAFT: text.encode()})
    return own_id


def read_draft(folder: Path) -> Draft | None:
    """Return who edited an edition by hand, when and from which plan; None for any other edition."""
    try:
        return Draft(**json.loads(read_regular_text(folder / DRAFT)))
    except (OSError, ValueError, TypeError):
        return None
