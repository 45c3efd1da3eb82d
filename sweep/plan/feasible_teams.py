"""The teams that a contradiction is judged by: the given ones, or the best that the people could make."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sweep.plan.problem import Problem
from sweep.records import MARKET_REGULATION, Person, Team


def possible_teams(problem: Problem) -> tuple[Team, ...]:
    """
    The given teams that get a route; if there are none, for each district and base the team of all who may join it.

    Nobody is in two teams, and recusals are a matter of who is chosen, so no composed team does what these cannot.
    """
    if problem.teams:
        return tuple(t for t in problem.teams if not t.is_reserve)
    rules = problem.rules
    on_duty = [p for p in problem.people if p.covers(problem.shift_s)]
    on_duty = [p for p in on_duty if not p.is_officer or p.is_certified(problem.day)]
    at_home = Counter(p.division_code for p in on_duty if p.agency == MARKET_REGULATION and p.is_officer)
    least = max(1, rules.min_certified.get(MARKET_REGULATION, 1))
    districts = sorted(d for d, n in at_home.items() if n >= least)
    every = frozenset(b.division_code for b in problem.buildings.values())
    bases = [b for b in problem.bases if b in problem.places]
    return tuple(
        _team(problem, district, base, every if rules.assist_letter else frozenset({district}), on_duty)
        for district in districts
        for base in bases
    )


def n_active(problem: Problem, teams: Sequence[Team]) -> int:
    """How many teams can be somewhere at one time."""
    return len(teams) if problem.teams else problem.rules.n_teams - problem.rules.n_reserve


def _team(problem: Problem, district: str, base: str, codes: frozenset[str], on_duty: list[Person]) -> Team:
    is_bound = not problem.rules.assist_letter
    people = [p for p in on_duty if p.agency != MARKET_REGULATION or not is_bound or p.division_code == district]
    certified = [p for p in people if p.is_certified(problem.day)]
    return Team(
        team_id=f"{district} {base}",
        member_ids=tuple(p.person_id for p in people),
        base_id=base,
        division_codes=codes,
        shift_s=problem.shift_s,
        n_certified=Counter(p.agency for p in certified),
        n_female_certified=sum(p.is_female for p in certified),
        recusals=frozenset(),
        n_skilled=Counter(s for p in people for s in p.skills),
    )
