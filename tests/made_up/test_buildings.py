from __future__ import annotations

import numpy as np
from shapely import STRtree, get_coordinates

from geodata.schema import BUILDING_FILES, BUILDINGS
from sweep.made_up.generate_city import SyntheticCity
from sweep.made_up.places.city_projection import district_of
from sweep.made_up.settings.city import SyntheticCitySettings

PLANE = "EPSG:4547"  # metres around longitude 117


def test_the_tables_are_clean(city: SyntheticCity) -> None:
    BUILDINGS.validate(city.buildings.drop(columns=["street_name", "house_number"]))
    BUILDING_FILES.validate(city.building_files)


def test_footprints_are_valid_and_ten_metres_apart(city: SyntheticCity) -> None:
    outlines = city.buildings.geometry.to_crs(PLANE)
    assert outlines.is_valid.all()
    near = STRtree(outlines.to_numpy()).query(outlines.to_numpy(), predicate="dwithin", distance=9.9)
    assert len(near[0]) == len(outlines)  # each is near itself only


def test_no_footprint_stands_on_a_street(city: SyntheticCity) -> None:
    outlines, streets = city.buildings.geometry.to_crs(PLANE), city.streets.geometry.to_crs(PLANE)
    assert len(STRtree(streets.to_numpy()).query(outlines.to_numpy(), predicate="dwithin", distance=6.9)[0]) == 0


def test_plates_and_floors_are_those_of_office_towers(city: SyntheticCity) -> None:
    plate_m2 = city.buildings.geometry.to_crs(PLANE).area
    assert plate_m2.between(1_190, 1_810).all()
    assert city.buildings["n_floors"].between(5, 63).all()
    assert (city.buildings["floor_area_m2"] / (plate_m2 * city.buildings["n_floors"])).between(0.88, 1.12).all()


def test_floor_area_and_firms_are_near_their_medians(city: SyntheticCity) -> None:
    # 290 draws: the median's standard error is 1.25 sigma / sqrt(290), 4.4 % of 28,000 and 5.1 % of 32; four of them.
    assert 23_000 < city.buildings["floor_area_m2"].median() < 33_500
    n_firms = city.firms.groupby("building_id").size()
    assert 22 < n_firms.median() < 37  # about a tenth of the firms have no building id


def test_districts_hold_their_stock(city: SyntheticCity) -> None:
    n = city.buildings.groupby("division_code").size().to_dict()
    targets = {"370102": 100, "370103": 80, "370104": 60, "370105": 50}
    assert all(abs(n[code] - target) <= 10 for code, target in targets.items())


def test_a_complex_has_two_to_five_towers_of_one_manager_and_one_address(city: SyntheticCity) -> None:
    complexes = city.buildings.groupby("complex_id")
    assert len(complexes) == 35
    assert complexes.size().between(2, 5).all()
    assert (complexes[["property_company_id", "address"]].nunique() == 1).all(axis=None)


def test_exits_lie_on_the_outline_and_the_main_one_is_the_buildings_point(city: SyntheticCity) -> None:
    n_exits = city.exits.groupby("building_id").size()
    buildings = city.buildings.set_index("building_id")
    assert (n_exits == buildings["n_exits"]).all()
    assert n_exits.between(2, 9).all()
    main = city.exits[city.exits["kind"] == "main"].set_index("building_id")
    assert (main[["lon", "lat"]] == buildings[["lon", "lat"]]).all(axis=None)
    corners = {(b, *xy) for b, shape in buildings.geometry.items() for xy in get_coordinates(shape).tolist()}
    assert all(row in corners for row in city.exits[["building_id", "lon", "lat"]].itertuples(index=False, name=None))


def test_names_and_doors_are_nobodys_twin(city: SyntheticCity) -> None:
    assert city.buildings["building_name"].is_unique
    single = city.buildings[city.buildings["complex_id"].isna()]
    assert single["address"].is_unique
    assert not set(city.buildings["building_name"].str[:2]) & set(city.streets["street_name"].str[:2])


def test_the_nearest_centre_is_the_district(settings: SyntheticCitySettings) -> None:
    points = np.array([[d.x_m + 1.0, d.y_m - 1.0] for d in settings.districts])
    assert district_of(settings.districts, points).tolist() == [0, 1, 2, 3]
