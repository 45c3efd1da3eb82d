"""Forms teams: how large, where, with whom, and with which routes to begin."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from sweep.plan.formation.choice import Chosen, choose
from sweep.plan.formation.forms import are_open, make_choices
from sweep.plan.formation.relaxation import RestrictedMaster
from sweep.plan.formation.staffing import staffed
from sweep.plan.problem.problem import Problem
from sweep.plan.teams.manned import movable_people
from sweep.records.people import Team
from sweep.records.plan import Route, Stop

# Routes that lack so small a share of the bound are taken in, too: the best choice is not always of the best routes.
# Where the choice is farther from the bound than `FAR`, those are which lack as much as that.
SLACK, FAR = 0.002, 0.05


class Formed(NamedTuple):
    """Teams, and routes to begin with."""

    teams: list[Team]
    routes: tuple[Route, ...]
    relaxation: RestrictedMaster
    """All teams that could have been formed, with the routes that were priced."""


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
    seconds
        What the choice between them may take, all told; None: as long as it takes, the same on every machine.
    """
    people, n_teams = movable_people(problem, teams), len(active)
    choices = make_choices(problem, people) if n_teams > 1 and are_open(problem) else None
    if choices is None:
        return None
    relaxation = RestrictedMaster(choices, problem.rules, n_teams)
    chosen = _chosen(problem, relaxation, n_teams, may_go_on, seconds)
    made = staffed(problem, people, active, chosen, seed) if chosen else None
    return None if made is None else Formed(made, tuple(_routes(made, chosen)), relaxation)


def _chosen(
    problem: Problem, relaxation: RestrictedMaster, n_teams: int, may_go_on: Callable[[], bool], seconds: float | None
) -> list[Chosen]:
    """So many teams; none where there is no answer."""
    bound = relaxation.solve(may_go_on)
    relaxation.enrich(SLACK, may_go_on)
    began = time.monotonic()
    value, chosen = choose(relaxation, problem, n_teams, seconds)
    left = None if seconds is None else seconds - (time.monotonic() - began)
    if value < (1.0 - FAR) * bound < math.inf and (left is None or left > 0.0):
        relaxation.enrich(1.0 - value / bound, may_go_on)
        others = choose(relaxation, problem, n_teams, left)
        chosen = others[1] if others[0] > value else chosen
    return chosen


def _routes(teams: Sequence[Team], chosen: Sequence[Chosen]) -> Iterator[Route]:
    """What each team begins with."""
    for team, way in zip(teams, chosen, strict=True):
        stops = (
            Stop(visit.visit_id, slot.slot, visit.building_id, 0, 0, start, start, start)
            for visit, slot, start in way.stops
        )
        yield Route(team.team_id, 0, tuple(stops), 0, 0, 0)
