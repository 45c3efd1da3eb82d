"""campaign.html and replay.html: what they show of a record, in both languages, and that nothing in it runs."""

from __future__ import annotations

import math
from datetime import date

import pytest

from geodata.message_catalogue import LANGUAGES, load_texts
from sweep.campaign.pages.campaign_page import campaign_page
from sweep.campaign.pages.replay_page import measure_text, replay_page
from sweep.campaign.records import TeamPart, WeekPart
from tests.campaign.check.small_campaign import THU, TUE
from tests.publish.small_campaign import CLASSES, NAMES, PLACES, STREETS, small_record


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_page_shows_days_promises_caps_moves_and_what_is_left(lang: str) -> None:
    texts = load_texts(lang)
    page = campaign_page(small_record(), PLACES, CLASSES, STREETS, NAMES, texts)
    for key in ("days", "promises", "coverage", "moves", "left", "caps", "load", "reserve"):
        assert f"<h2>{texts(f'campaign.{key}')}</h2>" in page
    assert texts("campaign.published", plan="abc123def456") in page
    assert texts("campaign.why.moved") in page
    assert "campaign." not in page.replace("campaign.json", "")
    assert page.count("<circle class=") == len(PLACES) + 5  # and five in the legend


@pytest.mark.parametrize(("gap", "said"), [(0.0, "0.0%"), (0.00026, "0.1%"), (0.01402, "1.5%")])
def test_the_most_that_a_window_is_below_the_best_is_rounded_up(gap: float, said: str) -> None:
    record = small_record().model_copy(update={"gap": gap})
    page = campaign_page(record, PLACES, CLASSES, STREETS, NAMES, load_texts("en"))
    assert f"the plan is at most {said} below the best" in page


@pytest.mark.parametrize("lang", LANGUAGES)
def test_finds_and_leads_have_a_chart_each_that_says_where_nothing_was_expected(lang: str) -> None:
    texts = load_texts(lang)
    page = campaign_page(small_record(), PLACES, CLASSES, STREETS, NAMES, texts)
    first, second = (texts("campaign.chart.tip_leads", week=w, n=4) for w in ("2026-08-03", "2026-08-10"))
    assert first + texts("campaign.chart.unknown") + "<" in page
    assert second + texts("campaign.chart.expected", expected="3.5", low="1", high="7") + "<" in page
    finds = texts("campaign.chart.tip_finds", week="2026-08-10", visits=9, n=1)
    assert finds + texts("campaign.chart.expected", expected="0.8", low="0", high="2") + "<" in page


def test_of_a_week_without_visits_no_find_was_expected_which_is_known() -> None:
    texts = load_texts("en")
    week = WeekPart(week=date(2026, 8, 3), expected=0.0, low=0.0, high=0.0, leads_expected=0.0)
    page = campaign_page(small_record().model_copy(update={"weeks": (week,)}), PLACES, CLASSES, STREETS, NAMES, texts)
    finds = texts("campaign.chart.tip_finds", week="2026-08-03", visits=0, n=0)
    leads = texts("campaign.chart.tip_leads", week="2026-08-03", n=0)
    known = texts("campaign.chart.expected", expected="0", low="0", high="0")
    assert finds + known + "<" in page and leads + known + "<" in page


def test_of_caps_what_is_left_is_shown_and_of_those_never_visited_who_is_planned() -> None:
    texts = load_texts("en")
    page = campaign_page(small_record(), PLACES, CLASSES, STREETS, NAMES, texts)
    assert '<td class="n">3</td><td class="n">1</td><td class="n">16</td><td class="n">1</td></tr>' in page
    assert f"<dd>6</dd><dd>{texts('campaign.fig.never_planned', n=4)}</dd>" in page
    assert '<td class="n">6</td><td class="n">4</td><td class="n" data-group="370102">' in page


def test_nothing_of_a_table_runs() -> None:
    page = campaign_page(small_record(), PLACES, CLASSES, STREETS, NAMES, load_texts("en"))
    assert "<img" not in page
    assert "&lt;img" in page


def test_a_record_of_nothing_makes_a_page() -> None:
    empty = small_record().model_copy(
        update=dict.fromkeys(("days", "left", "promises", "caps", "moves", "districts", "classes", "load", "weeks"), ())
    )
    assert load_texts("en")("campaign.no_moves") in campaign_page(empty, (), {}, STREETS, {}, load_texts("en"))


def test_a_figure_is_shown_with_its_standard_error() -> None:
    texts = load_texts("en")
    assert measure_text("finds", (12.34, 1.26), texts) == "12.3 ± 1.3"
    assert measure_text("never_share", (0.0123, math.nan), texts) == "1.2%"
    seeds, means = {"random": ({"finds": 0.5}, {"finds": 1.5})}, {"random": {"finds": (1.0, 0.5)}}
    page = replay_page("tiny", 4, seeds, means, texts)
    assert "1 ± 0.5" in page
    assert page.count("<circle") == 2  # a dot for each seed
    assert texts("campaign.policy.random") in page


@pytest.mark.parametrize("lang", LANGUAGES)
def test_teams_without_stops_are_not_out_and_their_people_can_stay(lang: str) -> None:
    texts, record = load_texts(lang), small_record()
    first, *rest = record.days
    (team,) = first.teams
    idle = TeamPart(team_id="T02", member_ids=("P5", "P6", "M5"), base_id="S01")
    teams = (team, idle, idle.model_copy(update={"team_id": "T03", "is_reserve": True}))
    days = (first.model_copy(update={"teams": teams}), *rest)
    page = campaign_page(record.model_copy(update={"days": days}), PLACES, CLASSES, STREETS, NAMES, texts)
    assert f"<dt>{texts('campaign.day.teams')}</dt><dd>1</dd><dt>{texts('campaign.day.stay')}</dt><dd>3</dd>" in page


def test_turns_that_fall_due_are_counted_as_planned_after_their_day_or_as_without_one() -> None:
    texts, record = load_texts("en"), small_record()
    # B1 is visited on the fifteenth and B4 on the seventeenth; B9 on no day.
    due = {"B1": TUE, "B4": date(2026, 9, 16), "B9": THU, "B8": date(2026, 9, 18)}
    page = campaign_page(record.model_copy(update={"due": due}), PLACES, CLASSES, STREETS, NAMES, texts)
    assert texts("campaign.fig.at_risk", after=1, without=1) in page
