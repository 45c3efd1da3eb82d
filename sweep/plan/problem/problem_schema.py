"""Schema of problem.json: every key with its unit, range and default."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from sweep.plan.problem.problem import TRAVEL_WEIGHT

SCHEMA_VERSION = 1
# Default value for a missing road in the travel tables.
UNREACHABLE = 2**31 - 1
_MOST = 2**30
# Number of days that the range of `Clock` holds.
_MOST_DAYS = _MOST // 86_400

Seconds = Annotated[int, Field(ge=0, le=_MOST)]
Clock = Annotated[int, Field(ge=0, le=_MOST, description="whole seconds after midnight of `day`; may pass 86400")]
Count = Annotated[int, Field(ge=0, le=_MOST)]
Cost = Annotated[float, Field(ge=0.0, le=1e9)]
Worth = Annotated[float, Field(ge=0.0, le=1e9)]
Number = Annotated[float, Field(ge=-1e9, le=1e9)]
Cell = Annotated[int, Field(ge=0, le=2**53)]
Table = tuple[tuple[Cell | None, ...], ...]
Counts = dict[str, Count]
Span = tuple[Clock, Clock]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, strict=True)


class SlotPart(_Part):
    """Team slot: the part of a visit that one team fills; the teams of all slots start together."""

    min_certified: Counts = Field({}, description="certified members needed by agency")
    n_guards: Count = Field(0, description="police who stand at exits and do not work inside")
    min_skilled: Counts = Field({}, description="members needed by skill")
    service_s: Seconds | None = Field(None, description="seconds inside; without it the visit's")
    is_for_drawn: bool = Field(True, description="whether the team must hold the visit's `officers`")


class VisitPart(_Part):
    """Visit that the plan may include."""

    visit_id: str
    building_id: str = Field(description="one of `places`")
    value: Worth = Field(description="what serving it is worth")
    windows_s: tuple[Span, ...] = Field(min_length=1, description="for the start of service, both ends inclusive")
    is_must: bool = Field(False, description="goes before any value")
    slots: tuple[SlotPart, ...] = Field((SlotPart(),), min_length=1)
    service_s: Seconds | None = Field(None, description="seconds inside; without it by `service_minutes`")
    due_s: Clock | None = Field(None, description="a start after it is late, which costs")
    disturbance: Number = 0.0
    link_group: str | None = Field(None, description="starts within `link_tolerance_s` of each other, all or none")
    division_code: str = Field("", description="the team must have it among its own")
    track: str = Field("case", description="`routine` (drawn): never an error if it cannot be served")
    basis: tuple[str, ...] = ()
    targets: tuple[str, ...] = Field((), description="firms to inspect")
    n_firms: Count = Field(0, description="doors to call at")
    selection_probability: float = Field(1.0, ge=0.0, le=1.0)
    officers: tuple[str, ...] = Field((), description="person ids that the team must hold")
    urgency: float = Field(0.0, ge=0.0, le=1e9, description="what serving it weighs beyond its value")
    keep_apart: tuple[tuple[str, str], ...] = Field((), description="pairs of persons who may not both be in the team")
    items: tuple[str, ...] = Field((), description="of the check form")
    warrant: str = Field("", description="number of the inspection certificate")
    is_immediate: bool = False
    dues_s: tuple[Clock, ...] = Field(
        (), description="`due_s` by window, as many as `windows_s`, which ascend then; empty: the same in all"
    )
    is_due_at_end: bool = Field(False, description="the end of the service is late after it, and not its start")
    preferred: tuple[str, ...] = Field((), description="person ids of whom a team should hold one")
    values: tuple[Worth, ...] = Field(
        (), description="`value` by the day of the first slot's team; empty: the same on all"
    )


class BreakPart(_Part):
    """Break of a team between two stops, taken at the team's current place."""

    earliest_s: Clock
    latest_s: Clock = Field(description="for the start of the pause, both ends inclusive")
    length_s: Seconds


class TeamPart(_Part):
    """Given team, which is not composed from people."""

    team_id: str
    base_id: str
    shift_s: Span
    member_ids: tuple[str, ...] = ()
    division_codes: frozenset[str] = frozenset({""})
    n_certified: Counts = Field({}, description="certified members by agency")
    n_female_certified: Count = 0
    recusals: frozenset[str] = Field(frozenset(), description="buildings, firms, property companies to keep away from")
    is_reserve: bool = Field(False, description="stands by, gets no route")
    n_skilled: Counts = Field({}, description="members by skill")
    end_base_id: str | None = Field(None, description="where the shift ends; without it at `base_id`")
    max_duty_s: Seconds | None = Field(None, description="from leaving the base to the end of duty")
    break_time: BreakPart | None = None
    starts_with_shift: bool = Field(False, description="the duty that costs begins with the shift, and not on leaving")
    paid_until_s: Clock | None = Field(None, description="duty after it is overtime; without it none is")
    day: int = Field(0, ge=0, le=_MOST_DAYS, description="on which it is out, from 0; its shift lies on that day")


class PersonPart(_Part):
    """Person on the roster from whom teams are composed."""

    person_id: str
    agency: str
    role: str
    certificate_until: date | None
    is_female: bool
    base_id: str
    division_code: str
    shift_s: Span
    recusals: frozenset[str] = frozenset()
    skills: frozenset[str] = frozenset()


class RulesPart(_Part):
    """Rules for composing teams from `people`."""

    n_teams: Count
    n_reserve: Count = 0
    min_certified: Counts = Field(default_factory=lambda: {"police": 2, "market_regulation": 2}, validate_default=True)
    min_female: Count = 1
    assist_letter: bool = False
    max_duty_s: Seconds | None = Field(None, description="of each team, from leaving the base to the end of duty")
    break_time: BreakPart | None = Field(None, description="of each team")
    max_members: Count | None = Field(None, description="most people in a team, or in a squad")
    paid_until_s: Clock | None = Field(None, description="as each team's")
    is_split: bool = Field(False, description="each team goes as a squad of police and one of the other agency")


class BasePart(_Part):
    """Base at which teams start or end; its id is one of `places`."""

    base_id: str
    name: str = ""
    division_code: str = ""
    lon: Number = 0.0
    lat: Number = 0.0


class BuildingPart(_Part):
    """Attributes of a building. A visit may also be at a building that is not listed."""

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


class MinutesPart(_Part):
    """Minutes of a visit: entry + (door x n_firms + 2 x inspection x targets) / working pairs."""

    entry: Cost
    door: Cost
    inspection: Cost


class LagPart(_Part):
    """Start of `after` less start of `before` lies in [min_s, max_s]; both visits are served, or neither."""

    before: str
    after: str
    min_s: int = Field(ge=-_MOST, le=_MOST)
    max_s: int = Field(ge=-_MOST, le=_MOST)
    is_apart: bool = Field(False, description="whether no team makes both")


class LockPart(_Part):
    """Fixed stop: a team fills a slot of a visit, perhaps at a fixed time."""

    visit_id: str
    slot: Count = Field(0, description="place in the visit's `slots`, from 0")
    team_id: str
    start_s: Clock | None = Field(None, description="without it at any time")


class CapPart(_Part):
    """Upper limit on the total load of the served visits over all days."""

    cap_id: str
    loads: Counts = Field(description="what each visit takes, by visit id; 1 where visits are counted")
    most: Count = Field(description="most that the visits served may take together")


class WeightsPart(_Part):
    """Cost of each penalty in units of value."""

    travel: Cost = Field(TRAVEL_WEIGHT, description="a second on the road")
    lateness: Cost = Field(0.0, description="a second of starting after `due_s`, in each slot")
    largest_lateness: Cost = Field(0.0, description="a second of the largest lateness of the day")
    disturbance: Cost = 0.0
    overtime: Cost = Field(0.0, description="a second on duty after a team's `paid_until_s`")
    waiting: Cost = Field(0.0, description="a second of waiting between two stops")
    largest_idle: Cost = Field(
        0.0,
        description="a second of the most that any team is not on the road, inside or at rest, from its shift's start",
    )
    uneven_work: Cost = Field(
        0.0, description="a second by which a team's time on the road and inside is away from the mean of all"
    )
    unpreferred: Cost = Field(0.0, description="a slot whose team has none of the visit's `preferred`")


class ProblemPart(_Part):
    """Planning problem of one or several days. Times are whole seconds, lengths whole metres."""

    schema_version: int = Field(ge=SCHEMA_VERSION, le=SCHEMA_VERSION)
    day: date
    shift_s: Span = Field(description="of composed teams")
    places: tuple[str, ...] = Field(description="building and base ids in the order of the travel tables' rows")
    travel_s: Table = Field(description="row: from, column: to; null: no road")
    distance_m: Table | None = Field(None, description="like `travel_s`; without it all 0")
    unreachable_s: Cell = Field(UNREACHABLE, description="what null stands for; as long a way is no road either")
    bases: tuple[BasePart, ...]
    buildings: tuple[BuildingPart, ...] = ()
    visits: tuple[VisitPart, ...]
    teams: tuple[TeamPart, ...] = Field((), description="given teams; without any they are composed from `people`")
    people: tuple[PersonPart, ...] = ()
    rules: RulesPart | None = None
    service_minutes: MinutesPart | None = Field(None, description="needed if a slot has no `service_s`")
    link_tolerance_s: Seconds = 300
    lags: tuple[LagPart, ...] = ()
    locks: tuple[LockPart, ...] = ()
    caps: tuple[CapPart, ...] = ()
    weights: WeightsPart = WeightsPart()


def problem_schema() -> dict[str, object]:
    """Return the JSON Schema (2020-12) of problem.json."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **ProblemPart.model_json_schema()}
