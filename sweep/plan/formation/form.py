"""Forms teams: how large, where, with whom, and with which routes to begin."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from sweep.plan.formation.choice import Chosen, choose
from sweep.plan.formation.forms import FEW_TASKS, make_choices
from sweep.plan.formation.relaxation import Relaxation
from sweep.plan.formation.staffing import staffed
from sweep.plan.problem.problem import Problem
from sweep.plan.teams.manned import movable_people
from sweep.records.people import Person, Team
from sweep.records.plan import Route, Stop

# Routes that lack so small a share of the bound are taken in, too: the best choice is not always of the best routes.
# Where the choice is farther from the bound than `FAR`, those are which lack as much as that.
SLACK, FAR = 0.002, 0.05
# Where the bound counts routes are true ones for up to so many tasks of a site, too.
TRUE_TASKS = 20
# Where the number of teams is open, a team more must add such a share of all value.
TEAM_SHARE = 2e-4


class Formed(NamedTuple):
    """Teams, and routes to begin with."""

    teams: list[Team]
    routes: tuple[Route, ...]


class Numbered(NamedTuple):
    """How many teams, and the visits that they would make."""

    n_teams: int
    served: frozenset[str]


def form(
    problem: Problem,
    teams: Sequence[Team],
    active: Sequence[Team],
    seed: int,
    may_go_on: Callable[[], bool],
    seconds: float | None,
) -> Formed | None:
    """
    The active teams made anew of their people; None where that is no question, or no answer was found.

    Squads, and teams that locks name, stay as they are.

    Parameters
    ----------
    may_go_on
        Asked often while routes are priced.
    seconds
        What the choice between them may take; None: as long as it takes, the same on every machine.
    """
    people = movable_people(problem, teams)
    if len(active) < 2 or not (chosen := _chosen(problem, people, len(active), 0.0, may_go_on, seconds)):
        return None
    made = staffed(problem, people, active, chosen, seed)
    return None if made is None else Formed(made, tuple(_routes(made, chosen)))


def best_number(
    problem: Problem, teams: Sequence[Team], may_go_on: Callable[[], bool], seconds: float | None
) -> Numbered | None:
    """
    How many teams are worth most of the people who do not stand by, and what they serve; None as for `form`.

    Of numbers that are worth about the same the least is taken.

    Parameters
    ----------
    seconds
        As for `form`.
    """
    people = movable_people(problem, teams)
    chosen = _chosen(problem, people, len(people), TEAM_SHARE, may_go_on, seconds)
    slots = Counter(stop.visit.visit_id for way in chosen for stop in way.stops)
    served = (v.visit_id for v in problem.visits if slots[v.visit_id] == len(v.slots))
    return Numbered(len(chosen), frozenset(served)) if chosen else None


def _chosen(
    problem: Problem,
    people: Sequence[Person],
    n_teams: int,
    team_share: float,
    may_go_on: Callable[[], bool],
    seconds: float | None,
) -> list[Chosen]:
    """So many teams, or fewer where each costs a share of the bound; none where there is no question or no answer."""
    if problem.teams or problem.rules.is_split or problem.locks or (choices := make_choices(problem, people)) is None:
        return []
    relaxation = Relaxation(choices, problem.rules, n_teams)
    bound = relaxation.solve(may_go_on)
    relaxation.enrich(SLACK, may_go_on)
    price = None if not team_share else team_share * max(0.0, relaxation.worth() - choices.of_musts)
    value, chosen = choose(relaxation, problem, n_teams, price, seconds)
    if value < (1.0 - FAR) * bound < math.inf:
        relaxation.enrich(1.0 - value / bound, may_go_on)
        others = choose(relaxation, problem, n_teams, price, seconds)
        chosen = others[1] if others[0] > value else chosen
    return chosen


def bound_of_any(problem: Problem, teams: Sequence[Team], may_go_on: Callable[[], bool]) -> float:
    """
    What no plan of any teams, however many, is worth more than by value and urgency less disturbance; or infinite.

    It holds for plans that serve every must-visit and whose teams are made of the same people: those in reserve stand
    by. Links, breaks, duties, recusals, officers drawn and skills are relaxed.

    Parameters
    ----------
    teams
        Of the problem or of a plan of it.
    """
    people, bound = movable_people(problem, teams), math.inf
    # True routes give less or nothing, where they are too many to be gone through.
    for few_tasks in (FEW_TASKS, TRUE_TASKS):
        choices = make_choices(problem, people, few_tasks)
        if choices is not None:
            found = Relaxation(choices, problem.rules, len(people)).solve(may_go_on)
            bound = min(bound, found - choices.of_musts)
    return bound


def _routes(teams: Sequence[Team], chosen: Sequence[Chosen]) -> Iterator[Route]:
    """What each team begins with."""
    for team, way in zip(teams, chosen, strict=True):
        stops = (
            Stop(visit.visit_id, slot.slot, visit.building_id, 0, 0, start, start, start)
            for visit, slot, start in way.stops
        )
        yield Route(team.team_id, 0, tuple(stops), 0, 0, 0)
