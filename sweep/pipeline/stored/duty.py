"""The campaign of a scenario that is kept in a store: the files that its days are planned from."""

from __future__ import annotations

from pathlib import Path

from geodata.read.tables import safe_path
from sweep.campaign.file import load_campaign
from sweep.campaign.settings import FILE_NAME


def duty_files(folder: Path) -> tuple[str, ...]:
    """
    campaign.toml and the duty calendar that it names; none where there is no campaign of this very scenario.

    Raises
    ------
    InputError
        With the faults of campaign.toml.
    """
    if not (folder / FILE_NAME).is_file():
        return ()
    campaign = load_campaign(folder)
    if (folder / campaign.scenario).resolve() != folder.resolve():
        return ()
    return FILE_NAME, safe_path(folder, campaign.duty.file, "duty.file").relative_to(folder).as_posix()
