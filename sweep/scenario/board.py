"""[board]: what the board of the day may know beyond what teams report."""

from __future__ import annotations

from sweep.scenario.section import Section


class BoardSettings(Section):
    """[board]: the board that `sweep serve` keeps on the day."""

    positions: bool = False
    """A team's phone sends its place with a report; the desk sees the last one on its map; it is gone with the day."""
