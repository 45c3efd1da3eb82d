"""[select]: which visits are on offer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal, get_args

from pydantic import Field, model_validator

from sweep.records.draw import commitment
from sweep.scenario.rank import HALF_LIFE_DAYS
from sweep.scenario.refusals import refused
from sweep.scenario.section import Count, HitShare, Hours, Section, Share, WholeDays, over

ANNUAL_CAP: Mapping[str, int] = {"A": 1, "B": 2, "C": 2, "D": 4}
# Domain notes, 2.2; they count as against each other only: how many are drawn follows from the hours.
DRAW_RATIO: Mapping[str, float] = {"A": 0.01, "B": 0.03, "C": 0.10, "D": 0.30, "none": 0.03}
# Domain notes, 2.3: what a firm's yearly number leaves out.
type Ground = Literal[
    "complaint", "transfer", "joint", "off_site", "media", "recheck", "request", "licence", "emergency"
]
CAP_EXEMPT: tuple[Ground, ...] = get_args(Ground.__value__)
DUE_HOURS: Mapping[str, float] = {"goip": 24.0, "sim_bank": 24.0}


class Select(Section):
    """[select]: which visits are on offer."""

    n_case_visits_max: Count = 150
    draw_share: Share = 0.10
    """Share of the active teams' hours given to the random draw (C09)."""
    draw_seed: str = ""
    """Seed of the draw (C09); `sweep init` makes one. Empty: name and day, easy to foretell, and a note says so."""
    draw_commitment: str | None = Field(None, pattern="^[0-9a-f]{64}$")
    """SHA-256 of the seed in UTF-8, published before the list was frozen, so that the seed is no choice of the day."""
    draw_committed_on: date | None = None
    """When it was published; before the day."""
    draw_ratio: Annotated[Mapping[str, HitShare], over(DRAW_RATIO)] = DRAW_RATIO
    """How likely a firm is drawn, by credit class, as against the others; `none` is for firms without a class."""
    target_share_max: Share = 0.20
    """Most firms of a building that a visit may inspect, the leads' own apart (C08)."""
    n_targets_max: int = Field(2, ge=1, le=1_000)
    """Most firms that a visit inspects, the leads' own apart: no more disturbance than needed (C24)."""
    annual_cap: Annotated[Mapping[str, Count], over(ANNUAL_CAP)] = ANNUAL_CAP
    """Inspections a firm may get from one authority in a calendar year, by credit class (C06)."""
    cap_exempt: tuple[Ground, ...] = CAP_EXEMPT
    """Grounds in the history (`ground`) that do not count towards the cap (C06)."""
    case_soft_cap: Count = 2
    """Lead-driven inspections of a firm by one authority in a year; a further one is reported (C06)."""
    due_workdays: int = Field(7, ge=1, le=3_650)
    """A lead with no date of its own is due at the end of so many working days (C22)."""
    due_hours: Annotated[Mapping[str, Hours], over(DUE_HOURS, HALF_LIFE_DAYS)] = DUE_HOURS
    """Hours that take the place of the working days, by lead type; one that is not named keeps its default (C22)."""
    n_stocktake_max: Count = 0
    """Buildings on offer for taking stock alone (清点): no firm is inspected, one officer and a recorder do (C04)."""
    stocktake_value_share: Share = 0.3
    """What taking stock is worth of an inspection's value."""
    cooldown_days: WholeDays = 30
    """A building is not drawn again within so many days, nor visited without a newer lead (C28)."""

    @model_validator(mode="after")
    def _committed(self) -> Select:
        if (self.draw_commitment is None) != (self.draw_committed_on is None):
            raise refused("together", one="draw_commitment", other="draw_committed_on")
        own = commitment(self.draw_seed)
        if self.draw_commitment not in (None, own):
            raise refused("commitment", own=own)
        return self
