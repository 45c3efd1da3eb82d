"""Daily editions of a window: the plan of each day, verified and published as by `sweep run`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path

import numpy as np
import pandas as pd

from geodata.errors import Issue
from geodata.roads.travel_modes import TravelTable, cut_off_from_roads
from geodata.schema import TIMEZONE
from sweep.audit.approval import read_approval
from sweep.campaign.model.sweep_days import day_seed
from sweep.campaign.window.daily_offers import DayOffer
from sweep.campaign.window.load_campaign import LoadedCampaign, with_rows
from sweep.campaign.window.plan_window import FrozenDay, PlannedWindow
from sweep.campaign.window.travel_and_day_problem import TravelMatrix
from sweep.campaign.window.window_problem import DayPlan
from sweep.jobs.assemble_edition import bind_edition
from sweep.jobs.stages.check_day import check
from sweep.jobs.stages.plan_day import make_problem
from sweep.jobs.stages.plan_inputs_record import PlanInputs, prepare
from sweep.jobs.stages.publish_day import publish
from sweep.jobs.stages.rank_day import rank
from sweep.jobs.stages.select_day import VisitsOnOffer
from sweep.plan.problem.problem import Problem
from sweep.plan.replan.replan import replan
from sweep.plan.solve import Settings, solve
from sweep.publish.archive.check_editions_against_log import open_edition
from sweep.publish.tables.edition_tables import VIOLATIONS
from sweep.publish.write_edition import Enter
from sweep.records.draw import commitment
from sweep.records.people import MARKET_REGULATION, POLICE, Person, Team
from sweep.records.plan import Plan, Violation
from sweep.records.visits import Visit
from sweep.select.law_and_draw_warnings import law_warnings
from sweep.select.offer_visits import Offer


@dataclass(frozen=True, slots=True)
class DayEdition:
    """Published edition of one day, with its plan."""

    plan_id: str
    plan: DayPlan
    violations: tuple[Violation, ...] = ()
    """Violations found before publication; empty for an edition that stays unchanged."""


def publish_days(
    planned: PlannedWindow,
    wanted: Iterable[date],
    out: Path,
    committed: Mapping[date, date],
    enter: Enter | None = None,
) -> dict[date, DayEdition]:
    """
    Publish the editions of some days of the window to `out`/<scenario>/<plan id>/, in order of days.

    Each day is verified as if the plans of earlier days were done, so that yearly caps, rest periods and changes of
    officers hold over days. An unchanged edition that is already published stays, with its approval.

    Parameters
    ----------
    committed
        Day on which the seed of each day's draw was committed to, by day.
    enter
        Writes the audit log's entry of each edition.

    Raises
    ------
    OSError
        If `out` is not writable.
    """
    made: dict[date, DayEdition] = {}
    for k, day in enumerate(planned.window.days):
        if day not in set(wanted):
            continue
        published = next((p for p in planned.published if p.day == day), None)
        # The editions of a province have a separate folder.
        is_here = published is not None and (out / planned.loaded.scenario.name / published.plan_id).is_dir()
        if published is not None and is_here and is_unchanged(planned, k, published, committed[day]):
            teams, routes = published.plan.teams, published.plan.routes
            made[day] = DayEdition(published.plan_id, DayPlan(day, teams, routes, planned.days[k].visits))
            continue
        prepared, problem, plan = final_day_plan(planned, k, committed[day], published)
        edition = bind_edition(prepared, check(prepared, plan), problem)
        publish(edition, problem, out / edition.scenario.name / edition.plan_id, enter)
        served = {s.visit_id for r in plan.routes for s in r.stops}
        visits = tuple(v for v in edition.visits.values() if v.visit_id in served)
        made[day] = DayEdition(edition.plan_id, DayPlan(day, plan.teams, plan.routes, visits), edition.violations)
    return made


def is_unchanged(planned: PlannedWindow, k: int, published: FrozenDay, committed: date) -> bool:
    """
    Return whether day `k` (0: first of the window) has its published teams and visits, and its published plan still
    keeps all hard rules; `committed`: day on which the draw's seed was committed to.
    """
    loaded, day = planned.loaded, planned.days[k]
    if _visit_keys(day.visits) != _visit_keys(published.visits.values()):
        return False
    if _team_keys(day.teams) != _team_keys(published.plan.teams):
        return False
    visits = with_published_values(day.visits, published)
    same = DayPlan(day.day, published.plan.teams, published.plan.routes, visits)
    people = planned.on_duty[day.day]
    prepared = prepared_day(loaded, planned.travel_matrix, same, planned.offers[k], people, planned.days[:k], committed)
    return not check(prepared, without_withdrawn_visits(published.plan, prepared)).violations


def _visit_keys(visits: Iterable[Visit]) -> set[tuple[object, ...]]:
    return {(v.visit_id, v.track, v.basis, v.targets, v.officers) for v in visits}


def _team_keys(teams: Iterable[Team]) -> set[tuple[object, ...]]:
    return {(t.team_id, t.base_id, t.is_reserve, *sorted(t.member_ids)) for t in teams}


def with_published_values(visits: Iterable[Visit], published: FrozenDay) -> tuple[Visit, ...]:
    """Return `visits`, with the expected finds of the published edition for each building that the edition visits."""
    return tuple(
        replace(v, value=published.visits[v.building_id].value) if v.building_id in published.visits else v
        for v in visits
    )


def without_withdrawn_visits(plan: Plan, prepared: PlanInputs) -> Plan:
    """Return the plan without those unserved visits that are not on offer in `prepared`, such as expired ones."""
    return replace(plan, unserved=tuple(u for u in plan.unserved if u.visit_id in prepared.visits))


def read_published(out: Path, scenario: str, plan_ids: Mapping[date, str]) -> list[FrozenDay]:
    """
    Return the published days in `plan_ids` (plan id by day), leaving out missing editions and those with violations.

    InputError if an edition was changed since its publication.
    """
    published = []
    for day, plan_id in sorted(plan_ids.items()):
        folder = out / scenario / plan_id
        if not folder.is_dir() or (folder / VIOLATIONS).is_file():
            continue
        edition = open_edition(folder)
        served = {s.visit_id for r in edition.plan.routes for s in r.stops}
        visits = {v.building_id: v for v in edition.visits.values() if v.visit_id in served}
        approval = read_approval(folder)
        approved_on = None if approval is None else date.fromisoformat(approval.at[:10])
        published.append(FrozenDay(day, plan_id, edition.plan, visits, edition.draw, approved_on))
    return published


def final_day_plan(
    planned: PlannedWindow, k: int, committed: date, published: FrozenDay | None
) -> tuple[PlanInputs, Problem, Plan]:
    """
    Return inputs, problem and final plan of day `k` (0: first of the window), after a last search for its routes.

    `committed`: day on which the draw's seed was published; `published`: earlier edition of the day, which changes as
    little as possible, or None.
    """
    day = planned.days[k]
    people = planned.on_duty[day.day]
    loaded = planned.loaded
    prepared = prepared_day(loaded, planned.travel_matrix, day, planned.offers[k], people, planned.days[:k], committed)
    problem = _with_window_urgency(replace(make_problem(prepared), teams=day.teams), day, planned.offers[k])
    # Iterations for the routes of one day, which the window's search has almost optimised.
    limits = Settings(planned.plan.seed, 60.0, 200)
    plan = (
        solve(problem, limits, None, day.routes)
        if published is None
        else _adapt_published_plan(problem, published.plan, limits)
    )
    return prepared, problem, plan


def _adapt_published_plan(problem: Problem, published: Plan, limits: Settings) -> Plan:
    here = {t.team_id for t in problem.teams if not t.is_reserve}
    orders = replace(published, teams=problem.teams, routes=tuple(r for r in published.routes if r.team_id in here))
    # One second before the first departure, so that nothing counts as executed.
    return replan(problem, orders, min(t.shift_s[0] for t in problem.teams) - 1, (), limits).plan


def _with_window_urgency(problem: Problem, day: DayPlan, offer: DayOffer) -> Problem:
    urgency = {v.visit_id: v.urgency for v in (*offer.visits.values(), *day.visits)}
    return replace(problem, visits=tuple(replace(v, urgency=urgency[v.visit_id]) for v in problem.visits))


def prepared_day(
    loaded: LoadedCampaign,
    travel_matrix: TravelMatrix,
    day: DayPlan,
    offer: DayOffer,
    people: Mapping[str, Person],
    before: Iterable[DayPlan],
    committed: date | None,
) -> PlanInputs:
    """
    Return the inputs with which a day is published and checked, as if the days `before` were done.

    `people`: those on duty, by id; `committed`: day on which the draw's seed was committed to, None if it was not.
    """
    seed = day_seed(loaded.campaign, day.day)
    draw = {
        "draw_seed": seed,
        "draw_commitment": None if committed is None else commitment(seed),
        "draw_committed_on": committed,
    }
    select = loaded.scenario.select.model_copy(update=draw)
    scenario = loaded.scenario.model_copy(update={"day": day.day, "select": select})
    served = {v.building_id for v in day.visits}
    # Whether each item and each must has a day is checked over all days: a single day would miss those on others.
    items = {i for v in day.visits for i in v.basis}
    rechecks = tuple(r for r in loaded.inputs.rechecks if r.recheck_id in items)
    pins = tuple(p for p in loaded.inputs.pins if p.holds_on(day.day) and (p.kind != "must" or p.building_id in served))
    inputs = replace(loaded.inputs, history=history_with_planned(loaded, before), rechecks=rechecks, pins=pins)
    # The ranking uses only past visits; the rules also count planned ones.
    ranked = replace(rank(scenario, loaded.inputs), persons=people)
    drawn = [v for v in offer.visits.values() if v.track == "routine" and v.building_id not in served]
    visits = tuple(replace(v, urgency=0.0) for v in (*day.visits, *drawn))
    made = replace(offer.whole or Offer((), offer.draw), visits=visits, draw=offer.draw)
    notes = law_warnings(scenario.select, scenario.law, scenario.day, inputs.history, made, people.values())
    return prepare(scenario, inputs, ranked, _visits_on_offer(loaded, travel_matrix, made, notes))


def _visits_on_offer(
    loaded: LoadedCampaign, travel_matrix: TravelMatrix, offer: Offer, notes: Iterable[Issue]
) -> VisitsOnOffer:
    ids = [*dict.fromkeys(v.building_id for v in offer.visits), *loaded.bases]
    rows = np.array([travel_matrix.places[i] for i in ids])
    table = TravelTable(
        duration_s=travel_matrix.table.duration_s[np.ix_(rows, rows)],
        distance_m=travel_matrix.table.distance_m[np.ix_(rows, rows)],
        snap_m=travel_matrix.table.snap_m[rows],
        method=travel_matrix.table.method,
    )
    where = [loaded.buildings.get(i) or loaded.bases[i] for i in ids]
    cut_off = cut_off_from_roads(table, [f"{w.name} ({i})" for i, w in zip(ids, where, strict=True)])
    return VisitsOnOffer(offer, {i: k for k, i in enumerate(ids)}, travel_matrix.travel, table, (*cut_off, *notes))


def history_with_planned(loaded: LoadedCampaign, days: Iterable[DayPlan]) -> pd.DataFrame:
    """Return the history plus the visits planned on `days`, as made without a find: rules of later days count them."""
    rows = [row for plan in days for v in plan.visits for row in _history_rows(loaded, plan, v)]
    return with_rows(loaded.history, rows) if rows else loaded.history


def _history_rows(loaded: LoadedCampaign, plan: DayPlan, visit: Visit) -> Iterable[dict[str, object]]:
    teams = {r.team_id for r in plan.routes if any(s.visit_id == visit.visit_id for s in r.stops)}
    members = [loaded.persons[i] for t in plan.teams if t.team_id in teams for i in t.member_ids if i in loaded.persons]
    for agency in (POLICE, MARKET_REGULATION):
        for n, uscc in enumerate(visit.targets or (None,)):
            yield {
                "visit_id": f"planned-{plan.day}-{visit.visit_id}-{agency}-{n}",
                "building_id": visit.building_id,
                "uscc": uscc,
                "visited_on": pd.Timestamp(datetime.combine(plan.day, time(12)), tz=TIMEZONE),
                "track": visit.track,
                "authority": agency,
                "outcome": "nothing",
                "officers": ";".join(sorted(p.person_id for p in members if p.agency == agency and p.is_officer)),
            }
