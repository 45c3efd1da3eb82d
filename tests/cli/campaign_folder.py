"""The small city's scenario with a campaign beside it."""

from __future__ import annotations

import shutil
from pathlib import Path


def campaign_folder(scenario: Path, place: Path, toml: str, more: str = "") -> Path:
    """
    A copy of a scenario at `place`/tiny with a campaign.toml.

    Parameters
    ----------
    more
        What is put behind the scenario's own settings.
    """
    target = Path(shutil.copytree(scenario, place / "tiny"))
    (target / "campaign.toml").write_text(toml, encoding="utf-8")
    with (target / "scenario.toml").open("a", encoding="utf-8") as file:
        file.write(more)
    return target
