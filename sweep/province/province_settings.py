"""Settings of province.toml: counties and cities, mobile teams, linked actions, limits."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from sweep.scenario.base_section import Section, Seed, Share
from sweep.scenario.release_board_store_settings import Retention
from sweep.scenario.scenario import NAME
from sweep.scenario.setting_errors import setting_error

FILE_NAME = "province.toml"
MOST_COUNTIES = 5_000

Id = Annotated[str, Field(pattern=NAME)]


class CitySettings(Section):
    """[[cities]]: a city and its counties."""

    id: Id
    name: str = ""
    counties: tuple[str, ...]
    """Ids of its counties, or patterns such as `3701*`; the id of a county is the name of its folder."""


class MobileSettings(Section):
    """[mobile]: people whom the province may send to any county, in equal teams."""

    teams: int = Field(0, ge=0, le=1_000)
    """Number of mobile teams."""
    officers: int = Field(4, ge=1, le=100)
    """Certified police officers per team."""
    women: int = Field(1, ge=0, le=100)
    """Women per team (C19)."""
    inspectors: int = Field(0, ge=0, le=100)
    """Officers of market regulation per team, used only with an assist letter (C12)."""
    assist_letter: bool = False
    """Whether the market regulation of one county may inspect in another (C12)."""
    most_per_county: int = Field(2, ge=0, le=20)
    """Largest number of mobile teams in one county; the curve of each county ends there."""

    @model_validator(mode="after")
    def _possible(self) -> MobileSettings:
        if self.women > self.officers + self.inspectors:
            raise setting_error("most", limit=self.officers + self.inspectors)
        return self


class SiteSettings(Section):
    """One building (`building`: its id) of a linked action, with the id of its county."""

    county: Id
    building: str


class LinkSettings(Section):
    """[[links]]: sites in several counties that start together, or none is visited (C16)."""

    id: Id
    sites: tuple[SiteSettings, ...] = Field(min_length=2)
    tolerance_s: int = Field(300, ge=0, le=86_400)
    """Most seconds between the first and the last start."""


class CountyLimits(Section):
    """[limits]: search limits for every county; if a limit is missing, the limit in the county's scenario applies."""

    time_limit_s: float | None = Field(None, ge=0.001, le=604_800)
    """Time for one county: its curve and its plan."""
    iterations: int | None = Field(None, ge=1, le=1_000_000_000)
    """Search iterations for one county, in place of a time limit."""
    curve_share: Share = 0.5
    """Share of the limit for the curve's points together; the plan has the rest."""


class ProvinceSettings(Section):
    """Settings of province.toml."""

    name: Id
    day: date = Field(ge=date(2000, 1, 1), le=date(2100, 12, 31))
    """Day of every county, in place of that in its scenario."""
    lang: Literal["zh_CN", "en"] = "zh_CN"
    seed: Seed = 1
    counties: str | tuple[str, ...] = "counties/*"
    """Folders of scenarios, relative to the province's folder, or one pattern of them."""
    cities: tuple[CitySettings, ...] = Field(min_length=1)
    person_ids: Literal["county", "province"] = "county"
    """Scope of the ids in the rosters; with `province` a person may not be in teams of two counties."""
    mobile: MobileSettings = MobileSettings()
    links: tuple[LinkSettings, ...] = ()
    limits: CountyLimits = CountyLimits()
    retention: Retention = Retention()
    folder: Path = Field(default=Path(), exclude=True)
    """Folder of province.toml; not a key of the file."""

    @property
    def overrides(self) -> dict[str, str]:
        """Return the keys of scenario.toml that the province sets in every county, with their values."""
        set_ = {
            "day": self.day.isoformat(),
            "lang": self.lang,
            "seed": self.seed,
            "solver.time_limit_s": self.limits.time_limit_s,
            "solver.iterations": self.limits.iterations,
            "teams.assist_letter": "true" if self.mobile.inspectors else None,
        }
        return {key: str(value) for key, value in set_.items() if value is not None}
