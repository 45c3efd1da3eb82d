"""A campaign of two days that keeps every rule, to be broken one rule at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sweep.campaign.campaign_settings import Campaign
from sweep.campaign.check.campaign_inputs import CampaignInputs
from sweep.campaign.records import CampaignRecord, DayPart, StopPart, TeamPart, VisitPart
from sweep.records.buildings import Lead, PastVisit
from sweep.records.people import Person
from sweep.scenario.checker_settings import settings_for_check
from sweep.scenario.scenario import Scenario
from tests.campaign.model.small_record import record

TUE, THU = date(2026, 9, 15), date(2026, 9, 17)
ZONE = ZoneInfo("Asia/Shanghai")
SEED = "base"
# One firm may be on a list and one is drawn; both are of class B, twice a year.
SETTINGS: Mapping[str, Any] = {
    "name": "tiny",
    "day": TUE,
    "law": {
        "special": [
            {
                "number": "S-1",
                "level": "county",
                "approved_on": date(2026, 9, 1),
                "filed_on": date(2026, 9, 1),
                "published_on": date(2026, 9, 1),
                "yearly_no": 1,
                "firms": ["u-list"],
            }
        ]
    },
}


def campaign(**changes: object) -> Campaign:
    given = {"name": "tiny", "first_day": TUE, "last_day": date(2026, 12, 31), "draw_seed": SEED}
    return Campaign.model_validate({**given, "promises": {"all": 365}, **changes})


def seed_of(day: date) -> str:
    return hashlib.sha256(f"{SEED}|{day}".encode()).hexdigest()[:32]


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def persons() -> dict[str, Person]:
    """Four police and four of market regulation."""
    rows = [(f"P{k}", "police", "officer") for k in range(1, 5)]
    rows += [(f"M{k}", "market_regulation", "inspector") for k in range(1, 5)]
    until = date(2027, 1, 1)
    return {i: Person(i, a, r, until, True, "S01", "370102", (46_800, 64_800)) for i, a, r in rows}


def visit(building: str, on: date, track: str, **changes: object) -> VisitPart:
    given: dict[str, object] = {
        "visit_id": f"V-{building}",
        "building_id": building,
        "track": track,
        "basis": ("x",),
        "value": 0.25,
        "days": (on,),
        "values": (0.25,),
    }
    return VisitPart.model_validate(given | changes)


def team(name: str, members: tuple[str, ...], *visits: VisitPart) -> TeamPart:
    stops = tuple(
        StopPart(
            visit_id=v.visit_id, slot=0, building_id=v.building_id, start_s=50_000 + 3_000 * k, end_s=52_000 + 3_000 * k
        )
        for k, v in enumerate(visits)
    )
    return TeamPart(team_id=name, member_ids=members, base_id="S01", depart_s=49_000, return_s=60_000, stops=stops)


def day(on: date, members: tuple[str, ...], *visits: VisitPart) -> DayPart:
    seed = seed_of(on)
    return DayPart(
        day=on,
        commitment=sha(seed),
        pool_sha256="p",
        drawn=tuple(v.building_id for v in visits if v.track == "routine"),
        teams=(team("T01", members, *visits),),
        visits=visits,
    )


def days() -> tuple[DayPart, DayPart]:
    """Leads and the draw on the first day, the list and taking stock on the second."""
    tuesday = (visit("B1", TUE, "case", basis=("L1",)), visit("B2", TUE, "routine", targets=("u-drawn",)))
    thursday = (
        visit("B3", THU, "special", basis=("S-1",), targets=("u-list",)),
        visit("B4", THU, "stocktake"),
    )
    return day(TUE, ("P1", "P2", "M1", "M2"), *tuesday), day(THU, ("P1", "P3", "M1", "M3"), *thursday)


def lead(name: str, building: str, received: datetime, due: datetime | None = None) -> Lead:
    return Lead(name, building, "tip", received, due)


def past(building: str, on: date, track: str = "routine", **changes: Any) -> PastVisit:
    when = datetime(on.year, on.month, on.day, 15, tzinfo=ZONE)
    return replace(PastVisit(building, None, when, track, "market_regulation"), **changes)


def inputs(**changes: object) -> CampaignInputs:
    """The inputs; `days` among the changes goes into the record, `record` on top of it."""
    own = changes.pop("days", None) or days()
    commitments = {d.isoformat(): sha(seed_of(d)) for d in (TUE, THU)}
    made: CampaignRecord = record(own, TUE, commitments=commitments)  # type: ignore[arg-type]
    made = made.model_copy(update=changes.pop("record", {}))  # type: ignore[arg-type]
    leads = {"L1": lead("L1", "B1", datetime(2026, 9, 10, 9, tzinfo=ZONE), datetime(2026, 9, 16, 9, tzinfo=ZONE))}
    given = CampaignInputs(
        record=made,
        before=None,
        campaign=campaign(),
        settings=settings_for_check(Scenario.model_validate(SETTINGS)),
        persons=persons(),
        duty=(),
        credit_class={"u-list": "B", "u-drawn": "B"},
        facts={b: {} for b in ("B1", "B2", "B3", "B4", "B5")},
        leads=leads,
        looks={b: date(2026, 6, 1) for b in ("B1", "B2", "B3", "B4")},
        n_register=100,
    )
    return replace(given, **changes)  # type: ignore[arg-type]
