"""Section [select]: which visits are on offer, that is, which visits the plan may include."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from sweep.records.draw import commitment
from sweep.scenario.base_section import Count, HitShare, Hours, Section, Share, WholeDays, with_defaults
from sweep.scenario.rank_settings import HALF_LIFE_DAYS
from sweep.scenario.setting_errors import setting_error

ANNUAL_CAP: Mapping[str, int] = {"A": 1, "B": 2, "C": 2, "D": 4}
# Relative chances; working hours determine how many are drawn (domain notes, 2.2).
DRAW_RATIO: Mapping[str, float] = {"A": 0.01, "B": 0.03, "C": 0.10, "D": 0.30, "none": 0.03}
DUE_HOURS: Mapping[str, float] = {"goip": 24.0, "sim_bank": 24.0}


class Select(Section):
    """[select]: which visits are on offer, that is, which the plan may include."""

    n_case_visits_max: Count = 150
    """Most buildings on offer because of leads; buildings with a lead that falls due come first, then by rank."""
    draw_share: Share = 0.10
    """Share of the active teams' hours given to the random draw (C09)."""
    draw_seed: str = ""
    """Seed of the draw (C09), made by `sweep init`. If empty, name and day are the seed, which others can foresee."""
    draw_commitment: str | None = Field(None, pattern="^[0-9a-f]{64}$")
    """SHA-256 of `draw_seed`, published before the list to draw from is frozen; it proves that the seed came first."""
    draw_committed_on: date | None = None
    """Day on which `draw_commitment` was published; before the day of the sweep."""
    draw_ratio: Annotated[Mapping[str, HitShare], with_defaults(DRAW_RATIO)] = DRAW_RATIO
    """Relative chance of a firm to be drawn, by credit class; `none` is for firms without a class."""
    target_share_max: Share = 0.20
    """Largest share of a building's firms, and of all firms, to inspect; firms named by leads do not count (C08)."""
    n_targets_max: int = Field(2, ge=1, le=1_000)
    """Most firms that one visit inspects; firms named by leads do not count (C24)."""
    annual_cap: Annotated[Mapping[str, Count], with_defaults(ANNUAL_CAP)] = ANNUAL_CAP
    """Most inspections of a firm by one authority in a calendar year, by credit class (C06)."""
    due_workdays: int = Field(7, ge=1, le=3_650)
    """Working days after receipt at whose end a lead without its own due date falls due (C22)."""
    due_hours: Annotated[Mapping[str, Hours], with_defaults(DUE_HOURS, HALF_LIFE_DAYS)] = DUE_HOURS
    """Hours from receipt to the due time of a lead, by lead type, in place of `due_workdays`; a type that is not named
    keeps its default (C22)."""
    n_stocktake_max: Count = 0
    """Most buildings on offer for taking stock only (清点): one officer and a recorder, no firm is inspected (C04)."""
    cooldown_days: WholeDays = 30
    """Days after a visit in which a building is not drawn, nor visited without a newer lead (C28)."""

    cap_exempt: ClassVar[tuple[str, ...]] = (
        *("complaint", "transfer", "joint", "off_site", "media", "recheck", "request", "licence", "emergency"),
    )
    """Grounds in the history (`ground`) that do not count towards the cap (C06); domain notes, 2.3."""
    case_soft_cap: ClassVar[int] = 2
    """Lead-driven inspections of a firm by one authority in a year; each further one is reported (C06)."""
    stocktake_value_share: ClassVar[float] = 0.3
    """Value of a stocktaking visit as a share of an inspection's value."""

    @model_validator(mode="after")
    def _committed(self) -> Self:
        if (self.draw_commitment is None) != (self.draw_committed_on is None):
            raise setting_error("together", one="draw_commitment", other="draw_committed_on")
        own = commitment(self.draw_seed)
        if self.draw_commitment not in (None, own):
            raise setting_error("commitment", own=own)
        return self
