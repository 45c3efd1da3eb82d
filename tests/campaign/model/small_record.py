"""A record of a window with little in it."""

from __future__ import annotations

from datetime import date, timedelta

from sweep.campaign.records import CampaignRecord, DayPart


def record(days: tuple[DayPart, ...], planned_on: date, **changes: object) -> CampaignRecord:
    """A record of these days."""
    value = sum(v.value for d in days for v in d.visits)
    given: dict[str, object] = {
        "name": "tiny",
        "scenario": "tiny",
        "first_day": planned_on,
        "last_day": planned_on + timedelta(days=365),
        "planned_on": planned_on,
        "window_end": planned_on + timedelta(days=27),
        "freeze_until": planned_on + timedelta(days=6),
        "seed": 1,
        "status": "feasible",
        "value": value,
        "bound": value,
        "gap": 0.0,
        "bound_method": "x",
        "days": days,
    }
    return CampaignRecord.model_validate(given | changes)
