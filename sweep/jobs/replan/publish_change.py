"""Verification of a plan changed on its day, and its publication as an edition next to the original."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from pathlib import Path

from shapely.geometry import LineString

from geodata.atomic_writes import change as change_files
from geodata.message_catalogue import load_texts
from geodata.regular_file import read_regular
from geodata.roads.paths_along_drawn_streets import along_streets
from sweep.check.checker_inputs import CheckInputs, PreviousPlan
from sweep.check.coverage_counts import measure_coverage
from sweep.check.rule_registry import OF_THE_OFFER, check_plan, hard_and_soft
from sweep.day.event_records import DayLog, Urgent
from sweep.day.journal.journal_entry import Entry
from sweep.disk.formula_safe_csv import ENCODING
from sweep.jobs.replan.load_plan_of_day import PlanOfDay, point_of
from sweep.jobs.stages.plan_id import plan_id
from sweep.plan.problem.problem import Problem
from sweep.plan.problem.problem_file import FILE_NAME as PROBLEM_NAME
from sweep.plan.problem.problem_file import problem_sha256
from sweep.plan.replan.plan_changes import StopChange
from sweep.plan.replan.replan import Replanned
from sweep.publish.archive.plans_before_changes import BEFORE_NAME, before_name, earlier_plan_chain, earlier_plans
from sweep.publish.archive.read_plan import read_plan_json
from sweep.publish.edition import Edition
from sweep.publish.page.escape import file_stem
from sweep.publish.workbook.filing_table import filing_csv
from sweep.publish.write_edition import Enter, write_edition
from sweep.records.people import Team
from sweep.records.plan import Plan, Route, Violation
from sweep.records.visits import TargetReason, Visit
from sweep.scenario.checker_settings import settings_for_check


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """Change of a published plan, before anything is written."""

    today: PlanOfDay
    morning: Problem
    """Problem of the morning, with places added for urgent visits."""
    replanned: Replanned
    """The changed plan, with the remaining problem that it solves."""
    changes: tuple[StopChange, ...]
    log: DayLog | None
    """Events of the day; None if the plan was changed before its day."""
    reports: tuple[Entry, ...] = ()
    """Journal entries up to the time of the change."""


@dataclass(frozen=True, slots=True)
class ChangedDay:
    """Published edition of a changed plan, with the re-planned problem, the changes, its folder and its files."""

    edition: Edition
    replanned: Replanned
    changes: tuple[StopChange, ...]
    folder: Path
    files: tuple[Path, ...]
    carried: tuple[str, ...]
    """Files of team orders that are byte for byte those of the original edition."""


def publish_change(
    planned: PlannedChange,
    enter: Enter | None = None,
    out: Path | None = None,
    extra: Mapping[str, bytes] | None = None,
) -> ChangedDay:
    """
    Verify a changed plan and publish it next to the original edition; a plan that breaks a hard rule gets no pages.

    Parameters
    ----------
    enter
        Callback that logs the edition before it appears; None: no log.
    out
        Folder in which the scenario's folder gets the new edition; None: next to the original edition.
    extra
        Contents of further files of the edition, by file name.
    """
    today, place = planned.today, edition_place(planned.today, out)
    fresh = _edition(planned)
    carried = _unchanged_orders(today, fresh)
    with change_files(place):
        pages = [f"teams/{file_stem(t)}.html" for t in carried]
        plans = [today.plan_bytes, *(earlier_plans(today.folder) if today.log else ())] if planned.log else []
        kept = {name: read_regular(today.folder / name) for name in (PROBLEM_NAME, *pages)}
        kept |= {**{before_name(n): content for n, content in enumerate(plans)}, **(extra or {})}
        if fresh.codes:
            kept["filing.csv"] = filing_csv(fresh, load_texts(fresh.scenario.lang)).encode(ENCODING)
        folder = place / fresh.plan_id
        files = write_edition(fresh, folder, load_texts(fresh.scenario.lang), kept, pages, enter)
    return ChangedDay(fresh, planned.replanned, planned.changes, folder, files, tuple(sorted(pages)))


def edition_place(today: PlanOfDay, out: Path | None) -> Path:
    """Return the folder with all editions of the scenario: in `out` if given, else that of the current edition."""
    return today.folder.parent if out is None else out / today.edition.scenario.name


def inputs_of_change(planned: PlannedChange) -> CheckInputs:
    """Return the checker's inputs for a changed plan, from the old edition and the day's events."""
    today, morning, made, log = planned.today, planned.morning, planned.replanned, planned.log
    old = today.edition
    urgent = [e.visit for e in log.events if isinstance(e, Urgent)] if log else []
    looked_at = {basis for v in made.rest.day.visits for basis in v.basis}
    return CheckInputs(
        settings=settings_for_check(old.scenario),
        buildings=old.buildings,
        persons=old.persons,
        bases=old.bases,
        visits={v.visit_id: v for v in made.rest.day.visits},
        draw=old.draw,
        n_inspections={},
        credit_class={},
        places=morning.places,
        travel_s=morning.travel_s,
        distance_m=morning.distance_m,
        log=log,
        leads={lead.lead_id: lead for lead in old.due_leads},
        before=PreviousPlan(today.plan, today.log, read_before(today.folder, today.log)) if log else None,
        reports=planned.reports,
        rechecks={r.recheck_id: r for r in old.rechecks if r.recheck_id in looked_at},
        reasons={**old.reasons, **{v.visit_id: _reasons(v) for v in urgent}},
        pins=old.pins,
        empty_inspections=old.empty_inspections,
    )


def read_before(folder: Path, log: DayLog | None) -> PreviousPlan | None:
    """
    Return the plan that a change replaced, with the chain of plans before it, as far as the folder stores them.

    `log`: events of the changed plan; None, or a folder without earlier plans, gives None.
    """
    before = None
    for text, papers in reversed(list(earlier_plan_chain(folder, log))):
        before = PreviousPlan(read_plan_json(text, BEFORE_NAME), papers.log, before)
    return before


def check_change(old: Edition, inputs: CheckInputs, plan: Plan) -> tuple[tuple[Violation, ...], tuple[Violation, ...]]:
    """
    Return the violations of hard rules, and of soft rules, in a changed plan.

    The rules `OF_THE_OFFER`, on the reasons for a visit, are not checked again. Their soft violations are copied from
    the old edition, for each visit that the changed plan still makes.
    """
    violations, soft_violations = hard_and_soft(check_plan(inputs, plan, OF_THE_OFFER))
    made = {s.visit_id for r in plan.routes for s in r.made}
    kept = (v for v in old.soft_violations if v.rule_id in OF_THE_OFFER and v.where in made)
    return violations, (*soft_violations, *kept)


def _edition(planned: PlannedChange) -> Edition:
    today, made, log = planned.today, planned.replanned, planned.log
    old, inputs = today.edition, inputs_of_change(planned)
    violations, soft_violations = check_change(old, inputs, made.plan)
    return replace(
        old,
        plan_id=plan_id(old.scenario, old.inputs, made.plan, log),
        plan=made.plan,
        swaps={},
        costs={},
        simulation=None,
        visits=inputs.visits,
        # Counts of past visits and leads are not in the edition, so the old figures would be wrong.
        concentration=None,
        coverage=measure_coverage(old.buildings, old.ranking, old.clusters, inputs.visits, made.plan),
        violations=violations,
        soft_violations=soft_violations,
        route_lines=_route_lines(old, today.plan, made.plan),
        reasons=inputs.reasons,
        problem_sha256=problem_sha256(today.problem),
        log=log,
    )


def _reasons(visit: Visit) -> tuple[TargetReason, ...]:
    """Return the reasons for an urgent visit, for the building and for each firm to be inspected (C29)."""
    values = {"track": visit.track, "basis": ", ".join(visit.basis)}
    return tuple(TargetReason(uscc, "basis", values) for uscc in ("", *visit.targets))


def _route_lines(old: Edition, before: Plan, after: Plan) -> dict[str, tuple[LineString, ...]]:
    """Return the map line of each leg, by team id: that of the old plan, or for new legs one along drawn streets."""
    known: dict[tuple[str, str], LineString] = {}
    for r in before.routes:
        known.update(zip(pairwise(_places_of(before, r)), old.route_lines.get(r.team_id, ()), strict=False))
    legs = {r.team_id: tuple(pairwise(_places_of(after, r))) if r.stops else () for r in after.routes}
    new = sorted({leg for of in legs.values() for leg in of} - known.keys())
    ends = [(point_of(old, a), point_of(old, b)) for a, b in new]
    known.update(zip(new, along_streets(old.streets, ends), strict=True))
    return {team_id: tuple(known[leg] for leg in of) for team_id, of in legs.items()}


def _places_of(plan: Plan, route: Route) -> list[str]:
    base = next(t.base_id for t in plan.teams if t.team_id == route.team_id)
    return [base, *(s.building_id for s in route.stops), base]


def _unchanged_orders(today: PlanOfDay, fresh: Edition) -> list[str]:
    old_routes = {r.team_id: r for r in today.plan.routes}
    old_teams = {t.team_id: t for t in today.plan.teams}
    partners = [_partners(p) for p in (today.plan, fresh.plan)]
    same = []
    for team in fresh.plan.teams:
        route = next((r for r in fresh.plan.routes if r.team_id == team.team_id), None)
        old = old_teams.get(team.team_id)
        is_same = old is not None and _printed(old) == _printed(team) and old_routes.get(team.team_id) == route
        stops = route.stops if route else ()
        if is_same and all(partners[0].get(s.visit_id) == partners[1].get(s.visit_id) for s in stops):
            same.append(team.team_id)
    return [t for t in same if (today.folder / f"teams/{file_stem(t)}.html").is_file()]


def _printed(team: Team) -> Team:
    """Return the team without fields that plan files and orders do not contain, for comparison."""
    return replace(team, n_skilled={}, max_duty_s=None, break_time=None)


def _partners(plan: Plan) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for r in plan.routes:
        for s in r.stops:
            found.setdefault(s.visit_id, []).append(r.team_id)
    return found


def change_json(c: StopChange) -> dict[str, object]:
    """Return the change of one stop as JSON values, by field of `StopChange`; its cause as code and values."""
    plain: dict[str, object] = {f.name: getattr(c, f.name) for f in fields(c)}
    return {**plain, "cause": {"code": c.cause.code, **c.cause.values}}
