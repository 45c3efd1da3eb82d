"""Records of campaign.json: the planned window of a campaign, its promises, and its progress."""

import json
from collections import Counter
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from sweep.records.ranking import YEAR_WEEKS

SCHEMA_VERSION = 1
FILE_NAME = "campaign.json"
# Class of a building or firm without one.
NO_CLASS = "none"

Count = Annotated[int, Field(ge=0)]
Real = Annotated[float, Field(ge=0.0)]
LevelKind = Literal["inspection", "stocktake"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, frozen=True)


class StopPart(_Part):
    """One team's part in one visit: `slot` numbers the visit's slots; times in seconds after midnight of its day."""

    visit_id: str
    slot: Count
    building_id: str
    start_s: Count
    end_s: Count


class TeamPart(_Part):
    """One team of a day with its stops in order; times, 0 without stops, in seconds after midnight of the day."""

    team_id: str
    member_ids: tuple[str, ...]
    base_id: str
    is_reserve: bool = False
    depart_s: Count = 0
    return_s: Count = 0
    stops: tuple[StopPart, ...] = ()


class VisitPart(_Part):
    """One visit; `basis`: ids of leads, draw, approvals or re-checks; `targets`: uscc; `n_doors`: firms called at."""

    visit_id: str
    building_id: str
    track: str
    basis: tuple[str, ...]
    targets: tuple[str, ...] = ()
    value: Real = Field(description="expected finds of the visit on its day")
    n_doors: Count = 0
    urgency: Real = Field(0.0, description="weight of the visit on its day in addition to its value")
    days: tuple[date, ...] = Field(description="days of the window on which it was on offer")
    values: tuple[Real, ...] = Field(description="value of the visit on each of `days`")

    @property
    def kind(self) -> LevelKind:
        """Return `stocktake` or `inspection`: the kind of visit by which its expected finds are calibrated."""
        return "stocktake" if self.track == "stocktake" else "inspection"


class LevelPart(_Part):
    """Calibration of one `kind` of visit (`inspection`, `stocktake`): actual over expected finds of past visits."""

    kind: LevelKind
    n_weeks: Count = Field(YEAR_WEEKS, description="weeks that count: a year, or those since the factor last changed")
    n_visits: Count = Field(description="visits of these weeks with an expectation of finds")
    n_finds: Count
    expected: Real = Field(description="finds expected by the sum of the values")
    factor: Real = Field(description="finds divided by `expected`, shrunk towards 1; values are multiplied by it")
    dispersion: Real = Field(description="variance divided by mean of the finds of past windows")
    error: Real = Field(description="relative standard error of the factor")
    is_calibrated: bool = Field(
        description="whether the year has 20 finds or more; with fewer only the interval is meaningful"
    )


class FindsPart(_Part):
    """Expected finds of a day or of the whole window."""

    mean: Real
    low: Count
    high: Count = Field(description="low to high: 90 % interval of the negative binomial distribution")


class DayPart(_Part):
    """One sweep day; `plan_id`: id of its edition, if published; `pool_sha256`: SHA-256 of the pool of its draw."""

    day: date
    is_published: bool = Field(False, description="whether its edition is published, so that the day is frozen")
    plan_id: str | None = None
    is_approved: bool = Field(
        False, description="whether its edition was approved before the window was planned, so that it is kept"
    )
    commitment: str = Field(description="SHA-256 of the seed of the day's draw")
    pool_sha256: str
    drawn: tuple[str, ...] = Field((), description="drawn buildings")
    teams: tuple[TeamPart, ...]
    visits: tuple[VisitPart, ...]
    finds: FindsPart | None = Field(None, description="expected number of visits with a find, scaled by `level`")

    @property
    def n_teams_out(self) -> int:
        """Return the number of teams with at least one stop on the day."""
        return sum(bool(t.stops) for t in self.teams)

    @property
    def n_stay(self) -> int:
        """Return the number of people in teams without stops, reserve teams excepted, who can stay at their station."""
        return sum(len(t.member_ids) for t in self.teams if not t.stops and not t.is_reserve)


class UnservedVisitPart(_Part):
    """Visit that is on no day of the window. `value`, `urgency`: 0 if not on offer; `reason`: a code, or empty."""

    building_id: str
    track: str
    value: Real
    urgency: Real
    reason: str


class PromisePart(_Part):
    """
    Promise with the numbers of its buildings: late today, at risk (due in the window, unplanned), or kept.

    `key`, `value`, `days`: as in `Promise`; `p50`, `p90`, `p99`: quantiles of the days late, 0 for a building in time.
    """

    key: str
    value: str
    days: int
    n_buildings: Count
    n_kept: Count
    n_late: Count
    n_at_risk: Count
    p50: Real = Field(description="days past the promised day")
    p90: Real
    p99: Real
    needs_per_day: Real = Field(description="visits per sweep day that the promise needs in the long run")


class CapPart(_Part):
    """Inspections done and planned by one authority in a year, among the `n_firms` firms of one credit class."""

    year: int
    authority: str
    credit_class: str
    most: Count = Field(description="largest number of inspections of one firm in the year")
    n_firms: Count
    n_done: Count
    n_planned: Count
    n_left: Count | None = Field(
        None, description="inspections that its firms may still get after the planned ones; null: unknown"
    )
    n_full: Count = Field(description="firms at their cap, with the planned inspections counted")


class MovePart(_Part):
    """Changed visit. `before`, `after`: its day in the previous window and in this one; None: no visit."""

    building_id: str
    before: date | None = None
    after: date | None = None
    is_frozen: bool = Field(False, description="whether a day that the visit leaves or enters is published")
    why: str = Field(description="new, moved, dropped; changed: same day, but other teams, people or start")
    reason: str = Field("", description="cause of the change")
    named: tuple[str, ...] = Field((), description="days, people, firms or buildings that the reason names")
    teams_before: tuple[str, ...] = Field(
        (), description="teams that made the visit on a published day before the change"
    )
    start_before_s: Count | None = None
    teams_after: tuple[str, ...] = ()
    start_after_s: Count | None = None


class VoidPart(_Part):
    """An approval that lapsed because the orders of its day have changed."""

    day: date
    plan_id: str = Field(description="plan id of the approved edition")
    team_ids: tuple[str, ...] = Field((), description="teams whose orders are out of date")


class SharePart(_Part):
    """Coverage of one group of buildings; `n_planned`: buildings with a visit in the window."""

    group: str = Field(description="code of a district, or a credit class")
    name: str = Field("", description="name of the district in the scenario's tables; else empty")
    n_buildings: Count
    n_looked: Count = Field(description="buildings inspected since the campaign began")
    n_planned: Count
    n_never: Count = Field(description="buildings without a recorded or planned inspection")
    n_never_planned: Count = Field(
        0, description="buildings without a recorded inspection that are planned in the window"
    )

    @property
    def n_never_so_far(self) -> int:
        """Return the number of buildings without a past visit on record, whether one is planned for them or not."""
        return self.n_never + self.n_never_planned


class LoadPart(_Part):
    """Number of days and hours of one person's duties in the window, in teams with stops."""

    person_id: str
    n_days: Count
    hours: Real


class WeekPart(_Part):
    """Figures of one week of the campaign, past or planned: visits, finds and leads."""

    week: date = Field(description="Monday of the week")
    n_visits: Count = Field(0, description="visits made and visits planned")
    n_finds: Count = Field(0, description="visits that found something")
    n_leads: Count = Field(0, description="leads received about buildings")
    expected: Real | None = Field(None, description="expected finds; null: unknown")
    low: Real | None = None
    high: Real | None = Field(None, description="low to high: 90 % interval of the negative binomial distribution")
    leads_expected: Real | None = Field(None, description="expected leads about buildings; null: unknown")
    leads_low: Real | None = None
    leads_high: Real | None = Field(
        None, description="low to high: 90 % interval of the negative binomial distribution"
    )
    is_planned: bool = Field(False, description="whether days of the week are in the window")


class QuarterPart(_Part):
    """Share of a quarter's (`2026Q3`) drawn visits with a find or irregularity, and 95 % interval; None: unknown."""

    quarter: str
    n_drawn: Count
    n_found: Count
    share: float | None = None
    low: float | None = None
    high: float | None = None


class SentPart(_Part):
    """Ids of the people who were in teams on one past day, for the duty limits."""

    day: date
    member_ids: tuple[str, ...]


class CarriedPart(_Part):
    """Facts of earlier windows that each new record copies."""

    sent: tuple[SentPart, ...] = Field(
        (), description="duty days of the four weeks before `planned_on`, which count towards the duty limits"
    )
    committed_on: dict[date, date] = Field(
        default_factory=dict, description="by sweep day: day on which its entry in `commitments` was made"
    )


class CampaignRecord(_Part):
    """
    Content of campaign.json: the window's plan, the promises, caps and changes, and the progress so far.

    `first_day`, `last_day`: of the campaign; `freeze_until`: last published day; `left`: visits on offer without a day;
    `moves`: changes from the previous window; `status`: `optimal` or `feasible`; `bound_method`: how `bound` is proven;
    `districts`, `classes`: coverage by district and credit class; `load`: duties of each person in the window.
    """

    schema_version: int = Field(SCHEMA_VERSION, ge=SCHEMA_VERSION, le=SCHEMA_VERSION)
    name: str
    scenario: str
    first_day: date
    last_day: date
    planned_on: date
    inputs_sha256: str = Field("", description="SHA-256 of settings and tables; empty in records of old versions")
    window_end: date
    freeze_until: date
    seed: int
    status: str
    value: Real = Field(description="objective of the window's visits: finds expected by the ranking")
    finds: FindsPart | None = Field(None, description="expected number of visits with a find, scaled by `level`")
    level: tuple[LevelPart, ...] = ()
    urgency: Real = Field(0.0, description="urgency of the window's visits: leads and promises kept, leads to come")
    bound: Real = Field(
        description="upper bound on the value of any plan of these teams and this window with at least this urgency"
    )
    gap: Real = Field(description="largest relative distance to the optimum, of value and urgency together")
    bound_method: str
    days: tuple[DayPart, ...]
    commitments: dict[str, str] = Field(
        default_factory=dict, description="SHA-256 of the seed of each sweep day's draw"
    )
    left: tuple[UnservedVisitPart, ...] = ()
    promises: tuple[PromisePart, ...] = ()
    caps: tuple[CapPart, ...] = ()
    moves: tuple[MovePart, ...] = ()
    void: tuple[VoidPart, ...] = Field((), description="approvals that are no longer valid")
    districts: tuple[SharePart, ...] = ()
    classes: tuple[SharePart, ...] = ()
    load: tuple[LoadPart, ...] = ()
    load_gini: Real = Field(0.0, description="Gini coefficient of the hours of the people sent; 0: all equal")
    weeks: tuple[WeekPart, ...] = ()
    expected: dict[date, Real] = Field(
        default_factory=dict, description="expected finds of each day when it was last planned, scaled by `level`"
    )
    quarters: tuple[QuarterPart, ...] = ()
    looks: dict[str, tuple[int, ...]] = Field(
        default_factory=dict,
        description="by building id: inspection days, counted from the campaign's first day; "
        "of the earlier ones only the last, as a negative number",
    )
    unreported: dict[str, date] = Field(
        default_factory=dict,
        description="by building id: day of a visit without a report, which counts as made until it is reported",
    )
    due: dict[str, date] = Field(
        default_factory=dict, description="by building id: day on which its next inspection is due"
    )
    carried: CarriedPart = CarriedPart()

    @property
    def is_calibrated(self) -> bool:
        """Return whether the expected finds of every kind of planned visit are calibrated on past visits."""
        planned = {v.kind for d in self.days for v in d.visits}
        return planned <= {part.kind for part in self.level if part.is_calibrated}

    @property
    def last_looks(self) -> dict[str, date]:
        """Return the day of the last visit with access by building id; buildings without one are missing."""
        return {b: self.first_day + timedelta(days=days[-1]) for b, days in self.looks.items() if days}

    @property
    def n_unreported(self) -> dict[date, int]:
        """Return the number of past visits without a result by day, in order of days."""
        return dict(sorted(Counter(self.unreported.values()).items()))


def campaign_json(record: CampaignRecord) -> str:
    """Return the record as JSON; equal records give equal bytes."""
    content = record.model_dump(mode="json")
    return json.dumps(content, ensure_ascii=False, allow_nan=False, sort_keys=True, indent=1) + "\n"


def read_campaign(text: bytes | str) -> CampaignRecord:
    """Parse a campaign.json; raises ValueError (a pydantic `ValidationError`) for any other content."""
    return CampaignRecord.model_validate_json(text)
