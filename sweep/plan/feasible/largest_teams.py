"""Largest possible teams for testing contradictions: the given teams, or all people who may join."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from sweep.plan.problem.problem import Problem
from sweep.plan.teams.team_people import movable_people, new_team
from sweep.records.people import MARKET_REGULATION, Person, Team


def possible_teams(problem: Problem) -> tuple[Team, ...]:
    """
    Return the given active teams, or for each district and base the team of all people who may join it.

    A visit that none of these teams can make is out of reach of every composed team: members, recusals and pairs, which
    are chosen later, only restrict teams.
    """
    if problem.teams:
        return tuple(t for t in problem.teams if not t.is_reserve)
    rules = problem.rules
    on_duty = movable_people(problem, ())
    at_home = Counter(p.division_code for p in on_duty if p.agency == MARKET_REGULATION and p.is_officer)
    least = max(1, rules.min_certified.get(MARKET_REGULATION, 1))
    districts = sorted(d for d, n in at_home.items() if n >= least)
    bases = [b for b in problem.bases if b in problem.places]
    police = [p for p in on_duty if p.agency != MARKET_REGULATION]
    squads = [_team(problem, f"police {b}", b, "", police) for b in bases] if rules.is_split else []
    squads = [replace(squad, division_codes=problem.districts) for squad in squads]
    for district in districts:
        here = [
            p for p in on_duty if p.agency == MARKET_REGULATION and (rules.assist_letter or p.division_code == district)
        ]
        people = here if rules.is_split else [p for p in on_duty if p in police or p in here]
        squads += [_team(problem, f"{district} {b}", b, district, people) for b in bases]
    return tuple(squads)


def n_active(problem: Problem, teams: Sequence[Team]) -> int:
    """Return how many active `teams` can work at once: all if the problem gives its teams, else `rules.n_active`."""
    return len(teams) if problem.teams else problem.rules.n_active


def _team(problem: Problem, name: str, base: str, district: str, people: list[Person]) -> Team:
    return replace(new_team(problem, name, base, district, people), recusals=frozenset())
