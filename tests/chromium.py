"""Debian's Chromium, for the tests that look at pages."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.paths import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NO_CHROMIUM = "no Chromium here: apt-get install chromium fonts-noto-cjk"
SCREENS = ROOT / "out" / "screens"

ARGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Browser shared by all tests of a worker, since playwright refuses a second one in the same thread."""
    # Debian's headless shell draws the same pages in half the processor time, since it has no windows and no profile.
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    path = next((found for name in names if (found := shutil.which(name))), None)
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail(NO_CHROMIUM)
        pytest.skip(NO_CHROMIUM)
    from playwright.sync_api import sync_playwright  # only here: few tests need it

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(ARGS))
        yield chromium
        chromium.close()


def shoot(page: Page, name: str, *, full: bool = False) -> None:
    """Save a picture for people if SWEEP_SCREENS is set; no test uses it."""
    if "SWEEP_SCREENS" in os.environ:
        SCREENS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENS / f"{name}.png", full_page=full)
