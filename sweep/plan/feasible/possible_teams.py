"""The teams that a contradiction is judged by: the given ones, or the best that the people could make."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from sweep.plan.problem.problem import Problem
from sweep.records.people import MARKET_REGULATION, Person, Team


def possible_teams(problem: Problem) -> tuple[Team, ...]:
    """
    The given teams that get a route; if there are none, for each district and base the team of all who may join it.

    Nobody is in two teams, and recusals and pairs are a matter of who is chosen, so no composed team does what these
    cannot.
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
    police = [p for p in on_duty if p.agency != MARKET_REGULATION]
    inspectors = [p for p in on_duty if p.agency == MARKET_REGULATION]
    squads = [_team(problem, f"police {base}", base, every, police) for base in bases] if rules.is_split else []
    for district in districts:
        codes = every if rules.assist_letter else frozenset({district})
        here = [p for p in inspectors if rules.assist_letter or p.division_code == district]
        people = here if rules.is_split else [p for p in on_duty if p in police or p in here]
        squads += [_team(problem, f"{district} {base}", base, codes, people) for base in bases]
    return tuple(squads)


def without_pairs(problem: Problem) -> Problem:
    """The problem without its pairs kept apart (C28): the team of all who may join holds them, a real one need not."""
    return replace(problem, visits=tuple(replace(v, keep_apart=()) for v in problem.visits))


def n_active(problem: Problem, teams: Sequence[Team]) -> int:
    """How many teams can be somewhere at one time."""
    return len(teams) if problem.teams else problem.rules.n_active


def _team(problem: Problem, name: str, base: str, codes: frozenset[str], people: list[Person]) -> Team:
    certified = [p for p in people if p.is_certified(problem.day)]
    return Team(
        team_id=name,
        member_ids=tuple(p.person_id for p in people),
        base_id=base,
        division_codes=codes,
        shift_s=problem.shift_s,
        n_certified=Counter(p.agency for p in certified),
        n_female_certified=sum(p.is_female for p in certified),
        recusals=frozenset(),
        n_skilled=Counter(s for p in people for s in p.skills),
        max_duty_s=problem.rules.max_duty_s,
        break_time=problem.rules.break_time,
    )
