"""A page opened from disk with the network off, and what it should not have done."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Locator, Page

from tests.chromium import shoot

# The colour that the page's own tiles show at a point of the screen, the topmost canvas that is not clear there.
_COLOUR = """([x, y]) => {
  const tiles = [...document.querySelectorAll(".leaflet-tile-container canvas")];
  for (const c of [document.querySelector("canvas.times"), ...tiles.reverse()]) {
    const r = c.getBoundingClientRect();
    if (x < r.left || y < r.top || x >= r.right || y >= r.bottom) continue;
    const k = c.width / r.width;
    const d = c.getContext("2d").getImageData((x - r.left) * k, (y - r.top) * k, 1, 1).data;
    if (d[3]) return "#" + [d[0], d[1], d[2]].map((v) => v.toString(16).padStart(2, "0")).join("");
  }
  return null;
}"""

# Where the middle of the only one of its elements is on the screen, once it is in sight.
_MIDDLE = """([e, ...others]) => {
  if (!e || others.length) throw new Error(`${others.length + !!e} elements to press`);
  e.scrollIntoView({block: "center", behavior: "instant"});
  const r = e.getBoundingClientRect();
  return [r.x + r.width / 2, r.y + r.height / 2];
}"""


def press(button: Locator) -> None:
    """
    Press the mouse where a button is seen: what lies over it gets the press.

    A locator's own click first waits until nothing moves, and takes four times as long. Here nothing may move.
    """
    button.page.mouse.click(*button.evaluate_all(_MIDDLE))


@dataclass
class Watched:
    """A page, and what it should not have done."""

    page: Page
    width: int
    faults: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    @property
    def is_phone(self) -> bool:
        return self.width < 760

    def on_console(self, kind: str, text: str) -> None:
        """Note what the page says; that pixels are read back often is the tests' own doing."""
        if "willReadFrequently" not in text:
            self.faults.append(f"{kind}: {text}")

    def open(self, path: Path) -> None:
        """Open a page, and give what it does by itself, and what it asks for, time to show."""
        self.page.goto(path.as_uri())
        self.page.wait_for_timeout(50)

    def open_map(self, path: Path) -> None:
        """Open a map, wait until it is drawn, and on a phone open its panel."""
        self.page.goto(path.as_uri())
        self.drawn()
        self.panel(is_open=True)

    def drawn(self) -> None:
        """Wait until every tile is there."""
        # wait_for_function would need eval, which the page's policy forbids.
        self.page.wait_for_timeout(40)
        self.page.locator("body[data-drawn=yes]").wait_for(state="attached")

    def panel(self, *, is_open: bool) -> None:
        handle = self.page.locator("#panel-handle")
        if (handle.get_attribute("aria-expanded") == "true") != is_open:
            handle.click()

    def layer(self, name: str, *, is_on: bool) -> None:
        self.panel(is_open=True)
        box = self.page.locator(f"input[data-layer='{name}']")
        for group in self.page.locator("#panel details:not([open])").all():
            group.locator("summary").click()
        box.set_checked(is_on)
        if self.is_phone:
            self.panel(is_open=False)
        self.drawn()

    def at(self, lat: float, lon: float) -> tuple[float, float]:
        """Where a place lies on the screen."""
        p = self.page.evaluate("at => map_sweep.latLngToContainerPoint(at)", [lat, lon])
        return p["x"], p["y"]

    def centre_on(self, lat: float, lon: float, zoom: float) -> None:
        self.page.evaluate("([at, zoom]) => map_sweep.setView(at, zoom, {animate: false})", [[lat, lon], zoom])
        self.drawn()

    def colour(self, x: float, y: float) -> str | None:
        found: str | None = self.page.evaluate(_COLOUR, [x, y])
        return found

    def shoot(self, name: str, *, full: bool = False) -> None:
        """A picture, if any are wanted."""
        shoot(self.page, f"{name}-{self.width}", full=full)

    def check(self, path: Path) -> None:
        assert self.faults == []
        assert [r for r in self.requests if not r.startswith("data:")] == [path.as_uri()]
        assert self.page.evaluate("window.__xss") is None
