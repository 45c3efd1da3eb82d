"""axe-core over a page: what keeps people with a keyboard, a screen reader or weak eyes from it."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_SERIOUS = ("serious", "critical")


def serious_faults(page: Page) -> list[str]:
    """Each serious fault as its rule and the first element that breaks it."""
    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html'][:160]}" for v in found if v["impact"] in _SERIOUS]
