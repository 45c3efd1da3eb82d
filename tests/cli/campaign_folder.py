"""The small city's scenario with a campaign beside it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.once import made_once
from tests.pins_file import add_pins

TOML = """name = "tiny"
scenario = "."
first_day = 2026-09-16
last_day = 2028-12-29
weekdays = ["wed", "fri"]
window_weeks = 1
freeze_days = 3
draw_seed = "tiny-secret"
[promises]
all = 1095
[promises.credit_class]
D = 60
"""
ROUNDS = ("--iterations", "300")


def campaign_folder(scenario: Path, place: Path, toml: str, more: str = "", pins: tuple[str, ...] = ()) -> Path:
    """
    A copy of a scenario at `place`/tiny with a campaign.toml.

    Parameters
    ----------
    more
        What is put behind the scenario's own settings.
    pins
        Rows of a table of pins.
    """
    target = Path(shutil.copytree(scenario, place / "tiny"))
    (target / "campaign.toml").write_text(toml, encoding="utf-8")
    with (target / "scenario.toml").open("a", encoding="utf-8") as file:
        file.write(more)
    if pins:
        add_pins(target, *pins)
    return target


def planned_once(sweep: Any, folder: Path, factory: pytest.TempPathFactory) -> Path:
    """Return the folder of all editions of a campaign with `TOML` after a first plan; read or copy it only."""

    def make(out: Path) -> None:
        result = sweep("campaign", "plan", folder, "--out", out, *ROUNDS)
        assert result.exit_code == 0, result.output

    return made_once(factory, "campaign", make)
