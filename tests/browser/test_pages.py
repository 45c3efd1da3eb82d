"""The pages in a real browser, opened from disk with the network off."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.watched import Watched

pytestmark = pytest.mark.enable_socket  # asyncio makes a pair of them to wake itself; the browser is offline

WIDTHS = pytest.mark.parametrize("width", [390, 1440])


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
