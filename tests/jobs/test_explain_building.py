"""Why a building is in a plan or not, with the rules that its visit breaks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geodata.errors import Issue
from geodata.message_catalogue import LANGUAGES, load_texts
from sweep.cli.explain import explanation_json, explanation_rows
from sweep.jobs.review_and_explain import explain_building
from sweep.publish.edition import Edition
from sweep.records.plan import Violation
from tests.publish.small_edition import small_edition

NOTE = Issue("S670", "other_inspections", {"n": 1, "firms": ("F1",)})


def with_breaches() -> Edition:
    """V1 at B1 breaks two soft rules, V2 another; a firm is at its limit."""
    found = [("C33", "V1"), ("C34", "V1"), ("C22", "V2"), ("C34", "V10")]
    return replace(
        small_edition(),
        soft_violations=tuple(Violation(rule_id, where, {"detail": "week: 2 + 1 > 2"}) for rule_id, where in found),
        notes=(NOTE,),
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_explanation_of_a_visit_names_the_soft_rules_that_it_breaks(lang: str) -> None:
    edition, texts = with_breaches(), load_texts(lang)
    found = explain_building(edition, "B1")
    assert [v.rule_id for v in found.breaches] == ["C33", "C34"]
    assert [b["rule_id"] for b in explanation_json(found)["breaches"]] == ["C33", "C34"]  # type: ignore[attr-defined]
    rows = dict(explanation_rows(edition, found, texts))
    assert "week: 2 + 1 > 2" in rows["C33"]
    assert "week: 2 + 1 > 2" in rows["C34"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_explanation_of_a_building_that_is_not_on_offer_names_firms_at_their_limit(lang: str) -> None:
    edition, texts = with_breaches(), load_texts(lang)
    visits = {i: v for i, v in edition.visits.items() if v.building_id != "B2"}
    ranking = edition.ranking.assign(last_visit_on=None)
    found = explain_building(replace(edition, visits=visits, terms={"B2": ()}, ranking=ranking), "B2")
    assert dict(explanation_rows(edition, found, texts))["C33"] == f"{NOTE.what(texts)} {NOTE.fix(texts)}"
    assert explain_building(edition, "B1").notes == ()
