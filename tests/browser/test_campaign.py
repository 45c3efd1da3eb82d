"""campaign.html and the comparison in a real browser: no request, no fault, the slider, and no bar to anybody."""

from __future__ import annotations

from pathlib import Path

import pytest

from geodata.message_catalogue import LANGUAGES, load_texts
from sweep.campaign.pages.campaign_compare import comparison_page
from sweep.campaign.pages.campaign_page import campaign_page
from tests.browser.watched import Watched
from tests.campaign.check.small_campaign import THU
from tests.publish.small_campaign import CLASSES, NAMES, PLACES, STREETS, small_record

pytestmark = pytest.mark.enable_socket  # asyncio makes a pair of them to wake itself; the browser is offline


@pytest.fixture(scope="module")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("campaigns") / "campaign.html"
    page = campaign_page(small_record(), PLACES, CLASSES, STREETS, NAMES, load_texts("zh_CN"))
    target.write_text(page, encoding="utf-8")
    return target


@pytest.mark.parametrize("width", [390, 1440])
def test_the_page_opens_without_a_fault_and_its_slider_tells_the_weeks(
    watched: Watched, page_file: Path, width: int
) -> None:
    watched.open(page_file)
    assert watched.page.evaluate("document.documentElement.scrollWidth") <= width
    states = "[...document.querySelectorAll('#coverage circle')].map(c => c.getAttribute('class')).join(' ')"
    # At the end of the last week nothing of the window is planned yet: B1 is late, B2 was looked at in June.
    assert watched.page.evaluate(states).split()[:5] == ["late", "before", "never", "never", "seen"]
    slider = watched.page.locator("#week")
    slider.focus()
    slider.press("ArrowLeft")
    # Its turn of 30 days after its look in the first week was past, and its second look was to come.
    assert watched.page.evaluate(states).split()[4] == "late"
    slider.press("Home")
    assert watched.page.evaluate(states).split()[:5] == ["never", "before", "never", "never", "seen"]
    said = load_texts("zh_CN")("campaign.map.said", week="2026-08-03", n=1, all=8)
    assert watched.page.locator("#week-said").text_content() == said
    assert watched.page.locator("td[data-group='370102']").text_content() == "1"
    watched.check(page_file)


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_two_campaigns_side_by_side_open_without_a_fault(
    watched: Watched, tmp_path: Path, width: int, lang: str
) -> None:
    target = tmp_path / "comparison.html"
    other = small_record().model_copy(update={"planned_on": THU, "promises": ()})
    target.write_text(comparison_page(small_record(), other, load_texts(lang)), encoding="utf-8")
    watched.open(target)
    assert watched.page.evaluate("document.documentElement.scrollWidth") <= width
    watched.check(target)
