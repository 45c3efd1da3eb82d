"""Sections [teams], [plan], [weights], [solver]: teams, service times, costs, search limits."""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from sweep.records.service_time import ServiceMinutes
from sweep.scenario.base_section import Clock, Minutes, Section, Share, Weight
from sweep.scenario.setting_errors import setting_error

MOST_TEAMS = 1_000


class Teams(Section):
    """[teams]: how teams are composed from the roster."""

    n_teams: int | None = Field(None, ge=1, le=MOST_TEAMS)
    """Number of teams, reserve teams included; without it, the number with which the plan's value is highest."""
    mode: Literal["joint", "squads"] = "joint"
    """`joint`: mixed teams; `squads`: each team goes as a squad of police and one of market regulation, which meet at
    each building."""
    reserve_share: Share = 0.10
    """Share of the teams kept in reserve, rounded up to whole teams (C18)."""
    min_certified: Mapping[str, Annotated[int, Field(ge=0, le=100)]] = Field(
        default_factory=lambda: {"police": 2, "market_regulation": 2}, validate_default=True
    )
    """Fewest certified officers of each authority in a team; by law at least 2 (C01)."""
    members_max: int | None = Field(None, ge=1, le=10_000)
    """Most people in a team, or in a squad; without it no limit: all on duty go out if that serves more visits."""
    min_female: int = Field(1, ge=1, le=100)
    """Fewest certified women in a team, or in a squad of police (C19)."""
    assist_letter: bool = False
    """Whether an assistance letter lets market-regulation officers work outside their home district (C12)."""
    recusals_elsewhere: bool = False
    """Whether recusals may name buildings or firms that this scenario's tables lack; otherwise the run stops (C10)."""

    max_duty_hours: float = Field(8.0, ge=0.1, le=8)
    """Most hours of a team on duty, travel included (C20)."""
    break_after_hours: float = Field(4.5, ge=0.1, le=8)
    """Hours on duty after which a break is due (C20)."""
    break_minutes: int = Field(30, ge=5, le=180)
    """Length of the break in minutes (C20)."""

    @field_validator("min_certified")
    @classmethod
    def _two_officers(cls, value: Mapping[str, int]) -> Mapping[str, int]:
        if set(value) != {"police", "market_regulation"} or min(value.values()) < 2:
            raise setting_error("two_officers")
        return value

    @field_validator("members_max")
    @classmethod
    def _room_for_officers(cls, value: int | None, info: ValidationInfo) -> int | None:
        least = sum(info.data.get("min_certified", {}).values())
        if value is not None and value < least:
            raise setting_error("members_max", least=least)
        return value


class PlanSettings(Section):
    """[plan]: the shift, the hours for visits, and the time that a visit takes."""

    shift_start_s: Clock = Field(48_600, alias="shift_start")
    """Time from which teams are on duty."""
    shift_end_s: Clock = Field(63_000, alias="shift_end")
    """Time by which teams are back; a shift over midnight ends at "25:00"."""
    window_start_s: Clock = Field(48_600, alias="window_start")
    """Earliest start of a visit."""
    window_end_s: Clock = Field(60_300, alias="window_end")
    """Latest start of a visit."""
    entry_minutes: Minutes = 12.0
    """Usual minutes from the lobby to the first door: `a` in the service time a + b n / k of n firms and k pairs."""
    door_minutes: Minutes = 3.0
    """Minutes of one pair at one firm's door, for the light inventory (清点): `b` in the formula of `entry_minutes`."""
    inspection_minutes: Minutes = 20.0
    """Minutes in which two pairs inspect one firm: door, identity, notice, licence, lease, and some six people asked.
    """
    entry_low_minutes: Minutes = 8.0
    """Shortest minutes to get into a building, of the triangular distribution around `entry_minutes` (C21)."""
    entry_high_minutes: Minutes = 20.0
    """Longest minutes to get into a building, of the distribution around `entry_minutes` (C21)."""
    service_quantile: float = Field(0.8, ge=0.0, lt=1.0)
    """Probability that getting into a building takes no longer than the plan allows (C21)."""
    due_weight: Weight = 1.0
    """Weight of a lead that falls due on the day, in expected finds (C22)."""
    link_tolerance_s: int = Field(300, ge=0, le=86_400)
    """Largest difference in seconds between the starts of linked visits, such as towers of one complex (C16)."""
    speed_kmh: float = Field(25.0, ge=1, le=200)
    """Speed in km/h on straight lines, without a street file."""

    cordon_minutes: ClassVar[float] = 3.0
    """Minutes of the entry in which police take every exit, before the first door of a lead-driven visit (C17)."""
    disturbance_weight: ClassVar[float] = 1e-6
    """Cost of a minute inside firms, in expected finds; among equal plans it favours the least disturbing one (C24)."""
    detour_factor: ClassVar[float] = 1.4
    """Length of a route divided by the straight distance, without a street file."""

    @property
    def minutes(self) -> ServiceMinutes:
        """Return the service time parameters as set; `planned_minutes` takes a quantile of the entry time instead."""
        return ServiceMinutes(self.entry_minutes, self.door_minutes, self.inspection_minutes)

    @property
    def cordon_s(self) -> int:
        """Return the seconds for securing exits at a visit's start: `cordon_minutes`, at most `entry_minutes`."""
        return round(60 * min(self.cordon_minutes, self.entry_minutes))

    @property
    def entry_span(self) -> tuple[float, float, float]:
        """Return (shortest, most likely, longest) minutes to get in, ascending even if the settings are not."""
        low, high = self.entry_low_minutes, self.entry_high_minutes
        return min(low, self.entry_minutes), self.entry_minutes, max(high, self.entry_minutes)

    @property
    def planned_minutes(self) -> ServiceMinutes:
        """Return the service time parameters used for planning, with the `service_quantile` of the entry time (C21)."""
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
    def _ordered(self) -> Self:
        if self.shift_end_s <= self.shift_start_s:
            raise setting_error("later", later="shift_end", earlier="shift_start")
        if self.window_end_s < self.window_start_s:
            raise setting_error("not_earlier", later="window_end", earlier="window_start")
        if self.entry_low_minutes > self.entry_high_minutes:
            raise setting_error("not_above", lower="entry_low_minutes", upper="entry_high_minutes")
        return self


class Solver(Section):
    """[solver]: limits of the search; with `iterations` the result is the same on every run."""

    time_limit_s: float = Field(20.0, ge=0.001, le=604_800)
    """Seconds of search for one plan; ignored if `iterations` is set."""
    iterations: int | None = Field(None, ge=1, le=1_000_000_000)
    """Number of search iterations; without it, the time limit alone ends the search."""


class WeightSettings(Section):
    """
    [weights]: cost of what is allowed but undesirable, in expected finds for each hour of it; 0: no cost.

    All costs are subtracted from the value of a plan. A must-visit precedes all of them.
    """

    overtime: Weight = 0.0
    """Cost of each hour that a team is on duty after `paid_until`."""
    paid_until_s: Clock | None = Field(None, alias="paid_until")
    """Time after which duty is overtime; no team is out after `plan.shift_end` in any case."""
    uneven_work: Weight = 0.0
    """Cost of each hour by which a team's time of travel and visits differs from the mean of all teams."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.overtime > 0 and self.paid_until_s is None:
            raise setting_error("together", one="overtime", other="paid_until")
        return self

    @property
    def is_set(self) -> bool:
        """Whether any weight differs from its default."""
        return self != WeightSettings()
