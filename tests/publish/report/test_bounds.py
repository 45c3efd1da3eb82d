"""The bounds of a plan in the report and in the workbook: of its teams, and of any teams of the same people."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geodata.message_catalogue import load_texts
from sweep.publish.edition import Edition
from sweep.publish.report.report import report_page
from sweep.publish.workbook.statistics_sheets import plan_sheet
from tests.publish.small_edition import PLAN_SHA256, small_edition


def bounded() -> Edition:
    edition = small_edition()
    # 0.7 of 1.0 is 30 % short.
    return replace(edition, plan=replace(edition.plan, bound_any_teams=1.0))


@pytest.mark.parametrize(
    ("lang", "figure", "sentence", "row"),
    [
        (
            "en",
            "objective 0.70; upper bound for these teams: 0.80; for the same people in any teams: 1.00",
            "The same people in any teams reach at most 1.000 if they serve as many must-visits: "
            "this plan is at most 30.0%",
            "Bound for any teams of these people (gap)",
        ),
        (
            "zh_CN",
            "目标值 0.70；以这些检查组，任何方案都不会超过 0.80；同样的人员任意编组，不超过 1.00",
            "任何方案都不会超过 1.000，本方案至多还差 30.0%",
            "任意编组的上界（差距）",
        ),
    ],
)
def test_the_bound_for_any_teams_stands_beside_that_of_these(lang: str, figure: str, sentence: str, row: str) -> None:
    texts = load_texts(lang)
    page = report_page(bounded(), texts, PLAN_SHA256)
    assert figure in page
    assert sentence in page
    assert (row, "1 (30.0%)") in [cells[:2] for cells in plan_sheet(bounded(), texts, "").rows]


def test_the_gap_is_that_of_the_objective_and_not_of_the_finds() -> None:
    # Finds of .7 below .8 alone are an eighth short; with 7.2 of due leads and costs of .1 it is 7.8 of 8: 2.5 %.
    edition = small_edition()
    plan = replace(edition.plan, due=7.2, costs=0.1)
    assert plan.gap == pytest.approx(0.025)
    page = report_page(replace(edition, plan=plan), load_texts("en"), PLAN_SHA256)
    assert "objective 7.80; upper bound for these teams: 8.00" in page
    assert "2.5%" in page


def test_without_it_pages_speak_of_these_teams_alone() -> None:
    texts = load_texts("en")
    assert "any teams" not in report_page(small_edition(), texts, PLAN_SHA256)
    assert not [cells for cells in plan_sheet(small_edition(), texts, "").rows if "any teams" in str(cells[0])]
