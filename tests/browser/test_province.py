"""The page of a province in a real browser, opened from disk with the network off."""

from __future__ import annotations

from pathlib import Path

import pytest

from geodata.message_catalogue import load_texts
from sweep.province.pages.province_page import province_page
from tests.browser.access import serious_faults
from tests.browser.watched import Watched
from tests.province.pages.small_province import small_province, windows_of

pytestmark = pytest.mark.enable_socket  # asyncio makes a pair of them to wake itself; the browser is offline


@pytest.mark.slow
@pytest.mark.parametrize(("width", "lang", "is_campaign"), [(1440, "zh_CN", False), (390, "en", True)])
def test_a_page_of_137_counties_opens_soon_and_keeps_nobody_out(
    watched: Watched, tmp_path: Path, width: int, lang: str, is_campaign: bool
) -> None:
    file, edition = tmp_path / "province.html", small_province(137, lang)
    edition = windows_of(edition) if is_campaign else edition
    file.write_text(province_page(edition, load_texts(lang)), encoding="utf-8")
    watched.open(file)
    page = watched.page
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("svg.map a").count() == 135
    assert serious_faults(page) == []
    watched.check(file)
    # The largest first.
    page.locator("table.sortable").last.locator("th button", has_text=load_texts(lang)("province.col.value")).click()
    first = page.locator("table.sortable").last.locator("tbody tr").first.inner_text()
    assert "5.89" in first
