"""axe-core over a page: what keeps people with a keyboard, a screen reader or weak eyes from it."""

from __future__ import annotations

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

# No rule whose faults are never serious, and of what is found the faults alone: a fifth of the time goes into all else.
_RUN = """() => {
  const isSerious = ({impact}) => ["serious", "critical"].includes(impact);
  const others = axe._audit.rules.filter(rule => rule.impact && !isSerious(rule));
  const rules = Object.fromEntries(others.map(rule => [rule.id, {enabled: false}]));
  return axe.run({resultTypes: ["violations"], preload: false, selectors: false, rules})
    .then(found => found.violations.filter(isSerious).map(v => `${v.id}: ${v.nodes[0].html.slice(0, 160)}`));
}"""


def serious_faults(page: Page) -> list[str]:
    """Each serious fault as its rule and the first element that breaks it."""
    page.evaluate(AXE_SCRIPT)
    found: list[str] = page.evaluate(_RUN)
    return found
