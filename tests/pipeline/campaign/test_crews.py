"""Who is sent: fair shares where not all can go, and nobody beyond their limits."""

from __future__ import annotations

from datetime import date, timedelta

from sweep.campaign.duty import Worked
from sweep.campaign.settings import DutyLimits
from sweep.pipeline.campaign.crews import fair_share, rested
from sweep.records.people import Person

DAY = date(2026, 9, 16)


def people(n: int) -> dict[str, Person]:
    until = date(2027, 1, 1)
    return {f"P{k}": Person(f"P{k}", "police", "officer", until, False, "S01", "370102", (0, 86_400)) for k in range(n)}


def duties(n: int) -> list[Worked]:
    return [Worked(DAY - timedelta(days=7 * k), 48_600, 63_000) for k in range(1, n + 1)]


def test_those_who_have_gone_least_go_first() -> None:
    load = {"P0": duties(3), "P1": duties(1), "P2": duties(2)}
    # Three of four: the one with three duties stays.
    assert [p.person_id for p in fair_share(list(people(4).values()), load, 3)] == ["P1", "P2", "P3"]


def test_whoever_is_at_a_limit_is_not_sent() -> None:
    load = {"P0": [Worked(DAY - timedelta(days=2), 48_600, 63_000)]}
    then = Worked(DAY, 48_600, 63_000)
    assert set(rested(people(2), load, then, DutyLimits(days_per_week=1))) == {"P1"}
    assert set(rested(people(2), load, then, DutyLimits())) == {"P0", "P1"}
