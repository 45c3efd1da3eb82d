"""Chromium with the network off, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext

from geodata.message_catalogue import load_texts
from sweep.publish.studies.backtest_page import backtest_page
from sweep.publish.write_edition import write_edition
from tests.benchmarks.map.city_day import city_day
from tests.browser.watched import Watched
from tests.publish.hostile import hostile_edition
from tests.publish.small_backtest import small_backtest
from tests.publish.small_edition import small_edition


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An edition on disk whose names try to run."""
    target = tmp_path_factory.mktemp("editions") / "abc123"
    write_edition(small_edition(), target, load_texts("zh_CN"))
    (target / "backtest.html").write_text(backtest_page(small_backtest(), load_texts("zh_CN")), encoding="utf-8")
    return target


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plain day: three teams with four stops each, in a city of forty towers."""
    target = tmp_path_factory.mktemp("cities") / "city"
    write_edition(city_day(n_buildings=40, n_streets=112, n_teams=3, n_stops=4), target, load_texts("zh_CN"))
    return target


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty buildings whose every text is a payload."""
    target = tmp_path_factory.mktemp("hostile") / "h"
    write_edition(hostile_edition(), target, load_texts("zh_CN"))
    return target


@pytest.fixture(scope="session")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """One for all pages, with the network off: a new one starts a process, which takes four times as long as a page."""
    made = browser.new_context(offline=True)
    yield made
    made.close()


@pytest.fixture
def watched(context: BrowserContext, request: pytest.FixtureRequest) -> Iterator[Watched]:
    """
    A page as wide as the test's `width`, in a browser that knows nothing of the pages before it.

    It is the tab of the test before: one of its own takes longer than most pages in it.
    """
    yield from on_progress(context, request.getfixturevalue("width"))
    context.pages[0].evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
    context.clear_permissions()
    for opened in context.pages[1:]:
        opened.close()


@pytest.fixture
def alone(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Watched]:
    """
    The same in a context of its own, for a test whose page keeps something.

    On a busy machine Chromium may store it only after the next page of a shared one is open.
    """
    with browser.new_context(offline=True) as own:
        yield from on_progress(own, request.getfixturevalue("width"))


def on_progress(context: BrowserContext, width: int) -> Iterator[Watched]:
    """The first tab of a context, with what it says and asks for noted."""
    page = context.pages[0] if context.pages else context.new_page()
    page.set_viewport_size({"width": width, "height": 900})
    page.mouse.move(0, 0)
    seen = Watched(page, width)
    listeners = {
        "console": lambda m: seen.on_console(m.type, m.text),
        "pageerror": lambda e: seen.faults.append(str(e)),
        "request": lambda r: seen.requests.append(r.url),
    }
    for event, listener in listeners.items():
        page.on(event, listener)  # type: ignore[call-overload]
    yield seen
    for event, listener in listeners.items():
        page.remove_listener(event, listener)
