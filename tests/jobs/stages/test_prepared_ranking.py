"""What a visit costs where buildings are ranked: the hours of the teams that are sent."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from sweep.jobs.stages.prepared_ranking import Ranker, make_ranker
from sweep.scenario.scenario import Scenario
from sweep.select.make_visits import TeamSize
from tests.rank.conftest import NOW, leads_table
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


def test_a_lead_dated_with_the_day_alone_is_not_known_as_the_day_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    # At midnight of the day; a second before; a day before. Of a day ahead, only what came before today is known.
    leads = leads_table([{"age": 0.0}, {"age": 1 / 86_400}, {"age": 1.0}])
    monkeypatch.setattr("sweep.jobs.stages.prepared_ranking.rank_buildings", lambda **given: len(given["leads"]))
    settings: Any = SimpleNamespace(rank=None)
    inputs: Any = SimpleNamespace(leads=leads, history=None)
    empty: Any = None
    ranker = Ranker(settings, inputs, empty, empty, empty, empty)
    n: Any = ranker.rank(NOW)
    n_ahead: Any = ranker.rank(NOW + timedelta(days=3), known_until=NOW)
    assert (n, n_ahead) == (2, 2)
