"""Travel matrix of a campaign, and the problem of one of its days."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from geodata.errors import InputError
from geodata.roads.travel_modes import Travel, TravelTable, far_from_roads, with_access_times
from sweep.campaign.window.daily_offers import DayOffer
from sweep.campaign.window.load_campaign import LoadedCampaign
from sweep.jobs.stages.build_problem import day_problem
from sweep.jobs.stages.select_day import access_times_s, make_travel
from sweep.plan.problem.problem import Problem
from sweep.records.buildings import Building
from sweep.records.people import Base, Person


@dataclass(frozen=True, slots=True)
class TravelMatrix:
    """Travel times between all buildings and bases of a campaign."""

    places: Mapping[str, int]
    """Row and column in `table` by id of building or base."""
    table: TravelTable
    travel: Travel
    """Road network or straight lines from which `table` was computed."""


def make_travel_matrix(loaded: LoadedCampaign) -> TravelMatrix:
    """Return the travel times of a campaign's places; InputError if a base is too far from every road."""
    ids = [*loaded.buildings, *loaded.bases]
    where: list[Building | Base] = [*loaded.buildings.values(), *loaded.bases.values()]
    lon, lat = np.array([w.lon for w in where]), np.array([w.lat for w in where])
    travel = make_travel(loaded.scenario, loaded.inputs.street_file)
    arrivals = access_times_s(loaded.scenario, travel, len(loaded.buildings), len(loaded.bases))
    table = with_access_times(travel.table(lon, lat), arrivals)
    n, bases = len(loaded.buildings), loaded.bases.items()
    if far := far_from_roads(table.snap_m[n:], [f"{base.name} ({i})" for i, base in bases]):
        raise InputError(far)
    return TravelMatrix({i: k for k, i in enumerate(ids)}, table, travel)


def problem_of(
    loaded: LoadedCampaign, travel_matrix: TravelMatrix, offer: DayOffer, people: Iterable[Person] = ()
) -> Problem:
    """Return the problem of one day's visits on offer, without teams; `people` are those of whom teams are composed."""
    return day_problem(
        loaded.scenario.model_copy(update={"day": offer.day}),
        offer.visits.values(),
        people,
        buildings=loaded.buildings,
        bases=loaded.bases,
        places=travel_matrix.places,
        table=travel_matrix.table,
    )
