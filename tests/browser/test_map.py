"""The map in a real browser, opened from disk with the network off."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from pathlib import Path

import pypdf
import pytest
from PIL import Image

from geodata.message_catalogue import load_texts
from sweep.publish.facts.team_facts import team_facts
from sweep.publish.map.map_page import map_page
from sweep.publish.orders.order_page import order_page
from tests.benchmarks.map.city_day import city_day
from tests.browser.access import serious_faults
from tests.browser.watched import Watched, press

pytestmark = pytest.mark.enable_socket  # asyncio makes a pair of them to wake itself; the browser is offline

WIDTHS = pytest.mark.parametrize("width", [390, 1440])


def plan_of(folder: Path) -> dict:
    return json.loads((folder / "plan.json").read_text(encoding="utf-8"))


def stops_of(folder: Path, team: int) -> list[dict]:
    return plan_of(folder)["routes"][team]["stops"]


def place(stop: dict) -> tuple[float, float]:
    return stop["lat"], stop["lon"]


@WIDTHS
def test_a_teams_layer_draws_its_stops_and_nothing_when_off(watched: Watched, city: Path, width: int) -> None:
    watched.open_map(city / "map.html")
    stop = stops_of(city, 0)[0]
    watched.panel(is_open=not watched.is_phone)
    watched.centre_on(*place(stop), 16)
    x, y = watched.at(*place(stop))
    # Beside the number, inside the pill; the first team's colour.
    assert watched.colour(x - 9, y) == "#0077bb"
    watched.layer("team-A", is_on=False)
    assert watched.colour(x - 9, y) != "#0077bb"
    watched.layer("team-A", is_on=True)
    assert watched.colour(x - 9, y) == "#0077bb"
    watched.shoot("map-near")
    watched.check(city / "map.html")


@WIDTHS
def test_all_teams_go_off_and_on_at_once(watched: Watched, city: Path, width: int) -> None:
    watched.open_map(city / "map.html")
    boxes = watched.page.locator("input[data-layer^=team-]")
    for button, n in (("off", 0), ("on", 3)):
        watched.page.locator(f"button[data-all={button}]").click()
        assert sum(box.is_checked() for box in boxes.all()) == n
    watched.check(city / "map.html")


@pytest.mark.slow
@WIDTHS
def test_every_layer_changes_the_picture_and_comes_back(watched: Watched, city: Path, width: int) -> None:
    watched.open_map(city / "map.html")
    watched.shoot("map")
    # The names of layers with something on them here; a sum over the pixels of all tiles shows whether they drew.
    names = ["streets", "names", "clusters", "buildings", "leads", "bases", "unserved", "team-A"]
    ink = """() => {
      let sum = 0;
      for (const c of document.querySelectorAll(".leaflet-tile-container canvas")) {
        const d = c.getContext("2d").getImageData(0, 0, c.width, c.height).data;
        for (let i = 0; i < d.length; i += 4) sum = (sum * 31 + d[i] + d[i + 1] * 3 + d[i + 3] * 7) % 1000003;
      }
      return sum;
    }"""
    for name in names:
        was_on = watched.page.locator(f"input[data-layer='{name}']").is_checked()
        before = watched.page.evaluate(ink)
        watched.layer(name, is_on=not was_on)
        changed = watched.page.evaluate(ink)
        watched.layer(name, is_on=was_on)
        assert (changed != before, watched.page.evaluate(ink) == before) == (True, True), name
    watched.check(city / "map.html")


@WIDTHS
def test_search_finds_a_building_and_opens_it(watched: Watched, city: Path, width: int) -> None:
    watched.open_map(city / "map.html")
    name = stops_of(city, 1)[2]["building_name"]
    watched.page.locator("#search").fill(name[1:])
    assert watched.page.locator("#results button .name").first.inner_text() == name
    watched.shoot("map-search")
    watched.page.locator("#search").press("Enter")
    watched.drawn()
    assert watched.page.locator(".popup h3").inner_text().endswith(f" · {name}")
    watched.shoot("map-popup")
    watched.check(city / "map.html")


@WIDTHS
def test_search_says_when_there_is_nothing(watched: Watched, city: Path, width: int) -> None:
    watched.open_map(city / "map.html")
    watched.page.locator("#search").fill("没有这栋楼")
    assert watched.page.locator("#found").inner_text() == "没有找到"
    assert watched.page.locator("#results button").count() == 0


@WIDTHS
def test_a_popup_opens_where_a_thing_is_clicked(watched: Watched, city: Path, width: int) -> None:
    watched.open_map(city / "map.html")
    watched.panel(is_open=not watched.is_phone)
    plan = plan_of(city)
    stop = plan["routes"][2]["stops"][3]
    left = next(u for u in plan["unserved"])
    watched.centre_on(*place(stop), 17)
    watched.page.mouse.click(*watched.at(*place(stop)))
    title = watched.page.locator(".popup h3")
    assert title.inner_text() == f"C4 · {stop['building_name']}"
    times = watched.page.locator(".popup dd").first.inner_text()
    assert times == " ".join((stop["arrive_at"][11:16], "→", stop["start_at"][11:16], "–", stop["end_at"][11:16]))
    watched.page.keyboard.press("Escape")
    watched.layer("unserved", is_on=True)
    watched.centre_on(*place(left), 17)
    watched.page.mouse.click(*watched.at(*place(left)))
    assert title.inner_text() == left["building_name"]
    assert watched.page.locator(".popup dt").all_inner_texts() == ["类型", "预期发现", "原因", "办法"]
    watched.check(city / "map.html")


@WIDTHS
def test_the_stops_of_each_team_are_listed_in_order(watched: Watched, city: Path, width: int) -> None:
    watched.open_map(city / "map.html")
    for k, letter in enumerate("ABC"):
        row = watched.page.locator(f"[data-team=team-{letter}]")
        row.locator("[data-stops]").click()
        shown = watched.page.locator(f"[data-team=team-{letter}] + ol.stops li").all_inner_texts()
        wanted = [
            (s["start_at"][11:16], f"{letter}{n}", s["building_name"]) for n, s in enumerate(stops_of(city, k), 1)
        ]
        assert [tuple(line.split("\n")) for line in shown] == wanted
        row.locator("[data-stops]").click()
        assert watched.page.locator(f"[data-team=team-{letter}] + ol.stops").is_hidden()
    watched.check(city / "map.html")


@pytest.mark.parametrize("width", [1440])
def test_the_times_of_a_stop_are_those_of_its_order(watched: Watched, tmp_path: Path, width: int) -> None:
    day = city_day(n_buildings=40, n_streets=112, n_teams=1, n_stops=4)
    (route,) = day.plan.routes
    # On paper: to the nearest minute, and of two as near the even one.
    odd = {29: "14:00", 30: "14:00", 31: "14:01", 90: "14:02"}
    stops = tuple(replace(s, start_s=50_400 + more) for s, more in zip(route.stops, odd, strict=True))
    edition = replace(day, plan=replace(day.plan, routes=(replace(route, stops=stops),)))
    path = tmp_path / "map.html"
    path.write_text(map_page(edition, load_texts("zh_CN")), encoding="utf-8")
    order = order_page(edition, team_facts(edition)[0], load_texts("zh_CN"))
    assert re.findall(r"<strong>(14:0\d) –", order) == list(odd.values())
    watched.open_map(path)
    watched.page.locator("[data-stops]").first.click()
    assert watched.page.locator(".stops .time").all_inner_texts() == list(odd.values())
    watched.check(path)


@pytest.mark.parametrize("width", [1440])
def test_nobody_is_inside_where_the_door_was_locked(watched: Watched, tmp_path: Path, width: int) -> None:
    texts = load_texts("zh_CN")
    day = city_day(n_buildings=40, n_streets=112, n_teams=1, n_stops=2)
    (route,) = day.plan.routes
    tried, made = replace(route.stops[0], is_attempt=True), route.stops[1]
    path = tmp_path / "map.html"
    edition = replace(day, plan=replace(day.plan, routes=(replace(route, stops=(tried, made)),)))
    path.write_text(map_page(edition, texts), encoding="utf-8")
    watched.open_map(path)
    watched.page.locator("[data-stops]").first.click()
    is_told = [texts("reason.LOCKED_DOOR.title") in n for n in watched.page.locator(".stops .name").all_inner_texts()]
    assert is_told == [True, False]
    for at_s, words in ((tried.start_s, texts("map.now.waits", place="A1")), (made.start_s, "在 A2 检查")):
        watched.page.evaluate(
            "t => { const s = document.getElementById('time'); s.value = t; s.dispatchEvent(new Event('input')); }",
            at_s + 60,
        )
        assert watched.page.locator("[data-team=team-A] .now").text_content() == words
    watched.check(path)


@WIDTHS
def test_the_slider_moves_the_teams(watched: Watched, city: Path, width: int) -> None:
    watched.open_map(city / "map.html")
    watched.layer("unserved", is_on=False)
    stop = stops_of(city, 0)[0]
    now = watched.page.locator("[data-team=team-A] .now")
    # 300 s on the way, then 20 minutes inside; see `city_day`.
    for seconds, words in ((48_600, "前往 A1"), (48_900, "在 A1 检查"), (50_200, "前往 A2"), (55_000, "已回")):
        watched.page.evaluate(
            "t => { const s = document.getElementById('time'); s.value = t; s.dispatchEvent(new Event('input')); }",
            seconds,
        )
        assert now.text_content().startswith(words), seconds
        if words == "在 A1 检查":
            watched.centre_on(*place(stop), 16)
            x, y = watched.at(*place(stop))
            # Left of the letter in the mark that stands over the stop.
            assert watched.colour(x - 7, y - 14) == "#0077bb"
            watched.shoot("map-time")
    watched.centre_on(*place(stop), 16)
    assert watched.colour(x - 7, y - 14) != "#0077bb"
    assert watched.page.locator("#time-shown").inner_text() == "15:15"
    watched.check(city / "map.html")


@pytest.mark.slow
@pytest.mark.parametrize("width", [1440])
def test_the_clock_runs_as_fast_as_chosen_and_stops(watched: Watched, city: Path, width: int) -> None:
    watched.open_map(city / "map.html")
    page = watched.page
    assert page.locator("#speed option").all_inner_texts()[0] == "1×"
    assert page.locator("#speed option").all_inner_texts()[-1] == "60×"
    read = "() => [performance.now(), Number(document.getElementById('time').value)]"
    page.locator("#play").click()
    page.wait_for_timeout(300)
    (t0, v0), _, (t1, v1) = page.evaluate(read), page.wait_for_timeout(1_500), page.evaluate(read)
    # A frame may be late, never early; the slider's step is 10 s.
    assert 0.4 * 60 * (t1 - t0) / 1000 < v1 - v0 < 60 * (t1 - t0) / 1000 + 20
    page.locator("#play").click()
    stopped = page.evaluate(read)[1]
    page.wait_for_timeout(300)
    assert page.evaluate(read)[1] == stopped
    watched.check(city / "map.html")


@pytest.mark.slow
@pytest.mark.parametrize("width", [1440])
def test_the_view_is_saved_as_a_picture_with_twice_the_pixels(watched: Watched, city: Path, width: int) -> None:
    watched.open_map(city / "map.html")
    stop = stops_of(city, 0)[0]
    watched.centre_on(*place(stop), 16)
    x, y = watched.at(*place(stop))
    with watched.page.expect_download() as saving:
        watched.page.locator("#save").click()
    assert saving.value.suggested_filename == f"{watched.page.title()}.png"
    saved = Image.open(saving.value.path()).convert("RGB")
    assert saved.size == (2 * width, 2 * 900)
    shot = saved.getpixel((round(2 * (x - 9)), round(2 * y)))
    # The first team's colour beside its first number, as on the map; a tenth of the draft's red may lie on it.
    assert all(abs(a - b) < 20 for a, b in zip(shot, (0x00, 0x77, 0xBB), strict=True))
    assert watched.faults == []


@pytest.mark.parametrize("width", [1440])
def test_the_map_prints_on_one_sheet_with_its_legend(watched: Watched, city: Path, width: int) -> None:
    watched.open_map(city / "map.html")
    (sheet,) = pypdf.PdfReader(io.BytesIO(watched.page.pdf(prefer_css_page_size=True, print_background=True))).pages
    assert [round(float(side)) for side in (sheet.mediabox.width, sheet.mediabox.height)] == [842, 595]
    assert max(image.image.width for image in sheet.images) == 3 * width
    assert "T000" in sheet.extract_text()
    watched.check(city / "map.html")


@pytest.mark.parametrize("width", [1440])
def test_the_ruler_measures(watched: Watched, city: Path, width: int) -> None:
    watched.open_map(city / "map.html")
    watched.centre_on(36.63, 116.96, 15)
    watched.page.locator("#measure").click()
    # A hundredth of a degree of a meridian is 1.11 km.
    for lat in (36.625, 36.635):
        watched.page.mouse.click(*watched.at(lat, 116.955))
    assert watched.page.locator("#tell").inner_text() == "1.11 km（2 个点）"
    watched.page.locator("#measure").click()
    assert watched.page.locator("#tell").is_hidden()
    watched.check(city / "map.html")


@pytest.mark.parametrize("width", [390])
def test_the_own_place_is_shown_if_the_browser_gives_it(watched: Watched, city: Path, width: int) -> None:
    watched.page.context.grant_permissions(["geolocation"])
    watched.page.context.set_geolocation({"latitude": 36.63, "longitude": 116.96, "accuracy": 30})
    watched.open_map(city / "map.html")
    watched.panel(is_open=False)
    watched.page.locator("#locate").click()
    watched.page.locator("#tell").wait_for()
    assert watched.page.locator("#tell").inner_text() == "当前位置，误差约 30 米"
    x, y = watched.at(36.63, 116.96)
    assert watched.colour(x, y) == "#1f5f8b"
    watched.check(city / "map.html")


@pytest.mark.parametrize("width", [390])
def test_a_refused_place_is_reported(watched: Watched, city: Path, width: int) -> None:
    watched.open_map(city / "map.html")
    watched.panel(is_open=False)
    watched.page.locator("#locate").click()
    watched.page.locator("#tell").wait_for()
    assert watched.page.locator("#tell").inner_text() in ("浏览器未允许取得位置。", "无法取得当前位置。")


@pytest.mark.parametrize("width", [1440])
def test_a_stop_is_reached_by_keyboard_alone_and_the_focus_comes_back(watched: Watched, city: Path, width: int) -> None:
    watched.open_map(city / "map.html")
    page = watched.page
    page.locator("[data-team=team-A] [data-stops]").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.locator(".popup h3").inner_text().startswith("A1")
    assert page.evaluate("document.activeElement.className") == "leaflet-popup-close-button"
    page.keyboard.press("Escape")
    assert page.locator(".popup").count() == 0
    assert page.evaluate("document.activeElement.innerText").split("\n")[1] == "A1"
    # The middle of the map is the pointer: A1 lies there now.
    page.locator("#map_sweep").focus()
    page.keyboard.press("Enter")
    assert page.locator(".popup h3").inner_text().startswith("A1")
    watched.check(city / "map.html")


# How many places are found by each of some words, typed one after the other.
_SEARCH = """words => words.map(word => {
  const field = document.getElementById("search");
  field.value = word;
  field.dispatchEvent(new Event("input", {bubbles: true}));
  return document.querySelectorAll("#results .name").length;
})"""


@pytest.mark.slow
@WIDTHS
def test_hostile_names_are_shown_as_text_in_popups_and_lists(watched: Watched, hostile: Path, width: int) -> None:
    watched.open_map(hostile / "map.html")
    page = watched.page
    page.locator("[data-team=team-A] [data-stops]").click()
    buttons = page.locator("ol.stops button")
    wanted = [s["building_name"] for s in stops_of(hostile, 0)]
    assert page.locator("ol.stops .name").all_text_contents() == wanted
    for k in range(0, len(wanted), 1 if width > 760 else 7):
        watched.panel(is_open=True)
        press(buttons.nth(k))
        assert page.locator(".popup h3").text_content() == f"A{k + 1} · {wanted[k]}"
        assert page.locator(".popup .sub").text_content() == wanted[k]
    watched.panel(is_open=True)
    found = page.evaluate(_SEARCH, [name.strip().split()[0] for name in wanted])
    assert [name for name, n in zip(wanted, found, strict=True) if n == 0] == []
    allowed = {"H3", "P", "DL", "DT", "DD", "DIV", "SPAN", "BUTTON", "LI"}
    tags = page.evaluate("[...document.querySelectorAll('.popup *, #results *, ol.stops *')].map(e => e.tagName)")
    assert set(tags) <= allowed
    watched.check(hostile / "map.html")


@pytest.mark.parametrize("width", [1440])
def test_an_inserted_script_does_not_run(watched: Watched, folder: Path, width: int) -> None:
    watched.open(folder / "map.html")
    watched.page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.__xss = 1';"
        " document.body.append(s); }"
    )
    assert watched.page.evaluate("window.__xss") is None
    assert re.search("Content Security Policy", "".join(watched.faults))


@pytest.mark.slow
@WIDTHS
def test_the_map_keeps_nobody_out(watched: Watched, city: Path, width: int) -> None:
    watched.open_map(city / "map.html")
    watched.page.locator("[data-team=team-A] [data-stops]").click()
    assert serious_faults(watched.page) == []
    watched.page.locator("#search").fill("广场")
    watched.page.locator("#results button").first.click()
    watched.page.locator("#play").click()
    watched.page.locator("#play").click()
    watched.panel(is_open=True)
    assert serious_faults(watched.page) == []
