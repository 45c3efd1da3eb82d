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
    """Level of the approving government or superior; county or above is needed (C07)."""
    approved_on: date | None = None
    """Day of the approval; without it the list is not used (C07)."""
    filed_on: date | None = None
    """Day on which it was filed; without it the list is not used (C07)."""
    published_on: date | None = None
    """Day on which it was published; without it the list is not used (C07)."""
    yearly_no: int | None = Field(None, ge=1, le=1_000)
    """Running number in its year; without it, or above `special_per_year_max`, the list is not used (C07)."""
    firms: tuple[str, ...] = Field(min_length=1)
    """Firms on its list, by unified social credit code."""
    is_must: bool = False
    """Whether its visits must be made, whatever their value."""
    blanket_reason: str | None = Field(None, min_length=10)
    """Reason why it may exceed `select.target_share_max` (C08)."""

    @property
    def dates(self) -> tuple[date | None, date | None, date | None]:
        """Approved, filed, published."""
        return self.approved_on, self.filed_on, self.published_on


class Law(Section):
    """[law]: approvals and certificates that visits rest on."""

    special: tuple[Special, ...] = ()
    special_per_year_max: int = Field(2, ge=0, le=1_000)
    """Most special inspections in a year (C07)."""
    certificate: str | None = Field(None, min_length=1)
    """Number of the inspection certificate (检查证); without one each lead-driven visit needs a recorder (C14)."""
    certificates: Mapping[str, str] = Field(default_factory=dict)
    """Numbers of inspection certificates by building id, where a place has its own."""
    dwelling_certificates: Mapping[str, str] = Field(default_factory=dict)
    """Numbers of certificates that name a dwelling or a mixed unit, by unified social credit code (C15)."""
    single_approver: bool = False
    """Whether the person who made a plan may approve it; otherwise a second person must (C29)."""

    @field_validator("special")
    @classmethod
    def _once(cls, value: tuple[Special, ...]) -> tuple[Special, ...]:
        numbers = [s.number for s in value]
        if len(set(numbers)) != len(numbers):
            raise refused("twice")
        return value
