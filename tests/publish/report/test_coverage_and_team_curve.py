from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from pathlib import Path

import pytest

from geodata.message_catalogue import Texts, load_texts
from sweep.publish.edition import Edition
from sweep.publish.facts.plan_summary import plan_summary, whole_coverage
from sweep.publish.report.coverage_and_team_curve import TeamPoint, coverage_rows, district_bars, team_chart, team_curve
from sweep.publish.report.report import data_date, report_page
from sweep.publish.write_edition import write_edition
from sweep.records.plan import Insertion
from sweep.records.ranking import RankingFacts
from tests.publish.hostile import hostile_edition
from tests.publish.page.test_render_pages import Reader
from tests.publish.payloads import CALL, PAYLOADS
from tests.publish.small_edition import PLAN_SHA256, small_edition

EN = load_texts("en")


def unlinked() -> Edition:
    edition = small_edition()
    return replace(edition, visits={v: replace(x, link_group=None) for v, x in edition.visits.items()})


def test_the_team_that_adds_least_goes_first() -> None:
    # T/1 makes the visit of 0.5 at B1 with 3 leads, T2 that of 0.2 at B2 with 1.
    assert team_curve(unlinked()) == [
        TeamPoint(0, 0, 0),
        TeamPoint(1, pytest.approx(0.5), 3),
        TeamPoint(2, pytest.approx(0.7), 4),
    ]


def test_linked_visits_go_together() -> None:
    # V1 and V2 are one link group: without either team neither is made.
    assert [p.value for p in team_curve(small_edition())] == [0, 0, pytest.approx(0.7)]


def test_a_visit_of_two_teams_needs_both() -> None:
    edition = unlinked()
    first, second = edition.plan.routes
    joint = (*second.stops, replace(second.stops[0], visit_id="V1", building_id="B1", slot=1))
    plan = replace(edition.plan, routes=(first, replace(second, stops=joint)))
    # Without T/1 only V2 (0.2) is left, without T2 nothing: T/1 goes first.
    assert [p.value for p in team_curve(replace(edition, plan=plan))] == [0, pytest.approx(0.2), pytest.approx(0.7)]


def test_a_district_without_a_visit_is_not_reached() -> None:
    edition = small_edition()
    (reached,) = (c for c in edition.coverage if c.scope == "district")
    missed = replace(reached, scope_id="370103", n_buildings_reached=0)
    rows = {r.key: r for r in coverage_rows(plan_summary(edition), (*edition.coverage, missed), EN)}
    assert rows["districts"].shown == "1 / 2"


def test_the_overview_counts_what_is_reached_of_all() -> None:
    edition = small_edition()
    rows = {r.key: r for r in coverage_rows(plan_summary(edition), edition.coverage, EN)}
    assert rows["finds"].shown == "0.70 / 0.80"
    assert rows["finds"].share == pytest.approx(0.875)
    assert (rows["leads"].shown, rows["clusters"].shown, rows["districts"].shown) == ("4 / 4", "1 / 1", "1 / 1")
    assert (rows["buildings"].shown, rows["firms"].shown) == ("2 / 3", "65 / 75")
    assert rows["area"].shown == "44.5 / 53.5 thousand m²"


def test_nothing_to_reach_is_a_share_of_none() -> None:
    edition = replace(small_edition(), coverage=())
    assert [r.share for r in coverage_rows(plan_summary(edition), (), EN)] == [0.0] * 7
    assert report_page(edition, EN, PLAN_SHA256)


def test_the_report_gives_the_hash_of_the_plan_file(edition: Edition, texts: Texts, tmp_path: Path) -> None:
    write_edition(edition, tmp_path / "abc123", texts)
    digest = hashlib.sha256((tmp_path / "abc123" / "plan.json").read_bytes()).hexdigest()
    assert digest in Reader((tmp_path / "abc123" / "report.html").read_text(encoding="utf-8")).shown


def test_the_report_says_how_old_the_data_are(edition: Edition) -> None:
    facts = RankingFacts("rule", 0, 0, "2026-09-13", 0.5)
    assert data_date(replace(edition, facts=facts), EN).endswith("(3 days before the sweep)")
    assert data_date(edition, EN) == EN("report.source.data_on_unknown")


def test_every_link_of_the_contents_leads_somewhere(edition: Edition, texts: Texts) -> None:
    page = report_page(edition, texts, PLAN_SHA256)
    links = re.findall(r'<a href="#(\w+)"', page)
    assert len(links) > 9
    assert [link for link in links if f'id="{link}"' not in page] == []


def test_a_hostile_text_is_shown_as_text(texts: Texts) -> None:
    page = report_page(hostile_edition(), texts, PLAN_SHA256)
    reader = Reader(page)
    shown = " ".join(reader.shown.split())
    # The last ten are not served; the others are in the notes. A sign that turns the order of others is shown as one.
    assert [p for p in PAYLOADS if " ".join(p.replace("\u202e", "\ufffd").split()) not in shown] == []
    assert "\u202e" not in page
    assert [a for a, _ in reader.attributes if a.startswith("on") or a in ("src", "style")] == []
    assert reader.tags.count("script") == 1
    assert CALL not in "".join(re.findall(r"<script>(.*?)</script>", page, re.DOTALL))


def test_the_report_prices_what_is_not_served(edition: Edition) -> None:
    priced = replace(edition, swaps={"V3": Insertion("T2", ("V2",), 0.1)})
    page = report_page(priced, EN, PLAN_SHA256)
    # B2's name is one that tries to run; T2 has the letter B.
    assert f"team B: {edition.buildings['B2'].name}" in Reader(page).shown
    assert 'data-sort="0.1"' in page
    assert EN("report.col.price") not in Reader(report_page(edition, EN, PLAN_SHA256)).shown
    free = replace(edition, swaps={"V3": Insertion("T2", (), -0.1)})
    assert "team B: nothing" in Reader(report_page(free, EN, PLAN_SHA256)).shown


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        pytest.param("历城区", ["历城区"], id="short"),
        pytest.param("济南高新技术产业开发区", ["济南高新技术", "产业开发区"], id="two lines"),
        pytest.param("济南新旧动能转换起步区综合管理委员会", ["济南新旧动能", "转换起步区…"], id="too long"),
        pytest.param("Jinan High-tech Zone", ["Jinan", "High-tec…"], id="words"),
    ],
)
def test_the_name_of_a_district_has_room_beside_its_bars(name: str, lines: list[str]) -> None:
    district = next(c for c in small_edition().coverage if c.scope == "district")
    drawn = str(district_bars([district], lambda _: name, EN))
    assert re.findall(r'text-anchor="end"[^>]*>([^<]*)<', drawn) == lines


def test_the_axis_of_a_chart_of_few_teams_names_whole_numbers_of_teams_alone() -> None:
    edition = small_edition()
    drawn = str(team_chart([TeamPoint(0, 0, 0), TeamPoint(1, 0.5, 3)], whole_coverage(edition.coverage), EN))
    assert re.findall(r'y="273.0"[^>]*>([^<]*)<', drawn) == ["0", "", "", "", "", "1"]
