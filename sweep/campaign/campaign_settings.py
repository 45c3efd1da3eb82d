"""Settings of campaign.toml: days, teams, window, duty limits and promises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from sweep.scenario.base_section import Section, Weight
from sweep.scenario.scenario import NAME
from sweep.scenario.setting_errors import setting_error

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
PromiseDays = Annotated[int, Field(ge=1, le=36_500)]
EVERY = "all"
FILE_NAME = "campaign.toml"


@dataclass(frozen=True, slots=True)
class Promise:
    """Promise of campaign.toml: longest interval between inspections of buildings that have `value` in column `key`."""

    key: str
    """Column of the buildings or firms; `all`: every building."""
    value: str
    """Value in that column; empty for `all`."""
    days: int


class DutyLimits(Section):
    """[duty] of campaign.toml: limits on the working days, hours, nights and rest of a person (C20)."""

    file: str = "duty.csv"
    """File of the duty calendar; without it every person has the roster's shift on every day."""
    days_per_week: int = Field(5, ge=1, le=7)
    """Most days on duty of a person in a calendar week."""
    hours_per_week: float = Field(40.0, gt=0, le=168)
    """Most hours on duty of a person in a calendar week."""
    hours_in_four_weeks: float = Field(160.0, gt=0, le=672)
    """Most hours on duty of a person in any 28 days."""
    rest_hours: float = Field(11.0, ge=0, le=168)
    """Fewest hours between the end of one duty and the start of the next."""
    nights_per_week: int = Field(2, ge=0, le=7)
    """Most duties in a calendar week that end after 22:00 or begin before 06:00."""


class CampaignTeams(Section):
    """[teams]: number of teams on a sweep day."""

    n_teams: int | None = Field(None, ge=1, le=1_000)
    """Number of teams on a sweep day, reserve teams included; without it as the scenario sets."""
    by_day: Mapping[str, Annotated[int, Field(ge=1, le=1_000)]] = Field(default_factory=dict)
    """Number of teams on single days, by date (YYYY-MM-DD) or weekday (`mon` to `sun`); the date has precedence."""

    @field_validator("by_day")
    @classmethod
    def _of_days(cls, by_day: Mapping[str, int]) -> Mapping[str, int]:
        for key in by_day:
            if key not in WEEKDAYS and not _is_iso_date(key):
                raise setting_error("no_day", got=key, weekdays=", ".join(WEEKDAYS))
        return by_day


def _is_iso_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


class Campaign(Section):
    """Settings of campaign.toml: days, window, teams, duty limits, promises and seed."""

    name: str = Field(pattern=NAME)
    """Name of the campaign and of its folder of results."""
    scenario: str = "."
    """Folder of the scenario, relative to the campaign's own."""
    first_day: date
    """First day of the campaign."""
    last_day: date
    """Last day of the campaign."""
    weekdays: tuple[Weekday, ...] = ("tue", "thu")
    """Weekdays of the sweeps; holidays are left out."""
    days: tuple[date, ...] = ()
    """Sweep days, in place of `weekdays`."""
    window_weeks: int = Field(4, ge=1, le=26)
    """Weeks that are planned at once."""
    freeze_days: int = Field(7, ge=0, le=60)
    """Days from today whose plans are published; later changes cost `freeze_price`."""
    freeze_price: Weight = 0.4
    """Cost of moving or dropping a published visit, in expected finds; by default less than `plan.due_weight`."""
    promise_weight: Weight = 0.5
    """Weight of a promise that falls due in the window, in expected finds."""
    draw_seed: str = ""
    """Seed from which each day's seed is derived (C09). If empty, it is name and first day: others can guess it."""
    teams: CampaignTeams = CampaignTeams()
    duty: DutyLimits = DutyLimits()
    promises: Mapping[str, PromiseDays | Mapping[str, PromiseDays]] = Field(default_factory=dict)
    """`[promises]`: most days between two visits, by column of the buildings or firms and by value in it; `all = N` is
    for every building."""
    folder: Path = Field(default=Path(), exclude=True)
    """Folder of campaign.toml; not a key of the file."""

    @model_validator(mode="after")
    def _ordered(self) -> Campaign:
        if self.last_day < self.first_day:
            raise setting_error("later", later="last_day", earlier="first_day")
        return self

    @property
    def ordered_promises(self) -> tuple[Promise, ...]:
        """Return the promises of the campaign, the shortest interval first."""
        made: list[Promise] = []
        for key, days in self.promises.items():
            if isinstance(days, int):
                made.append(Promise(key, "", days))
            else:
                made += [Promise(key, value, n) for value, n in days.items()]
        return tuple(sorted(made, key=lambda p: (p.days, p.key, p.value)))

    @property
    def base_seed(self) -> str:
        """Return the seed from which each day's seed is derived: `draw_seed`, or name and first day if it is empty."""
        return self.draw_seed or f"{self.name}-{self.first_day.isoformat()}"

    def window(self, start: date) -> tuple[date, date]:
        """Return first and last day of the window that is planned from `start`."""
        return start, min(self.last_day, start + timedelta(days=7 * self.window_weeks - 1))

    def n_teams_on(self, day: date) -> int | None:
        """Return the number of teams of a day; None: as the scenario sets."""
        by_day = self.teams.by_day
        return by_day.get(day.isoformat(), by_day.get(WEEKDAYS[day.weekday()], self.teams.n_teams))
