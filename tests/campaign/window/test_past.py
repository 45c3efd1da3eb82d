"""A real history replayed: the visits a day that were truly made, and the same bytes after a stop."""

from __future__ import annotations

from pathlib import Path

import pytest

from geodata.errors import InputError
from sweep.campaign.model.replay_state import ReplayState
from sweep.campaign.read_campaign_file import load_campaign
from sweep.campaign.replay.historical_replay import make_historical_replay, required_intervals
from sweep.campaign.replay.replay_runs import ReplayOptions, Row, StoppedError, run_replays
from sweep.campaign.window.load_campaign import load_for

SCENARIO = """name = "past"
day = 2014-11-01
lang = "en"
[data]
anywhere = true
buildings = "places.csv"
history = "before.csv"
"""
CAMPAIGN = """name = "past"
first_day = 2014-01-06
last_day = 2014-12-31
weekdays = ["mon", "tue", "wed", "thu", "fri"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Twelve places: six visits before the campaign, and one to each in its first three weeks, three of them finds."""
    place = tmp_path / "past"
    place.mkdir()
    rows = [f"B{k},{-87.6 + k / 1000},{41.8 + k / 1000}" for k in range(1, 13)]
    (place / "places.csv").write_text("building_id,lon,lat\n" + "\n".join(rows) + "\n", encoding="utf-8")
    before = [f"V{k},B{k},2013-0{k}-05,red,{'find' if k < 4 else 'nothing'}" for k in range(1, 7)]
    head = "visit_id,building_id,visited_on,team,outcome\n"
    (place / "before.csv").write_text(head + "\n".join(before) + "\n", encoding="utf-8")
    visits = [
        f"B{1 + (5 * k) % 12},2014-01-{6 + 7 * (k // 4) + k % 4:02},red,{'find' if k % 5 == 0 else 'nothing'},180"
        for k in range(12)
    ]
    head = "building_id,date,inspector,outcome,required_days\n"
    (place / "inspections.csv").write_text(head + "\n".join(visits) + "\n", encoding="utf-8")
    (place / "scenario.toml").write_text(SCENARIO, encoding="utf-8")
    (place / "campaign.toml").write_text(CAMPAIGN, encoding="utf-8")
    return place


def test_every_policy_makes_the_visits_that_were_made_and_as_it_was_is_no_sooner(folder: Path, tmp_path: Path) -> None:
    rows, _ = run_replays(load_campaign(folder), ReplayOptions(("as_it_was", "planner", "random"), 1), tmp_path / "out")
    by_policy: dict[str, Row] = {r.policy: r for r in rows}
    assert {r.figures["visits"][0] for r in rows} == {12.0}
    assert {r.figures["finds"][0] for r in rows} == {3.0}
    assert by_policy["as_it_was"].figures["days_earlier"][0] == 0.0


def test_two_visits_to_a_place_on_one_day_stay_two_and_as_it_was_is_the_true_order(folder: Path) -> None:
    visits = [
        "B1,2014-01-06,red,nothing",
        "B1,2014-01-06,blue,find",
        "B2,2014-01-07,red,find",
        "B3,2014-01-08,red,find",
    ]
    text = "\n".join(["building_id,date,inspector,outcome", *visits])
    (folder / "inspections.csv").write_text(text + "\n", encoding="utf-8")
    (state,) = make_historical_replay(load_campaign(folder)).states_after(ReplayState("as_it_was", 1), 1)
    assert [f"{d.building_id},{d.day},{d.team},{d.outcome}" for d in state.done] == visits


@pytest.mark.slow
def test_a_history_that_was_stopped_goes_on_to_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    campaign, wanted = load_campaign(folder), ReplayOptions(("planner", "random"), 1)
    run_replays(campaign, wanted, tmp_path / "whole")
    with pytest.raises(StoppedError):
        run_replays(campaign, wanted, tmp_path / "parts", is_interrupted=lambda: True)
    run_replays(campaign, wanted, tmp_path / "parts")
    files = sorted(p.relative_to(tmp_path / "whole") for p in (tmp_path / "whole").rglob("*") if p.is_file())
    assert files
    for file in files:
        assert (tmp_path / "whole" / file).read_bytes() == (tmp_path / "parts" / file).read_bytes(), file


def test_a_replay_of_more_weeks_than_are_asked_for_is_not_put_among_shorter_ones(folder: Path, tmp_path: Path) -> None:
    campaign = load_campaign(folder)
    run_replays(campaign, ReplayOptions(("planner",), 1, 2), tmp_path / "out")
    with pytest.raises(InputError) as caught:
        run_replays(campaign, ReplayOptions(("random", "planner"), 1, 1), tmp_path / "out")
    (issue,) = caught.value.issues
    assert (issue.code, issue.values["kept"], issue.values["got"]) == ("S994", 2, 1)
    assert not list(tmp_path.rglob("random-1.json"))


def test_an_interval_holds_from_the_visit_on_that_asks_for_it(folder: Path, tmp_path: Path) -> None:
    # B7 is not known before its first visit, which asks for 30 days; its last one asks for 2.
    file = folder / "inspections.csv"
    text = "building_id,date,inspector,outcome,required_days\nB1,2013-12-02,red,nothing,90\n"
    text += "B1,2014-01-07,red,nothing,60\nB7,2014-01-06,red,nothing,30\nB7,2014-01-20,red,nothing,2\n"
    file.write_text(text, encoding="utf-8")
    stage = make_historical_replay(load_campaign(folder))
    begun = ReplayState("as_it_was", 1)
    days = [required_intervals(stage, state) for state in (begun, *stage.states_after(begun, 3))]
    assert days == [{"B1": 90}, {"B1": 60, "B7": 30}, {"B1": 60, "B7": 30}, {"B1": 60, "B7": 2}]


def test_a_history_outside_the_campaign_is_told(folder: Path, tmp_path: Path) -> None:
    file = folder / "campaign.toml"
    text = file.read_text(encoding="utf-8").replace("2014-01-06", "2014-06-02")
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        run_replays(load_campaign(folder), ReplayOptions((), 1), tmp_path / "out")
    assert [i.code for i in caught.value.issues] == ["S906"]


def test_a_campaign_that_begins_before_its_data_is_told(folder: Path) -> None:
    file = folder / "campaign.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("2014-01-06", "2012-12-03"), encoding="utf-8")
    campaign = load_campaign(folder)
    with pytest.raises(InputError) as caught:
        load_for(campaign, campaign.first_day)
    first = caught.value.issues[0]
    assert (first.code, first.where) == ("S913", "campaign.toml first_day")
    assert first.values == {"day": "2012-12-03", "first": "2013-01-05"}
