"""Looks at a finished plan again: judged from the inputs, or explained for one building."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from geodata.errors import InputError, Issue
from sweep.day.events import Urgent
from sweep.pipeline.edition import bind_edition
from sweep.pipeline.inputs.finding import find_building, offered
from sweep.pipeline.inputs.load import load_inputs
from sweep.pipeline.plan_key_breaches import plan_key_breaches
from sweep.pipeline.replan.before import read_before
from sweep.pipeline.replan.reports import reports_of_change
from sweep.pipeline.stages.check import check
from sweep.pipeline.stages.prepared import rank_and_select
from sweep.publish.archive.plan_json import FILE_NAME
from sweep.publish.archive.plan_reading import plan_text, read_plan_json, read_plan_papers
from sweep.publish.edition import Edition
from sweep.records.pins import Pin
from sweep.records.places import Building
from sweep.records.plan import Reason, Stop
from sweep.records.ranking import Term
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
    """What planners settled about it."""


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
    reports = reports_of_change(file.parent, scenario.day, log)
    edition = bind_edition(prepared, check(prepared, plan, log, read_before(file.parent, log), reports))
    breaches = tuple(plan_key_breaches(file, text, edition, prepared))
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
