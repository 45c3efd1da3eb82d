"""Verification of a finished plan file from its scenario's inputs (P14), and explanation of one building."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from geodata.errors import Code, InputError, Issue
from geodata.regular_file import read_regular
from sweep.day.event_records import DayLog, Urgent
from sweep.day.journal.events_for_replan import entries_until
from sweep.day.journal.journal_entry import Entry, answered_n, entries_of_real_day
from sweep.day.journal.journal_file import FOLDER, SUFFIX, read_journal
from sweep.inputs.building_search import building_id_of
from sweep.inputs.load_inputs import load_inputs
from sweep.jobs.assemble_edition import bind_edition
from sweep.jobs.replan.publish_change import read_before
from sweep.jobs.stages.check_day import check
from sweep.jobs.stages.plan_day import make_problem
from sweep.jobs.stages.plan_inputs_record import PlanInputs, rank_and_select
from sweep.plan.problem.problem_file import FILE_NAME as PROBLEM
from sweep.plan.problem.problem_file import problem_sha256, read_problem
from sweep.publish.archive.check_derived_keys import inconsistent_keys
from sweep.publish.archive.edition_json_file import FILE_NAME as EDITION
from sweep.publish.archive.edition_json_file import MANIFEST, parse_edition, read_unchanged
from sweep.publish.archive.plan_json import FILE_NAME as PLAN
from sweep.publish.archive.read_plan import plan_text, read_plan_identity, read_plan_json
from sweep.publish.edition import Edition
from sweep.records.buildings import Building
from sweep.records.pins import Pin
from sweep.records.plan import BOUND_METHODS, Reason, Stop, Violation
from sweep.records.ranking import Term
from sweep.records.scenario_folders import JOURNALS
from sweep.records.visits import Visit
from sweep.scenario.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Explanation:
    """Facts that explain why a building is in a plan or not."""

    building: Building
    rank: int
    n_ranked: int
    """Number of ranked buildings."""
    value: float
    """Expected finds of a visit to the building, the sum of `terms`; `value_per_hour`: per team-hour."""
    value_per_hour: float
    rank_with_lead: int
    """Rank if one more lead of the weakest type came in today."""
    rank_if_cleared: int
    """Rank after a visit today that finds nothing."""
    scored_by: str
    """Model that gave the value: `rule` or `logistic`."""
    data_on: str | None
    """ISO date of the newest lead or visit in the data; None without any."""
    terms: tuple[Term, ...]
    cluster_id: str | None
    """None: the building is in no cluster."""
    visit: Visit | None
    """Visit of the building that the plan could include; None if the selection allows none."""
    stops: tuple[tuple[str, Stop], ...]
    """(team id, stop) for each team slot of the visit; empty if it is unserved."""
    reasons: tuple[Reason, ...]
    """Reasons why the visit is unserved, or why the selection allows no visit."""
    pins: tuple[Pin, ...] = ()
    """Pins (planners' wishes) that concern the building."""
    breaches: tuple[Violation, ...] = ()
    """Violations of rules by the visit, soft ones included."""
    notes: tuple[Issue, ...] = ()
    """Warnings (S670) that other inspections exclude firms from lists and draws (C33); empty if `visit` is given."""


def review_plan(scenario: Scenario, path: Path) -> Edition:
    """
    Verify a plan file, which may have been edited, against the scenario's inputs; return it as an edition.

    Parameters
    ----------
    path
        plan.json, or its folder.

    Raises
    ------
    InputError
        If inputs or plan file are invalid; S972 if the journal of a changed day is damaged.
    """
    file = path / PLAN if path.is_dir() else path
    text = plan_text(file)
    plan, log = read_plan_json(text, file.name), read_plan_identity(text, file.name).log
    if scenario.teams.n_teams is None:
        scenario = scenario.with_teams(len(plan.teams) // (1 + (scenario.teams.mode == "squads")), plan.members_max)
    urgent = [e.visit for e in log.events if isinstance(e, Urgent)] if log else []
    prepared = rank_and_select(scenario, load_inputs(scenario), urgent)
    reports = _reports_of_change(file.parent, scenario.day, log)
    edition = bind_edition(prepared, check(prepared, plan, log, read_before(file.parent, log), reports))
    breaches = tuple(_plan_key_breaches(file, text, edition, prepared))
    return replace(edition, violations=(*edition.violations, *breaches)) if breaches else edition


def explain_building(edition: Edition, typed: str) -> Explanation:
    """
    Return the facts that explain why a building is in the plan, or why it is not.

    Parameters
    ----------
    typed
        Id, name, or unambiguous part of the name.

    Raises
    ------
    InputError
        S306 for an unknown building, with similar ones.
    """
    names = {b: building.name for b, building in edition.buildings.items()}
    building_id = building_id_of(typed, names)
    row = next(r for r in edition.ranking.to_dict("records") if r["building_id"] == building_id)
    visit = next((v for v in edition.visits.values() if v.building_id == building_id), None)
    every = ((r.team_id, s) for r in edition.plan.routes for s in r.made)
    stops = tuple((team_id, s) for team_id, s in every if s.building_id == building_id)
    every_violation = (*edition.violations, *edition.soft_violations)
    reasons = tuple(x for u in edition.plan.unserved if u.building_id == building_id for x in u.reasons)
    return Explanation(
        building=edition.buildings[building_id],
        rank=int(row["rank"]),
        n_ranked=len(edition.ranking),
        value=float(row["value"]),
        value_per_hour=float(row["value_per_hour"]),
        rank_with_lead=int(row["rank_with_lead"]),
        rank_if_cleared=int(row["rank_if_cleared"]),
        scored_by=str(row["scored_by"]),
        data_on=row["data_on"],
        terms=edition.terms[building_id],
        cluster_id=row["cluster_id"],
        visit=visit,
        stops=stops,
        reasons=reasons if visit else (_not_on_offer(edition, building_id),),
        pins=tuple(p for p in edition.pins if building_id in p.buildings),
        breaches=tuple(v for v in every_violation if visit is not None and visit.visit_id in v.where.split()),
        notes=() if visit else tuple(n for n in edition.notes if n.code == Code.FIRMS_AT_LIMIT),
    )


def _not_on_offer(edition: Edition, building_id: str) -> Reason:
    """Return the reason why the selection allows no visit of a building: no street, a pin, a recent visit, no basis."""
    if building_id in edition.unreachable:
        return Reason("NO_ROAD")
    for pin in edition.pins:
        if pin.kind == "never" and pin.building_id == building_id:
            return Reason("PINNED_NEVER")
    on_offer = {v.building_id for v in edition.visits.values()}
    for pin in edition.pins:
        if pin.kind == "not_together" and building_id in pin.buildings and on_offer & set(pin.buildings):
            other = pin.other_id if pin.building_id == building_id else pin.building_id
            return Reason("PINNED_APART", {"other": other})
    last = edition.ranking.set_index("building_id")["last_visit_on"].get(building_id)
    rest = timedelta(days=edition.scenario.select.cooldown_days)
    # The rest period includes its last day, as in the selection.
    if last and (until := date.fromisoformat(last) + rest) >= edition.scenario.day:
        return Reason("VISITED_LATELY", {"day": last, "until": until.isoformat()})
    return Reason("NOT_ON_OFFER")


def _plan_key_breaches(file: Path, text: str, reviewed: Edition, prepared: PlanInputs) -> Iterator[Violation]:
    """
    Yield a violation for each key of a plan file whose value differs from that which plan and inputs give.

    An edition's unchanged plan.json is compared with edition.json, since the inputs may have changed. Facts of the
    search come from the edition or problem in the file's folder.
    """
    folder = file.parent
    published = _published(folder)
    if file.name == PLAN and (folder / MANIFEST).is_file() and _read(folder, PLAN) is not None:
        wrong = [] if published is None else inconsistent_keys(text, published, has_sentences=False)
    else:
        wrong = inconsistent_keys(text, _expected_edition(folder, reviewed, prepared, published))
        yield from _search_breaches(reviewed)
    for key in wrong:
        yield Violation("P14", key.key, {"got": key.got, "want": key.expected})


def _expected_edition(folder: Path, reviewed: Edition, prepared: PlanInputs, published: Edition | None) -> Edition:
    """Return the edition that the plan file must equal, from the inputs and the facts of the search in `published`."""
    settings, plan = reviewed.scenario.plan, reviewed.plan
    # All teams work on day 0, in the scenario's shift.
    shift_s = (settings.shift_start_s, settings.shift_end_s)
    plan = replace(plan, teams=tuple(replace(t, shift_s=shift_s, day=0) for t in plan.teams))
    wanted = replace(reviewed, problem_sha256=_problem_sha256(folder, reviewed, prepared), plan=plan)
    if published is None:
        return wanted
    # Facts of the search that cannot be derived from plan and inputs.
    facts = {name: getattr(published.plan, name) for name in ("seed", "n_iterations", "bound_method", "members_max")}
    return replace(wanted, plan=replace(plan, **facts), plan_id=published.plan_id)


def _published(folder: Path) -> Edition | None:
    text = _read(folder, EDITION) if (folder / MANIFEST).is_file() else None
    try:
        return None if text is None else parse_edition(text)
    except InputError:
        # An edition of another version of the program.
        return None


def _read(folder: Path, name: str) -> str | None:
    try:
        return read_unchanged(folder, (name,))[name].decode("utf-8", "replace")
    except InputError:
        return None


def _problem_sha256(folder: Path, reviewed: Edition, prepared: PlanInputs) -> str | None:
    """Return the hash of the problem file next to the plan, None if invalid; without file, of the inputs' problem."""
    try:
        return problem_sha256(read_problem(read_regular(folder / PROBLEM)))
    except OSError:
        events = reviewed.log.events if reviewed.log else ()
        if any(isinstance(e, Urgent) for e in events):
            # The problem of the morning lacks urgent visits of the day.
            prepared = rank_and_select(prepared.scenario, prepared.inputs)
        return problem_sha256(make_problem(prepared))
    except InputError:
        return None


def _search_breaches(reviewed: Edition) -> Iterator[Violation]:
    plan = reviewed.plan
    if plan.bound_method not in BOUND_METHODS:
        yield Violation("P14", "summary.bound_method", {"got": plan.bound_method, "want": "/".join(BOUND_METHODS)})
    most = max((len(t.member_ids) for t in plan.teams), default=0)
    if plan.members_max is not None and plan.members_max < most:
        yield Violation("P14", "summary.members_max", {"got": plan.members_max, "want": most})


def _reports_of_change(folder: Path, day: date, log: DayLog | None) -> tuple[Entry, ...]:
    """
    Return the journal entries before a plan was changed on its day; empty without a change or a journal.

    If the journal records the plan's activation, these are the entries that the plan takes into account, else those
    until the time of the change.
    """
    place, name = folder.absolute().parent, f"{day.isoformat()}{SUFFIX}"
    journals = (place.parent / FOLDER / place.name / name, place / JOURNALS / name)
    path = next((p for p in journals if p.is_file()), None)
    if log is None or path is None:
        return ()
    entries = entries_of_real_day(read_journal(path))
    editions = [e for e in entries if e.kind == "edition" and e.body["plan_id"] == folder.name]
    if editions:
        return tuple(e for e in entries if e.n <= answered_n(editions[0]))
    return tuple(entries_until(path, log.at_s))
