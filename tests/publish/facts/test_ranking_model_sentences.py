"""What a ranking rests on, in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geodata.message_catalogue import Texts, load_texts
from sweep.publish.edition import Edition
from sweep.publish.facts.ranking_model_sentences import ranking_facts
from sweep.publish.report.report import report_page
from sweep.records.ranking import FindLevel, ModelChoice, RankingFacts, Term
from tests.publish.small_edition import PLAN_SHA256

OPEN = FindLevel(184, 10, 33.9, 0.32, 1.0, 11**-0.5, -1.5, 0.9)
FACTS = RankingFacts("rule", 1096, 11, "2026-09-15", 0.863, level=OPEN)


def test_the_rule_says_what_a_model_would_need() -> None:
    sentences = ranking_facts(FACTS, load_texts("en"))
    assert "1,096 past checks with 11 finds are too few" in sentences[0]
    assert "level of the expected finds is not calibrated" in sentences[1]
    assert "86%" in sentences[2].replace(" ", "")
    assert sentences[3].endswith("2026-09-15.")


@pytest.mark.parametrize(("scored_by", "n"), [("rule", 1), ("logistic", 0)])
def test_a_fitted_memory_is_reported_where_the_rule_scores(scored_by: str, n: int) -> None:
    sentences = ranking_facts(replace(FACTS, scored_by=scored_by, is_memory_fitted=True), load_texts("en"))
    assert sum("memory of leads was fitted" in line for line in sentences) == n


def test_the_model_says_what_it_learnt_from_and_no_data_have_no_date() -> None:
    sentences = ranking_facts(replace(FACTS, scored_by="logistic", n_finds=40, data_on=None), load_texts("en"))
    assert sentences[0] == "Scored by a model trained on 1,096 past checks with 40 finds."
    assert len(sentences) == 3


def test_a_model_that_earned_it_says_from_how_many_checks_and_what_spreads_places() -> None:
    explained_by = (Term("model_own_finds", 0.62), Term("model_rule", 0.38))
    verdict = ModelChoice("logistic", "ahead", 700, 84, 420, 50, 49.0, 0.7, 0.6, 0.04, explained_by)
    sentences = ranking_facts(replace(FACTS, verdict=verdict), load_texts("en"))
    assert "700 past checks with 84 finds" in sentences[0]
    assert "past finds here 62%, score by the rule 38%" in sentences[1]


def test_the_report_says_so_under_the_clusters(edition: Edition, texts: Texts) -> None:
    page = report_page(replace(edition, facts=FACTS), texts, PLAN_SHA256)
    assert all(line in page for line in ranking_facts(FACTS, texts))
    assert ranking_facts(FACTS, texts)[2] not in report_page(replace(edition, facts=None), texts, PLAN_SHA256)


def test_the_level_is_reported_with_the_finds_that_it_rests_on() -> None:
    texts = load_texts("en")
    assert "had 33.9 finds predicted and 10 made, and 20 are needed" in ranking_facts(FACTS, texts)[1]
    # 99 finds and one more: a Gamma of shape 100 has its 90 % between .84 and 1.17.
    known = FindLevel(700, 99, 80.0, 100 / 81, 1.0, 0.1, 0.2, 0.9)
    sentence = ranking_facts(replace(FACTS, level=known), texts)[1]
    assert "had 80 finds predicted and 99 made" in sentence
    assert "between 0.84 and 1.17 times" in sentence


def test_a_changed_level_is_reported_with_the_weeks_that_count() -> None:
    changed = FindLevel(100, 12, 20.0, 13 / 21, 1.0, 0.28, -0.5, 0.9, n_weeks=8)
    counted, why = ranking_facts(replace(FACTS, level=changed), load_texts("en"))[1:3]
    assert "100 checks of the last 8 weeks had 20 finds predicted and 12 made" in counted
    assert "Earlier visits do not count" in why
