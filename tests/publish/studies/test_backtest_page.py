"""The page of a backtest: figures, curves, nothing that runs, nothing where there is nothing."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from geodata.message_catalogue import LANGUAGES, load_texts
from sweep.publish.studies.backtest_page import backtest_page
from tests.publish.small_backtest import small_backtest

TEXTS = load_texts("en")


def page(**changes: object) -> str:
    return backtest_page(replace(small_backtest(), **changes), TEXTS)  # type: ignore[arg-type]


def test_names_are_text() -> None:
    html = page()
    assert "<img" not in html
    assert "<script>" not in html
    assert "&lt;script&gt;window.__xss=1&lt;/script&gt;" in html


def test_the_policy_lets_nothing_load_or_run() -> None:
    html = page()
    assert "default-src 'none'" in html
    assert "script-src 'none'" in html
    assert not re.search(r"<[a-z][^>]*\b(src|href)=", html)
    assert " style=" not in html


def test_the_ranking_stands_beside_the_best_of_the_others() -> None:
    html = page()
    assert "<dd>0.500</dd><dd>90 %: 0.100 – 0.900<br>best other method: raw count 0.400</dd>" in html


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_register_without_leads_begins_with_its_checks(lang: str) -> None:
    texts = load_texts(lang)
    html = backtest_page(replace(small_backtest(), has_leads=False), texts)
    for left_out in ("command.measure.pai_1", "backtest.curves", "backtest.measures", "backtest.limits.leads"):
        assert texts(left_out) not in html
    for shown in ("command.column.auc_within", "command.column.first_half", "backtest.finds", "backtest.calibration"):
        assert texts(shown) in html
    assert texts("backtest.calibration_leads") not in html


def test_a_register_without_leads_begins_with_discrimination_calibration_and_first_half() -> None:
    finds = small_backtest().finds.assign(slope=[0.9, 1.02, 1.4])
    figures = re.findall(r"<div><dt>(.*?)</dt>.*?best other method: (.*?)</dd>", page(has_leads=False, finds=finds))
    assert [title for title, _ in figures] == ["AUC within one team", "slope", "first half"]
    assert figures[1][1] == "raw count 1.02", "a slope of 1 is the best, not the steepest"


def test_columns_that_no_ranking_has_a_figure_for_are_left_out() -> None:
    shown = ("swapping a tenth", "AUC, drawn visits only", "drawn at random", "The choice made at the time")
    html = page()
    assert all(text in html for text in shown)
    html = page(finds=small_backtest().finds.assign(n_drawn=0, swap=float("nan")))
    assert not any(text in html for text in shown)


def test_the_best_of_each_row_is_marked() -> None:
    row = re.search(r"<tr><th scope=\"row\">PAI 5 %</th>(.*?)</tr>", page())
    assert row
    assert re.findall(r'class="n([^"]*)">([\d.]+)', row[1]) == [(" own best", "0.50"), ("", "0.40"), ("", "0.30")]


def test_a_measure_without_an_interval_shows_none() -> None:
    html = page()
    assert "nan" not in html
    assert '<td class="n">0.30<small></small></td>' in html


def test_calibration_divides_finds_by_those_expected() -> None:
    rows = re.findall(r"<tr><th scope=\"row\">this ranking</th>(.*?)</tr>", page())
    assert [re.findall(r">([^<>]+)</td>", r) for r in rows] == [
        ["1", "30", "2.00", "1", "0.50"],
        ["2", "30", "0.00", "0", "—"],
    ]


def test_each_line_is_drawn_from_its_points() -> None:
    lines = re.findall(r'<polyline points="([^"]+)"[^>]*><title>([^<]+)</title>', page())
    # Two curves and the windows, three lines each; the ranking last, so on top.
    assert [name for _, name in lines][2::3] == ["this ranking"] * 3
    left, right = (tuple(map(float, p.split(","))) for p in lines[2][0].split())
    # From (0, 0) to (30 %, 30 %): the axes start at x 46 and y 256 and end at x 446; 31.5 % is 226 above.
    assert left == (46.0, 256.0)
    assert right == (446.0, pytest.approx(256 - 226 / 1.05, abs=0.06))


def test_without_visits_or_events_the_page_says_so() -> None:
    small = small_backtest()
    html = page(finds=small.finds.assign(n_checks=0), windows=small.windows.assign(hit_5=float("nan")),
                curves=small.curves.assign(caught=float("nan")))  # fmt: skip
    assert html.count("No window has an event.") == 3
    assert "Comparison with the results of visits" not in html


def test_too_few_finds_are_said_to_allow_no_conclusion() -> None:
    finds = small_backtest().finds.assign(n_checks=57, n_finds=2)
    assert "57 checks with 2 finds, too few to judge which" in page(finds=finds.assign(auc_within=float("nan")))
    assert "too few to judge which" not in page(finds=finds.assign(auc_within=0.7))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_is_written_in_both_languages(lang: str) -> None:
    html = backtest_page(small_backtest(), load_texts(lang))
    assert "backtest." not in re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)


def test_a_gap_between_groups_is_warned_of_above_their_figures() -> None:
    html = page()
    assert html.count("the groups differ by more than chance") == 1
    assert "By district the groups differ" in html
    assert '<td class="n">0.700<small>0.490 – 0.860</small></td>' in html
    # A figure on two finds is none.
    assert '<td class="n">—<small></small></td><td class="n">0.300<small>0.200 – 0.500</small></td>' in html
    assert "&lt;b onclick=window.__xss=1&gt;南区&lt;/b&gt;" in html


def test_without_a_gap_the_page_says_so_and_without_groups_nothing() -> None:
    level = small_backtest().fairness.assign(is_gap=False)
    assert "No difference between groups exceeds chance" in page(fairness=level)
    assert "Equal treatment of places" not in page(fairness=level.iloc[:0])
