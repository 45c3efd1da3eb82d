"""Links that open a place in the map program of a phone, each with coordinates of its own datum."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

import numpy as np

from geodata.datum.convert import from_wgs84
from geodata.datum.names import BD09, GCJ02, Datum
from sweep.records.places import Building


@dataclass(frozen=True, slots=True)
class NavLink:
    """One link; the text of its name is in the catalogue under `order.nav.<key>`."""

    key: str
    href: str


def nav_links(building: Building) -> tuple[NavLink, ...]:
    """
    `geo:` in WGS-84, Amap in GCJ-02, Baidu in BD-09; Amap and Baidu name Android and iOS apart.

    The links start a program on the phone and name no host; what that program then sends out is its own doing.
    """
    name = quote(building.name or building.building_id, safe="")
    amap, baidu = _shifted(building, GCJ02), _shifted(building, BD09)
    amap_query = f"viewMap?sourceApplication=sweep&poiname={name}&lat={amap[1]:.6f}&lon={amap[0]:.6f}&dev=0"
    place = f"{baidu[1]:.6f},{baidu[0]:.6f}"
    baidu_query = f"map/marker?location={place}&title={name}&content={name}&coord_type=bd09ll&src=sweep"
    return (
        NavLink("geo", f"geo:{building.lat:.6f},{building.lon:.6f}"),
        NavLink("amap_android", f"androidamap://{amap_query}"),
        NavLink("amap_ios", f"iosamap://{amap_query}"),
        NavLink("baidu_android", f"bdapp://{baidu_query}"),
        NavLink("baidu_ios", f"baidumap://{baidu_query}"),
    )


def _shifted(building: Building, datum: Datum) -> tuple[float, float]:
    lon, lat = from_wgs84(np.array([building.lon]), np.array([building.lat]), datum)
    return float(lon[0]), float(lat[0])
