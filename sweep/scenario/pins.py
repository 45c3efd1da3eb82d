"""[[pins]]: what planners have settled about a building; the same as a row of the table that `data.pins` names."""

from __future__ import annotations

from pydantic import Field

from sweep.records.pins import PinKind
from sweep.scenario.section import Section


class PinSettings(Section):
    """[[pins]]: one thing settled about one building."""

    pin: PinKind
    building: str = Field(min_length=1)
    """Id or name."""
    value: str = ""
    """The team of `with_team`, the other building of `not_together`, the HH:MM of `not_before`; else nothing."""
    reason: str = ""
    """The report repeats it."""
