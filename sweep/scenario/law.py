"""[law]: the papers that a visit rests on: approvals of special inspections, certificates (C07, C08, C14, C15)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal

from pydantic import Field, field_validator

from sweep.scenario.refusals import refused
from sweep.scenario.section import Section


class Special(Section):
    """[[law.special]]: one special inspection (专项检查) and the firms on its list."""

    number: str = Field(min_length=1)
    """Number of the approval."""
    level: Literal["township", "county", "city", "province", "nation"] | None = None
    """Level of the approving government or superior; county or above is needed."""
    approved_on: date | None = None
    filed_on: date | None = None
    published_on: date | None = None
    yearly_no: int | None = Field(None, ge=1, le=1_000)
    """It is the so-manieth special inspection of the year."""
    firms: tuple[str, ...] = Field(min_length=1)
    """The firms on its list, by uscc."""
    is_must: bool = False
    """Its visits go before any value."""
    blanket_reason: str | None = Field(None, min_length=10)
    """Why it may name more than `select.target_share_max` of a building's or the register's firms (C08)."""

    @property
    def dates(self) -> tuple[date | None, date | None, date | None]:
        """Approved, filed, published."""
        return self.approved_on, self.filed_on, self.published_on


class Law(Section):
    """[law]: papers."""

    special: tuple[Special, ...] = ()
    special_per_year_max: int = Field(2, ge=0, le=1_000)
    """Most special inspections in a year (C07)."""
    certificate: str | None = Field(None, min_length=1)
    """Inspection certificate (检查证) that names the places of the operation (C14)."""
    certificates: Mapping[str, str] = Field(default_factory=dict)
    """Certificates by building id, where each place has its own."""
    dwelling_certificates: Mapping[str, str] = Field(default_factory=dict)
    """Certificates that name a dwelling or a mixed unit, by uscc (C15)."""
    single_approver: bool = False
    """Whether the person who made a plan may approve it (C29); false: a second person approves."""

    @field_validator("special")
    @classmethod
    def _once(cls, value: tuple[Special, ...]) -> tuple[Special, ...]:
        numbers = [s.number for s in value]
        if len(set(numbers)) != len(numbers):
            raise refused("twice")
        return value
