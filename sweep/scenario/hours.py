"""[hours]: on which days and at which hours firms may be visited (C13)."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from pydantic import Field, field_validator, model_validator

from sweep.scenario.refusals import refused
from sweep.scenario.section import Clock, Section


class Approval(Section):
    """[hours.approval]: lead-driven visits may be made at night or on a holiday."""

    number: str = Field(min_length=1)
    approved_on: date


class Hours(Section):
    """[hours]: working hours; holidays and make-up days are those of the State Council's yearly notice."""

    working_s: tuple[tuple[Clock, Clock], ...] = Field(((32_400, 41_400), (48_600, 63_000)), alias="working")
    """First and last start of a visit in each part of a working day."""
    holidays: tuple[date, ...] = ()
    """Days off beyond the notice's."""
    workdays: tuple[date, ...] = ()
    """Make-up working days beyond the notice's."""
    table_until: date | None = None
    """Last day that `holidays` and `workdays` cover by themselves, where the kept table ends before the day."""
    approval: Approval | None = None

    @field_validator("working_s")
    @classmethod
    def _in_order(cls, value: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
        if not value or any(hi < lo for lo, hi in value) or any(b[0] <= a[1] for a, b in pairwise(value)):
            raise refused("spans")
        return value

    @model_validator(mode="after")
    def _apart(self) -> Hours:
        both = sorted(set(self.holidays) & set(self.workdays))
        if both:
            raise refused("both_days", day=str(both[0]))
        return self
