"""What keeps a handout back (C26)."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from geodata.message_catalogue import load_texts
from sweep.jobs.verification import check_disclosure
from sweep.jobs.verification.check_disclosure import compromised, leaks_as_violations
from sweep.publish.handouts.handout_contents import handout_files
from sweep.records.visits import TargetReason
from sweep.scenario.law_and_form_settings import Special
from tests.publish.small_edition import at_a_locked_door, small_edition

EN = load_texts("en")


def test_an_investigation_at_a_locked_door_keeps_the_handout_back() -> None:
    still = pd.Series([pd.NaT], dtype="datetime64[ns, Asia/Shanghai]")
    opened = {"investigation_id": ["I1"], "building_id": ["B2"], "uscc": [None], "closed_on": still}
    firms = pd.DataFrame({"building_id": [], "uscc": []})
    inputs: Any = SimpleNamespace(investigations=pd.DataFrame(opened), firms=firms)
    assert [(v.rule_id, v.where) for v in compromised(at_a_locked_door(), inputs)] == [("C26", "V2")]


@pytest.mark.parametrize(
    ("basis", "why", "is_kept_back"),
    [(("L9",), "case", False), (("V1",), "case", False), (("L9", "S-1"), "special", False), (("L9",), "special", True)],
    ids=["a lead", "an urgent visit without leads", "a list beside a lead", "a lead named as a list"],
)
def test_what_a_visit_on_leads_rests_on_keeps_a_handout_back_only_where_a_lead_would_show(
    monkeypatch: pytest.MonkeyPatch, basis: tuple[str, ...], why: str, is_kept_back: bool
) -> None:
    monkeypatch.setattr(check_disclosure, "texts_to_withhold", lambda *_: [])
    edition = small_edition()
    special = Special(number="S-1", firms=("91370102MA30000450",))
    law = edition.scenario.law.model_copy(update={"special": (special,)})
    edition = replace(
        edition,
        scenario=edition.scenario.model_copy(update={"law": law}),
        visits={**edition.visits, "V1": replace(edition.visits["V1"], track="case", basis=basis)},
        reasons={"V1": (TargetReason("", "basis", {"track": why, "basis": basis[-1]}),)},
    )
    inputs: Any = None
    found = leaks_as_violations(
        handout_files(edition, "market_regulation", EN, None), edition, inputs, "market_regulation"
    )
    assert bool(found) == is_kept_back


@pytest.mark.parametrize("output_class", ["market_regulation", "property"])
def test_a_personal_number_in_a_name_keeps_a_handout_back(monkeypatch: pytest.MonkeyPatch, output_class: Any) -> None:
    monkeypatch.setattr(check_disclosure, "texts_to_withhold", lambda *_: [])
    edition = small_edition()
    named = replace(edition.buildings["B1"], name="舜耕大厦 138.0013.8007")
    edition = replace(edition, buildings={**edition.buildings, "B1": named})
    files = handout_files(edition, output_class, EN, None)
    buildings = pd.DataFrame({"building_name": [named.name]})
    inputs: Any = SimpleNamespace(buildings=buildings)
    found = leaks_as_violations(files, edition, inputs, output_class)
    assert {v.values["detail"] for v in found} == {"mobile_number 138********"}

    data = edition.scenario.data.model_copy(update={"keep_personal": {"buildings": ("building_name",)}})
    kept = replace(edition, scenario=edition.scenario.model_copy(update={"data": data}))
    assert leaks_as_violations(files, kept, inputs, output_class) == []
