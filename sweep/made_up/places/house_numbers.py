"""Street names and house numbers of a real map's buildings, from the map or invented along the nearest street."""

import geopandas as gpd
import numpy as np
import shapely

from geodata.match.address import parse_address

_NO_STREET = "无名路"


def with_doors(buildings: gpd.GeoDataFrame, streets: gpd.GeoDataFrame | None) -> gpd.GeoDataFrame:
    """Return the buildings with `street_name` and `house_number`; a missing building name becomes empty text."""
    made_names, made_numbers = _along(buildings, streets)
    own = [parse_address(text) if isinstance(text, str) else None for text in buildings["address"]]
    names = [a.street if a and a.street else made for a, made in zip(own, made_names, strict=True)]
    numbers = [(a.number or "").rstrip("号") if a else "" for a in own]
    return gpd.GeoDataFrame(
        buildings.assign(
            building_name=buildings["building_name"].fillna(""),
            street_name=names,
            house_number=[number or made for number, made in zip(numbers, made_numbers, strict=True)],
        )
    )


def _along(buildings: gpd.GeoDataFrame, streets: gpd.GeoDataFrame | None) -> tuple[list[str], list[str]]:
    named = None if streets is None else streets[streets["street_name"].notna()]
    if named is None or named.empty:
        return [_NO_STREET] * len(buildings), [str(n) for n in range(1, len(buildings) + 1)]
    lines = np.asarray(named.geometry.values)
    nearest = shapely.STRtree(lines).nearest(np.asarray(buildings.geometry.values))
    along = shapely.line_locate_point(lines[nearest], np.asarray(buildings.representative_point().values))
    # One number for each ten metres: 1e-4 degrees are 9 to 11 m.
    numbers = np.round(along * 1e4).astype(int) + 1
    return list(named["street_name"].iloc[nearest]), [str(n) for n in numbers]
