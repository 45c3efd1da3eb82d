"""Expected finds of a campaign's window and of its days, in words: a mean with its range, or the range alone."""

from __future__ import annotations

from collections.abc import Iterator

from geodata.texts import Texts
from sweep.records.campaign import CampaignRecord, DayPart, FindsPart


def finds_text(record: CampaignRecord, texts: Texts) -> str:
    """The finds that are expected of the window; the range alone where past visits do not tell their level."""
    return _finds(record.finds, record, texts) or texts.number(record.value, 2)


def day_finds_text(record: CampaignRecord, day: DayPart, texts: Texts) -> str:
    """The finds that are expected of a day."""
    return _finds(day.finds, record, texts) or texts.number(sum(v.value for v in day.visits), 2)


def _finds(finds: FindsPart | None, record: CampaignRecord, texts: Texts) -> str:
    if finds is None:
        return ""
    ends = {"low": texts.number(finds.low), "high": texts.number(finds.high)}
    if not record.is_calibrated:
        return texts("campaign.finds.range", **ends)
    return texts("campaign.finds.mean", mean=texts.number(finds.mean, 1), **ends)


def level_sentences(record: CampaignRecord, texts: Texts) -> Iterator[str]:
    """The visits that the level of expected finds rests on, for each kind that is planned; or that it is not known."""
    planned = {v.kind for d in record.days for v in d.visits}
    for part in record.level:
        if part.kind in planned:
            yield texts(
                f"campaign.level.{'known' if part.is_calibrated else 'open'}",
                kind=texts(f"campaign.level.{part.kind}"),
                visits=texts.number(part.n_visits),
                expected=texts.number(part.expected, 1),
                finds=texts.number(part.n_finds),
                factor=texts.number(part.factor, 2),
            )
