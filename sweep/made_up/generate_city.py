"""Generation of the whole synthetic city in memory."""

from dataclasses import dataclass

import geopandas as gpd
import pandas as pd
from shapely.geometry import LineString

from geodata.schema import BUILDING_FILES, BUILDINGS, CRS, HISTORY
from sweep.made_up.events.bases_and_roster import make_bases, make_roster
from sweep.made_up.events.dens import make_dens
from sweep.made_up.events.leads import make_discovered, make_reported, numbered
from sweep.made_up.events.past_visits import make_history
from sweep.made_up.places.buildings import make_buildings
from sweep.made_up.places.city_projection import to_lonlat
from sweep.made_up.places.firms import make_firms
from sweep.made_up.places.streets import StreetNet, StreetPiece, make_streets
from sweep.made_up.random_streams import stream
from sweep.made_up.settings.city import SyntheticCitySettings


@dataclass(frozen=True, slots=True)
class SyntheticCity:
    """Synthetic city: the planner's tables, each with its columns in `geodata.schema`, and the ground truth."""

    streets: gpd.GeoDataFrame
    """One row for each OSM way, with `maxspeed_kmh` and `node_ids` (tuple, one id for each point) in addition."""
    buildings: gpd.GeoDataFrame
    """Buildings, with `street_name` and `house_number` in addition to the schema."""
    exits: pd.DataFrame
    """`building_id`, `kind` (main, exit, yes), `lon`, `lat` of each exit, a vertex of the outline; in outline order."""
    building_files: pd.DataFrame
    firms: pd.DataFrame
    leads: pd.DataFrame
    roster: pd.DataFrame
    bases: pd.DataFrame
    history: pd.DataFrame
    truth: pd.DataFrame
    """`den_id`, `building_id`, `lead_type`, `opened_on`, `closed_on`; NaT: open on the day of the sweep."""
    truth_leads: pd.DataFrame
    """`lead_id`, `den_id`: the leads that a den caused."""


def generate_city(settings: SyntheticCitySettings) -> SyntheticCity:
    """Return the city generated from settings; ValueError if the city's area is too small for its buildings."""
    net = make_streets(settings)
    buildings, exits = make_buildings(settings, net)
    buildings = buildings.assign(landlord_id=None, kind=None)
    firms, homes = make_firms(settings, buildings)
    dens = make_dens(settings, buildings, homes)
    reported = make_reported(settings, buildings, homes, dens)
    history = make_history(settings, buildings, firms, homes, dens, reported)
    leads, truth_leads = numbered(settings, [reported, make_discovered(settings, buildings, homes, dens, history)])
    bases = make_bases(settings, net)
    return SyntheticCity(
        streets=_osm_ways(settings, net),
        buildings=buildings.assign(other_names=None)[[*BUILDINGS.columns, "street_name", "house_number"]],
        exits=exits,
        building_files=_building_files(settings, buildings),
        firms=firms,
        leads=leads,
        roster=make_roster(settings, buildings, firms, bases),
        bases=bases,
        history=history.assign(ground=None, officers=None, severity=None)[list(HISTORY.columns)],
        truth=dens[["den_id", "building_id", "lead_type", "opened_on", "closed_on"]],
        truth_leads=truth_leads,
    )


def _building_files(settings: SyntheticCitySettings, buildings: gpd.GeoDataFrame) -> pd.DataFrame:
    files = pd.DataFrame(buildings[list(BUILDING_FILES.columns)])
    lacking = stream(settings.seed, "building files").random(len(files)) < settings.buildings.no_area_share
    return files.assign(floor_area_m2=files["floor_area_m2"].mask(lacking))


def _osm_ways(settings: SyntheticCitySettings, net: StreetNet) -> gpd.GeoDataFrame:
    """Return OSM ways, each of consecutive street pieces with equal attributes; ways that cross share a node."""
    ways: list[list[StreetPiece]] = []
    for piece in sorted(net.pieces, key=lambda p: (p.line, p.place)):
        if ways and _continues(ways[-1][-1], piece):
            ways[-1].append(piece)
        else:
            ways.append([piece])
    lonlat = to_lonlat(settings, net.nodes_m)
    nodes = [(way[0].start, *(piece.end for piece in way)) for way in ways]
    columns = {
        "street_id": [f"W{k:05d}" for k in range(1, len(ways) + 1)],
        "street_name": [way[0].name for way in ways],
        "highway": [way[0].highway for way in ways],
        "is_oneway": [way[0].is_oneway for way in ways],
        "maxspeed_kmh": [way[0].maxspeed_kmh for way in ways],
        # OpenStreetMap ids start at 1.
        "node_ids": [tuple(node + 1 for node in chain) for chain in nodes],
    }
    return gpd.GeoDataFrame(columns, geometry=[LineString(lonlat[list(chain)]) for chain in nodes], crs=CRS)


def _continues(piece: StreetPiece, after: StreetPiece) -> bool:
    def kind(p: StreetPiece) -> tuple[str, str, bool, int]:
        return p.name, p.highway, p.is_oneway, p.maxspeed_kmh

    return piece.line == after.line and piece.end == after.start and kind(piece) == kind(after)
