"""What a visit costs where buildings are ranked: the hours of the teams that are sent."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from sweep.jobs.stages.ranker import make_ranker
from sweep.scenario.scenario import Scenario
from sweep.select.make_visits import TeamSize
from tests.select.conftest import building


@pytest.mark.parametrize(
    ("is_split", "minutes"),
    [
        # 10 doors at 3 min, 2 inspections of two pairs at 20 min: 12 + (30 + 80) / pairs, of four pairs.
        pytest.param(False, 39.5, id="one team of eight"),
        # Six police and two of market regulation share the work evenly: who has one pair is as long inside as of two.
        pytest.param(True, 67.0, id="two squads"),
    ],
)
def test_a_visit_costs_the_ranking_the_hours_that_it_takes_a_team_or_its_squads(is_split: bool, minutes: float) -> None:
    kinds = ("kind", "landlord_id", "property_company_id", "complex_id")
    table = pd.DataFrame([{"building_id": "B1", **dict.fromkeys(kinds)}])
    inputs: Any = SimpleNamespace(buildings=table)
    size = TeamSize(10, police=5, members=8, min_police=2, min_market_regulation=2, is_split=is_split)
    ranker = make_ranker(Scenario(name="x", day=date(2026, 9, 16)), inputs, {"B1": building("B1")}, size)
    assert ranker.team_hours * 60.0 == pytest.approx([minutes])
