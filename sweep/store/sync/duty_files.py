"""Files of a campaign (campaign.toml, duty table) that a store keeps with the scenario."""

from collections.abc import Collection
from pathlib import Path

from geodata.read.read_table import safe_path
from geodata.regular_file import is_present
from sweep.campaign.campaign_settings import FILE_NAME, Campaign
from sweep.campaign.read_campaign_file import load_campaign
from sweep.campaign.window.load_campaign import duty_rows


def duty_files(folder: Path) -> tuple[str, ...]:
    """Return the paths in `folder` of campaign.toml and its duty table; empty without a campaign of this scenario."""
    campaign = _own_campaign(folder)
    if campaign is None:
        return ()
    return FILE_NAME, safe_path(folder, campaign.duty.file, "duty.file").relative_to(folder).as_posix()


def refuse_duty(folder: Path, known: Collection[str]) -> None:
    """Raise InputError with all errors of an invalid campaign.toml or duty table; `known`: person ids of the roster."""
    campaign = _own_campaign(folder)
    if campaign is not None:
        duty_rows(campaign, known)


def _own_campaign(folder: Path) -> Campaign | None:
    if not is_present(folder / FILE_NAME):
        return None
    campaign = load_campaign(folder)
    return campaign if (folder / campaign.scenario).resolve() == folder.resolve() else None
