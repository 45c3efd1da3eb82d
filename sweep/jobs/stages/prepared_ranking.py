"""RANK: tables of a scenario, prepared once, from which buildings are ranked as of any time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd
from pyproj import Transformer

from geodata.array_types import Float64s
from geodata.datum.convert import metre_crs
from geodata.errors import InputError, Issue
from geodata.schema import CRS, TIMEZONE
from sweep.inputs.matched_inputs import Inputs
from sweep.rank.learnt.training_data import TrainingCache
from sweep.rank.rank_buildings import Ranking, rank_buildings
from sweep.rank.rate.refuse_repeated_leads import refuse_repeats
from sweep.rank.significance.building_labels import label_buildings
from sweep.records.buildings import Building
from sweep.records.service_time import doors_to_call_at, service_seconds
from sweep.scenario.scenario import Scenario
from sweep.select.make_visits import TeamSize
from sweep.select.target_firms import n_targets

# Attributes by which buildings are grouped in the ranking.
_IN_COMMON = ("kind", "landlord_id", "property_company_id", "complex_id")


@dataclass(frozen=True, slots=True)
class Ranker:
    """Tables from which a scenario's buildings can be ranked as of any time."""

    scenario: Scenario
    inputs: Inputs
    frame: pd.DataFrame
    """Buildings: `building_id`, `division_code`, `n_firms`, `floor_area_m2`, and attributes that group them."""
    points_m: Float64s
    """Positions of the buildings of `frame`, in its order."""
    team_hours: Float64s
    """Team-hours of a visit to each building of `frame`, shape (n,)."""
    memory: TrainingCache
    """Cache of the model's training data of past days, shared by rankings of several days."""

    def rank(self, now: datetime, known_until: datetime | None = None) -> Ranking:
        """
        Return the ranking at time `now`, which has a time zone.

        Only leads received before `known_until` are used; None: before `now`. A lead with a date but no time counts as
        received at midnight: a ranking at the start of that day does not use it, and a backtest can test against it.
        """
        leads = self.inputs.leads
        is_known = leads["received_at"] < (known_until or now)
        return rank_buildings(
            buildings=self.frame,
            leads=leads if is_known.all() else leads[is_known],
            history=self.inputs.history,
            points_m=self.points_m,
            team_hours=self.team_hours,
            now=now,
            settings=self.scenario.rank,
            memory=self.memory,
            known_until=known_until,
        )

    def labels(self, ranking: Ranking) -> tuple[pd.DataFrame, tuple[Issue, ...]]:
        """
        Return a table of each building's cluster of the spatial scan and stability of rank, in order of the ranking.

        The second value is empty, or has S401 if leads repeat too often for the scan, which is then left out.
        """
        settings, seed = self.scenario.rank, self.scenario.seed
        try:
            refuse_repeats(self.inputs.leads, frozen_at(self.scenario), settings.horizon_days)
        except InputError as error:
            return label_buildings(ranking, settings, seed, is_tested=False), error.issues
        return label_buildings(ranking, settings, seed), ()


def make_ranker(scenario: Scenario, inputs: Inputs, buildings: Mapping[str, Building], size: TeamSize) -> Ranker:
    """Return the tables of a scenario, prepared for ranking; `size`: team size, to estimate team-hours of visits."""
    frame = pd.DataFrame(
        {
            "building_id": [b.building_id for b in buildings.values()],
            "division_code": [b.division_code for b in buildings.values()],
            "n_firms": [b.n_firms for b in buildings.values()],
            "floor_area_m2": [b.floor_area_m2 for b in buildings.values()],
        }
    )
    known = inputs.buildings.set_index("building_id").loc[frame["building_id"], list(_IN_COMMON)]
    frame = frame.assign(**{column: known[column].to_numpy() for column in _IN_COMMON})
    # A visit inspects the largest permitted number of firms.
    select, minutes, n_pairs = scenario.select, scenario.plan.minutes, size.pairs(0)
    doors = [doors_to_call_at(b.n_firms, b.floor_area_m2) for b in buildings.values()]
    limits = [n_targets(n, select.target_share_max, select.n_targets_max) for n in doors]
    seconds = [max(60, service_seconds(n, m, n_pairs, minutes)) for n, m in zip(doors, limits, strict=True)]
    hours = np.array([s / 3600 for s in seconds])
    return Ranker(scenario, inputs, frame, _metres(buildings), hours, TrainingCache(pd.Timestamp(frozen_at(scenario))))


def frozen_at(scenario: Scenario) -> datetime:
    """Return the midnight, in China's time zone, at which the scenario's day begins; only earlier data count."""
    return pd.Timestamp(scenario.day, tz=TIMEZONE).to_pydatetime()


def _metres(buildings: Mapping[str, Building]) -> Float64s:
    lon = np.array([b.lon for b in buildings.values()])
    lat = np.array([b.lat for b in buildings.values()])
    x, y = Transformer.from_crs(CRS, metre_crs(lon, lat), always_xy=True).transform(lon, lat)
    return np.column_stack([x, y])
