"""What a record hands on to the next: four weeks of duties, and since when each day's seed is committed to."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sweep.campaign.campaign_settings import Campaign
from sweep.campaign.record.carried_facts import commitments, committed_on, sent_before
from sweep.campaign.records import CampaignRecord, CarriedPart, DayPart, TeamPart
from tests.campaign.model.small_record import record

FIRST = date(2026, 9, 14)


def sweep_day(on: date, people: frozenset[str]) -> DayPart:
    team = TeamPart(team_id="T01", member_ids=tuple(sorted(people)), base_id="S01")
    return DayPart(day=on, commitment="c", pool_sha256="p", teams=(team,), visits=())


@given(
    st.lists(st.frozensets(st.sampled_from("abc")), min_size=1, max_size=40), st.lists(st.integers(1, 6), min_size=1)
)
def test_after_any_advances_the_duties_of_four_weeks_are_known(who: list[frozenset[str]], steps: list[int]) -> None:
    days = {FIRST + timedelta(days=k): people for k, people in enumerate(who)}
    before: CampaignRecord | None = None
    today = FIRST
    for step in steps:
        sent = sent_before(before, today)
        # Days that were planned and have gone by, up to 28 days back.
        gone = {d: p for d, p in days.items() if before is not None and today - timedelta(days=28) <= d < today}
        assert {part.day: frozenset(part.member_ids) for part in sent} == gone
        window = tuple(sweep_day(d, p) for d, p in days.items() if today <= d < today + timedelta(days=7))
        before = record(window, today, carried=CarriedPart(sent=sent))
        today += timedelta(days=step)


def loaded_on(today: date, seed: str = "secret", n_days: int = 2) -> Any:
    days = tuple(FIRST + timedelta(days=k) for k in range(n_days))
    campaign = Campaign(name="tiny", first_day=FIRST, last_day=date(2026, 12, 31), draw_seed=seed)
    return SimpleNamespace(campaign=campaign, today=today, all_days=lambda: days)


def test_a_seed_is_committed_to_from_the_first_plan_that_has_it_on() -> None:
    monday, tuesday = FIRST, FIRST + timedelta(days=1)
    first = loaded_on(monday)
    assert committed_on(first, None) == {monday: monday, tuesday: monday}
    # A record of an older version tells its own day; later ones what it told.
    old = record((), monday, commitments=commitments(first))
    assert committed_on(loaded_on(tuesday), old) == {monday: monday, tuesday: monday}
    carried = CarriedPart(committed_on=committed_on(loaded_on(tuesday), old))
    second = record((), tuesday, commitments=commitments(first), carried=carried)
    wednesday = tuesday + timedelta(days=1)
    assert committed_on(loaded_on(wednesday, n_days=3), second) == {
        monday: monday,
        tuesday: monday,
        wednesday: wednesday,
    }
    assert committed_on(loaded_on(wednesday, seed="another"), second) == {monday: wednesday, tuesday: wednesday}
