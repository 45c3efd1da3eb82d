"""scenario.toml -> Scenario: every key but the data has a default, unknown keys are refused, faults told at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from geodata.datum_names import parse_datum
from geodata.schema import SCHEMAS
from sweep.service import ServiceMinutes

Share = Annotated[float, Field(ge=0.0, le=1.0)]
HitShare = Annotated[float, Field(gt=0.0, le=1.0)]
Positive = Annotated[float, Field(gt=0.0)]
Count = Annotated[int, Field(ge=0)]
Seed = Annotated[int, Field(ge=0, le=2**31 - 1)]
Clock = Annotated[int, Field(ge=0, le=172_800)]


HALF_LIFE_DAYS: Mapping[str, float] = {
    "goip": 2.0,
    "sim_bank": 2.0,
    "call_room": 30.0,
    "fake_loan": 30.0,
    "fake_customer_service": 30.0,
    "brushing": 30.0,
    "pig_butchering": 30.0,
    "cards": 15.0,
    "tip": 30.0,
}
HIT_SHARE: Mapping[str, float] = {
    "goip": 0.35,
    "sim_bank": 0.35,
    "call_room": 0.35,
    "fake_loan": 0.20,
    "fake_customer_service": 0.20,
    "brushing": 0.20,
    "pig_butchering": 0.20,
    "cards": 0.15,
    "tip": 0.10,
}
ANNUAL_CAP: Mapping[str, int] = {"A": 1, "B": 2, "C": 2, "D": 4}


def over(defaults: Mapping[str, Any]) -> BeforeValidator:
    """A mapping of the scenario laid over the defaults; a key that they do not have is refused."""

    def laid_over(given: Any) -> Any:
        if not isinstance(given, Mapping):
            return given
        unknown = sorted(set(given) - set(defaults))
        if unknown:
            raise ValueError(f"no such keys: {', '.join(map(str, unknown))}; known are {', '.join(defaults)}")
        return {**defaults, **given}

    return BeforeValidator(laid_over)


class Section(BaseModel):
    """A part of the scenario; frozen, and no key that is not declared."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Data(Section):
    """[data]: paths, relative to the scenario's folder and inside it."""

    buildings: str = "buildings.gpkg"
    building_files: str | None = None
    streets: str | None = None
    """OpenStreetMap file, or table of lines in `datum`; None: straight lines with `plan.detour_factor`."""
    districts: str | None = None
    """Outlines of the districts: they give each building its district, or check it."""
    districts_datum: Annotated[str, AfterValidator(parse_datum)] | None = None
    """None: GCJ-02 for a file of Aliyun's DataV, else WGS-84."""
    clip: tuple[float, float, float, float] | str | None = None
    """Part of an OpenStreetMap file: west, south, east, north in WGS-84 degrees, or a code of `districts`."""
    firms: str = "firms.csv"
    leads: str = "leads.csv"
    roster: str = "roster.csv"
    bases: str = "bases.csv"
    history: str | None = None
    datum: Annotated[str, AfterValidator(parse_datum)] = "wgs84"
    """Datum of the coordinates in the tables and of the footprints; a name of `geodata.datum_names`, or EPSG:n."""
    columns: Mapping[str, Mapping[str, str]] = Field(default_factory=dict)
    """[data.columns.<table>]: the file's own header by the table's column, where it is of no known dialect."""
    keep_personal: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    """By table, columns in which what looks like personal data stays."""
    match_within_m: float = Field(60.0, gt=0.0, le=500.0)

    @field_validator("columns", "keep_personal")
    @classmethod
    def _known_tables(cls, value: Mapping[str, Any]) -> Mapping[str, Any]:
        unknown = sorted(set(value) - set(SCHEMAS))
        if unknown:
            raise ValueError(f"no such tables: {', '.join(unknown)}; known are {', '.join(sorted(SCHEMAS))}")
        return value


class City(Section):
    """[city]: the data are a made-up city, generated into the user's cache; [data] paths are then its files."""

    seed: Seed = 1
    n_buildings: int = Field(290, ge=4, le=5_000)
    n_dens: int = Field(40, ge=0)
    n_leads: int = Field(600, ge=0)
    n_police: int = Field(72, ge=0)
    n_market_regulation: int = Field(28, ge=0)
    n_auxiliary: int = Field(24, ge=0)


class Rank(Section):
    """[rank]: see sweep/rank."""

    half_life_days: Annotated[Mapping[str, Positive], over(HALF_LIFE_DAYS)] = HALF_LIFE_DAYS
    """By lead type; one that is not named keeps its default (C23)."""
    fit_half_life: bool = False
    """Chosen anew from the leads by what foretells best, where there are enough of a type."""
    hit_share: Annotated[Mapping[str, HitShare], over(HIT_SHARE)] = HIT_SHARE
    """Prior share of leads of a type that prove true; moved by the history's outcomes."""
    horizon_days: float = Field(365.0, gt=0)
    neighbour_radius_m: float = Field(700.0, gt=0)
    no_access_share: Share = 0.15
    detection_share: Share = 0.8
    cluster_radius_m: float = Field(300.0, gt=0)
    cluster_team_hours: float = Field(12.0, gt=0)
    n_clusters: int = Field(30, ge=1)
    scan_radius_m: float = Field(500.0, gt=0, le=2_000)
    """Of the largest circle that is tested for a cluster; a label, no part of the order."""
    scan_simulations: int = Field(999, ge=0, le=99_999)
    """0: no test."""
    first_k: int = Field(20, ge=0)
    """Each building is told its chance to be among the first so many."""
    bootstrap_draws: int = Field(200, ge=1, le=10_000)


class Select(Section):
    """[select]: which visits are on offer."""

    n_case_visits_max: int = Field(150, ge=0)
    draw_share: Share = 0.10
    """Share of the active teams' hours given to the random draw (C09)."""
    draw_seed: str = "quancheng-2026-09-16"
    target_share_max: Share = 0.20
    """Most firms of a building that a visit may inspect, the leads' own apart (C08)."""
    n_targets_max: int = Field(2, ge=1)
    """Most firms that a visit inspects, the leads' own apart: no more disturbance than needed (C24)."""
    annual_cap: Annotated[Mapping[str, Count], over(ANNUAL_CAP)] = ANNUAL_CAP
    """Inspections a firm may get from one authority in a calendar year, by credit class (C06)."""
    cooldown_days: int = Field(30, ge=0)
    """A building is not drawn again within so many days, nor visited without a newer lead (C28)."""


class Teams(Section):
    """[teams]: composed from the roster."""

    n_teams: int = Field(12, ge=1)
    """Reserve teams included."""
    reserve_share: Share = 0.10
    """C18; rounded up to whole teams."""
    min_certified: Mapping[str, int] = Field(
        default_factory=lambda: {"police": 2, "market_regulation": 2}, validate_default=True
    )
    """C01; by law not below 2 for an inspecting authority."""
    min_female: int = Field(1, ge=1)
    """C19."""
    assist_letter: bool = False
    """C12: market-regulation officers may work outside their home district."""

    @field_validator("min_certified")
    @classmethod
    def _two_officers(cls, value: Mapping[str, int]) -> Mapping[str, int]:
        if set(value) != {"police", "market_regulation"} or min(value.values()) < 2:
            raise ValueError("must name police and market_regulation, each >= 2 (C01)")
        return value


class PlanSettings(Section):
    """[plan]: the shift, the windows, the time that a visit takes."""

    shift_start_s: Clock = 48_600  # 13:30
    shift_end_s: Clock = 63_000  # 17:30
    window_start_s: Clock = 48_600
    window_end_s: Clock = 60_300  # 16:45, last start of service
    entry_minutes: float = Field(12.0, ge=0)
    """`a` of the service time a + b n / k."""
    door_minutes: float = Field(3.0, ge=0)
    """`b`: one working pair at one firm's door, for the light inventory (清点)."""
    inspection_minutes: float = Field(20.0, ge=0)
    """One firm inspected by two pairs: door, identity, notice, licence, lease, and some six people asked."""
    link_tolerance_s: int = Field(300, ge=0)
    """C16."""
    speed_kmh: float = Field(25.0, gt=0)
    detour_factor: float = Field(1.4, ge=1.0)
    """With no street file: straight line x factor / speed."""

    @property
    def minutes(self) -> ServiceMinutes:
        """What the parts of a visit take."""
        return ServiceMinutes(self.entry_minutes, self.door_minutes, self.inspection_minutes)

    @model_validator(mode="after")
    def _ordered(self) -> PlanSettings:
        if self.shift_end_s <= self.shift_start_s:
            raise ValueError("shift_end_s must be later than shift_start_s")
        if self.window_end_s < self.window_start_s:
            raise ValueError("window_end_s must not be earlier than window_start_s")
        return self


class Backtest(Section):
    """[backtest]: how `sweep backtest` judges the ranking out of time."""

    first_day: float = Field(180.0, gt=0)
    """Days of leads before the first list is frozen."""
    horizon_days: float = Field(14.0, gt=0)
    """A list is held against what comes in so many days; the next one is frozen as many days later."""
    lag_days: float = Field(1.0, ge=0)
    """Between the freeze and the first day that counts."""
    hours: float = Field(40.0, gt=0)
    """Budget of the measures per effort, team-hours."""
    bandwidth_m: float = Field(200.0, gt=0)
    """Of the heat map and Gi* that stand beside the ranking."""
    half_life_days: float = Field(90.0, gt=0)
    """Of the ranking of a file of points, which has no types of lead."""
    cell_m: float = Field(150.0, gt=0)
    near_m: float = Field(400.0, gt=0)
    """Of the grid of a file of points: width, and how near a point a cell must lie."""


class Solver(Section):
    """[solver]: limits. With `iterations` the result is the same on every run; with a time limit alone it is not."""

    time_limit_s: float = Field(20.0, gt=0)
    iterations: int | None = Field(None, ge=1)


class Scenario(Section):
    """All of scenario.toml."""

    name: str = Field(pattern=r"^[^\W_][\w-]{0,63}$")
    day: date = Field(ge=date(2000, 1, 1), le=date(2100, 12, 31))
    lang: Literal["zh_CN", "en"] = "zh_CN"
    seed: Seed = 1
    data: Data = Data()
    city: City | None = None
    rank: Rank = Rank()
    select: Select = Select()
    teams: Teams = Teams()
    plan: PlanSettings = PlanSettings()
    backtest: Backtest = Backtest()
    solver: Solver = Solver()
    folder: Path = Field(default=Path(), exclude=True)
    """Where scenario.toml lies; not a key of the file."""
