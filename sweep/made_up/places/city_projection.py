"""Local projection of the city: metres east and north of its centre, and conversion to lon/lat."""

from functools import lru_cache

import numpy as np
from pyproj import Transformer

from geodata.array_types import Float64s, Int64s
from sweep.made_up.settings.city import SyntheticCitySettings
from sweep.made_up.settings.places import District

# OpenStreetMap files keep seven decimals, about 1 cm; the tables keep the same, so that both agree.
DECIMALS = 7


@lru_cache(maxsize=8)
def _transformer(lon: float, lat: float) -> Transformer:
    plane = f"+proj=tmerc +lat_0={lat} +lon_0={lon} +k=1 +x_0=0 +y_0=0 +datum=WGS84 +units=m"
    return Transformer.from_crs(plane, "EPSG:4326", always_xy=True)


def to_lonlat(settings: SyntheticCitySettings, xy_m: Float64s) -> Float64s:
    """Convert metres east and north of the city's centre to WGS-84 lon/lat, degrees, shape (n, 2), seven decimals."""
    lon, lat = _transformer(settings.lon, settings.lat).transform(xy_m[:, 0], xy_m[:, 1])
    return np.round(np.column_stack([lon, lat]), DECIMALS)


def district_of(districts: tuple[District, ...], xy_m: Float64s) -> Int64s:
    """Return the index in `districts` of the one with the nearest centre to each point `xy_m`, shape (n,)."""
    centres = np.array([[d.x_m, d.y_m] for d in districts])
    gaps = xy_m[:, None, :] - centres[None, :, :]
    return np.asarray(np.argmin((gaps**2).sum(axis=2), axis=1), dtype=np.int64)
