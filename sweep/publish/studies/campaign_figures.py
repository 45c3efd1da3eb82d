"""Figures by which campaigns are set side by side."""

from __future__ import annotations

from geodata.texts import Texts
from sweep.records.campaign import CampaignRecord


def campaign_figures(*records: CampaignRecord) -> dict[str, tuple[float, ...]]:
    """One figure a row, by the key of its name under `campaign.fig.`, with its value in each campaign."""
    return {
        "value": tuple(r.value for r in records),
        "bound_only": tuple(r.bound for r in records),
        "visits": tuple(float(sum(len(d.visits) for d in r.days)) for r in records),
        "promises": tuple(float(sum(p.n_late for p in r.promises)) for r in records),
        "at_risk_only": tuple(float(sum(p.n_at_risk for p in r.promises)) for r in records),
        "never": tuple(float(sum(s.n_never for s in r.districts)) for r in records),
        "left_only": tuple(float(len(r.left)) for r in records),
    }


def figure_rows(texts: Texts, *records: CampaignRecord) -> list[tuple[str, ...]]:
    """The figures as rows for people: a name, then one number a campaign."""
    return [
        (texts(f"campaign.fig.{key}"), *(texts.number(x, 2) for x in values))
        for key, values in campaign_figures(*records).items()
    ]
