"""Teams for routes that were searched as if every team had whomever it wants: routes first, people second."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sweep.plan.formation.choice import Begun, Chosen
from sweep.plan.formation.forms import for_anybody, with_enough
from sweep.plan.formation.staffing import staffed
from sweep.plan.problem.problem import Problem
from sweep.plan.problem.tasks import slot_tasks
from sweep.plan.teams.joining import most_asked
from sweep.records.people import Person, Team
from sweep.records.plan import Route


def open_to_all(problem: Problem, teams: Sequence[Team]) -> tuple[Problem, list[Team]]:
    """The problem as if each of the teams had whomever a visit asks for, and these teams; their sizes stay."""
    able: dict[str, Any] = {**with_enough(problem), "recusals": frozenset()}
    return for_anybody(problem), [replace(t, **able) for t in teams]


def may_suffice(problem: Problem, people: Sequence[Person], routes: Sequence[Route]) -> bool:
    """Whether of each agency and skill there are as many people as all routes ask for together."""
    asked: Counter[str] = Counter()
    for stops in _begun(problem, routes):
        mine = (stop.slot for stop in stops)
        asked += most_asked([problem.rules.min_certified, *({**s.min_certified, **s.min_skilled} for s in mine)])
    brought = Counter(p.agency for p in people if p.is_certified(problem.day))
    brought.update(skill for p in people for skill in p.skills)
    return asked <= brought


def teams_for(
    problem: Problem, people: Sequence[Person], teams: Sequence[Team], routes: Sequence[Route], seed: int
) -> list[Team] | None:
    """
    The teams with other people, so that each may make every stop of its route; None if no such way was found.

    Parameters
    ----------
    people
        Who is to be in them: all.
    routes
        One for each of the teams, in their order.
    """
    chosen = []
    for team, stops in zip(teams, _begun(problem, routes), strict=True):
        district = "" if problem.rules.assist_letter else min(team.division_codes)
        # Whoever is fewer takes longer inside, unless that is given.
        is_by_size = any(stop.visit.service_s is None and stop.slot.service_s is None for stop in stops)
        chosen.append(Chosen(district, team.base_id, len(team.member_ids) if is_by_size else 0, stops))
    return staffed(problem, people, teams, chosen, seed, is_whole=True)


def _begun(problem: Problem, routes: Sequence[Route]) -> list[tuple[Begun, ...]]:
    """The stops of each route."""
    slots = {(v.visit_id, s.slot): (v, s) for v, s in slot_tasks(problem)}
    return [tuple(Begun(*slots[s.visit_id, s.slot], s.start_s) for s in route.stops) for route in routes]
