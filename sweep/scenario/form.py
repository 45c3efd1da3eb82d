"""[form]: the published lists of check items by authority (C32)."""

from __future__ import annotations

from pydantic import field_validator

from sweep.records.form_items import ITEMS, LISTED
from sweep.records.people import MARKET_REGULATION, POLICE
from sweep.scenario.refusals import refused
from sweep.scenario.section import Section


class Form(Section):
    """[form]: items of the check form; an item on neither list is not asked."""

    police: tuple[str, ...] = LISTED[POLICE]
    """Items that the police may check (C32)."""
    market_regulation: tuple[str, ...] = LISTED[MARKET_REGULATION]
    """Items that market regulation may check (C32)."""

    @field_validator("police", "market_regulation")
    @classmethod
    def _known(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        unknown = sorted(set(value) - set(ITEMS))
        if unknown:
            raise refused("unknown", names=", ".join(unknown), known=", ".join(ITEMS))
        return value

    @property
    def items(self) -> tuple[str, ...]:
        """What any of the two lists, in the order of the form."""
        listed = {*self.police, *self.market_regulation}
        return tuple(i for i in ITEMS if i in listed)
