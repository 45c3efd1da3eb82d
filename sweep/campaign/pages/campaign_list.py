"""Campaigns below a folder of editions, as the board lists, shows and compares them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from geodata.errors import InputError
from geodata.message_catalogue import Texts
from geodata.regular_file import read_regular_text
from sweep.campaign.pages import campaign_compare
from sweep.campaign.records import FILE_NAME, CampaignRecord
from sweep.campaign.window.check_campaign_against_log import BEFORE, open_record, record_issue
from sweep.campaign.window.plan_campaign import FOLDER
from sweep.scenario.scenario import NAME


@dataclass(frozen=True, slots=True)
class ListedCampaign:
    """Record of one of a campaign's last two planned windows, as shown in a list of campaigns."""

    scenario: str
    which: str
    """`now`: last planned window; `before`: the window before it."""
    record: CampaignRecord


def list_campaigns(out: Path) -> Sequence[ListedCampaign]:
    """Return the last two planned windows of each campaign below `out`, latest first; unreadable files are left out."""
    campaigns = []
    for place in (p for p in out.glob(f"*/{FOLDER}") if re.fullmatch(NAME, p.parent.name)):
        for which, file in (("now", FILE_NAME), ("before", BEFORE)):
            try:
                record = open_record(place, file)
            except InputError:
                continue
            if record is not None:
                campaigns.append(ListedCampaign(place.parent.name, which, record))
    return sorted(campaigns, key=lambda x: (x.record.planned_on, x.which), reverse=True)


def campaign_page(out: Path, name: str) -> str | None:
    """Return campaign.html of a campaign below `out`; None if missing, or if it differs from the audit log."""
    path = out / name / FOLDER / "campaign.html"
    # `sweep audit verify` reports what is wrong with the file.
    if not path.is_file() or record_issue(path.parent, path.name) is not None:
        return None
    return read_regular_text(path)


def comparison_page(first: ListedCampaign, second: ListedCampaign, texts: Texts) -> str:
    """Return the page that compares two campaigns."""
    return campaign_compare.comparison_page(first.record, second.record, texts)
