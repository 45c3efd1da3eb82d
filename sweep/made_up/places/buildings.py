"""Office buildings: number for each quarter, size, number of firms, name and property company."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import Polygon

from geodata.array_types import Float64s, Int64s
from geodata.schema import CRS
from sweep.made_up.places.building_sites import Plot, Shape, SiteMap, place_site, quarter_centres
from sweep.made_up.places.city_projection import district_of, to_lonlat
from sweep.made_up.places.invented_names import BUILDING_FORMS, BUILDING_SYLLABLES, invent
from sweep.made_up.places.streets import ARTERIAL, StreetNet
from sweep.made_up.random_streams import split, stream
from sweep.made_up.settings.city import SyntheticCitySettings
from sweep.made_up.settings.places import BuildingSettings

COLUMNS = ["building_name", "street_name", "house_number", "complex_id", "property_company_id"]


@dataclass(frozen=True, slots=True)
class BuildingSite:
    """One building, or all towers of one complex, with the area in which to place them."""

    n_towers: int
    area: int
    """Index in the list of areas: first all business quarters, then the arterials' ribbon of each district."""


def make_buildings(settings: SyntheticCitySettings, net: StreetNet) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """
    Return the buildings and their exits.

    Columns of buildings beyond `geodata.schema.BUILDINGS`: `street_name` and `house_number`, `n_firms` (firms
    registered there) and `area` (index: first the business quarters, then one area along the arterial streets of each
    district). The exits have `building_id`, `kind`, `lon`, `lat`, in the order of the outline, the main entrance first.
    """
    rng = stream(settings.seed, "buildings")
    centres, districts = quarter_centres(settings, net, rng)
    sites = _sites(settings, districts, rng)
    ground = SiteMap(net)
    chances = _site_chances(settings, net, ground, centres, districts)
    plots: list[Plot] = []
    for site in sites:
        plots += place_site(ground, chances[site.area], _shapes(settings.buildings, site.n_towers, rng), rng)
    table = _sizes(settings, sites, plots)
    table = table.join(make_identities(settings, net, [site.n_towers for site in sites], plots))
    return _located(settings, table, plots)


def _sites(settings: SyntheticCitySettings, districts: list[int], rng: np.random.Generator) -> list[BuildingSite]:
    plan = settings.buildings
    sizes = _site_sizes(settings, rng)
    wanted = [0] * (len(districts) + len(settings.districts))
    for index, n in enumerate(split(settings.n_buildings, [d.stock for d in settings.districts])):
        own = [k for k, district in enumerate(districts) if district == index]
        in_quarters = round(n * plan.quarter_share) if own else 0
        for k, part in zip(own, split(in_quarters, [1.0] * len(own)) if own else [], strict=True):
            wanted[k] = part
        wanted[len(districts) + index] = n - in_quarters
    unplaced = np.array(wanted, dtype=float)
    sites = []
    # Large complexes are placed first: an area qualifies only if its quota holds all their towers.
    for size in sorted(sizes, reverse=True):
        weights = np.where(unplaced >= size, unplaced, 0.0)
        weights = weights if weights.any() else np.maximum(unplaced, 0.0)
        area = int(rng.choice(len(unplaced), p=weights / weights.sum()))
        unplaced[area] -= size
        sites.append(BuildingSite(size, area))
    return [sites[k] for k in rng.permutation(len(sites))]


def _site_sizes(settings: SyntheticCitySettings, rng: np.random.Generator) -> list[int]:
    plan = settings.buildings
    n_complexes = round(settings.n_buildings * plan.complexes_per_building)
    towers, shares = np.array(plan.complex_sizes).T
    sizes = [int(s) for s in rng.choice(towers, size=n_complexes, p=shares / shares.sum())]
    return [*sizes, *[1] * (settings.n_buildings - sum(sizes))]


def _site_chances(
    settings: SyntheticCitySettings, net: StreetNet, ground: SiteMap, centres: Float64s, districts: list[int]
) -> Float64s:
    """
    Return the relative chance of each street piece to get the sites of each area, shape (n_areas, n_pieces).

    Areas: the business quarters, with these `centres` (m) and `districts` (indices), then the arterials of each
    district.
    """
    home = district_of(settings.districts, ground.middle_m)
    # Larger cities have wider quarters, not denser ones.
    spread_m = settings.buildings.quarter_spread_m * max(1.0, (settings.n_buildings / 290) ** 0.5)
    # Density decays with distance without a hard edge; the tail leaves sites for the last buildings.
    quarters = [
        (home == district) * ground.length_m * (np.exp(-(gap_m**2) / (2 * spread_m**2)) + 1e-4 * (gap_m < 5 * spread_m))
        for district, gap_m in zip(districts, (np.hypot(*(ground.middle_m - c).T) for c in centres), strict=True)
    ]
    is_arterial = np.array([p.highway == ARTERIAL for p in net.pieces])
    to_centre_m = np.hypot(*ground.middle_m.T)
    ribbons = [
        (home == index) * is_arterial * ground.length_m * np.exp(-((to_centre_m / 4_500.0) ** 2))
        for index in range(len(settings.districts))
    ]
    return np.array([*quarters, *ribbons])


def _shapes(plan: BuildingSettings, n_towers: int, rng: np.random.Generator) -> list[Shape]:
    plate_m2 = float(rng.uniform(*plan.plate_m2))
    aspect = float(rng.uniform(1.0, 2.0))
    is_l_shaped = rng.random() < plan.l_shape_share
    outer_m2 = plate_m2 / (1.0 - 0.35 * 0.4) if is_l_shaped else plate_m2
    width_m = float(np.sqrt(outer_m2 * aspect))
    depth_m = outer_m2 / width_m
    notch_m = (0.35 * width_m, 0.4 * depth_m) if is_l_shaped else (0.0, 0.0)
    return [Shape(width_m, depth_m, notch_m)] * n_towers


def _sizes(settings: SyntheticCitySettings, sites: list[BuildingSite], plots: list[Plot]) -> pd.DataFrame:
    plan = settings.buildings
    rng = stream(settings.seed, "building sizes")
    n, rho = len(plots), plan.area_firms_correlation
    z_area, z_own = rng.standard_normal((2, n))
    plate_m2 = np.array([plot.outline.area for plot in plots])
    area_m2 = plan.area_median_m2 * np.exp(plan.area_sigma * z_area)
    n_floors = np.clip(np.round(area_m2 / plate_m2), *plan.n_floors).astype(int)
    area_m2 = np.clip(area_m2, n_floors * plate_m2 * 0.9, n_floors * plate_m2 * 1.1)
    z_firms = rho * z_area + np.sqrt(1.0 - rho**2) * z_own
    n_firms = np.clip(np.round(plan.firms_median * np.exp(plan.firms_sigma * z_firms)), *plan.n_firms).astype(int)
    # A wider floor plate needs more fire stairs; more firms need more doors.
    more = (plate_m2 - plan.plate_m2[0]) / (plan.plate_m2[1] - plan.plate_m2[0]) + n_firms / 50.0
    n_exits = np.clip(plan.n_exits[0] + rng.poisson(0.3 + 0.8 * more), *plan.n_exits)
    area = np.repeat([site.area for site in sites], [site.n_towers for site in sites])
    columns = {"n_floors": n_floors, "floor_area_m2": np.round(area_m2), "n_exits": n_exits}
    return pd.DataFrame({**columns, "n_firms": n_firms, "area": area})


def _located(
    settings: SyntheticCitySettings, table: pd.DataFrame, plots: list[Plot]
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    ids = [f"B{k:04d}" for k in range(1, len(table) + 1)]
    outlines_m = [plot.outline for plot in plots]
    outlines, exits = make_outlines(settings, outlines_m, ids, table["n_exits"].tolist())
    main = exits[exits["kind"] == "main"].reset_index(drop=True)
    # A complex across a border belongs to the district of its first tower.
    first = pd.Series(range(len(ids))).groupby(table["complex_id"].fillna(pd.Series(ids))).transform("first")
    centres = np.array([[outlines_m[k].centroid.x, outlines_m[k].centroid.y] for k in first])
    home = [settings.districts[k] for k in district_of(settings.districts, centres)]
    address = [
        f"{settings.city_name}{district.name}{street}{number}号"
        for district, street, number in zip(home, table["street_name"], table["house_number"], strict=True)
    ]
    table = table.assign(
        building_id=ids, address=address, division_code=[d.code for d in home], lon=main["lon"], lat=main["lat"]
    )
    return gpd.GeoDataFrame(table, geometry=outlines, crs=CRS), exits


def make_outlines(
    settings: SyntheticCitySettings, outlines_m: list[Polygon], building_ids: list[str], n_exits: list[int]
) -> tuple[list[Polygon], pd.DataFrame]:
    """
    Return outlines in WGS-84 with a vertex at every exit, and the exits: `building_id`, `kind`, `lon`, `lat`.

    Parameters
    ----------
    outlines_m
        Footprint in metres of each of `building_ids`, starting at the main entrance.
    n_exits
        Exits of each building, including the main entrance, >= 1.
    """
    outlines, exits = [], []
    for building_id, outline_m, n in zip(building_ids, outlines_m, n_exits, strict=True):
        ring_m, at_exit = _ring_with_exits(outline_m, n)
        ring = to_lonlat(settings, ring_m)
        outlines.append(Polygon(ring))
        for place, (lon, lat) in enumerate(ring[at_exit].tolist()):
            # Every second door after the main entrance is an emergency exit only.
            kind = "main" if place == 0 else ("exit" if place % 2 else "yes")
            exits.append((building_id, kind, lon, lat))
    return outlines, pd.DataFrame(exits, columns=["building_id", "kind", "lon", "lat"])


def _ring_with_exits(outline: Polygon, n_exits: int) -> tuple[Float64s, Int64s]:
    """Return the outline's points (m) with evenly spaced exits added, and the indices of exits in them."""
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


def make_identities(
    settings: SyntheticCitySettings, net: StreetNet, site_sizes: list[int], plots: list[Plot]
) -> pd.DataFrame:
    """
    Return name, street, house number, complex, property company of each tower; those of a site share all but the name.

    `site_sizes`: number of towers of each site; `plots`: plot of each tower, site by site.
    """
    rng = stream(settings.seed, "building names")
    words = invent(rng, len(site_sizes), BUILDING_SYLLABLES)
    n_companies = max(1, round(len(plots) * settings.buildings.property_companies_per_building))
    # Property companies differ in size: weights 1, 1/sqrt 2, 1/sqrt 3 ...
    weights = np.arange(1, n_companies + 1) ** -0.5
    companies = rng.choice(n_companies, size=len(site_sizes), p=weights / weights.sum())
    firsts = np.cumsum([0, *site_sizes[:-1]])
    taken: set[tuple[str, int]] = set()
    rows: list[tuple[str, str, str, str | None, str]] = []
    for number, (n_towers, word, company) in enumerate(zip(site_sizes, words, companies, strict=True), start=1):
        name = word + BUILDING_FORMS[int(rng.integers(len(BUILDING_FORMS)))]
        street_name, house_number = _front_door(net, plots[firsts[number - 1]], taken)
        complex_id = f"C{number:03d}" if n_towers > 1 else None
        rows += [
            (name + ending, street_name, str(house_number), complex_id, f"PC{company + 1:03d}")
            for ending in _tower_names(n_towers, rng)
        ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _tower_names(n_towers: int, rng: np.random.Generator) -> list[str]:
    if n_towers == 1:
        return [""]
    if rng.random() < 0.5:
        return [f"{letter}座" for letter in "ABCDEFGH"[:n_towers]]
    return [f"{k}号楼" for k in range(1, n_towers + 1)]


def _front_door(net: StreetNet, plot: Plot, taken: set[tuple[str, int]]) -> tuple[str, int]:
    piece = net.pieces[plot.piece]
    number = 2 * int((piece.place * 250.0 + plot.along_m) / 25.0) + (1 if plot.side > 0 else 2)
    while (piece.name, number) in taken:
        number += 2
    taken.add((piece.name, number))
    return piece.name, number
