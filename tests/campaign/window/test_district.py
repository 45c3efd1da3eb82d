"""The days to come that a replay draws of one's own district: as many leads and dens as its rates say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geodata.errors import InputError
from sweep.campaign.model.replay_state import ReplayState
from sweep.campaign.read_campaign_file import load_campaign
from sweep.campaign.replay import replay_setup
from sweep.campaign.replay.simulated_district import SimulatedDistrict, make_district
from sweep.campaign.replay.simulated_replay import CityReplay
from sweep.campaign.window.load_campaign import LoadedCampaign, load_for
from sweep.campaign.window.visit_values import size_on
from tests.cli.conftest import prepared_once, scenario, sweep  # noqa: F401
from tests.cli.test_campaign import TOML, folder  # noqa: F401

pytestmark = pytest.mark.usefixtures("prepared_once")
FIRST, DAYS = date(2026, 9, 16), 364


@pytest.fixture(scope="module")
def own(folder: Path) -> LoadedCampaign:  # noqa: F811
    """The small city's tables as those of a district of which nothing else is known."""
    loaded = load_for(load_campaign(folder), FIRST)
    return replace(loaded, scenario=loaded.scenario.model_copy(update={"city": None}))


def district(**changes: object) -> SimulatedDistrict:
    """Two buildings: a lead each tenth day about the first, each fifth day about the second; half are true."""
    given = SimulatedDistrict(
        loaded=None,  # type: ignore[arg-type]
        ids=("A", "B"),
        p_den=np.array([0.5, 0.0]),
        leads_a_day=np.array([0.1, 0.2]),
        types=("tip",),
        shares=np.array([1.0]),
        hit_share=np.array([0.5]),
        life_days=np.array([20.0]),
    )
    return replace(given, **changes)


@pytest.mark.slow
def test_a_district_has_as_many_leads_and_dens_as_its_rates_say(own: LoadedCampaign) -> None:
    futures = [district(loaded=own).future(DAYS, seed) for seed in range(1, 41)]
    # .3 a day x 364 days = 109.2; half of them true, all of these about A, where alone there are dens.
    assert np.mean([len(f.leads) for f in futures]) == pytest.approx(109.2, rel=0.1)
    true = [f.leads["den_id"].notna().sum() for f in futures]
    assert np.mean(true) == pytest.approx(54.6, rel=0.15)
    assert {b for f in futures for b in f.dens["building_id"]} == {"A"}
    # Half a den on each day: .5 on the first, and .5 / 20 x 364 = 9.1 that open.
    assert np.mean([len(f.dens) for f in futures]) == pytest.approx(9.6, rel=0.12)
    day = pd.Timestamp(FIRST) + pd.Timedelta(days=200)
    open_then = [((f.dens["opened_on"] <= day) & (f.dens["closes_on"] > day)).sum() for f in futures]
    assert np.mean(open_then) == pytest.approx(0.5, abs=0.3)


def test_leads_of_a_den_come_while_it_is_open_and_fall_due_later(own: LoadedCampaign) -> None:
    future = district(loaded=own).future(DAYS, 1)
    true = future.leads.dropna(subset="den_id").merge(future.dens, on=["den_id", "building_id"])
    on = true["received_at"].dt.tz_localize(None).dt.normalize()
    assert len(true) == future.leads["den_id"].notna().sum()
    assert ((on >= true["opened_on"]) & (on < true["closes_on"])).all()
    assert (future.leads["due_at"].dt.date > future.leads["received_at"].dt.date).all()


def test_one_seed_gives_one_future_and_another_another(own: LoadedCampaign) -> None:
    one, again, other = (district(loaded=own).future(DAYS, seed).leads for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(one, again)
    assert len(one) != len(other) or not one["received_at"].equals(other["received_at"])


def test_a_district_without_leads_has_nothing_to_draw_from(own: LoadedCampaign) -> None:
    empty = own.with_tables(FIRST, own.inputs.leads.head(0), own.inputs.history)
    with pytest.raises(InputError) as raised:
        make_district(empty, size_on(own, FIRST, own.persons))
    assert [i.code for i in raised.value.issues] == ["S924"]


@pytest.mark.slow
def test_policies_are_played_on_the_own_district(own: LoadedCampaign, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay_setup, "load_for", lambda *_: own)
    replay = CityReplay(replay_setup.make_replay_setup(own.campaign), 20)
    for policy in ("planner", "random"):
        (state,) = replay.states_after(ReplayState(policy, 1), 1)
        assert (state.n_weeks, len(state.done) > 0) == (1, True)
        assert replay.figures(state)["visits"] == len(state.done)
