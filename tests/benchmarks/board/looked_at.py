"""A page looked at: what axe finds, what sticks out, is cut or small for a thumb, and words of the other language."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from axe_playwright_python.sync_playwright import Axe

from geodata.message_catalogue import load_texts

if TYPE_CHECKING:
    from playwright.sync_api import Page

# What a thumb hits, and what a mouse does (WCAG 2.5.5, 2.5.8), in CSS pixels.
THUMB_PX, MOUSE_PX = 44, 24
# In the sun a phone's text must stand out more than a desk's: 7:1.
_SUN = {"rules": {"color-contrast-enhanced": {"enabled": True}}}

_SMALL = """least => {
  const isSeen = (e) => e.checkVisibility({ visibilityProperty: true }) && e.getBoundingClientRect().width > 0;
  const isInText = (e) => e.tagName === "A" && getComputedStyle(e).display === "inline"
    && e.parentElement.textContent.trim() !== e.textContent.trim();
  const targets = [...document.querySelectorAll("a[href], button, input, select, textarea, summary")];
  return targets.filter((e) => isSeen(e) && !isInText(e)).flatMap((e) => {
    const box = (e.type === "checkbox" && e.closest("label") || e).getBoundingClientRect();
    const name = e.tagName + "." + e.className + "#" + (e.id || e.name || e.textContent.trim().slice(0, 20));
    const size = Math.round(box.width) + "x" + Math.round(box.height);
    return Math.min(box.width, box.height) < least - 0.5 ? [name + " " + size] : [];
  });
}"""
_CUT = """() => [...document.querySelectorAll("body *")].filter((e) => {
  const style = getComputedStyle(e);
  return !e.closest(".line, .axis, .leaflet-container, .hidden") && style.overflowX === "hidden" && e.checkVisibility()
    && e.textContent.trim() && e.scrollWidth > e.clientWidth + 1;
}).map((e) => e.tagName + "." + e.className + " " + e.textContent.trim().slice(0, 40))"""
_WIDE = "() => document.documentElement.scrollWidth - innerWidth"
_TEXTS = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (parent.closest("script, style, [lang]:not(html)")) continue;
    found.push(walker.currentNode.data.trim());
  }
  for (const e of document.querySelectorAll("[aria-label], [title], [placeholder]"))
    found.push(...["aria-label", "title", "placeholder"].map((a) => e.getAttribute(a) || "").filter(Boolean));
  return found.filter(Boolean);
}"""


def faults_of(page: Page, lang: str, least_px: int, *, in_sun: bool = False) -> list[str]:
    """Each fault of a page as it stands, as a line."""
    found: list[dict[str, Any]] = Axe().run(page, options=_SUN if in_sun else None).response["violations"]
    faults = [f"axe {v['id']} ({v['impact']}): {n['html'][:140]}" for v in found for n in v["nodes"][:3]]
    wide = page.evaluate(_WIDE)
    faults += [f"sticks out by {wide} px"] * (wide > 0)
    faults += [f"small {line}" for line in dict.fromkeys(page.evaluate(_SMALL, least_px))]
    faults += [f"cut {line}" for line in dict.fromkeys(page.evaluate(_CUT))]
    foreign = _words("en" if lang == "zh_CN" else "zh_CN") - _words(lang)
    return faults + [f"foreign {t}" for t in dict.fromkeys(page.evaluate(_TEXTS)) if t in foreign]


@cache
def _words(lang: str) -> frozenset[str]:
    texts = load_texts(lang)
    return frozenset(texts.raw(key) for key in texts.keys())  # noqa: SIM118 - no mapping
