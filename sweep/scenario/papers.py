"""[release], [board], [follow_up], [retention]: when orders go out, what the board may know, what is kept how long."""

from __future__ import annotations

from pydantic import Field

from sweep.scenario.section import Section


class Release(Section):
    """[release]: C26."""

    minutes_before: int = Field(60, ge=0, le=24 * 60)
    """A team gets its order so long before its first entry, and no sooner; a property company its notice so too."""


class BoardSettings(Section):
    """[board]: the board that `sweep serve` keeps on the day."""

    positions: bool = False
    """A team's phone sends its place with a report; the desk sees the last one on its map; it is gone with the day."""


class FollowUp(Section):
    """[follow_up]: C27. An item stays open until somebody has looked again and closed it."""

    recheck_days: int = Field(7, ge=1, le=3_650)
    """From a visit that found something wrong to the re-check, unless the result names a day."""
    hazard_days: int = Field(3, ge=1, le=3_650)
    """The same where a safety hazard was left."""


class Retention(Section):
    """[retention]: C30. `sweep purge` removes what is older."""

    edition_days: int = Field(180, ge=1, le=36_500)
    """Editions: plans, maps, orders, reports; from the day of the plan."""
    results_days: int = Field(1_095, ge=366, le=36_500)
    """What visits found: the yearly cap and the ranking need a year of it at least."""
