"""GIS layers of the synthetic city: buildings, streets, districts; without an OpenStreetMap file."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from geodata.schema import CRS
from sweep.made_up.generate_city import SyntheticCity
from sweep.made_up.places.city_projection import district_of, to_lonlat
from sweep.made_up.settings.city import SyntheticCitySettings

# Columns of a footprint survey; the other columns are in the building files (一楼一档).
_SURVEYED = ["building_id", "building_name", "address", "n_floors", "lon", "lat", "geometry"]
_DRIVEN = ["street_id", "street_name", "highway", "oneway", "maxspeed_kmh", "geometry"]


def write_layers(settings: SyntheticCitySettings, city: SyntheticCity, folder: Path) -> None:
    """Write `buildings.gpkg`, `streets.gpkg` and `districts.gpkg`, in WGS-84, into an existing folder."""
    layers = {
        "buildings": city.buildings[_SURVEYED],
        "streets": street_layer(city),
        "districts": district_outlines(settings),
    }
    for name, layer in layers.items():
        layer.to_file(folder / f"{name}.gpkg", layer=name, driver="GPKG")


def street_layer(city: SyntheticCity) -> gpd.GeoDataFrame:
    """Return the streets as lines with id, name, and what travel times depend on: class, direction, speed limit."""
    streets = city.streets.assign(oneway=city.streets["is_oneway"].map({True: "yes", False: "no"}))
    return gpd.GeoDataFrame(streets[_DRIVEN])


def district_outlines(settings: SyntheticCitySettings) -> gpd.GeoDataFrame:
    """Return the districts as `geodata.schema.DISTRICTS`, as Voronoi cells, in the order of the settings."""
    grid, districts = settings.streets, settings.districts
    # The outer districts extend 1,000 m beyond the last street.
    half = np.array([grid.n_columns - 1, grid.n_rows - 1]) * grid.step_m / 2.0 + 1_000.0
    box = shapely.box(*-half, *half)
    centres = shapely.points([(d.x_m, d.y_m) for d in districts])
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(centres), extend_to=box))
    if len(districts) == 1:
        cells = np.array([box])
    inside = np.array([shapely.get_coordinates(c)[0] for c in shapely.point_on_surface(cells)])
    shapes = shapely.intersection(cells, box)[np.argsort(district_of(districts, inside))]
    shapes = shapely.transform(shapes, lambda xy_m: to_lonlat(settings, xy_m))
    columns = {"division_code": [d.code for d in districts], "division_name": [d.name for d in districts]}
    return gpd.GeoDataFrame(columns, geometry=list(shapes), crs=CRS)
