"""province.toml -> ProvinceSettings: counties and cities, mobile teams, linked actions, limits."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from sweep.scenario.base_section import Section, Seed, Share
from sweep.scenario.release_and_retention import Retention
from sweep.scenario.scenario import NAME
from sweep.scenario.setting_errors import refused

FILE_NAME = "province.toml"
MOST_COUNTIES = 5_000

Id = Annotated[str, Field(pattern=NAME)]


class CitySettings(Section):
    """[[cities]]: a city and its counties."""

    id: Id
    name: str = ""
    counties: tuple[str, ...]
    """Ids of its counties, or patterns of them such as `3701*`; the id of a county is the name of its folder."""


class MobileSettings(Section):
    """[mobile]: the people that the province may send anywhere, in teams that are all alike."""

    teams: int = Field(0, ge=0, le=1_000)
    officers: int = Field(4, ge=1, le=100)
    """Certified police officers in each."""
    women: int = Field(1, ge=0, le=100)
    """Women among the people of each (C19)."""
    inspectors: int = Field(0, ge=0, le=100)
    """Officers of market regulation in each: they stay at home unless there is an assist letter (C12)."""
    assist_letter: bool = False
    """Whether the market regulation of one county may inspect in another (C12)."""
    most_per_county: int = Field(2, ge=0, le=20)
    """The curve of each county goes so far."""

    @model_validator(mode="after")
    def _possible(self) -> MobileSettings:
        if self.women > self.officers + self.inspectors:
            raise refused("most", limit=self.officers + self.inspectors)
        return self


class SiteSettings(Section):
    """One site of a linked action."""

    county: Id
    building: str


class LinkSettings(Section):
    """[[links]]: sites in several counties that start together, or none is visited (C16)."""

    id: Id
    sites: tuple[SiteSettings, ...] = Field(min_length=2)
    tolerance_s: int = Field(300, ge=0, le=86_400)


class Limits(Section):
    """[limits]: of the search, for every county the same; without a key that of the county's own scenario holds."""

    time_limit_s: float | None = Field(None, ge=0.001, le=604_800)
    """For one county in all: its curve and its plan."""
    iterations: int | None = Field(None, ge=1, le=1_000_000_000)
    curve_share: Share = 0.5
    """Share of the limit that the points of the curve have together; the plan has the rest."""


class ProvinceSettings(Section):
    """All of province.toml."""

    name: Id
    day: date = Field(ge=date(2000, 1, 1), le=date(2100, 12, 31))
    """The day of every county, whatever its scenario says."""
    lang: Literal["zh_CN", "en"] = "zh_CN"
    seed: Seed = 1
    counties: str | tuple[str, ...] = "counties/*"
    """Folders of scenarios, from the province's own; or one pattern of them."""
    cities: tuple[CitySettings, ...] = Field(min_length=1)
    person_ids: Literal["county", "province"] = "county"
    """Whose ids the people of the rosters have: with the province's, nobody may be in the teams of two counties."""
    mobile: MobileSettings = MobileSettings()
    links: tuple[LinkSettings, ...] = ()
    limits: Limits = Limits()
    retention: Retention = Retention()
    folder: Path = Field(default=Path(), exclude=True)
    """Where province.toml lies; not a key of the file."""

    @property
    def overrides(self) -> dict[str, str]:
        """What the province sets in the scenario of every county, by key of scenario.toml."""
        set_ = {
            "day": self.day.isoformat(),
            "lang": self.lang,
            "seed": self.seed,
            "solver.time_limit_s": self.limits.time_limit_s,
            "solver.iterations": self.limits.iterations,
            "teams.assist_letter": "true" if self.mobile.inspectors else None,
        }
        return {key: str(value) for key, value in set_.items() if value is not None}
