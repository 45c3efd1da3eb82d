"""Footprints in lon/lat with the exits on them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from shapely.geometry import Polygon

from geodata.arrays import Float64s, Int64s
from geodata.city.places.plane import to_lonlat
from geodata.city.settings.city import CitySettings


def make_outlines(
    settings: CitySettings, outlines_m: list[Polygon], building_ids: list[str], n_exits: list[int]
) -> tuple[list[Polygon], pd.DataFrame]:
    """
    Outlines in WGS-84, every exit one of their points, and the exits: `building_id`, `kind`, `lon`, `lat`.

    Parameters
    ----------
    outlines_m
        Footprints in metres, starting at the main entrance.
    n_exits
        Exits of each, the main entrance included, >= 1.
    """
    outlines, exits = [], []
    for building_id, outline_m, n in zip(building_ids, outlines_m, n_exits, strict=True):
        ring_m, at_exit = _ring_with_exits(outline_m, n)
        ring = to_lonlat(settings, ring_m)
        outlines.append(Polygon(ring))
        for place, (lon, lat) in enumerate(ring[at_exit].tolist()):
            # Every second of the other doors is an emergency exit only.
            kind = "main" if place == 0 else ("exit" if place % 2 else "yes")
            exits.append((building_id, kind, lon, lat))
    return outlines, pd.DataFrame(exits, columns=["building_id", "kind", "lon", "lat"])


def _ring_with_exits(outline: Polygon, n_exits: int) -> tuple[Float64s, Int64s]:
    """Outline points, metres, with a point at each exit, and where the exits are among them; evenly spread."""
    ring = outline.exterior
    corners = np.asarray(ring.coords)[:-1]
    at_corner = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(corners, axis=0).T))])
    at_exit = np.arange(n_exits) * ring.length / n_exits
    doors = np.array([ring.interpolate(s).coords[0] for s in at_exit[1:]]).reshape(-1, 2)
    along = np.concatenate([at_corner, at_exit[1:]])
    is_exit = np.concatenate([[True], np.zeros(len(corners) - 1, dtype=bool), np.ones(n_exits - 1, dtype=bool)])
    order = np.argsort(along, kind="stable")
    points = np.concatenate([corners, doors])[order]
    return points, np.flatnonzero(is_exit[order])
