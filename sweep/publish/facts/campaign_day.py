"""Why a building is on its day of a campaign's window and not sooner, or on none, and when its turn comes."""

from __future__ import annotations

from geodata.texts import Texts
from sweep.publish.facts.wording import label
from sweep.records.campaign import CampaignRecord


def explanation(record: CampaignRecord, building: str, texts: Texts) -> list[str]:
    """The reasons, a sentence each."""
    lines = []
    on = next(((d, v) for d in record.days for v in d.visits if v.building_id == building), None)
    left = next((x for x in record.left if x.building_id == building), None)
    if on is not None:
        day, visit = on
        track, value = label(texts, f"track.{visit.track}", visit.track), texts.number(visit.value, 3)
        when = day.day.isoformat()
        lines.append(texts("campaign.explain.on", name=building, day=when, track=track, value=value))
        sooner = [(d, x) for d, x in zip(visit.days, visit.values, strict=True) if d < day.day]
        days, values = tuple(str(d) for d, _ in sooner), tuple(texts.number(x, 3) for _, x in sooner)
        lines.append(
            texts("campaign.explain.sooner", days=days, values=values, day=when)
            if sooner
            else texts("campaign.explain.first")
        )
    elif left is not None:
        reason = label(texts, f"reason.{left.reason}.title", left.reason)
        lines.append(texts("campaign.explain.left", name=building, reason=reason))
    else:
        lines.append(texts("campaign.explain.not_offered", name=building))
    last, due = record.last_looks.get(building), record.due.get(building)
    if due is None:
        return [*lines, texts("campaign.explain.no_turn")]
    said = last.isoformat() if last else texts("campaign.never")
    return [*lines, texts("campaign.explain.turn", last=said, due=due.isoformat())]
