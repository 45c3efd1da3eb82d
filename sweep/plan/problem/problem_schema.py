"""Schema of problem.json: every key with its unit, range and default."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from sweep.plan.problem.problem import Lag, Weights
from sweep.records.people import BreakTime, Person
from sweep.records.problem_number_ranges import MOST, Clock, Cost, Count, Seconds, Span
from sweep.records.service_time import ServiceMinutes
from sweep.records.visits import Cap

SCHEMA_VERSION = 1
# Default value for a missing road in the travel tables.
UNREACHABLE = 2**31 - 1
# Number of days that the range of `Clock` holds.
_MOST_DAYS = MOST // 86_400

Number = Annotated[float, Field(ge=-1e9, le=1e9)]
Cell = Annotated[int, Field(ge=0, le=2**53)]
Table = tuple[tuple[Cell | None, ...], ...]
Counts = dict[str, Count]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, strict=True)


class SlotPart(_Part):
    """Team slot: the part of a visit that one team fills; the teams of all slots start together."""

    min_certified: Counts = Field({}, description="certified members needed by agency")
    n_guards: Count = Field(0, description="police who guard exits and do not work inside")
    min_skilled: Counts = Field({}, description="members needed by skill")
    service_s: Seconds | None = Field(None, description="service seconds; default: the visit's")
    is_for_drawn: bool = Field(True, description="whether the team must hold the visit's `officers`")


class VisitPart(_Part):
    """Visit that the plan may include."""

    visit_id: str
    building_id: str = Field(description="building id, one of `places`")
    value: Cost = Field(description="objective value of serving the visit")
    windows_s: tuple[Span, ...] = Field(
        min_length=1, description="time windows for the start of service, both ends inclusive"
    )
    is_must: bool = Field(False, description="served before any visit that is not a must-visit")
    slots: tuple[SlotPart, ...] = Field((SlotPart(),), min_length=1)
    service_s: Seconds | None = Field(None, description="service seconds; default: computed from `service_minutes`")
    due_s: Clock | None = Field(None, description="due time; a later start costs lateness")
    disturbance: Number = 0.0
    """Disturbance of the firms inside, in any unit, to which the weight `disturbance` applies (C24)."""
    link_group: str | None = Field(
        None, description="visits of one group start within `link_tolerance_s` of each other, all or none"
    )
    division_code: str = Field("", description="district, which must be one of the team's")
    track: str = Field(
        "case", description="legal track; a `routine` (drawn) visit is never an error if it cannot be served"
    )
    basis: tuple[str, ...] = ()
    """Ids of the leads, of the draw or of the approval that justify the visit, by track."""
    targets: tuple[str, ...] = Field((), description="firms to inspect")
    n_firms: Count = Field(0, description="number of doors to visit")
    selection_probability: float = Field(1.0, ge=0.0, le=1.0)
    """Inclusion probability of the random draw for drawn visits, 1 for others."""
    officers: tuple[str, ...] = Field((), description="person ids who must be members of the team")
    urgency: float = Field(0.0, ge=0.0, le=1e9, description="weight of serving the visit in addition to its value")
    keep_apart: tuple[tuple[str, str], ...] = Field((), description="pairs of persons who may not both be in the team")
    items: tuple[str, ...] = Field((), description="item ids of the check form")
    warrant: str = Field("", description="number of the inspection certificate")
    is_immediate: bool = False
    """Whether police inspect at once, without a certificate and with a recorder (C14)."""
    dues_s: tuple[Clock, ...] = Field(
        (), description="`due_s` by window, one for each of the ascending `windows_s`; empty: the same in all"
    )
    is_due_at_end: bool = Field(
        False, description="whether lateness is measured at the end of service instead of its start"
    )
    preferred: tuple[str, ...] = Field((), description="person ids of whom at least one should be a member of the team")
    values: tuple[Cost, ...] = Field(
        (), description="`value` by the day of the first slot's team; empty: the same on all days"
    )


class TeamPart(_Part):
    """Given team, which is not composed from people."""

    team_id: str
    base_id: str
    shift_s: Span
    """Earliest departure and latest return."""
    member_ids: tuple[str, ...] = ()
    division_codes: frozenset[str] = frozenset({""})
    """Districts in which all members may inspect; the default matches visits without a district."""
    n_certified: Counts = Field({}, description="certified members by agency")
    n_female_certified: Count = 0
    """Number of certified women."""
    recusals: frozenset[str] = Field(
        frozenset(), description="buildings, firms and property companies that the team must not visit"
    )
    is_reserve: bool = Field(False, description="whether the team is on standby without a route")
    n_skilled: Counts = Field({}, description="members by skill")
    end_base_id: str | None = Field(None, description="base at which the shift ends; default: `base_id`")
    max_duty_s: Seconds | None = Field(None, description="longest duty in seconds, from departure to the end of duty")
    break_time: BreakTime | None = None
    starts_with_shift: bool = Field(
        False, description="whether paid duty begins with the shift instead of the departure"
    )
    paid_until_s: Clock | None = Field(
        None, description="end of regular duty; later duty is overtime; default: no overtime"
    )
    day: int = Field(0, ge=0, le=_MOST_DAYS, description="day of the team, from 0; its shift is on that day")


class RulesPart(_Part):
    """Rules for composing teams from `people`."""

    n_teams: Count
    n_reserve: Count = 0
    """Number of teams among `n_teams` on standby (C18)."""
    min_certified: Counts = Field(default_factory=lambda: {"police": 2, "market_regulation": 2}, validate_default=True)
    """Certified officers required in each team, by agency (C01)."""
    min_female: Count = 1
    """Certified women required in each team (C19)."""
    assist_letter: bool = False
    """Whether market-regulation officers may work outside their home district (C12)."""
    max_duty_s: Seconds | None = Field(
        None, description="longest duty of each team in seconds, from departure to the end of duty"
    )
    break_time: BreakTime | None = Field(None, description="break of each team")
    max_members: Count | None = Field(None, description="largest number of people in a team, or in a squad")
    paid_until_s: Clock | None = Field(None, description="`paid_until_s` of each team")
    is_split: bool = Field(False, description="whether each team is a squad of police and a squad of the other agency")


class BasePart(_Part):
    """Base at which teams start or end; its id is one of `places`."""

    base_id: str
    name: str = ""
    division_code: str = ""
    lon: Number = 0.0
    lat: Number = 0.0


class BuildingPart(_Part):
    """Attributes of a building; towers of one complex share `complex_id`. A visit may be at a building not listed."""

    building_id: str
    name: str = ""
    address: str = ""
    division_code: str = ""
    complex_id: str | None = None
    property_company_id: str | None = None
    n_floors: Count = 1
    n_exits: Count = 1
    n_firms: Count = 0
    floor_area_m2: Number = 0.0
    lon: Number = 0.0
    lat: Number = 0.0
    landlord_id: str | None = None


class LockPart(_Part):
    """Fixed stop: a team fills a slot of a visit, perhaps at a fixed time."""

    visit_id: str
    slot: Count = Field(0, description="index in the visit's `slots`, from 0")
    team_id: str
    start_s: Clock | None = Field(None, description="fixed start; default: any time")


class ProblemPart(_Part):
    """Planning problem of one or several days. Times are whole seconds, lengths whole metres."""

    schema_version: int = Field(ge=SCHEMA_VERSION, le=SCHEMA_VERSION)
    day: date
    shift_s: Span = Field(description="shift of composed teams")
    places: tuple[str, ...] = Field(description="building and base ids, in the order of the travel tables' rows")
    travel_s: Table = Field(description="row: from, column: to; null: no road")
    distance_m: Table | None = Field(None, description="like `travel_s`; default: all 0")
    unreachable_s: Cell = Field(
        UNREACHABLE, description="travel time that null represents; a travel time this long or longer is no road either"
    )
    bases: tuple[BasePart, ...]
    buildings: tuple[BuildingPart, ...] = ()
    visits: tuple[VisitPart, ...]
    teams: tuple[TeamPart, ...] = Field((), description="given teams; default: teams composed from `people`")
    people: tuple[Person, ...] = ()
    rules: RulesPart | None = None
    service_minutes: ServiceMinutes | None = Field(None, description="required if a slot has no `service_s`")
    link_tolerance_s: Seconds = 300
    lags: tuple[Lag, ...] = ()
    locks: tuple[LockPart, ...] = ()
    caps: tuple[Cap, ...] = ()
    weights: Weights = Weights()


def problem_schema() -> dict[str, object]:
    """Return the JSON Schema (2020-12) of problem.json."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **ProblemPart.model_json_schema()}
