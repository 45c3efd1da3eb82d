"""
The map of a city day beside the same day drawn with stock folium: size, first paint, frames a second while it is moved.

Both are opened in one headless Chromium, one after the other, with the network off; what stock folium asks of outside
hosts is given from the Leaflet package, so that it is judged by its drawing and not by a missing file.

    uv run python -m tests.benchmarks.map.map_speed
"""

from __future__ import annotations

import math
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import folium
from playwright.sync_api import Browser, Page, Route, sync_playwright
from xstatic.pkg import leaflet

from geodata.message_catalogue import load_texts
from sweep.publish.edition import Edition
from sweep.publish.facts.team_facts import team_facts
from sweep.publish.map.map_page import map_page
from tests.benchmarks.map.city_day import city_day

ARGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
PAN_S = 3.0
WIDTHS = ((1440, 900), (390, 844))
_COUNT = """() => {
  window.__t = [];
  const count = t => { __t.push(t); __go = requestAnimationFrame(count); };
  requestAnimationFrame(count);
}"""
_STOP = "() => { cancelAnimationFrame(__go); return window.__t; }"
# A page that never paints what counts as content has a frame at the least when it is asked.
_PAINT = "() => (performance.getEntriesByType('paint')[0] || { startTime: performance.now() }).startTime"


@dataclass(frozen=True, slots=True)
class Measured:
    """One map at one width."""

    size_mb: float
    first_paint_s: float
    ready_s: float
    """Until it can be moved: all scripts have run and a frame is drawn."""
    frames: tuple[float, float]
    """A second, at the first view and three zooms closer."""
    worst_ms: float


def stock_map(edition: Edition) -> str:
    """Stock folium: a marker with a popup for each building and stop, a line for each street and route."""
    page = folium.Map(location=(36.66, 117.0), zoom_start=13, tiles=None)
    for street in edition.streets.geometry:
        folium.PolyLine([(y, x) for x, y in street.coords], color="#999", weight=2).add_to(page)
    for b in edition.buildings.values():
        folium.Marker((b.lat, b.lon), popup=f"{b.name}<br>{b.address}").add_to(page)
    for team in team_facts(edition):
        for leg in edition.route_lines[team.team.team_id]:
            if not leg.is_empty:
                folium.PolyLine([(y, x) for x, y in leg.coords], color=team.colour).add_to(page)
        for stop in team.stops:
            folium.Marker((stop.building.lat, stop.building.lon), popup=f"{team.letter}{stop.number}").add_to(page)
    return str(page.get_root().render())


def measure(browser: Browser, path: Path, size: tuple[int, int]) -> Measured:
    """Open a map from disk, drag it in curves for a while, zoom in, drag again."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]})
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.route("http*://**", _from_package)
    started = time.perf_counter()
    page.goto(path.as_uri(), wait_until="load")
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    ready_s = time.perf_counter() - started
    paint_s = float(page.evaluate(_PAINT)) / 1000
    page.wait_for_timeout(1_000)
    first = _frames(page, size)
    page.mouse.move(size[0] * 0.4, size[1] * 0.6)
    for _ in range(3):
        page.mouse.wheel(0, -100)
        page.wait_for_timeout(700)
    near = _frames(page, size)
    context.close()
    return Measured(path.stat().st_size / 1e6, paint_s, ready_s, (first[0], near[0]), max(first[1], near[1]))


def _from_package(route: Route) -> None:
    """Leaflet's own files for what folium names on outside hosts; its other libraries are empty."""
    name = route.request.url.rsplit("/", 1)[-1]
    file = Path(leaflet.BASE_DIR) / name
    route.fulfill(path=file) if name.startswith("leaflet.") and file.is_file() else route.fulfill(body="")


def _frames(page: Page, size: tuple[int, int]) -> tuple[float, float]:
    x, y = size[0] * 0.4, size[1] * 0.6
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate(_COUNT)
    started, k = time.perf_counter(), 0
    while time.perf_counter() - started < PAN_S:
        k += 1
        page.mouse.move(x + 150 * math.sin(k / 12), y + 150 * math.sin(k / 17))
    page.mouse.up()
    page.wait_for_timeout(400)
    times = page.evaluate(_STOP)
    steps = [b - a for a, b in pairwise(times)]
    return 1000 * len(steps) / (times[-1] - times[0]), max(steps)


def main() -> int:
    """0 if the figures that the map is held to are reached."""
    edition = city_day()
    maps = {"sweep": map_page(edition, load_texts("zh_CN")), "stock folium": stock_map(edition)}
    rows: list[tuple[str, int, Measured]] = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        for name, html in maps.items():
            (Path(folder) / f"{name}.html").write_text(html, encoding="utf-8")
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(ARGS))
        for size in WIDTHS:
            rows += [(name, size[0], measure(browser, Path(folder) / f"{name}.html", size)) for name in maps]
        browser.close()
    columns = (
        "map",
        "width",
        "size, MB",
        "first paint, s",
        "ready, s",
        "frames/s, first view",
        "near",
        "worst frame, ms",
    )
    print(f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}")
    for name, width, m in rows:
        print(
            f"| {name} | {width} | {m.size_mb:.1f} | {m.first_paint_s:.2f} | {m.ready_s:.1f} "
            f"| {m.frames[0]:.0f} | {m.frames[1]:.0f} | {m.worst_ms:.0f} |"
        )
    own = [m for name, _, m in rows if name == "sweep"]
    return int(not all(m.size_mb < 5 and m.first_paint_s < 1 and min(m.frames) > 40 for m in own))


if __name__ == "__main__":
    sys.exit(main())
