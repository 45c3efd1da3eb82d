"""Elements of the plan's map on folium maps of other people, and in a notebook."""

from __future__ import annotations

import re
from pathlib import Path

import folium
import pytest
from folium.plugins import MeasureControl
from playwright.sync_api import Route, expect
from xstatic.pkg import leaflet

from geodata.message_catalogue import load_texts
from sweep.publish.map.folium_elements import LeadClusters, PlanElement, RankedBuildings, TeamRoutes, TimeSlider
from sweep.publish.map.map_page import plan_map
from tests.benchmarks.map.city_day import LAT, LON, city_day
from tests.browser.watched import Watched

pytestmark = [pytest.mark.enable_socket, pytest.mark.parametrize("width", [1440])]

ZH = load_texts("zh_CN")
FIRST_TEAM = "#0077bb"
# Stand-ins for the libraries that folium's own elements load from other hosts.
STUBS = {
    "leaflet-measure.min.js": "L.Control.Measure = L.Control.extend({onAdd: () => L.DomUtil.create('b', 'measure')});",
    "d3.min.js": "window.d3 = new Proxy(() => d3, { get: (_, key) => (typeof key === 'symbol' ? undefined : d3) });",
}


def from_package(route: Route) -> None:
    name = route.request.url.rsplit("/", 1)[-1]
    file = Path(leaflet.BASE_DIR) / name
    route.fulfill(path=file) if file.is_file() else route.fulfill(body=STUBS.get(name, ""))


def opened(watched: Watched, page_map: folium.Map, path: Path) -> None:
    page_map._id = "sweep"
    page_map.save(path)
    watched.page.route(re.compile("^https?:"), from_package)
    watched.page.goto(path.as_uri())
    watched.drawn()


def test_layers_work_on_a_plain_map_with_a_plugin_and_a_choropleth(alone: Watched, tmp_path: Path, width: int) -> None:
    edition = city_day(n_buildings=40, n_streets=112, n_teams=3, n_stops=4)
    page_map = folium.Map(tiles=None)
    square = [[LON, LAT], [LON + 0.01, LAT], [LON + 0.01, LAT + 0.01], [LON, LAT]]
    feature = {"type": "Feature", "id": "a", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [square]}}
    areas = {"type": "FeatureCollection", "features": [feature]}
    MeasureControl().add_to(page_map)
    folium.Choropleth(areas, data={"a": 1.0, "b": 2.0}, name="areas", bins=[0.0, 1.5, 3.0]).add_to(page_map)
    RankedBuildings(edition, ZH).add_to(page_map)
    TeamRoutes(edition, ZH).add_to(page_map)
    folium.LayerControl(collapsed=False).add_to(page_map)
    opened(alone, page_map, tmp_path / "map.html")
    names = alone.page.locator(".leaflet-control-layers-overlays label").all_inner_texts()
    assert [name.strip() for name in names] == ["areas", ZH("map.layer.buildings", n=40), ZH("map.group.teams")]
    assert alone.page.locator(".measure, path.leaflet-interactive").count() == 2
    building = edition.buildings[edition.plan.routes[0].stops[0].building_id]
    alone.centre_on(building.lat, building.lon, 16)
    x, y = alone.at(building.lat, building.lon)
    assert alone.colour(x - 9, y) == FIRST_TEAM
    boxes = alone.page.locator(".leaflet-control-layers-overlays input")
    for is_on in (False, True):
        boxes.nth(2).set_checked(is_on)
        alone.drawn()
        assert (alone.colour(x - 9, y) == FIRST_TEAM) == is_on
    alone.page.mouse.click(x, y)
    assert alone.page.locator(".popup h3").inner_text() == f"A1 · {building.name}"
    alone.shoot("map-plain")
    assert alone.faults == []


@pytest.mark.parametrize("first", [0, 1], ids=["slider first", "slider last"])
def test_the_time_slider_needs_no_panel_and_no_order(alone: Watched, tmp_path: Path, width: int, first: int) -> None:
    edition = city_day(n_buildings=40, n_streets=112, n_teams=1, n_stops=2)
    page_map = folium.Map(tiles=None)
    elements: list[PlanElement] = [TimeSlider(edition, ZH), TeamRoutes(edition, ZH)]
    for element in elements[first:] + elements[:first]:
        page_map.add_child(element)
    page_map.fit_bounds(page_map.get_bounds())
    opened(alone, page_map, tmp_path / "map.html")
    stop = edition.plan.routes[0].stops[0]
    building = edition.buildings[stop.building_id]
    alone.page.locator("#time").evaluate(
        "(e, t) => { e.value = t; e.dispatchEvent(new Event('input')); }", stop.start_s + 60
    )
    alone.centre_on(building.lat, building.lon, 16)
    x, y = alone.at(building.lat, building.lon)
    # Left of the letter in the mark above the stop.
    assert alone.colour(x - 7, y - 14) == FIRST_TEAM
    assert alone.faults == []


def test_a_notebook_shows_the_map_whose_panel_follows_a_layer_control(
    watched: Watched, tmp_path: Path, width: int
) -> None:
    page_map = plan_map(city_day(n_buildings=40, n_streets=112, n_teams=3, n_stops=4))
    folium.LayerControl().add_to(page_map)
    path = tmp_path / "notebook.html"
    path.write_text(f"<body>{page_map._repr_html_()}</body>", encoding="utf-8")
    watched.open(path)
    frame = watched.page.frame_locator("iframe")
    frame.locator("body[data-drawn=yes]").wait_for(state="attached")
    box = frame.locator("[data-layer=clusters]")
    expect(box).to_be_checked()
    watched.shoot("map-notebook")
    name = frame.locator(
        ".leaflet-control-layers-overlays label", has_text=ZH("map.layer.clusters", n=1).split("（")[0]
    )
    frame.locator(".leaflet-control-layers").hover()
    name.locator("input").set_checked(False)
    expect(box).not_to_be_checked()
    assert watched.faults == []
    assert [r for r in watched.requests if r.startswith("http")] == []


def test_each_element_brings_its_script_once(width: int) -> None:
    edition = city_day(n_buildings=40, n_streets=112, n_teams=1, n_stops=2)
    page_map = folium.Map(tiles=None)
    for kind in (LeadClusters, TeamRoutes):
        page_map.add_child(kind(edition, ZH))
    page = page_map.get_root().render()
    assert page.count("window.sweepMap =") == page.count(f'id="plan-{edition.plan_id}"') == 1
