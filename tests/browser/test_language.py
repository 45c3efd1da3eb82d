"""A Chinese page has no English word but names and codes: each page of a made-up day, as a reader sees it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from geodata.message_catalogue import load_texts
from sweep.publish.studies.compare_page import compare_page
from tests.benchmarks.map.city_day import city_day
from tests.browser.watched import Watched

pytestmark = pytest.mark.enable_socket  # asyncio makes a pair of them to wake itself; the browser is offline

ZH = load_texts("zh_CN")
# What a Chinese official writes in Latin letters too: coordinate systems, formats, devices, programs, units.
CODES = {
    *("WGS", "GCJ", "BD", "CGCS", "SHA", "OSRM", "OpenStreetMap", "CP", "SAT", "GOIP", "VoIP", "A4", "PDF", "JSON"),
    *("km", "m", "csv", "json", "xlsx", "html", "plan", "manifest", "quarantine", "unmatched", "draw", "sweep"),
}
# Names of commands, keys and files, ids, hashes, places of the made-up day.
NAMES = re.compile(r"[\w-]*[_.\d/=]\w[\w./-]*|\b[A-Z]{1,3}\b|sweep \w+|city_day|\b[0-9a-f]{8,}\b")
WORD = re.compile(r"[A-Za-z]{2,}")


def english(text: str) -> set[str]:
    return set(WORD.findall(NAMES.sub(" ", text))) - CODES


@pytest.mark.parametrize("width", [1440])
@pytest.mark.parametrize("name", ["report.html", "map.html", "teams/T000.html", "comparison.html"])
def test_a_chinese_page_has_no_english_word(
    watched: Watched, city: Path, tmp_path: Path, width: int, name: str
) -> None:
    path = city / name
    if name == "comparison.html":
        path = tmp_path / name
        pair = [city_day(n_buildings=40, n_streets=112, n_teams=n, n_stops=4) for n in (3, 2)]
        path.write_text(compare_page(pair, ZH), encoding="utf-8")
    watched.open(path)
    page = watched.page
    page.evaluate("() => document.querySelectorAll('details').forEach(d => { d.open = true; })")
    shown = page.evaluate(
        """() => {
          const words = [document.title, document.body.innerText];
          for (const e of document.querySelectorAll("[aria-label], [title], [placeholder], svg title"))
            words.push(e.getAttribute("aria-label"), e.getAttribute("title"), e.getAttribute("placeholder"),
                       e.localName === "title" ? e.textContent : "");
          return words.filter(Boolean).join("\\n");
        }"""
    )
    # The seed of the made-up day's draw is the word itself.
    assert english(re.sub(r"^seed$|(?<=种子 )seed", "", shown, flags=re.MULTILINE)) == set()
    assert page.evaluate("document.documentElement.lang") == "zh-CN"


def test_an_english_word_would_be_seen() -> None:
    assert english("覆盖 coverage 一览，plan.json，T01，C29，WGS-84，A 组") == {"coverage"}
