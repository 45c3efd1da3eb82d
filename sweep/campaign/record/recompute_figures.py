"""Recomputation of the figures in campaign.json and campaign.html from days and inputs (M07)."""

import math
from collections.abc import Iterator
from pathlib import Path

from geodata.message_catalogue import LANGUAGES, load_texts
from geodata.regular_file import is_present, read_regular
from sweep.campaign.record.campaign_record import record_figures
from sweep.campaign.records import CampaignRecord
from sweep.campaign.window.load_campaign import LoadedCampaign, inputs_sha256
from sweep.campaign.window.plan_campaign import PAGE, page_of
from sweep.campaign.window.visit_values import ranker_of, rankings
from sweep.records.plan import Violation

# Tolerance for sums in another order.
_CLOSE = 1e-6


def wrong_figures(
    loaded: LoadedCampaign, record: CampaignRecord, before: CampaignRecord | None, place: Path
) -> Iterator[Violation] | None:
    """Yield differences of a record and its page from days and inputs; None if the inputs have changed."""
    if not record.days or record.inputs_sha256 != inputs_sha256(loaded):
        return None
    return _wrong(loaded, record, before, place)


def _wrong(
    loaded: LoadedCampaign, record: CampaignRecord, before: CampaignRecord | None, place: Path
) -> Iterator[Violation]:
    first = record.days[0].day
    ranking = rankings(loaded, ranker_of(loaded), (first,))[first]
    figures = record_figures(loaded, record.days, ranking, before)
    right = CampaignRecord.model_validate({**dict(record), **figures})
    wanted, told = right.model_dump(mode="json"), record.model_dump(mode="json")
    for key in sorted(figures):
        if not _is_alike(wanted[key], told[key]):
            yield Violation("M07", key, {"detail": f"{told[key]!s:.40} != {wanted[key]!s:.40}"})
    if not _is_alike(record.gap * (record.bound + record.urgency), record.bound - record.value):
        yield Violation("M07", "gap", {"detail": f"{record.gap:.6f}"})
    if not is_present(place / PAGE):
        return
    if read_regular(place / PAGE) not in {page_of(loaded, record, load_texts(lang)).encode() for lang in LANGUAGES}:
        yield Violation("M07", PAGE, {"detail": "-"})


def _is_alike(one: object, other: object) -> bool:
    """Whether two JSON values are equal up to rounding."""
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=_CLOSE, abs_tol=_CLOSE)
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_is_alike(x, other[key]) for key, x in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(_is_alike(x, y) for x, y in zip(one, other, strict=True))
    return one == other
