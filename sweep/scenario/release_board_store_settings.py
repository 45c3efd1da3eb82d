"""Sections [release], [board], [follow_up], [retention], [store]: orders, board, re-checks, files, database."""

from pydantic import Field, field_validator

from sweep.records.redact_store_address import address_error
from sweep.scenario.base_section import Section
from sweep.scenario.setting_errors import setting_error


class Release(Section):
    """[release]: when orders leave the office (C26)."""

    minutes_before: int = Field(60, ge=0, le=24 * 60)
    """Minutes before a team's first visit at which its order is released; the notice to a property company too."""


class BoardSettings(Section):
    """[board]: the board that `sweep serve` keeps on the day."""

    positions: bool = False
    """Whether a phone sends its position with each report; the desk sees the last position, deleted after the day."""


class FollowUp(Section):
    """[follow_up]: re-checks (C27); an item stays open until a re-check closes it."""

    recheck_days: int = Field(7, ge=1, le=3_650)
    """Days from a visit with an irregularity to the re-check, unless the result names a day."""
    hazard_days: int = Field(3, ge=1, le=3_650)
    """Days from a visit to the re-check if a safety hazard was left."""


class Retention(Section):
    """[retention]: how long files are kept (C30); `sweep purge` removes older ones."""

    edition_days: int = Field(180, ge=1, le=36_500)
    """Days from the day of the plan after which an edition (plan, maps, orders, reports) is removed."""
    results_days: int = Field(1_095, ge=366, le=36_500)
    """Days after which visit results are removed; the yearly cap and the ranking need one year."""


class StoreSettings(Section):
    """[store]: a PostgreSQL database with PostGIS that holds the scenario; `SWEEP_STORE` overrides it."""

    url: str
    """`postgresql://login@host/database`, without a password: PGPASSFILE, PGSERVICE or a certificate holds it."""

    @field_validator("url")
    @classmethod
    def _without_password(cls, value: str) -> str:
        if problem := address_error(value):
            raise setting_error(f"store_{problem}")
        return value
