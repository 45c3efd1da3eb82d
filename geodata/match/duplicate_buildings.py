"""Check for duplicate buildings: several at one point, or with different names at one street number."""

from collections import defaultdict
from collections.abc import Hashable, Mapping

import pandas as pd

from geodata.errors import Issue
from geodata.match.gazetteer import BuildingAddress
from geodata.raw_table import Column


def check_one_place(
    buildings: pd.DataFrame, file: str, rows: Column, places: Mapping[str, BuildingAddress]
) -> list[Issue]:
    """
    Return a warning for each point (G310) or street number (G311) that several buildings share.

    Buildings of one complex, or different towers of one name, may share it. `rows`: row of each building in `file`;
    `places`: parsed addresses of the buildings, by building id.
    """
    at_point, at_door = defaultdict[Hashable, list[int]](list), defaultdict[Hashable, list[int]](list)
    # Six decimals of a degree: a tenth of a metre.
    lonlat = buildings[["lon", "lat"]].round(6)
    for position, (building_id, at) in enumerate(zip(buildings["building_id"], lonlat.to_numpy(), strict=True)):
        at_point[tuple(at)].append(position)
        place = places[building_id]
        if place.street and place.number and place.name:
            at_door[place.city, place.district, place.street, place.number].append(position)

    def issue_of(code: str, shared: list[int]) -> Issue:
        ids = buildings["building_id"].iloc[shared]
        names = buildings["building_name"].iloc[shared].fillna(ids)
        others = tuple(str(rows.iloc[i]) for i in shared[1:])
        return Issue(code, f"{file} row {rows.iloc[shared[0]]}", {"rows": others, "names": tuple(names)})

    return [
        *(issue_of("G310", shared) for shared in at_point.values() if _are_apart(buildings, shared, places)),
        *(issue_of("G311", shared) for shared in at_door.values() if _are_apart(buildings, shared, places)),
    ]


def _are_apart(buildings: pd.DataFrame, shared: list[int], places: Mapping[str, BuildingAddress]) -> bool:
    """Return whether buildings at one point or door (rows `shared`) are neither one complex nor towers of one name."""
    if len(shared) < 2:
        return False
    ids = buildings["building_id"].iloc[shared]
    complexes = buildings["complex_id"].iloc[shared]
    is_complex = complexes.notna().all() and complexes.nunique() == 1
    names = {places[i].name for i in ids}
    towers = [places[i].tower for i in ids]
    return not is_complex and not (len(names) == 1 and None not in names and len(set(towers)) == len(towers))
