"""Where scenarios are kept, and what the file of one is called."""

from __future__ import annotations

from pathlib import Path

SCENARIOS = Path("scenarios")
"""The folder of the scenarios, in the folder in which the command is called."""
FILE_NAME = "scenario.toml"
