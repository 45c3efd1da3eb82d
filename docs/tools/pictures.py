"""
Takes the pictures of the docs from the built-in scenarios: `uv run python -m docs.tools.pictures [campaign]`.

Chromium is needed; the same program gives the same plans, and with one version of Chromium the same pictures.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from docs.tools.markdown import DOCS
from geodata.message_catalogue import load_texts
from sweep.campaign.read_campaign_file import load_campaign
from sweep.campaign.window.plan_campaign import plan_campaign
from sweep.jobs.run_scenario import run
from sweep.publish.studies.compare_page import compare_page
from sweep.scenario.load_scenario import load_scenario

SCENARIO = DOCS.parent / "scenarios" / "quancheng"
CAMPAIGN = DOCS.parent / "scenarios" / "quancheng_campaign"
MOST_BYTES = 300_000
_ITERATIONS = "400"


def main() -> None:
    """Photograph the pages of a day and of a campaign, or of a campaign alone."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        if sys.argv[1:] != ["campaign"]:
            _shoot_day(page, Path(name))
        _shoot_campaign(page, Path(name))
        browser.close()


def _shoot_day(page: Page, out: Path) -> None:
    """Plan with nine and with twelve teams, and photograph map, report and comparison."""
    made = [run(load_scenario(SCENARIO, {**_settings(), "teams.n_teams": n}), out) for n in ("9", "12")]
    comparison = out / "quancheng" / "comparison.html"
    comparison.write_text(compare_page([m.edition for m in made], load_texts("zh_CN")), encoding="utf-8")
    _shoot(page, made[0].folder / "map.html", "map")
    _shoot(page, made[0].folder / "report.html", "report", "main")
    _shoot(page, comparison, "comparison", "section:has(.maps)")


def _shoot_campaign(page: Page, out: Path) -> None:
    """Plan a campaign's first window, and photograph where it stands."""
    campaign = load_campaign(CAMPAIGN)
    outcome = plan_campaign(campaign, campaign.first_day, out, _settings())
    _shoot(page, outcome.folder / "campaign.html", "campaign", "main")


def _settings() -> dict[str, str]:
    return {"solver.iterations": _ITERATIONS, "lang": "zh_CN"}


def _shoot(page: Page, path: Path, name: str, part: str = "") -> None:
    page.goto(path.as_uri())
    if part:
        page.locator(part).first.scroll_into_view_if_needed()
        page.evaluate(
            "part => window.scrollTo(0, document.querySelector(part).getBoundingClientRect().top + scrollY)", part
        )
    page.wait_for_timeout(1_500)
    target = DOCS / "images" / f"{name}.jpg"
    target.parent.mkdir(exist_ok=True)
    page.screenshot(path=target, type="jpeg", quality=78)
    if target.stat().st_size > MOST_BYTES:
        raise SystemExit(f"{target} has {target.stat().st_size} bytes, more than {MOST_BYTES}")


if __name__ == "__main__":
    main()
