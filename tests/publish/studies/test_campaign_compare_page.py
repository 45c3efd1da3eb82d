"""Two campaigns side by side: figures, promises, coverage and caps with the difference, in both languages."""

from __future__ import annotations

import csv
import io

import pytest

from geodata.message_catalogue import LANGUAGES, load_texts
from sweep.campaign.pages.campaign_compare import Pair, comparison_files, tables
from sweep.campaign.records import CampaignRecord
from tests.campaign.check.small_campaign import THU
from tests.publish.small_campaign import EVIL, small_record


def other() -> CampaignRecord:
    """The same campaign two days on: one late promise less, and a class that the first did not have."""
    first = small_record()
    kept = first.promises[0].model_copy(update={"n_kept": 3, "n_late": 0})
    classes = (*first.classes, first.classes[0].model_copy(update={"group": "D"}))
    return first.model_copy(update={"name": EVIL, "planned_on": THU, "promises": (kept,), "classes": classes})


@pytest.mark.parametrize("lang", LANGUAGES)
def test_two_campaigns_stand_side_by_side_with_the_difference(lang: str) -> None:
    texts = load_texts(lang)
    page = comparison_files(small_record(), other(), texts)["comparison.html"]
    for key in ("promises", "districts", "classes", "caps"):
        assert f"<h2>{texts(f'campaign.compare.{key}')}</h2>" in page
    assert '<td class="n">1 → 0<span class="change">−1</span></td>' in page
    assert '<td class="n">2 → 3<span class="change">+1</span></td>' in page
    assert texts("campaign.compare.days_differ") in page
    assert "campaign." not in page
    assert "<img" not in page
    assert "&lt;img" in page


def test_two_of_one_name_and_day_are_named_by_where_they_lie() -> None:
    places = ("out/wide", f"out/{EVIL}")
    page = comparison_files(small_record(), small_record(), load_texts("en"), places)["comparison.html"]
    assert '<p class="quiet">out/wide</p>' in page and "<img" not in page and "out/&lt;img" in page
    assert "out/" not in comparison_files(small_record(), other(), load_texts("en"))["comparison.html"]


def test_a_group_that_one_campaign_lacks_has_no_figures_there() -> None:
    texts = load_texts("en")
    classes = next(t for t in tables(small_record(), other(), texts) if t.key == "classes")
    assert [name for name, _ in classes.rows] == [texts("campaign.no_class"), "D"]
    assert classes.rows[1][1][0] == Pair(None, 8)
    assert classes.rows[1][1][0].difference is None


def test_districts_of_one_name_are_rows_of_their_own() -> None:
    first = small_record()
    some = [
        first.districts[0].model_copy(update={"name": "市中区", "group": g, "n_buildings": n})
        for g, n in (("370103", 10), ("370402", 20))
    ]
    both = first.model_copy(update={"districts": (*some, first.districts[0])})
    districts = next(t for t in tables(both, both, load_texts("zh_CN")) if t.key == "districts")
    assert [(name, pairs[0]) for name, pairs in districts.rows[:2]] == [
        ("市中区 370103", Pair(10, 10)),
        ("市中区 370402", Pair(20, 20)),
    ]
    assert len(districts.rows) == 3 and "370102" not in districts.rows[2][0]


def test_every_figure_is_in_the_csv() -> None:
    text = comparison_files(small_record(), other(), load_texts("en"))["comparison.csv"]
    rows = {(r["table"], r["group"], r["figure"]): r for r in csv.DictReader(io.StringIO(text))}
    assert rows["window", "", "promises"]["difference"] == "-1.000000"
    assert (rows["caps", "2026 · Police · B", "left"]["first"], rows["classes", "D", "planned"]["first"]) == ("16", "")
