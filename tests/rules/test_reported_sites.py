"""The report has a line for each rule on firms, sites, leads and on what is never done, with what the plan did."""

from __future__ import annotations

import html
import io
import re
from dataclasses import replace

import openpyxl
import pytest

from geodata.message_catalogue import Texts
from sweep.publish.edition import Edition
from sweep.publish.exports.export_formats import export_plan
from sweep.publish.handouts.handout_contents import handout_files
from sweep.publish.report.report import report_page
from sweep.publish.studies.compare_page import compare_page
from sweep.publish.studies.whatif_page import GridCurve, GridPoint, whatif_page
from sweep.records.plan import Violation
from sweep.scenario.law_and_form_settings import RuleSettings
from tests.publish.small_edition import PLAN_SHA256

# What the sentence of each rule names. Served are V1 at B1 with 3 exits and V2 at B2 with 2, both on leads and in one
# link group, with 2 firms each to inspect; one of 3 teams stands by.
FIGURES: dict[str, dict[str, object]] = {
    "C06": {"n_targets": 4},
    "C11": {"n_visits": 2},
    "C13": {"day": "2026-09-16"},
    "C14": {"n_case": 2, "n_immediate": 1},
    "C15": {},
    "C16": {"n_linked": 1, "tolerance": 5},
    "C17": {"n_exits": 5, "cordon": 3.0},
    "C18": {"n_reserve": 1, "n_teams": 3},
    "C21": {"quantile": 80},
    "C22": {"n_urgent": 1},
    "C23": {"n_case": 2},
    # 60.4 + 30.2 min.
    "C24": {"minutes": 91},
    "C25": {},
    "C28": {"cooldown": 30, "n_apart": 1},
    "C31": {},
    "C33": {"n_targets": 4},
    "C35": {"n_plans": 0},
}
SOFT = ("C21", "C22", "C23", "C24", "C33", "C35")
SWITCHABLE = (*SOFT, "C11", "C18")


@pytest.fixture
def eventful(edition: Edition) -> Edition:
    """The edition with something to report of each rule."""
    v1, v2 = edition.visits["V1"], edition.visits["V2"]
    marked = {
        "V1": replace(v1, disturbance=60.4, urgency=1.0, is_immediate=True),
        "V2": replace(v2, disturbance=30.2, keep_apart=(("P1", "P2"),)),
    }
    return replace(edition, visits={**edition.visits, **marked})


def line_of(edition: Edition, texts: Texts, rule_id: str) -> tuple[str, str]:
    """(state, text) of the one line that the report has of a rule."""
    page = report_page(edition, texts, PLAN_SHA256)
    ((state, row),) = re.findall(rf'<tr data-rule="{rule_id}" data-state="(\w+)">(.*?)</tr>', page, re.DOTALL)
    return state, html.unescape(re.sub(r"<[^>]+>", "\n", row))


@pytest.mark.parametrize("rule_id", FIGURES)
def test_the_report_has_the_line_of_the_rule(eventful: Edition, texts: Texts, rule_id: str) -> None:
    state, text = line_of(eventful, texts, rule_id)
    assert state == "kept"
    assert texts("rules.state.kept") in text
    assert texts(f"rule.{rule_id}.title") in text
    assert texts(f"told.{rule_id}", **FIGURES[rule_id]) in text


@pytest.mark.parametrize("rule_id", FIGURES)
def test_the_line_of_a_broken_rule_says_where_it_is_broken(eventful: Edition, texts: Texts, rule_id: str) -> None:
    breach = Violation(rule_id, "V-B7", {"detail": "1 + 1"})
    is_soft = rule_id in SOFT
    broken = replace(eventful, **{"soft_violations" if is_soft else "violations": (breach,)})
    state, text = line_of(broken, texts, rule_id)
    assert state == ("short" if is_soft else "broken")
    assert texts(f"violation.{rule_id}", where="V-B7", detail="1 + 1") in text
    # And no longer that it was kept.
    assert texts("rules.not_kept", n=1) in text
    assert texts(f"told.{rule_id}", **FIGURES[rule_id]) not in text
    assert texts("report.rules_held") not in html.unescape(report_page(broken, texts, PLAN_SHA256))


@pytest.mark.parametrize("rule_id", SWITCHABLE)
def test_the_line_of_a_rule_that_is_off_gives_the_reason(eventful: Edition, texts: Texts, rule_id: str) -> None:
    reason = "agreed with the command centre on 10 September"
    scenario = eventful.scenario.model_copy(update={"rules": RuleSettings(off={rule_id: reason})})
    state, text = line_of(replace(eventful, scenario=scenario), texts, rule_id)
    assert state == "off"
    assert reason in text
    assert texts(f"told.{rule_id}", **FIGURES[rule_id]) not in text


@pytest.mark.parametrize("rule_id", SWITCHABLE)
def test_every_report_repeats_why_a_rule_is_off(eventful: Edition, texts: Texts, rule_id: str) -> None:
    reason = "agreed with the command centre on 10 September"
    scenario = eventful.scenario.model_copy(update={"rules": RuleSettings(off={rule_id: reason})})
    edition = replace(eventful, scenario=scenario)
    point = GridPoint({"seed": "1"}, 4, 1.0, 1.0, 2, 2, 1, 1, 1, 1, (), is_warm=False)
    book = openpyxl.load_workbook(io.BytesIO(export_plan(edition, "xlsx", texts).content))
    pages = {
        "report": report_page(edition, texts, PLAN_SHA256),
        "brief": handout_files(edition, "market_regulation", texts, None)["brief.html"].decode("utf-8"),
        "compare": compare_page([edition, edition], texts),
        "whatif": whatif_page("tiny", [GridCurve("", (point,), None)], texts, edition.scenario.rules.off),
        "workbook": " ".join(str(cell.value) for row in book[texts("sheet.plan")] for cell in row),
    }
    assert [name for name, page in pages.items() if reason not in page] == []
