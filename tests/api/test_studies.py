"""Grids, comparisons and checks of plans from tables in memory; the functions of the wings."""

from __future__ import annotations

import inspect
from datetime import date
from pathlib import Path

import pytest

import sweep
import sweep.campaign
import sweep.province
from sweep.campaign.records import CampaignRecord
from sweep.publish.table_columns import COLUMNS
from tests.api.demo import tables
from tests.paths import ROOT

LIMITS = {"solver.iterations": 200, "teams.n_teams": 2, "teams.reserve_share": 0.0}


@pytest.fixture(scope="module")
def scenario() -> sweep.Scenario:
    return sweep.Scenario.from_tables(**tables(), settings=LIMITS)


def test_a_grid_has_one_row_a_point_and_more_teams_do_not_find_less(scenario: sweep.Scenario) -> None:
    shares: list[float] = []
    points = sweep.what_if(scenario, {"teams.n_teams": [1, 2]}, on_progress=lambda share, _: shares.append(share))
    assert points["n_teams"].tolist() == [1, 2]
    assert list(points.columns) == ["teams.n_teams", *COLUMNS["whatif.csv"]]
    assert points["value"].is_monotonic_increasing
    assert shares[-1] == 1.0


def test_the_same_iterations_give_the_same_plan_side_by_side(scenario: sweep.Scenario) -> None:
    plans = [sweep.plan(scenario, seed=7) for _ in range(2)]
    assert plans[0].edition.plan_id == plans[1].edition.plan_id
    figures = sweep.compare(*plans)
    assert figures["plan_id"].tolist() == [plans[0].edition.plan_id] * 2
    assert figures["value"].tolist() == pytest.approx([plans[0].value] * 2)
    with pytest.raises(ValueError, match="at least one plan"):
        sweep.compare()
    assert len(sweep.check(scenario, plans[0])) == 0
    served = plans[0].stops["building_id"].iloc[0]
    assert plans[0].explain(served).stops[0][1].building_id == served
    with pytest.raises(sweep.InputError, match="S306"):
        plans[0].explain("no such place")


def test_a_past_that_is_too_short_is_no_backtest(scenario: sweep.Scenario) -> None:
    with pytest.raises(sweep.InputError, match="S402"):
        sweep.backtest(scenario)


def test_an_unknown_setting_of_a_plan_or_grid_is_named(scenario: sweep.Scenario) -> None:
    with pytest.raises(sweep.InputError, match=r"S103 teams\.n_team"):
        scenario.with_settings({"teams.n_team": 3})
    with pytest.raises(sweep.InputError, match=r"S104 solver\.time_limit_s"):
        sweep.plan(scenario, time_limit=-1.0)


def test_campaigns_and_provinces_have_fixed_names() -> None:
    functions = (sweep.campaign.plan, sweep.campaign.advance, sweep.campaign.check, sweep.province.run)
    assert all(inspect.isfunction(f) and inspect.getdoc(f) for f in functions)


def test_a_window_that_a_script_planned_can_be_advanced_by_a_script(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = date(2024, 1, 2)
    days = {"first_day": first, "last_day": date(2026, 12, 31), "planned_on": first}
    days |= {"window_end": date(2024, 1, 30), "freeze_until": date(2024, 1, 9)}
    names = {"name": "quancheng_campaign", "scenario": "quancheng_campaign", "status": "", "bound_method": ""}
    record = CampaignRecord(**days, **names, seed=1, value=0.0, bound=0.0, gap=0.0, days=())
    place = tmp_path / "quancheng_campaign" / "campaign"
    place.mkdir(parents=True)
    (place / "campaign.json").write_text(record.model_dump_json(), encoding="utf-8")
    monkeypatch.setattr("sweep.campaign.api.plan_campaign", lambda _, day, *__: day)
    assert sweep.campaign.advance(ROOT / "scenarios" / "quancheng_campaign", tmp_path, today=date(2024, 1, 3)) == date(
        2024, 1, 3
    )
