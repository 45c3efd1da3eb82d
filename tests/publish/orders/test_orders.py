from __future__ import annotations

import math
import re
from dataclasses import replace
from html import escape, unescape
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from geodata.message_catalogue import load_texts
from sweep.publish.facts.team_facts import StopFacts, team_facts
from sweep.publish.orders.order_page import CONTACTS, members_by_agency, nav_links, order_page
from sweep.records.check_form_items import ITEMS
from sweep.records.people import Person
from sweep.records.plan import Stop
from sweep.records.visits import Slot, Visit
from tests.board.stubs import tried_again
from tests.publish.payloads import PAYLOADS
from tests.publish.small_edition import BUILDINGS, DAY, FIRMS, OFFICERS, at_a_locked_door, small_edition


def metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    return math.hypot((a[0] - b[0]) * 111_195, (a[1] - b[1]) * 111_195 * math.cos(math.radians(a[0])))


def test_links_name_the_place_in_the_datum_of_their_program() -> None:
    # Tian'anmen's flag-pole, and where Amap's and Baidu's own converters put it (published to five decimals).
    building = replace(BUILDINGS["B1"], name="旗杆", lat=39.90374, lon=116.39128)
    links = {link.key: link.href for link in nav_links(building)}
    assert links["geo"] == "geo:39.903740,116.391280"
    for key in ("amap_android", "amap_ios"):
        asked = parse_qs(urlsplit(links[key]).query)
        assert metres((float(asked["lat"][0]), float(asked["lon"][0])), (39.905142, 116.397523)) < 2
        assert (asked["poiname"], asked["dev"]) == (["旗杆"], ["0"])
    for key in ("baidu_android", "baidu_ios"):
        asked = parse_qs(urlsplit(links[key]).query)
        lat, lon = map(float, asked["location"][0].split(","))
        assert metres((lat, lon), (39.911472, 116.403894)) < 3
        assert asked["coord_type"] == ["bd09ll"]


@pytest.mark.parametrize("name", PAYLOADS)
def test_a_hostile_name_stays_inside_its_parameter(name: str) -> None:
    for link in nav_links(replace(BUILDINGS["B1"], name=name)):
        assert re.fullmatch(r"(geo|androidamap|iosamap|bdapp|baidumap):[\w/?=&%.,~-]*", link.href, re.ASCII)
        if link.key.startswith("amap"):
            assert [v for k, v in parse_qs(urlsplit(link.href).query).items() if k == "poiname"] == [[name]]


def people(*ids: str) -> tuple[Person, ...]:
    return tuple(Person(i, "police", "officer", DAY, False, "S1", "370102", (0, 86_400)) for i in ids)


def stop_in(slot: int, *n_guards: int) -> StopFacts:
    slots = tuple(Slot(k, OFFICERS, n) for k, n in enumerate(n_guards))
    visit = Visit("V", "B1", "370102", "case", ("L",), (), 9, 0.1, False, slots, ())
    return StopFacts(1, Stop("V", slot, "B1", 0, 0, 0, 0, 60), visit, BUILDINGS["B1"], ())


def test_the_last_officers_guard_and_exits_go_on_from_team_to_team() -> None:
    # The first team guards exits 1 and 2, so the second starts at 3.
    team = (*people("P3", "P1", "P4", "P2"), Person("A1", "police", "auxiliary", None, False, "S1", "1", (0, 1)))
    team_of = replace(team_facts(small_edition())[0], members=team)
    assert team_of.guards(stop_in(0, 2, 1)) == ((1, "P3"), (2, "P4"))
    assert team_of.guards(stop_in(1, 2, 1)) == ((3, "P4"),)
    assert team_of.guards(stop_in(0, 0)) == ()


def test_an_order_names_guards_contacts_and_links() -> None:
    texts, edition = load_texts("en"), small_edition()
    page = order_page(edition, team_facts(edition)[0], texts)
    assert texts("order.guard", exit=1, person_id="T/1P2") in page
    assert [c for c in CONTACTS if texts(f"order.contact.{c}") not in page] == []
    hrefs = [unescape(h) for h in re.findall(r'<a href="([^"]*)"', page)]
    assert hrefs == [link.href for link in nav_links(BUILDINGS["B1"])]
    assert unquote(hrefs[1]).count(BUILDINGS["B1"].name) == 1


def test_an_order_asks_for_the_listed_items_and_no_others() -> None:
    edition, texts = small_edition(), load_texts("en")
    listed = ("licence_displayed", "headcount_seen")
    visits = {k: replace(v, items=listed) for k, v in edition.visits.items()}
    struck = replace(edition, visits=visits)
    page = order_page(struck, team_facts(struck)[0], texts)
    asked = {item for item in ITEMS if f"<b>{texts(f'item.{item}')}</b>" in page}
    assert asked == set(listed)
    whole = order_page(edition, team_facts(edition)[0], texts)
    assert all(f"<b>{texts(f'item.{item}')}</b>" in whole for item in ITEMS)


def test_a_number_means_one_item_in_every_form_of_an_order_and_its_legend_names_it() -> None:
    edition, texts = small_edition(), load_texts("en")
    team = team_facts(edition)[0]
    (stop,) = team.stops
    without = replace(stop, number=1, visit=replace(stop.visit, targets=()))
    short = replace(stop, number=2, visit=replace(stop.visit, items=tuple(i for i in ITEMS if i != "name_match")))
    page = order_page(edition, replace(team, stops=(without, short, replace(stop, number=3))), texts)
    legend = dict(re.findall(r"<span><b>(\d+)</b> ([^<]*)</span>", page))
    assert list(map(unescape, legend.values())) == [texts(f"item.{item}") for item in ITEMS]
    heads = re.findall(r"<span>([^<]*)</span><small>(\d+)</small>", page)
    assert len(heads) == 3 * len(ITEMS) - 1
    assert [(name, n) for name, n in heads if legend[n] != name] == []
    # The first table names the items at length too.
    assert re.findall(r'<table class="([^"]*)">\s*<thead>', page) == ["check paper", "check again", "check again"]


def test_paper_has_lines_for_rooms_at_every_stop() -> None:
    edition, texts = small_edition(), load_texts("en")
    team = team_facts(edition)[0]
    (stop,) = team.stops
    without = replace(stop, number=2, visit=replace(stop.visit, targets=()))
    page = order_page(edition, replace(team, stops=(stop, without)), texts)
    lines = [page[i:].count('<tr class="paper">') for i in (0, page.index('class="check paper'))]
    assert lines == [4, 3]
    # The form of a phone asks for its own rooms, and takes none of these for an answer.
    assert page.count("data-visit=") == page.count("<tr data-visit=")


@pytest.mark.parametrize(("track", "key"), [("case", "order.no_targets"), ("stocktake", "order.stock_only")])
def test_only_a_stocktake_is_called_one_where_no_firm_is_listed(track: str, key: str) -> None:
    edition, texts = small_edition(), load_texts("en")
    team = team_facts(edition)[0]
    (stop,) = team.stops
    bare = replace(stop, visit=replace(stop.visit, targets=(), track=track))
    page = order_page(edition, replace(team, stops=(bare,)), texts)
    assert [k for k in ("order.no_targets", "order.stock_only") if texts(k) in page] == [key]


def test_a_door_that_is_tried_again_has_one_form_and_its_first_try_one_line() -> None:
    edition, texts = tried_again(small_edition()), load_texts("en")
    page = order_page(edition, team_facts(edition)[1], texts)
    rows = re.findall(r'<tr data-visit="([^"]+)" data-uscc="([^"]+)"', page)
    assert sorted(rows) == sorted(("V2", uscc) for uscc in FIRMS)
    assert page.count("<template>") == 1 and page.count('<section class="stop">') == 2
    assert f"<b>1</b> 13:41 – 13:46 {escape(BUILDINGS['B2'].name)}: {texts('reason.LOCKED_DOOR.title')}" in page


def test_where_all_doors_were_locked_there_is_nothing_to_fill_in() -> None:
    edition, texts = at_a_locked_door(), load_texts("en")
    page = order_page(edition, team_facts(edition)[1], texts)
    assert texts("reason.LOCKED_DOOR.title") in page
    assert 'class="keep"' not in page and "<template>" not in page


def test_who_tried_a_door_before_does_not_enter_with_those_who_try_it_again() -> None:
    edition = tried_again(small_edition())
    first, second = edition.plan.routes
    tried, later = second.stops
    # A team that tried at 13:41 and one that goes at 14:30 are alone; two at 14:30 are together, whoever tried before.
    other = replace(
        edition, plan=replace(edition.plan, routes=(replace(first, stops=(later,)), replace(second, stops=(tried,))))
    )
    assert [[s.partner_letters for s in t.stops] for t in team_facts(other)] == [[()], [()], []]
    both = replace(first, stops=(replace(tried, slot=1), replace(later, slot=1)))
    joint = replace(edition, plan=replace(edition.plan, routes=(both, second)))
    assert [[s.partner_letters for s in t.stops] for t in team_facts(joint)] == [[("B",)] * 2, [("A",)] * 2, []]


def test_a_firm_that_was_not_on_offer_stands_in_the_order_by_its_code() -> None:
    edition, texts, uscc = small_edition(), load_texts("en"), "91370102MA3000NEW0"
    visits = {k: replace(v, targets=(uscc,)) for k, v in edition.visits.items()}
    urgent = replace(edition, visits=visits)
    page = order_page(urgent, team_facts(urgent)[0], texts)
    assert re.findall(rf'data-uscc="{uscc}".*\n.*</span> ({uscc})</td>', page) == [uscc]
    assert f"<li>{uscc}{texts('why.sign')}" in page


@pytest.mark.parametrize(
    ("written", "shown"),
    [("12", "12 层"), ("12层", "12 层"), ("12F", "12 层"), ("地下一层", "B1 层"), ("3A", "3A 层"), ("顶层", "顶层")],
)
def test_a_floor_is_called_one_once_however_the_table_writes_it(written: str, shown: str) -> None:
    edition = small_edition()
    firms = {u: replace(f, floor_label=written) for u, f in edition.firms.items()}
    page = order_page(replace(edition, firms=firms), team_facts(edition)[0], load_texts("zh_CN"))
    found = re.findall(r'<span class="unit">[^<]*</span> <span class="quiet">([^<]*)</span>', page)
    assert found == [shown] * len(FIRMS)


def test_an_order_tells_when_the_team_has_its_pause() -> None:
    # T2 stands before a locked door at 13:41, and goes in at 14:30.
    texts, plain = load_texts("en"), tried_again(small_edition())

    def parts(pause: tuple[int, int] | None) -> list[str]:
        routes = tuple(replace(r, break_s=pause) for r in plain.plan.routes)
        edition = replace(plain, plan=replace(plain.plan, routes=routes))
        page = order_page(edition, team_facts(edition)[1], texts)
        return re.findall(r"Break \d\d:\d\d – \d\d:\d\d|13:41 – 13:46|<strong>14:30", page)

    assert parts(None) == ["13:41 – 13:46", "<strong>14:30"]
    assert parts((50_400, 52_200)) == ["13:41 – 13:46", "Break 14:00 – 14:30", "<strong>14:30"]
    assert parts((43_200, 45_000)) == ["Break 12:00 – 12:30", "13:41 – 13:46", "<strong>14:30"]
    assert parts((54_000, 55_800)) == ["13:41 – 13:46", "<strong>14:30", "Break 15:00 – 15:30"]


@pytest.mark.parametrize(("agency", "role"), [("police", "辅警"), ("market_regulation", "协管员")])
def test_an_auxiliary_has_the_name_that_the_authority_uses(agency: str, role: str) -> None:
    person = replace(next(iter(small_edition().persons.values())), agency=agency, role="auxiliary")
    ((_, members),) = members_by_agency([person], load_texts("zh_CN"))
    assert members == [(person.person_id, role)]
