"""Schema of plan.json, with its primary and derived keys."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from geodata.errors import Value
from sweep.day.event_log_json import DayLogPart

SCHEMA_VERSION = 1

_FOR_READERS = "for readers; must follow from the plan and its inputs, or be left out"
_SECONDS = "whole seconds after midnight of `day`, +08:00; the ISO time next to it must be the same, or be left out"


def _derived(what: str) -> str:
    return f"{what} ({_FOR_READERS})"


Whole = Annotated[int, Field(ge=-(2**53), le=2**53)]
Count = Annotated[int, Field(ge=0, le=2**53)]
Number = Annotated[float, Field(ge=-1e15, le=1e15)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, strict=True)


class StopPart(_Part):
    """One team's part in one visit."""

    visit_id: str
    slot: Count
    """Index of the visit's team slot, from 0."""
    building_id: str
    travel_s: Count = Field(description="travel time from the previous place in seconds")
    distance_m: Count = Field(description="distance from the previous place in metres")
    arrive_s: Whole = Field(description=_SECONDS)
    start_s: Whole = Field(
        description=f"start of service, which must be in a window of the visit, both ends inclusive; {_SECONDS}"
    )
    end_s: Whole = Field(description=f"end of service, which may be after the window; {_SECONDS}")
    is_attempt: bool = Field(
        False, description="whether the door was locked, so that the visit does not count as served"
    )
    number: Whole | None = Field(None, description=_derived("position in the route, from 1"))
    arrive_at: str | None = Field(None, description=_derived("ISO 8601"))
    start_at: str | None = Field(None, description=_derived("ISO 8601"))
    end_at: str | None = Field(None, description=_derived("ISO 8601"))
    building_name: str | None = Field(None, description=_FOR_READERS)
    address: str | None = Field(None, description=_FOR_READERS)
    lon: Number | None = Field(None, description=_derived("WGS-84 degrees"))
    lat: Number | None = Field(None, description=_derived("WGS-84 degrees"))
    track: str | None = Field(None, description=_FOR_READERS)
    value: Number | None = Field(None, description=_derived("expected finds of the visit"))
    link_group: str | None = Field(None, description=_FOR_READERS)


class RoutePart(_Part):
    """Route of one team, from its base and back."""

    team_id: str
    depart_s: Whole = Field(description=_SECONDS)
    stops: tuple[StopPart, ...]
    return_travel_s: Count = Field(description="travel time from the last stop to the base in seconds")
    return_distance_m: Count = Field(description="distance from the last stop to the base in metres")
    return_s: Whole = Field(description=_SECONDS)
    break_s: tuple[Whole, Whole] | None = Field(None, description=f"start and end of the break; {_SECONDS}")
    depart_at: str | None = Field(None, description=_derived("ISO 8601"))
    return_at: str | None = Field(None, description=_derived("ISO 8601"))


class TeamPart(_Part):
    """Members who travel together for a shift."""

    team_id: str
    member_ids: tuple[str, ...]
    base_id: str
    division_codes: frozenset[str] = Field(description="districts in which all members may inspect")
    shift_s: tuple[Whole, Whole] = Field(description=f"start and end; {_SECONDS}")
    n_certified: dict[str, Whole] = Field(description="certified members by agency")
    n_female_certified: Count
    """Number of certified women."""
    recusals: frozenset[str]
    """Ids of buildings, firms and property companies that a member must not inspect."""
    is_reserve: bool
    former: tuple[tuple[str, Whole], ...] = Field(
        (), description=f"members who went off duty on the day: person id and end of duty; {_SECONDS}"
    )
    called_s: Whole | None = Field(None, description=f"time at which a standby team was called out; {_SECONDS}")
    day: Count = Field(0, description="day of the problem on which the team works, from 0")
    letter: str | None = Field(None, description=_derived("letter of the team on the maps"))
    base_name: str | None = Field(None, description=_FOR_READERS)
    base_lon: Number | None = Field(None, description=_derived("WGS-84 degrees"))
    base_lat: Number | None = Field(None, description=_derived("WGS-84 degrees"))


class ReasonPart(_Part):
    """Reason for an unserved visit."""

    code: str
    values: dict[str, Value]
    """Numbers, ids and names that the sentence contains, by placeholder."""
    sentence: str | None = Field(None, description=_FOR_READERS)
    action: str | None = Field(None, description=_derived("cheapest change that would serve the visit"))


class UnservedPart(_Part):
    """A visit on offer that no team makes."""

    visit_id: str
    building_id: str
    reasons: tuple[ReasonPart, ...]
    building_name: str | None = Field(None, description=_FOR_READERS)
    lon: Number | None = Field(None, description=_derived("WGS-84 degrees"))
    lat: Number | None = Field(None, description=_derived("WGS-84 degrees"))
    track: str | None = Field(None, description=_FOR_READERS)
    value: Number | None = Field(None, description=_derived("expected finds of the visit"))


class SummaryPart(_Part):
    """Figures of the whole plan."""

    status: str = Field(description="`optimal` or `feasible`")
    value: Number = Field(description="expected finds of the visits served")
    due: Number = Field(0.0, description="total weight of the due leads that are served")
    costs: Number = Field(0.0, description="total of the costs with a weight; objective = value + due - costs")
    bound: Number = Field(description="upper bound on the value of any plan of these teams with as much `due`")
    bound_method: str
    """Method by which `bound` was proved, one of `sweep.records.plan.BOUND_METHODS`."""
    bound_any_teams: Number | None = Field(
        None, description="the same bound over all team compositions of these people; null: unknown"
    )
    seed: Whole
    n_iterations: Count
    """Number of iterations of the search."""
    members_max: Count | None = Field(None, description="largest allowed number of members of a team; null: no limit")
    gap: Number | None = Field(None, description=_derived("largest distance to the optimum as a share of bound + due"))
    n_teams: Whole | None = Field(None, description=_derived("all teams, with those in reserve"))
    n_teams_reserve: Whole | None = Field(None, description=_FOR_READERS)
    n_stops: Whole | None = Field(None, description=_FOR_READERS)
    n_unserved: Whole | None = Field(None, description=_FOR_READERS)
    travel_s: Whole | None = Field(None, description=_derived("total of all teams, returns included"))
    distance_m: Whole | None = Field(None, description=_derived("total of all teams, returns included"))


class PlanPart(_Part):
    """A plan of one day. To edit it, change times in seconds, delete their ISO 8601 keys, and run `sweep check`."""

    schema_version: int = Field(ge=SCHEMA_VERSION, le=SCHEMA_VERSION)
    plan_id: str | None = Field(None, description=_FOR_READERS)
    scenario: str | None = Field(None, description=_FOR_READERS)
    day: str | None = Field(None, description=_derived("ISO 8601 date"))
    summary: SummaryPart
    teams: tuple[TeamPart, ...]
    routes: tuple[RoutePart, ...]
    unserved: tuple[UnservedPart, ...]
    problem_sha256: str | None = Field(None, description="SHA-256 of the planning problem that the plan solves")
    day_log: DayLogPart | None = Field(None, description="events of the day, if the plan was changed on its day")


def plan_schema() -> dict[str, object]:
    """JSON Schema (2020-12) of plan.json."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **PlanPart.model_json_schema()}
