"""Section [hours]: days and hours at which firms may be visited (C13)."""

from datetime import date
from itertools import pairwise
from typing import Self

from pydantic import Field, field_validator, model_validator

from sweep.scenario.base_section import Clock, Section
from sweep.scenario.setting_errors import setting_error


class AfterHoursApproval(Section):
    """[hours.approval]: approval of lead-driven visits at night or on a holiday."""

    number: str = Field(min_length=1)
    """Number of the approval for visits at night or on holidays."""
    approved_on: date
    """Day of the approval; not after the day of the sweep."""


class Hours(Section):
    """[hours]: working hours; holidays and make-up days are those of the State Council's yearly notice."""

    working_s: tuple[tuple[Clock, Clock], ...] = Field(((32_400, 41_400), (48_600, 63_000)), alias="working")
    """First and last start of a visit in each part of a working day."""
    holidays: tuple[date, ...] = ()
    """Further days off, in addition to the yearly notice. Where the program's own table lacks a year, one day of that
    year here or in `workdays` says that its days are complete."""
    workdays: tuple[date, ...] = ()
    """Further make-up working days, in addition to the yearly notice."""
    approval: AfterHoursApproval | None = None
    """Approval for lead-driven visits at any time; without it they keep the working hours too."""

    @field_validator("working_s")
    @classmethod
    def _in_order(cls, value: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
        if not value or any(hi < lo for lo, hi in value) or any(b[0] <= a[1] for a, b in pairwise(value)):
            raise setting_error("spans")
        return value

    @model_validator(mode="after")
    def _apart(self) -> Self:
        both = sorted(set(self.holidays) & set(self.workdays))
        if both:
            raise setting_error("both_days", day=str(both[0]))
        return self
