"""Construction of the candidate teams by district and base; sizes with equal service times are one team type."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from geodata.array_types import Int64s
from sweep.plan.bound.branch_and_price import MOST_PAIRS, sum_by_unit, unit_values
from sweep.plan.bound.components import IdenticalTeams, make_component
from sweep.plan.bound.linked_units import slots_together
from sweep.plan.bound.team_kind_arrays import seconds_with_leg
from sweep.plan.compositions.team_columns import (
    CandidateTeams,
    StaffCounts,
    TeamSite,
    TeamType,
    staff_counts,
    staff_district,
)
from sweep.plan.kernel.problem_arrays import FORBIDDEN, Arrays
from sweep.plan.problem.problem import Problem, slot_tasks
from sweep.plan.search.encode_problem import make_arrays
from sweep.plan.teams.make_teams import new_team
from sweep.records.people import MARKET_REGULATION, Person, Team

# Up to this many tasks of a site routes are elementary: pricing must be quick for all the sizes.
FEW_TASKS = 12
# Count of officers and skills in a team template: as many as any slot can require.
ENOUGH = 1 << 20


def make_candidates(problem: Problem, people: Sequence[Person]) -> CandidateTeams | None:
    """
    Return the candidate teams that `people` may form; None if no team is possible, or too many to price.

    Recusals, pairs kept apart, drawn officers and skills are relaxed. A kind of teams with up to `FEW_TASKS` tasks has
    elementary routes; with more tasks its routes may repeat tasks that are far apart (ng-routes).
    """
    staff = staff_counts(problem, people)
    # Drawn officers and pairs kept apart are rules on persons, whom team types do not name.
    without_persons = replace(problem, visits=tuple(replace(v, officers=(), keep_apart=()) for v in problem.visits))
    sites = [(d, b, list(_sizes(problem, staff, d))) for d, b in _districts_and_bases(problem, people, staff)]
    teams = [_team_template(without_persons, district, base, n) for district, base, sizes in sites for _, n in sizes]
    if not teams or not problem.visits:
        return None
    a = make_arrays(without_persons, teams)
    _forbid_small_teams(without_persons, a, teams)
    value, is_must = unit_values(without_persons, a)
    value += sum_by_unit(without_persons, a, lambda v: v.urgency)
    # There may be several teams of one type, so a slot needs one type that may fill it.
    may_fill = a.service[:, : a.n_visit_tasks] != FORBIDDEN
    unfillable = np.flatnonzero(~may_fill.any(axis=0))
    out_of_reach = np.concatenate([a.task["unit"][unfillable], _understaffed_units(without_persons, a, staff)])
    units = np.setdiff1d(np.arange(len(a.units)), out_of_reach)
    all_teams = np.arange(len(teams))
    if not len(units) or np.count_nonzero(may_fill) > MOST_PAIRS:
        return None
    # A must-visit outweighs all other visits together.
    extra = 1.0 + float(value.sum())
    pool = make_component(a, value + extra * is_must, all_teams, units, FEW_TASKS)
    return CandidateTeams(
        pool=pool,
        sites=tuple(_sites_with_types(sites, pool.kinds)),
        staff=staff,
        most_teams=staff.most_teams(problem.rules, {district for district, _, _ in sites}),
        least_sizes=max((tuple(least for least, _ in sizes) for _, _, sizes in sites), key=len),
        slots=tuple(slot_tasks(problem)),
        unfillable=dict(zip(unfillable.tolist(), value[a.task["unit"][unfillable]].tolist(), strict=True)),
        must_bonus=extra * float(is_must[units].sum()),
    )


def _understaffed_units(problem: Problem, a: Arrays, staff: StaffCounts) -> Int64s:
    home = [staff_district(problem, visit.division_code) for visit, _ in slot_tasks(problem)]
    most = {d: staff.most_teams(problem.rules, {d}) for d in set(home)}
    needed = (
        (u, Counter(home[i] for i in rows.tolist())) for u in range(len(a.units)) for rows in slots_together(a, u)
    )
    return np.unique([u for u, n in needed if any(n[d] > most[d] for d in n)]).astype(np.int64)


def _sites_with_types(
    sites: Sequence[tuple[str, str, Sequence[tuple[int, int]]]], kinds: Iterable[IdenticalTeams]
) -> Iterator[TeamSite]:
    """
    Yield the sites at which at least one task can be done, with their team types.

    `sites`: (district, base, sizes). A size is (smallest, largest). Teams are numbered in the order of districts, bases
    and sizes.
    """
    kind_of = {int(team): kind for kind in kinds for team in kind.teams}
    first = 0
    for district, _, sizes in sites:
        team_types: list[TeamType] = []
        for row, (least, _) in enumerate(sizes, first):
            # A type no faster than a smaller one is dropped.
            if row in kind_of and not (team_types and team_types[-1].kind is kind_of[row]):
                team_types.append(TeamType(kind_of[row], least, seconds_with_leg(kind_of[row].team).astype(np.float64)))
        first += len(sizes)
        if team_types:
            yield TeamSite(district, tuple(team_types))


def _forbid_small_teams(problem: Problem, a: Arrays, teams: Sequence[Team]) -> None:
    """Set service times longer than a shift for slots that need more officers than the team has members."""
    officers = np.array([sum(slot.min_certified.values()) for _, slot in slot_tasks(problem)])
    n_members = np.array([len(team.member_ids) for team in teams])
    service, shift = a.service[:, : a.n_visit_tasks], problem.shift_s
    service[(service != FORBIDDEN) & (n_members[:, None] < officers)] = shift[1] - shift[0] + 1


def _districts_and_bases(problem: Problem, people: Sequence[Person], staff: StaffCounts) -> Iterator[tuple[str, str]]:
    """Yield (district, base) of candidate teams: districts with enough certified officers, and bases of their teams."""
    need = problem.rules.min_certified.get(MARKET_REGULATION, 0)
    with_visits = {v.division_code for v in problem.visits}
    districts = {""} if problem.rules.assist_letter else {d for d in with_visits if staff.officers.get(d, 0) >= need}
    every = {p.base_id for p in people}
    inspectors = [p for p in people if p.agency == MARKET_REGULATION and p.is_certified(problem.day)]
    for district in sorted(districts):
        here = {b for b in every if problem.bases[b].division_code == district}
        bases = [p.base_id for p in inspectors if p.division_code == district]
        # If all officers have a base in their district, so has each team.
        is_here = bases and here.issuperset(bases) and not problem.rules.assist_letter
        for base in sorted(here if is_here else every):
            yield district, base


def _sizes(problem: Problem, staff: StaffCounts, district: str) -> Iterator[tuple[int, int]]:
    """Yield (smallest, largest) team size of each team type of a district."""
    # Every size up to 20, then steps of a tenth, as one more person changes little.
    every_size, size_step = 20, 0.1
    most = staff.free + staff.tied.get(district, 0)
    if problem.rules.max_members is not None:
        most = min(most, problem.rules.max_members)
    least = max(1, sum(problem.rules.min_certified.values()))
    while least <= most:
        n = min(most, least if least <= every_size else round((1.0 + size_step) * least))
        yield least, n
        least = n + 1


def _team_template(problem: Problem, district: str, base: str, n: int) -> Team:
    slots = [s for v in problem.visits for s in v.slots]
    return replace(
        new_team(problem, f"{district} {base} {n}", base, district, ()),
        member_ids=tuple(map(str, range(n))),
        n_certified=dict.fromkeys((agency for s in slots for agency in s.min_certified), ENOUGH),
        n_skilled=dict.fromkeys((name for s in slots for name in s.min_skilled), ENOUGH),
    )
