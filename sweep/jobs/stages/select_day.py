"""SELECT: visits that a plan may include (on offer), and travel times between their places."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from geodata.array_types import Int64s
from geodata.errors import Code, InputError, Issue
from geodata.roads.drive_or_walk import CarAndFoot
from geodata.roads.travel_modes import (
    StraightLines,
    Travel,
    TravelTable,
    build_network,
    cut_off_from_roads,
    far_from_roads,
    with_access_times,
)
from sweep.follow.rechecks import due_rechecks
from sweep.inputs.buildings_far_from_streets import car_network
from sweep.inputs.matched_inputs import Inputs
from sweep.inputs.police_only_data import without_visits
from sweep.jobs.stages.build_problem import day_problem, team_rules
from sweep.jobs.stages.rank_day import Ranked, n_reserve, n_teams
from sweep.plan.problem.problem import Problem
from sweep.plan.teams.slots_and_team_sizes import fit_slots
from sweep.records.buildings import Building
from sweep.records.people import MARKET_REGULATION, Base
from sweep.records.visits import Visit
from sweep.scenario.scenario import Scenario
from sweep.select.apply_pins import refuse_never, with_pins
from sweep.select.draw_officers import OfficerPool, buildings_without_officers, with_officers
from sweep.select.law_and_draw_warnings import law_warnings
from sweep.select.legal_grounds import Grounds
from sweep.select.offer_visits import Offer, not_on_offer, offer_visits
from sweep.select.selection_tables import Tables


@dataclass(frozen=True, slots=True)
class VisitsOnOffer:
    """Visits that a plan may include, with travel times between their places."""

    offer: Offer
    """Visits, and the record of the random draw."""
    places: Mapping[str, int]
    """Row in the travel table of each visited building and each base, by id."""
    travel: Travel
    """Travel model from which `table` and the lines on maps are made."""
    table: TravelTable
    notes: tuple[Issue, ...] = ()
    """Warnings on places that a car cannot reach or leave."""


def select(scenario: Scenario, inputs: Inputs, ranked: Ranked, urgent: Sequence[Visit] = ()) -> VisitsOnOffer:
    """
    Return the visits that the selection allows on the day, and the travel times between their places.

    `urgent`: urgent visits of the day's events, added to the selected ones unchanged.

    Raises
    ------
    InputError
        If a base or the place of an urgent visit is too far from every road, or a pin is infeasible (S644-S647).
    """
    officers, due = _officer_pool(scenario, ranked), due_rechecks(inputs.rechecks, scenario.day)
    refuse_never(inputs.pins, due, scenario.law, inputs.firms, [scenario.day])
    tables = Tables(
        buildings=ranked.buildings,
        firms=inputs.firms,
        leads=inputs.leads,
        history=inputs.history,
        others=inputs.other_inspections,
        ranking=ranked.ranking.table,
        rechecks=due,
        withheld=without_visits(inputs, scenario.day),
        too_few_officers=buildings_without_officers(officers, ranked.buildings),
        pins=inputs.pins,
    )
    offer = offer_visits(
        tables,
        day=scenario.day,
        size=ranked.team_size,
        select=scenario.select.model_copy(update={"draw_seed": scenario.draw_seed}),
        plan=scenario.plan,
        half_life_days=ranked.ranking.half_life_days,
        grounds=Grounds(scenario.law, scenario.hours, scenario.form, scenario.codes, frozenset(scenario.rules.off)),
    )
    offer = with_officers(offer, officers, ranked.buildings)
    visits, faults = with_pins(offer.visits, inputs.pins)
    if faults:
        half_life, rest = ranked.ranking.half_life_days, scenario.select.cooldown_days
        stale = "C23" in scenario.rules.off
        why = partial(
            not_on_offer, tables, day=scenario.day, half_life_days=half_life, cooldown_days=rest, keep_stale=stale
        )
        raise InputError(
            why(str(f.values["id"]), where=f.where) if f.code == Code.MUST_WITHOUT_BASIS else f for f in faults
        )
    offer = replace(offer, visits=(*visits, *urgent))
    # An urgent visit may go to a building that the day offers.
    visited = dict.fromkeys(v.building_id for v in offer.visits)
    ids = [*visited, *ranked.bases]
    where: list[Building | Base] = [*(ranked.buildings[b] for b in visited), *ranked.bases.values()]
    lon, lat = np.array([w.lon for w in where]), np.array([w.lat for w in where])
    travel = make_travel(scenario, inputs.street_file)
    arrivals = access_times_s(scenario, travel, len(visited), len(ranked.bases))
    table = with_access_times(travel.table(lon, lat), arrivals)
    names = [f"{w.name} ({i})" for i, w in zip(ids, where, strict=True)]
    if far := far_from_roads(table.snap_m, names):
        raise InputError(far)
    places = {i: k for k, i in enumerate(ids)}
    fitted = fit_slots(unlocked_problem(scenario, ranked, visits, places, table))
    offer = replace(offer, visits=(*fitted, *urgent))
    warnings = law_warnings(scenario.select, scenario.law, scenario.day, inputs.history, offer, ranked.persons.values())
    notes = (*cut_off_from_roads(table, names), *warnings)
    return VisitsOnOffer(offer, places, travel, table, notes)


def unlocked_problem(
    scenario: Scenario, ranked: Ranked, visits: Sequence[Visit], places: Mapping[str, int], table: TravelTable
) -> Problem:
    """
    Return the planning problem of the day with the scenario's number of teams, without locks.

    Parameters
    ----------
    places
        Row of each building and base in the travel table, by id.

    Raises
    ------
    InputError
        S566 if the shift is too long for one break.
    """
    people, n = ranked.persons, n_teams(scenario, ranked.persons)
    bare = day_problem(
        scenario,
        visits,
        people.values(),
        buildings=ranked.buildings,
        bases=ranked.bases,
        places=places,
        table=table,
    )
    return replace(bare, rules=team_rules(scenario, n, n_reserve(scenario, n)))


def _officer_pool(scenario: Scenario, ranked: Ranked) -> OfficerPool:
    """Return the officers from whom market regulation draws its inspectors (C09); police are not drawn."""
    needs = {MARKET_REGULATION: scenario.teams.min_certified[MARKET_REGULATION]}
    shift_s = (scenario.plan.shift_start_s, scenario.plan.shift_end_s)
    return OfficerPool(tuple(ranked.persons.values()), scenario.day, shift_s, needs, scenario.teams.assist_letter)


def make_travel(scenario: Scenario, street_file: Path | None) -> Travel:
    """
    Return the scenario's travel model: by road from the street file, or by straight lines.

    Parameters
    ----------
    street_file
        OpenStreetMap file; None: straight lines.

    Raises
    ------
    InputError
        If the street file is invalid.
    """
    plan, roads = scenario.plan, scenario.roads
    if street_file is None:
        return StraightLines(plan.speed_kmh, plan.detour_factor)
    car = car_network(scenario, street_file)
    if not roads.walk_within_m:
        return car
    foot = build_network(street_file, profile="foot")
    return CarAndFoot(car, foot, roads.parking_s, roads.walk_within_m)


def access_times_s(scenario: Scenario, travel: Travel, n_buildings: int, n_bases: int) -> Int64s:
    """
    Return the seconds from the road to the start of work, for each building and then each base, as one array.

    It includes parking, and for buildings the walk to the lobby and the lift. If teams may walk between places, the
    travel times of drives include parking instead.
    """
    roads = scenario.roads
    parking_s = 0 if isinstance(travel, CarAndFoot) else roads.parking_s
    return np.repeat(np.array([parking_s + roads.indoors_s, parking_s], np.int64), [n_buildings, n_bases])
