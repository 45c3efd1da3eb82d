from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from geodata.errors import Issue
from geodata.message_catalogue import Texts, load_texts
from sweep.publish.edition import Edition
from sweep.publish.facts.plan_summary import plan_summary
from sweep.publish.facts.team_facts import StopFacts, team_facts
from sweep.publish.map.map_page import map_page
from sweep.publish.orders.order_page import order_page
from sweep.publish.page.render_pages import with_policy
from sweep.publish.report.report import report_page
from sweep.publish.studies.compare_page import compare_page
from sweep.records.plan import Stop, Violation
from sweep.records.visits import Slot, Visit
from tests.publish.small_edition import (
    FORMULA,
    IMG,
    JINJA,
    PLAN_SHA256,
    QUOTES,
    SCRIPT,
    TEMPLATE,
    small_edition,
    without_streets,
)

HOST = re.compile(r"(?:https?:|wss?:)?//[\w-]+\.\w+")
NAMESPACE = "http://www.w3.org/2000/svg"
TAGS = frozenset(
    re.findall(
        r"\w+",
        """
        html head meta title style script body main header footer section div span p h1 h2 h3 ul li dl dt dd b i br
        strong a table thead tbody tr th td figure figcaption details summary aside button label input svg path rect
        small circle line polyline text g symbol use nav form output select option template ol caption
        """,
    )
)


class Reader(HTMLParser):
    """Collects tags, attributes and the text that is shown."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.shown = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.shown += data


def pages(edition: Edition, texts: Texts) -> dict[str, str]:
    made = {"map": map_page(edition, texts), "report": report_page(edition, texts, PLAN_SHA256)}
    made["compare"] = compare_page([edition, edition], texts)
    return made | {f"order {t.letter}": order_page(edition, t, texts) for t in team_facts(edition)}


def test_no_page_names_an_outside_host(edition: Edition, texts: Texts) -> None:
    for name, page in pages(edition, texts).items():
        assert HOST.findall(page.replace(NAMESPACE, "")) == [], name


def test_no_page_has_an_element_or_attribute_that_a_value_brought(edition: Edition, texts: Texts) -> None:
    for name, page in pages(edition, texts).items():
        reader = Reader(page)
        assert set(reader.tags) <= TAGS | {"title"}, name
        assert not [a for a, _ in reader.attributes if a.startswith("on") or a == "style"], name
        assert reader.tags.count("script") == {"map": 9}.get(name, 1), name


@pytest.mark.parametrize("value", [IMG, TEMPLATE, SCRIPT, QUOTES.split("\u2028")[0], FORMULA, JINJA])
def test_hostile_names_are_text(value: str, edition: Edition) -> None:
    texts = load_texts("en")
    shown = "".join(Reader(page).shown for name, page in pages(edition, texts).items() if name != "map")
    assert value in shown


def test_hostile_names_stand_in_the_map_only_as_escaped_json(edition: Edition, texts: Texts) -> None:
    page = map_page(edition, texts)
    blocks = [part.split(">", 1)[1].split("</script>")[0] for part in page.split('type="application/json"')[1:]]
    assert len(blocks) == 6
    for block in blocks:
        assert "<" not in block
        json.loads(block)
    assert any("7*191" in block and "{% raw %}" in block for block in blocks)
    assert "1337" not in page


def test_every_inline_script_and_style_is_allowed_by_hash_and_nothing_else_is(edition: Edition, texts: Texts) -> None:
    for name, page in pages(edition, texts).items():
        policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
        assert policy, name
        assert "default-src 'none'" in policy[1]
        assert "unsafe" not in policy[1]
        for code in re.findall(r"<(?:style|script)>(.*?)</(?:style|script)>", page, re.DOTALL):
            digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
            assert f"'sha256-{digest}'" in policy[1], name


def test_a_page_without_a_head_is_refused() -> None:
    with pytest.raises(ValueError, match="head"):
        with_policy("<p>no</p>")


def test_the_same_edition_gives_the_same_pages(texts: Texts) -> None:
    assert pages(small_edition(), texts) == pages(small_edition(), texts)


def test_pages_are_made_without_streets(texts: Texts) -> None:
    made = pages(without_streets(), texts)
    assert texts("map.note.straight") in made["map"]


def test_an_order_shows_only_its_own_stops(edition: Edition) -> None:
    texts = load_texts("en")
    first, second, _ = (Reader(order_page(edition, t, texts)).shown for t in team_facts(edition))
    assert ("IN_B1" in first, TEMPLATE in first) == (True, False)
    assert ("IN_B1" in second, TEMPLATE in second) == (False, True)


def test_a_team_in_reserve_gets_a_stand_by_order(edition: Edition, texts: Texts) -> None:
    reserve = team_facts(edition)[-1]
    shown = Reader(order_page(edition, reserve, texts)).shown
    assert reserve.route is None
    assert texts("order.title_reserve") in shown
    assert texts("order.reserve_head") in shown


def test_every_page_says_that_it_is_a_draft(edition: Edition, texts: Texts) -> None:
    for name, page in pages(edition, texts).items():
        assert texts("page.draft") in Reader(page).shown, name


def test_orders_say_what_restrains(edition: Edition, texts: Texts) -> None:
    shown = Reader(order_page(edition, team_facts(edition)[0], texts)).shown
    for rule in ("nothing", "form", "helpers", "legal_rep", "show"):
        assert texts(f"order.rule.{rule}") in shown


def test_the_report_says_the_chance_of_none(edition: Edition) -> None:
    assert "The chance of no find is 40%" in Reader(report_page(edition, load_texts("en"), PLAN_SHA256)).shown


def test_the_report_lists_each_breach(edition: Edition, texts: Texts) -> None:
    broken = replace(edition, violations=(Violation("C01", "T2", {"detail": IMG}), Violation("X99", "T2")))
    shown = Reader(report_page(broken, texts, PLAN_SHA256)).shown
    assert texts("violation.C01", where="T2", detail=IMG) in shown
    assert "X99" in shown


def test_people_are_counted_as_the_rules_count_them(edition: Edition) -> None:
    summary = plan_summary(edition)
    # Three teams of two police, two inspectors and one auxiliary.
    assert (summary.n_police, summary.n_market_regulation, summary.n_helpers) == (6, 6, 3)
    assert (summary.n_teams, summary.n_teams_reserve, summary.n_firms, summary.n_doors) == (2, 1, 2, 24)


def test_teams_with_fewer_floors_than_there_are_of_them_all_call_at_each() -> None:
    slots = tuple(Slot(k, {}, 1) for k in range(3))
    visit = Visit("V", "B", "370102", "case", ("L",), ("U1",), 60, 0.1, False, slots, ())
    building = next(iter(small_edition().buildings.values()))
    for n_floors, floors in ((1, [(1, 1)] * 3), (2, [(1, 2)] * 3), (3, [(1, 1), (2, 2), (3, 3)])):
        own = replace(building, n_floors=n_floors)
        facts = [StopFacts(1, Stop("V", k, "B", 0, 0, 0, 0, 60), visit, own, ()) for k in range(3)]
        assert [f.floors for f in facts] == floors


def test_teams_that_share_a_tower_share_its_floors_and_its_targets() -> None:
    # 29 floors in two slots: 29 * 1 // 2 = 14, so floors 1-14 and 15-29.
    visit = Visit(
        "V", "B", "370102", "case", ("L",), ("U1", "U2", "U3"), 60, 0.1, False, (Slot(0, {}, 1), Slot(1, {}, 1)), ()
    )
    building = replace(next(iter(small_edition().buildings.values())), n_floors=29)
    facts = [StopFacts(1, Stop("V", k, "B", 0, 0, 0, 0, 60), visit, building, ()) for k in (0, 1)]
    assert [f.floors for f in facts] == [(1, 14), (15, 29)]
    assert [f.targets for f in facts] == [("U1", "U3"), ("U2",)]


def test_the_report_gives_the_notes_and_names_the_districts(edition: Edition, texts: Texts) -> None:
    note = Issue("G302", "<b>东楼</b> (B1)", {"n_lost": 3, "n_others": 4})
    code = next(c.scope_id for c in edition.coverage if c.scope == "district")
    page = report_page(replace(edition, notes=(note,), division_names={code: "昶<东>区"}), texts, PLAN_SHA256)
    assert note.fix(texts) in html.unescape(page)
    assert "&lt;b&gt;东楼" in page
    assert "昶&lt;东&gt;区" in page
    assert "<b>东楼" not in page


def test_without_notes_the_report_has_no_such_section(edition: Edition, texts: Texts) -> None:
    assert texts("report.notes") not in report_page(replace(edition, notes=()), texts, PLAN_SHA256)
