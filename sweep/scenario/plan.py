"""[teams], [plan], [[pins]] and [solver]: who goes, how long things take, what is settled, how long is searched."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from sweep.records.pins import PinKind
from sweep.records.service import ServiceMinutes
from sweep.scenario.refusals import refused
from sweep.scenario.section import Clock, Minutes, Section, Share, Weight

MOST_TEAMS = 1_000


class Teams(Section):
    """[teams]: composed from the roster."""

    n_teams: int | None = Field(None, ge=1, le=MOST_TEAMS)
    """Reserve teams included; without it as many as are worth most."""
    mode: Literal["joint", "squads"] = "joint"
    """`squads`: each team goes as a squad of police and one of market regulation, which meet at each building."""
    reserve_share: Share = 0.10
    """C18; rounded up to whole teams."""
    min_certified: Mapping[str, Annotated[int, Field(ge=0, le=100)]] = Field(
        default_factory=lambda: {"police": 2, "market_regulation": 2}, validate_default=True
    )
    """C01; by law not below 2 for an inspecting authority."""
    members_max: int | None = Field(None, ge=1, le=10_000)
    """Most people in a team, or in a squad; without it all on duty go out where more of them serve more visits."""
    min_female: int = Field(1, ge=1, le=100)
    """C19."""
    assist_letter: bool = False
    """C12: market-regulation officers may work outside their home district."""
    recusals_elsewhere: bool = False
    """C10: the roster may name what is not in this scenario's tables; false: such a recusal stops the run."""

    max_duty_hours: float = Field(8.0, ge=0.1, le=8)
    """C20; travel counts."""
    break_after_hours: float = Field(4.5, ge=0.1, le=8)
    """C20: who is out for longer has a break."""
    break_minutes: int = Field(30, ge=5, le=180)

    @field_validator("min_certified")
    @classmethod
    def _two_officers(cls, value: Mapping[str, int]) -> Mapping[str, int]:
        if set(value) != {"police", "market_regulation"} or min(value.values()) < 2:
            raise refused("two_officers")
        return value

    @field_validator("members_max")
    @classmethod
    def _room_for_officers(cls, value: int | None, info: ValidationInfo) -> int | None:
        least = sum(info.data.get("min_certified", {}).values())
        if value is not None and value < least:
            raise refused("members_max", least=least)
        return value


class PlanSettings(Section):
    """[plan]: the shift, the windows, the time that a visit takes."""

    shift_start_s: Clock = Field(48_600, alias="shift_start")
    """Teams are on duty from then on."""
    shift_end_s: Clock = Field(63_000, alias="shift_end")
    """Teams are back by then; a shift over midnight ends at "25:00"."""
    window_start_s: Clock = Field(48_600, alias="window_start")
    """First start of a visit."""
    window_end_s: Clock = Field(60_300, alias="window_end")
    """Last start of a visit."""
    entry_minutes: Minutes = 12.0
    """`a` of the service time a + b n / k."""
    door_minutes: Minutes = 3.0
    """`b`: one working pair at one firm's door, for the light inventory (清点)."""
    inspection_minutes: Minutes = 20.0
    """One firm inspected by two pairs: door, identity, notice, licence, lease, and some six people asked."""
    entry_low_minutes: Minutes = 8.0
    entry_high_minutes: Minutes = 20.0
    """Shortest and longest entry; triangular round `entry_minutes` (C21)."""
    service_quantile: float = Field(0.8, ge=0.0, lt=1.0)
    """The plan gives each entry the time that so many entries in all need, so that it fits on most days (C21)."""
    cordon_minutes: Minutes = 3.0
    """Part of the entry, with police at every exit, before the first door of a lead-driven visit (C17)."""
    due_weight: Weight = 1.0
    """Expected finds that a lead which falls due with the day weighs (C22)."""
    disturbance_weight: Weight = 1e-6
    """Expected finds that a minute inside firms weighs: of plans alike the one that disturbs less (C24)."""
    link_tolerance_s: int = Field(300, ge=0, le=86_400)
    """C16."""
    speed_kmh: float = Field(25.0, ge=1, le=200)
    detour_factor: float = Field(1.4, ge=1.0, le=10)
    """With no street file: straight line x factor / speed."""

    @property
    def minutes(self) -> ServiceMinutes:
        """What the parts of a visit take."""
        return ServiceMinutes(self.entry_minutes, self.door_minutes, self.inspection_minutes)

    @property
    def cordon_s(self) -> int:
        """Seconds from the start, when exits are taken, to the first door; the whole entry if that is shorter."""
        return round(60 * min(self.cordon_minutes, self.entry_minutes))

    @property
    def entry_span(self) -> tuple[float, float, float]:
        """Shortest, most usual and longest minutes of an entry; a usual one out of the two others moves them."""
        low, high = self.entry_low_minutes, self.entry_high_minutes
        return min(low, self.entry_minutes), self.entry_minutes, max(high, self.entry_minutes)

    @property
    def planned_minutes(self) -> ServiceMinutes:
        """What the parts of a visit are given in the plan: the entry at `service_quantile` of its triangle (C21)."""
        low, mode, high = self.entry_span
        q, width = self.service_quantile, high - low
        if width <= 0 or q <= 0:
            return self.minutes
        up = (mode - low) / width
        entry = (
            low + math.sqrt(q * width * (mode - low)) if q < up else high - math.sqrt((1 - q) * width * (high - mode))
        )
        return replace(self.minutes, entry=max(entry, self.entry_minutes))

    @model_validator(mode="after")
    def _ordered(self) -> PlanSettings:
        if self.shift_end_s <= self.shift_start_s:
            raise refused("later", later="shift_end", earlier="shift_start")
        if self.window_end_s < self.window_start_s:
            raise refused("not_earlier", later="window_end", earlier="window_start")
        if self.entry_low_minutes > self.entry_high_minutes:
            raise refused("not_above", lower="entry_low_minutes", upper="entry_high_minutes")
        if "cordon_minutes" in self.model_fields_set and self.cordon_minutes > self.entry_minutes:
            raise refused("part", part="cordon_minutes", whole="entry_minutes")
        return self


class PinSettings(Section):
    """[[pins]]: one thing settled about one building; the same as a row of the table that `data.pins` names."""

    pin: PinKind
    building: str = Field(min_length=1)
    """Id or name."""
    value: str = ""
    """The team of `with_team`, the other building of `not_together`, the HH:MM of `not_before`; else nothing."""
    reason: str = ""
    """The report repeats it."""
    first_day: date | None = None
    """Day from which it holds; None: no limit."""
    last_day: date | None = None
    """Last day on which it holds; None: no limit."""


class Solver(Section):
    """[solver]: limits. With `iterations` the result is the same on every run; with a time limit alone it is not."""

    time_limit_s: float = Field(20.0, ge=0.001, le=604_800)
    iterations: int | None = Field(None, ge=1, le=1_000_000_000)
