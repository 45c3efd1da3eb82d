"""Finished plans looked at again: judged from the inputs with every key stated (P14), or explained for one building."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from geodata.errors import InputError, Issue
from geodata.regular_file import read_regular
from sweep.day.event_records import DayLog, Urgent
from sweep.day.journal.entry import Entry, answered_n, in_earnest
from sweep.day.journal.journal_file import FOLDER, SUFFIX, read_journal
from sweep.day.journal.replan_events import entries_until
from sweep.inputs.building_search import find_building, offered
from sweep.inputs.load import load_inputs
from sweep.jobs.edition import bind_edition
from sweep.jobs.replan.edition_history import read_before
from sweep.jobs.stages.check_day import check
from sweep.jobs.stages.plan_day import make_problem
from sweep.jobs.stages.prepared import Prepared, rank_and_select
from sweep.plan.problem.problem_file import FILE_NAME as PROBLEM
from sweep.plan.problem.problem_file import problem_sha256, read_problem
from sweep.publish.archive.derived_keys import wrong_keys
from sweep.publish.archive.edition_json import FILE_NAME as EDITION
from sweep.publish.archive.edition_json import MANIFEST, parse_edition, read_unchanged
from sweep.publish.archive.plan_json import FILE_NAME
from sweep.publish.archive.plan_json import FILE_NAME as PLAN
from sweep.publish.archive.read_plan import plan_text, read_plan_json, read_plan_papers
from sweep.publish.edition import Edition
from sweep.records.buildings import Building
from sweep.records.pins import Pin
from sweep.records.plan import BOUND_METHODS, Plan, Reason, Stop, Violation
from sweep.records.ranking import Term
from sweep.records.scenario_folders import JOURNALS
from sweep.records.visits import Visit
from sweep.scenario.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a building is in a plan, or why not."""

    building: Building
    rank: int
    n_ranked: int
    value: float
    value_per_hour: float
    rank_with_lead: int
    """If one more lead of the weakest type came in today."""
    rank_if_cleared: int
    """After a visit that finds nothing."""
    scored_by: str
    """`rule` or `logistic`."""
    data_on: str | None
    """ISO date of the newest lead or visit that was read."""
    terms: tuple[Term, ...]
    cluster_id: str | None
    visit: Visit | None
    """None: not on offer."""
    stops: tuple[tuple[str, Stop], ...]
    """(team id, stop), one for each slot, if it is served."""
    reasons: tuple[Reason, ...]
    """Why it is not served, or not on offer."""
    pins: tuple[Pin, ...] = ()
    """Pins of the building."""


def review_plan(scenario: Scenario, path: Path) -> Edition:
    """
    A plan file, hand-edited or not, judged from the scenario's inputs.

    Parameters
    ----------
    path
        plan.json, or the folder that holds it.

    Raises
    ------
    InputError
        If the inputs or the plan file cannot be used; S972 if the journal of a changed day is not as it was written.
    """
    file = path / FILE_NAME if path.is_dir() else path
    text = plan_text(file)
    plan, log = read_plan_json(text, file.name), read_plan_papers(text, file.name).log
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
    Why a building is in the plan, or why not.

    Parameters
    ----------
    typed
        Its id, its name, or a part of its name that no other has.

    Raises
    ------
    InputError
        S306 if there is no such building, with the nearest.
    """
    names = {b: building.name for b, building in edition.buildings.items()}
    found = find_building(typed, names)
    if found.building_id is None:
        raise InputError([Issue("S306", typed, {"n": len(names), "nearest": offered(found, names)})])
    building_id = found.building_id
    row = next(r for r in edition.ranking.to_dict("records") if r["building_id"] == building_id)
    visit = next((v for v in edition.visits.values() if v.building_id == building_id), None)
    every = ((r.team_id, s) for r in edition.plan.routes for s in r.made)
    stops = tuple((team_id, s) for team_id, s in every if s.building_id == building_id)
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
    )


def _not_on_offer(edition: Edition, building_id: str) -> Reason:
    """Why there is no visit to a building: what planners settled, or that it has no ground."""
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
    # The last day of the rest period is part of it, as where visits are selected.
    if last and (until := date.fromisoformat(last) + rest) >= edition.scenario.day:
        return Reason("VISITED_LATELY", {"day": last, "until": until.isoformat()})
    return Reason("NOT_ON_OFFER")


# Facts of the search, which follow from nothing but the search itself.
_OF_THE_SEARCH = ("seed", "n_iterations", "bound_method", "members_max")


def _plan_key_breaches(file: Path, text: str, reviewed: Edition, prepared: Prepared) -> Iterator[Violation]:
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


def _reports_of_change(folder: Path, day: date, log: DayLog | None) -> tuple[Entry, ...]:
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
