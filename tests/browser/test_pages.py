"""The pages in a real browser, opened from disk with the network off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.enable_socket  # asyncio makes a pair of them to wake itself; the browser is offline

WIDTHS = pytest.mark.parametrize("width", [390, 1440])


@dataclass
class Watched:
    """A page, and what it should not have done."""

    page: Page
    faults: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def open(self, path: Path) -> None:
        self.page.goto(path.as_uri())
        self.page.wait_for_timeout(200)

    def check(self, path: Path) -> None:
        assert self.faults == []
        assert [r for r in self.requests if not r.startswith("data:")] == [path.as_uri()]
        assert self.page.evaluate("window.__xss") is None


@pytest.fixture
def watched(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Watched]:
    width = request.getfixturevalue("width")
    context = browser.new_context(viewport={"width": width, "height": 900}, offline=True)
    page = context.new_page()
    watch = Watched(page)
    page.on("console", lambda m: watch.faults.append(f"{m.type}: {m.text}"))
    page.on("pageerror", lambda e: watch.faults.append(str(e)))
    page.on("request", lambda r: watch.requests.append(r.url))
    yield watch
    context.close()


@WIDTHS
def test_the_map_shows_the_stops_of_each_team_that_is_on(watched: Watched, folder: Path, width: int) -> None:
    page = watched.page
    watched.open(folder / "map.html")
    if width < 760:
        page.locator("#panel-handle").click()
    stops = page.locator(".leaflet-marker-pane .stop")
    assert sorted(stops.all_inner_texts()) == ["A1", "B1"]
    page.locator("button[data-all=off]").click()
    assert stops.count() == 0
    for letter in "AB":
        page.locator(f"input[data-layer=team-{letter}]").check()
        assert stops.all_inner_texts() == [f"{letter}1"]
        page.locator(f"input[data-layer=team-{letter}]").uncheck()
    watched.check(folder / "map.html")


@WIDTHS
def test_every_layer_goes_off_and_on(watched: Watched, folder: Path, width: int) -> None:
    page = watched.page
    watched.open(folder / "map.html")
    if width < 760:
        page.locator("#panel-handle").click()
    page.locator("#panel details:not([open]) summary").click()
    for _ in range(2):
        for box in page.locator("#panel input").all():
            box.click()
    page.locator("input[data-layer=unserved]").check()
    watched.check(folder / "map.html")


@WIDTHS
def test_a_popup_shows_a_hostile_name_as_text(watched: Watched, folder: Path, width: int) -> None:
    page = watched.page
    watched.open(folder / "map.html")
    page.locator(".stop", has_text="A1").click()
    assert "<img src=x onerror=window.__xss=1>" in page.locator(".popup h3").inner_text()
    assert "</script>" in page.locator(".popup .sub").inner_text()
    assert page.locator(".popup img").count() == 0
    watched.check(folder / "map.html")


@WIDTHS
@pytest.mark.parametrize("name", ["report.html", "backtest.html", "teams/T2.html", "teams/T3.html"])
def test_a_page_opens_without_a_fault_and_does_not_scroll_sideways(
    watched: Watched, folder: Path, width: int, name: str
) -> None:
    watched.open(folder / name)
    assert watched.page.evaluate("document.documentElement.scrollWidth") <= width
    watched.check(folder / name)


@pytest.mark.parametrize("width", [1440])
def test_an_order_prints_on_paper(watched: Watched, folder: Path, width: int) -> None:
    watched.open(folder / "teams" / "T2.html")
    pdf = watched.page.pdf(prefer_css_page_size=True)
    # One stop with two firms: one page.
    assert pdf.count(b"/Type /Page\n") == 1


@pytest.mark.parametrize("width", [1440])
def test_an_inserted_script_does_not_run(watched: Watched, folder: Path, width: int) -> None:
    watched.open(folder / "map.html")
    watched.page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.__xss = 1';"
        " document.body.append(s); }"
    )
    assert watched.page.evaluate("window.__xss") is None
    assert "Content Security Policy" in "".join(watched.faults)
