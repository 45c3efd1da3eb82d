"""People as flat arrays for the compiled search: who may join which team, and which requirements members fulfil."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from geodata.array_types import Bools, Int32s, Int64s
from geodata.tuple_by_reference import pass_by_reference
from sweep.plan.kernel.problem_arrays import NONE
from sweep.plan.problem.problem import Problem, slot_tasks
from sweep.records.people import MARKET_REGULATION, Person, Team
from sweep.records.squad_slots import has_police
from sweep.records.visits import Slot, Visit

# A copy of `eligibility.rules_against` for speed; tests/plan/kernel/test_people_arrays.py checks that both agree.
# `member_exchange.set_service` takes 9 us for a team and 800 slots, the rules themselves 1.5 ms (AMD EPYC).

WOMEN = "female"


@pass_by_reference
class People(NamedTuple):
    """
    People who may change teams, their features, and the requirements of teams and tasks. Empty if teams are given.

    A feature is a counted property: certified officer of an agency, certified woman, a skill, or the person's own id.
    """

    offers: Int32s
    """Contribution of each person to a team's count of each feature, 0 or 1, (people, features)."""
    conflict: Bools
    """Whether the person is recused from the task, (people, tasks)."""
    may_join: Bools
    """Whether the person may be in the team, (people, teams)."""
    kind: Int32s
    """Number of the person's combination of agency and role, (people,)."""
    team_needs: Int32s
    """Required count of each feature in each team, (teams, features)."""
    task_needs: Int32s
    """Required count of each feature for each task, (tasks, features)."""
    is_open: Bools
    """Whether district and locks let the team fill the slot, with any members, (teams, tasks)."""
    seconds: Int32s
    """Service seconds of each task by number of team members, (tasks, most members + 1)."""
    apart: Int32s
    """Rows of a task and two people who may not both be in the task's team (C28), (pairs, 3)."""


def make_people(problem: Problem, teams: Sequence[Team], people: Sequence[Person]) -> People:
    """Return the arrays for exchanging members; `teams`: active teams, `people`: those who may change teams."""
    tasks = slot_tasks(problem)
    drawn = [dict.fromkeys(v.officers, 1) if s.is_for_drawn else {} for v, s in tasks]
    needs = [{**s.min_certified, **s.min_skilled, **own} for (_, s), own in zip(tasks, drawn, strict=True)]
    named = [*problem.rules.min_certified, WOMEN, *(name for n in needs for name in n)]
    row = {name: f for f, name in enumerate(dict.fromkeys(named))}
    kinds = {k: n for n, k in enumerate(dict.fromkeys((p.agency, p.role) for p in people))}
    most = problem.rules.max_members or 2 * max((len(t.member_ids) for t in teams), default=0) + 2
    locks = {(lock.visit_id, lock.slot): lock.team_id for lock in problem.locks}
    conflicts = [problem.conflict_keys(v) for v, _ in tasks]
    team_needs = [{**problem.rules.needs_of(t), WOMEN: problem.rules.women_of(t)} for t in teams]
    return People(
        offers=_table(people, row, lambda p: _offers(problem, p)),
        conflict=_bools([[bool(p.recusals & keys) for keys in conflicts] for p in people], len(tasks)),
        may_join=_bools([[_may_join(problem, p, t) for t in teams] for p in people], len(teams)),
        kind=np.array([kinds[p.agency, p.role] for p in people], np.int32),
        team_needs=_table(team_needs, row, lambda needs: needs),
        task_needs=_table(needs, row, lambda n: n),
        is_open=_bools([[_is_open(locks, t, v, s) for v, s in tasks] for t in teams], len(tasks)),
        seconds=np.array([[problem.service_s(v, s.slot, n) for n in range(most + 1)] for v, s in tasks], np.int32),
        apart=_apart(tasks, people),
    )


def _apart(tasks: Sequence[tuple[Visit, Slot]], people: Sequence[Person]) -> Int32s:
    row = {p.person_id: n for n, p in enumerate(people)}
    pairs = [(i, row[a], row[b]) for i, (v, _) in enumerate(tasks) for a, b in v.keep_apart if a in row and b in row]
    return np.array(pairs, np.int32).reshape(-1, 3)


def members(people: Sequence[Person], teams: Sequence[Team]) -> Int64s:
    """Return the row of each person's active team, NONE for a person without one, (people,)."""
    of_person = {person_id: k for k, t in enumerate(teams) for person_id in t.member_ids}
    return np.array([of_person.get(p.person_id, NONE) for p in people], np.int64)


def _offers(problem: Problem, person: Person) -> Mapping[str, int]:
    certified = person.is_certified(problem.day)
    # The person's own id is a feature: a drawn visit requires the drawn officers themselves (C09).
    own = dict.fromkeys((*person.skills, person.person_id), 1)
    return {**own, person.agency: certified, WOMEN: certified and person.is_female}


def _may_join(problem: Problem, person: Person, team: Team) -> bool:
    """Whether squad and, for market regulation without an assist letter (C12), district let the person join."""
    if problem.rules.is_split and (person.agency != MARKET_REGULATION) != has_police(team):
        return False
    is_bound = person.agency == MARKET_REGULATION and not problem.rules.assist_letter
    return not is_bound or person.division_code in team.division_codes


def _is_open(locks: Mapping[tuple[str, int], str], team: Team, visit: Visit, slot: Slot) -> bool:
    is_kept = locks.get((visit.visit_id, slot.slot), team.team_id) == team.team_id
    return is_kept and visit.division_code in team.division_codes


def _table[T](rows: Sequence[T], row: Mapping[str, int], counts: Callable[[T], Mapping[str, int]]) -> Int32s:
    table = np.zeros((len(rows), len(row)), np.int32)
    for r, item in enumerate(rows):
        for name, n in counts(item).items():
            if name in row:
                table[r, row[name]] = n
    return table


def _bools(rows: Sequence[Sequence[bool]], width: int) -> Bools:
    return np.array(rows, np.bool_).reshape(len(rows), width)
