"""[store]: where several planners keep the scenario together; without it the folder is all there is."""

from __future__ import annotations

from pydantic import field_validator

from sweep.records.address import address_fault
from sweep.scenario.refusals import refused
from sweep.scenario.section import Section


class StoreSettings(Section):
    """[store]: a PostgreSQL database with PostGIS that holds the scenario; `SWEEP_STORE` overrides it."""

    url: str
    """`postgresql://login@host/database`, without a password: PGPASSFILE, PGSERVICE or a certificate holds it."""

    @field_validator("url")
    @classmethod
    def _without_password(cls, value: str) -> str:
        if problem := address_fault(value):
            raise refused(f"store_{problem}")
        return value
