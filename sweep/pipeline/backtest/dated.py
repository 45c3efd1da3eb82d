"""Rankings side by side out of time, over any file of dated points: by cells of a grid, or by a table of places."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from geodata.errors import InputError, Issue
from sweep.pipeline.backtest.backtest import Verdict, judged, other_methods
from sweep.pipeline.backtest.places import read_places
from sweep.pipeline.backtest.points import in_one_plane, read_points
from sweep.rank.backtest.backtest import freeze
from sweep.rank.backtest.fitted import fit_shares, fitted_memory
from sweep.rank.backtest.grid import MOST_CELLS, grid_case
from sweep.rank.backtest.methods import Method, expected_per_hour, local_bayes, per_hour
from sweep.rank.backtest.placed import placed_case
from sweep.scenario.scenario import Scenario


def backtest_points(points: Path, places: Path | None, scenario: Scenario) -> Verdict:
    """
    Rankings of grid cells, or of the places of a table, over a file of dated points.

    Parameters
    ----------
    points
        See `sweep.pipeline.backtest.points.read_points`.
    places
        See `sweep.pipeline.backtest.places.read_places`; None: a grid is laid.
    scenario
        Its settings, of which the data are not read.

    Raises
    ------
    InputError
        If a file cannot be used, S402 if the points reach not far enough back, S405 if a grid would be too large, S406
        if one file is in metres and the other in degrees, S407 if no point lies near a place, S440 if none lies before
        the first list.
    """
    at, days = read_points(points, scenario.data.datum)
    settings = scenario.backtest
    if places is None:
        if not (days < settings.first_day).any():
            raise InputError([Issue("S440", points.name, {"first_day": settings.first_day})])
        try:
            case, n_left_out = grid_case(
                in_one_plane(at)[0], days, settings.cell_m, settings.near_m, known_day=settings.first_day
            )
        except ValueError as error:
            raise InputError([Issue("S405", points.name, {"most": MOST_CELLS})]) from error
    else:
        table = read_places(places, scenario)
        if at.is_metres != table.positions.is_metres:
            raise InputError([Issue("S406", places.name, {"points": points.name})])
        points_m, places_m = in_one_plane(at, table.positions)
        case, n_left_out = placed_case(points_m, days, places_m, table.population, table.effort_h, settings.match_m)
        if len(case.rows) == 0:
            raise InputError([Issue("S407", places.name, {"points": points.name, "match_m": settings.match_m})])
    end = float(np.floor(days.max())) + 1.0
    radius_m, half_life_days = scenario.rank.neighbour_radius_m, settings.half_life_days
    fitted = fitted_memory(case.points_m, radius_m, half_life_days)
    bayes = local_bayes(case.points_m, radius_m, half_life_days)
    methods = [
        Method("fitted", per_hour(fitted, case.effort_h)),
        Method("bayes", expected_per_hour(bayes, case.effort_h)),
        *other_methods(case, settings),
    ]
    verdict = judged(case, methods, settings, end, scenario.seed, n_left_out)
    last = settings.first_day + (verdict.protocol.n_origins - 1) * verdict.protocol.step_days
    shares = fit_shares(freeze(case, last, scenario.seed), case.points_m, radius_m, half_life_days)
    return replace(verdict, memory=shares)
