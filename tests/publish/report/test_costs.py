"""The part of the report that tells what a plan costs beside its value."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geodata.message_catalogue import load_texts
from sweep.publish.archive.edition_json_file import edition_json, parse_edition
from sweep.publish.report.report import report_page
from sweep.records.plan import Cost
from tests.publish.small_edition import PLAN_SHA256, small_edition


@pytest.mark.parametrize(("lang", "minutes"), [("en", "90 min"), ("zh_CN", "90 分")])
def test_the_report_tells_each_cost_in_minutes_or_as_counted(lang: str, minutes: str) -> None:
    priced = replace(small_edition(), costs={"overtime": Cost(5_400, 0.15), "unpreferred": Cost(2, 0.1)})
    page = report_page(priced, load_texts(lang), PLAN_SHA256)
    part = page.partition('<section id="costs">')[2].partition("</section>")[0]
    assert [minutes in part, "0.150" in part, "<td" in part, 'href="#costs"' in page] == [True] * 4


def test_a_plan_without_weights_has_no_such_part() -> None:
    page = report_page(small_edition(), load_texts("en"), PLAN_SHA256)
    assert "#costs" not in page


def test_costs_come_back_from_an_edition_file() -> None:
    costs = {"overtime": Cost(5_400, 0.15)}
    assert parse_edition(edition_json(replace(small_edition(), costs=costs))).costs == costs
