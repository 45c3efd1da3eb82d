"""Warnings of a campaign: promises beyond capacity, caps reached, no seed set."""

from geodata.errors import Code, Issue, MessageValue
from sweep.campaign.campaign_settings import EVERY, FILE_NAME, Campaign
from sweep.campaign.model.promise_deadlines import visits_needed
from sweep.campaign.records import CampaignRecord


def campaign_notes(campaign: Campaign, record: CampaignRecord) -> tuple[Issue, ...]:
    """
    Return the warnings about a campaign's plan.

    S914 for promises that need more visits per day than the window has, S998 for a promise that covers no building,
    S916 for firms at their yearly cap, S417 for draws without a seed (C09).
    """
    notes = []
    if not campaign.draw_seed:
        key = f"{FILE_NAME} draw_seed"
        notes.append(Issue("S417", key, {"seed": campaign.base_seed, "key": key}))
    n_covered = {(p.key, p.value): p.n_buildings for p in record.promises}
    counts = {p: n for p in campaign.ordered_promises if (n := n_covered.get((p.key, p.value), 0))}
    notes += [
        Issue("S998", f"{FILE_NAME} promises.{p.key}", {"promise": f"{p.key}={p.value}"})
        for p in campaign.ordered_promises
        if p.key != EVERY and p not in counts
    ]
    n_days = max(1, len(record.commitments))
    weeks = ((record.last_day - record.first_day).days + 1) / 7.0
    needs = visits_needed(counts, n_days / weeks)
    has = sum(len(d.visits) for d in record.days) / max(1, len(record.days))
    if counts and needs > has and record.left:
        worst = max(counts, key=lambda p: counts[p] / p.days)
        promise: dict[str, MessageValue] = {"promise": f"{worst.key}={worst.value or '*'}", "days": worst.days}
        values = promise | {"n": counts[worst], "needs": round(needs, 1), "has": round(has, 1)}
        notes.append(Issue(Code.PROMISE_BEYOND_CAPACITY, f"{FILE_NAME} promises", values))
    for cap in record.caps:
        if cap.n_full and cap.n_full == cap.n_firms:
            where = f"{cap.year} {cap.authority}"
            notes.append(Issue("S916", where, {"class": cap.credit_class, "n": cap.n_full, "most": cap.most}))
    return tuple(notes)
