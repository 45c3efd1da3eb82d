"""Teams for routes that were searched as if every team had whomever it wants: routes first, people second."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from sweep.plan.formation.choice import Begun, Chosen
from sweep.plan.formation.forms import ENOUGH
from sweep.plan.formation.staffing import staffed
from sweep.plan.problem.problem import Problem
from sweep.plan.teams.joining import most_asked
from sweep.records.people import Person, Team
from sweep.records.plan import Route


def open_to_all(problem: Problem, teams: Sequence[Team]) -> tuple[Problem, list[Team]]:
    """The problem as if each of the teams had whomever a visit asks for, and these teams; their sizes stay."""
    visits = tuple(replace(v, officers=(), keep_apart=()) for v in problem.visits)
    agencies = dict.fromkeys((a for v in visits for s in v.slots for a in s.min_certified), ENOUGH)
    skills = dict.fromkeys((name for v in visits for s in v.slots for name in s.min_skilled), ENOUGH)
    able = (replace(t, n_certified=agencies, n_skilled=skills, recusals=frozenset()) for t in teams)
    return replace(problem, visits=visits), list(able)


def may_suffice(problem: Problem, people: Sequence[Person], routes: Sequence[Route]) -> bool:
    """Whether of each agency and skill there are as many people as all routes ask for together."""
    slots = {(v.visit_id, s.slot): s for v in problem.visits for s in v.slots}
    asked: Counter[str] = Counter()
    for route in routes:
        mine = (slots[stop.visit_id, stop.slot] for stop in route.stops)
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
    visit = {v.visit_id: v for v in problem.visits}
    chosen = []
    for team, route in zip(teams, routes, strict=True):
        stops = [Begun(visit[s.visit_id], visit[s.visit_id].slots[s.slot], s.start_s) for s in route.stops]
        district = "" if problem.rules.assist_letter else min(team.division_codes)
        # Whoever is fewer takes longer inside, unless that is given.
        is_by_size = any(begun.visit.service_s is None and begun.slot.service_s is None for begun in stops)
        chosen.append(Chosen(district, team.base_id, len(team.member_ids) if is_by_size else 0, tuple(stops)))
    return staffed(problem, people, teams, chosen, seed, is_whole=True)
