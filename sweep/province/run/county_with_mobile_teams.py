"""County with mobile teams: its people, number of teams, and linked sites."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from geodata.errors import InputError, Issue
from sweep.inputs.matched_inputs import Inputs
from sweep.jobs.stages.plan_day import make_problem
from sweep.jobs.stages.plan_inputs_record import PlanInputs, prepare
from sweep.jobs.stages.rank_day import Ranked, team_size
from sweep.jobs.stages.select_day import select
from sweep.plan.problem.problem import Problem
from sweep.province.records import MobileTeam, Window
from sweep.records.people import MARKET_REGULATION, POLICE, RECORDER, Base, Person
from sweep.records.pins import Pin
from sweep.records.visits import Visit
from sweep.scenario.scenario import Scenario

MOBILE_ID = "MOBILE"
"""Prefix of the pseudonyms of mobile people; the numbers of team and person follow."""


@dataclass(frozen=True, slots=True)
class CountyInputs:
    """Inputs of one county, read and ranked once for its value curve and its edition."""

    scenario: Scenario
    inputs: Inputs
    ranked: Ranked


@dataclass(frozen=True, slots=True)
class CountyAssignment:
    """Mobile teams and linked sites that a province assigns to a county."""

    mobile: MobileTeam
    n_mobile: int = 0
    windows_s: Mapping[str, Window] = field(default_factory=dict)
    """Start windows of linked sites, by building id."""
    never: Sequence[str] = ()
    """Linked sites that must not be visited."""


def reinforced_problem(
    county: CountyInputs, task: CountyAssignment, n_teams: int, members_max: int | None
) -> tuple[PlanInputs, Problem]:
    """
    Return inputs and problem of the county's day with the mobile teams and linked sites of its province.

    Parameters
    ----------
    n_teams
        Teams of the county plus those possible with mobile people, reserve included.
    members_max
        Largest number of members of a team; None: no limit.

    Raises
    ------
    InputError
        If a place is too far from every road, or a linked site is required and forbidden.
    """
    until = county.scenario.day + timedelta(days=1)
    persons = {**county.ranked.persons, **mobile_people(county.ranked.persons, county.ranked.bases, until, task)}
    pins = tuple(Pin("never", b, "province.toml links", "links") for b in task.never)
    inputs = replace(county.inputs, pins=(*county.inputs.pins, *pins))
    scenario = county.scenario.with_teams(n_teams, members_max)
    ranked = replace(county.ranked, persons=persons, team_size=team_size(scenario, persons))
    offered = select(scenario, inputs, ranked)
    visits = tuple(_in_window(v, task.windows_s) for v in offered.offer.visits)
    offered = replace(offered, offer=replace(offered.offer, visits=visits))
    prepared = prepare(scenario, inputs, ranked, offered)
    return prepared, make_problem(prepared)


def refuse_mobile_ids(own: Mapping[str, Person], file: str) -> None:
    """Raise InputError S991, located in `file`, for each id in `own` that begins with the prefix `MOBILE_ID`."""
    if taken := sorted(i for i in own if i.startswith(MOBILE_ID)):
        raise InputError(Issue("S991", file, {"person": i, "prefix": MOBILE_ID}) for i in taken)


def mobile_people(
    own: Mapping[str, Person], bases: Mapping[str, Base], certified_until: date, task: CountyAssignment
) -> dict[str, Person]:
    """
    Return the members of the mobile teams in `task`, by id; their base is the county's base with the most police.

    `own`, `bases`: people and bases of the county, by id. `certified_until`: last day of the members' certificates.
    """
    n_police = Counter(p.base_id for p in own.values() if p.agency == POLICE)
    base_id = min(bases, key=lambda b: (-n_police[b], b))
    division = bases[base_id].division_code
    agencies = [POLICE] * task.mobile.n_officers + [MARKET_REGULATION] * task.mobile.n_inspectors
    people = [
        Person(
            person_id=f"{MOBILE_ID}{team}-{seat:02d}",
            agency=agency,
            role="officer" if agency == POLICE else "inspector",
            certificate_until=certified_until,
            is_female=seat <= task.mobile.n_women,
            base_id=base_id,
            division_code=division,
            shift_s=(0, 2 * 86_400),
            skills=frozenset({RECORDER} if seat == 1 else ()),
        )
        for team in range(1, task.n_mobile + 1)
        for seat, agency in enumerate(agencies, start=1)
    ]
    return {p.person_id: p for p in people}


def _in_window(visit: Visit, windows_s: Mapping[str, Window]) -> Visit:
    """
    Return the visit as a must-visit that starts in the window of its building in `windows_s`.

    Without such a window, or if it does not overlap the visit's own windows, the visit is unchanged.
    """
    if visit.building_id not in windows_s:
        return visit
    lo, hi = windows_s[visit.building_id]
    both = tuple((max(a, lo), min(b, hi)) for a, b in visit.windows_s if max(a, lo) <= min(b, hi))
    return replace(visit, windows_s=both or visit.windows_s, is_must=bool(both) or visit.is_must)
