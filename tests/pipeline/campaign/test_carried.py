"""What a record hands on to the next: four weeks of duties, however often a window is planned anew."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sweep.pipeline.campaign.carried import sent_before
from sweep.records.campaign import CampaignRecord, CarriedPart, DayPart, TeamPart
from tests.campaign.small_record import record

FIRST = date(2026, 9, 14)


def sweep_day(on: date, people: frozenset[str]) -> DayPart:
    team = TeamPart(team_id="T01", member_ids=tuple(sorted(people)), base_id="S01")
    return DayPart(day=on, draw_seed="s", commitment="c", pool_sha256="p", teams=(team,), visits=())


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
