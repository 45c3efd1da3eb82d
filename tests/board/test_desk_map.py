"""The desk's map: letters at the stops, names of streets, and ways along the streets."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, expect
from shapely.geometry import LineString

from sweep.board.board_state import Board
from sweep.board.desk.handlers import ground_json, routes_json
from tests.board.asking import Asker, Wall
from tests.board.windows import sign_in, window
from tests.publish.small_edition import small_edition


def test_ways_are_those_of_the_edition_along_its_streets(board: Board) -> None:
    lines = board.live.edition.route_lines["T/1"]
    # From the base north to the building's latitude, and then east.
    assert [[round(lat, 5), round(lon, 5)] for lon, lat in lines[0].coords] == [
        [36.648, 117.018],
        [36.65, 117.018],
        [36.65, 117.02],
    ]
    told = Asker(board).sign_in("commander").get("/desk/routes").json()
    assert told["T/1"][0] == [[36.648, 117.018], [36.65, 117.018], [36.65, 117.02]]
    assert set(told) == {"T/1", "T2"}


def test_streets_are_named_at_their_middle_the_longest_first() -> None:
    edition = small_edition()
    streets = edition.streets.assign(street_name=["Short Lane", "Long Road"])
    streets.geometry = [LineString([(117.02, 36.64), (117.02, 36.65)]), LineString([(117.01, 36.65), (117.03, 36.65)])]
    named = json.loads(ground_json(replace(edition, streets=streets)))["names"]
    assert named == [["Long Road", 36.65, 117.02], ["Short Lane", 36.645, 117.02]]
    assert json.loads(routes_json(replace(edition, route_lines={}))) == {}


@pytest.mark.enable_socket
def test_each_stop_on_the_map_has_the_letters_of_its_teams(browser: Browser, day: tuple[Board, str, Wall]) -> None:
    _, address, _ = day
    desk = sign_in(window(browser, address, 1440), "planner", "en")
    letters = desk.page.locator("#map .leaflet-tooltip.team")
    expect(letters).to_have_count(2)
    assert sorted(letters.all_inner_texts()) == ["A", "B"]
    assert desk.faults == []
    desk.context.close()


@pytest.mark.enable_socket
def test_streets_change_colour_with_the_system(browser: Browser, day: tuple[Board, str, Wall]) -> None:
    _, address, _ = day
    desk = sign_in(window(browser, address, 1440), "planner", "en")
    # Mean red of what is drawn: streets are light by day (207) and dark at night (77).
    becomes = """async (isNight) => {
      const red = () => {
        const canvas = document.querySelector(".leaflet-ground-pane canvas");
        if (!canvas) return NaN;
        const all = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
        const drawn = Array.from(all).filter((_, k) => k % 4 === 0 && all[k + 3] > 200);
        return drawn.reduce((sum, x) => sum + x, 0) / drawn.length;
      };
      const isRight = (x) => isNight ? x < 130 : x > 150;
      for (let k = 0; k < 100 && !isRight(red()); k++) await new Promise((done) => setTimeout(done, 100));
      return isRight(red());
    }"""
    for is_night in (False, True):
        desk.page.emulate_media(color_scheme="dark" if is_night else "light")
        assert desk.page.evaluate(becomes, is_night)
    desk.context.close()
