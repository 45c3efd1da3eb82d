"""What a window must tell: promises that no capacity can keep, yearly caps used up."""

from __future__ import annotations

from datetime import date

from sweep.campaign.campaign_settings import Campaign
from sweep.campaign.model.campaign_warnings import campaign_notes
from sweep.campaign.records import CampaignRecord, CapPart, PromisePart, UnservedVisitPart
from tests.campaign.check.small_campaign import TUE, days
from tests.campaign.model.small_record import record

CAMPAIGN = Campaign(
    name="tiny",
    first_day=TUE,
    last_day=date(2026, 12, 31),
    draw_seed="secret",
    promises={"credit_class": {"D": 10}},
)


def record_with(n_buildings: int, n_full: int) -> CampaignRecord:
    promise = {"n_kept": 0, "n_late": 0, "n_at_risk": 0, "p50": 0, "p90": 0, "p99": 0, "needs_per_day": 0}
    cap = {"year": 2026, "authority": "police", "credit_class": "B", "most": 2, "n_firms": 3}
    return record(
        days(),
        TUE,
        # 52 weeks and a day: about two sweep days a week.
        commitments={f"{k}": "0" for k in range(105)},
        left=(UnservedVisitPart(building_id="B1", track="case", value=0.1, urgency=0.0, reason="NO_TIME"),),
        promises=(PromisePart(key="credit_class", value="D", days=10, n_buildings=n_buildings, **promise),),
        caps=(CapPart(**cap, n_done=3, n_planned=0, n_full=n_full),),
    )


def test_a_promise_beyond_all_capacity_is_told_with_what_it_needs() -> None:
    # 100 buildings every ten days are 70 visits a week, 35 a sweep day; the window's two days have a few each.
    (note,) = campaign_notes(CAMPAIGN, record_with(100, 0))
    assert (note.code, note.where) == ("S914", "campaign.toml promises")
    assert note.values["promise"] == "credit_class=D"
    assert note.values["needs"] == 34.9  # 105 sweep days in 52.29 weeks are 2.008 a week
    assert campaign_notes(CAMPAIGN, record_with(3, 2)) == ()


def test_a_class_whose_firms_are_all_at_their_cap_is_told() -> None:
    (note,) = campaign_notes(CAMPAIGN, record_with(3, 3))
    assert (note.code, note.where) == ("S916", "2026 police")
    assert (note.values["class"], note.values["n"], note.values["most"]) == ("B", 3, 2)


def test_a_promise_that_covers_no_building_is_told() -> None:
    campaign = CAMPAIGN.model_copy(update={"promises": {"all": 10, "credit_class": {"D": 10}, "n_floors": {"5": 9}}})
    (note,) = campaign_notes(campaign, record_with(3, 2))
    assert (note.code, note.where) == ("S998", "campaign.toml promises.n_floors")
    assert note.values == {"promise": "n_floors=5"}


def test_a_campaign_without_a_seed_of_its_own_is_warned() -> None:
    (note,) = campaign_notes(CAMPAIGN.model_copy(update={"draw_seed": ""}), record_with(3, 2))
    assert (note.code, note.where, note.values["seed"]) == ("S417", "campaign.toml draw_seed", "tiny-2026-09-15")
