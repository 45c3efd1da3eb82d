"""campaign.html and replay.html: what they show of a record, in both languages, and that nothing in it runs."""

from __future__ import annotations

import math

import pytest

from geodata.texts import LANGUAGES, load_texts
from sweep.publish.studies.campaign_page import campaign_page
from sweep.publish.studies.replay_page import replay_page, shown
from tests.publish.small_campaign import NAMES, PLACES, STREETS, small_record


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_page_shows_days_promises_caps_moves_and_what_is_left(lang: str) -> None:
    texts = load_texts(lang)
    page = campaign_page(small_record(), PLACES, STREETS, NAMES, texts)
    for key in ("days", "promises", "coverage", "moves", "left", "caps", "load", "reserve"):
        assert f"<h2>{texts(f'campaign.{key}')}</h2>" in page
    assert texts("campaign.published", plan="abc123def456") in page
    assert texts("campaign.why.moved") in page
    assert "campaign." not in page.replace("campaign.json", "")
    assert page.count("<circle class=") == len(PLACES) + 4  # and four in the legend


def test_nothing_of_a_table_runs() -> None:
    page = campaign_page(small_record(), PLACES, STREETS, NAMES, load_texts("en"))
    assert "<img" not in page
    assert "&lt;img" in page


def test_a_record_of_nothing_makes_a_page() -> None:
    empty = small_record().model_copy(
        update=dict.fromkeys(("days", "left", "promises", "caps", "moves", "districts", "classes", "load", "weeks"), ())
    )
    assert load_texts("en")("campaign.no_moves") in campaign_page(empty, (), STREETS, {}, load_texts("en"))


def test_a_figure_is_shown_with_its_standard_error() -> None:
    texts = load_texts("en")
    assert shown("finds", (12.34, 1.26), texts) == "12.3 ± 1.3"
    assert shown("never_share", (0.0123, math.nan), texts) == "1.2%"
    seeds, means = {"random": ({"finds": 0.5}, {"finds": 1.5})}, {"random": {"finds": (1.0, 0.5)}}
    page = replay_page("tiny", 4, seeds, means, texts)
    assert "1 ± 0.5" in page
    assert page.count("<circle") == 2  # a dot for each seed
    assert texts("campaign.policy.random") in page
