"""Membership rules: which people may join a team, and which members it must have."""

from collections import Counter
from collections.abc import Sequence

from sweep.plan.problem.problem import Problem
from sweep.plan.teams.district_quota import TeamTemplate
from sweep.records.people import MARKET_REGULATION, POLICE, Person


def may_join(problem: Problem, person: Person, template: TeamTemplate) -> bool:
    """
    Whether a person may join a team. An officer needs a certificate that is valid on the day.

    People of market regulation join teams of their own district only (C12), or of any with an assist letter.
    """
    if person.is_officer and not person.is_certified(problem.day):
        return False
    if person.agency == MARKET_REGULATION and not problem.rules.assist_letter:
        return person.division_code == template.division_code
    return True


def counts_as_woman(problem: Problem, person: Person) -> bool:
    """Whether the person is a certified woman; in split teams only police count, as their squad is at each visit."""
    is_at_every_visit = person.agency == POLICE or not problem.rules.is_split
    return person.is_female and person.is_certified(problem.day) and is_at_every_visit


def is_complete(problem: Problem, team: Sequence[Person]) -> bool:
    """Whether the team has the required officers of each agency and the required women."""
    certified = [p for p in team if p.is_certified(problem.day)]
    has = Counter(p.agency for p in certified)
    n_women = sum(counts_as_woman(problem, p) for p in certified)
    return n_women >= problem.rules.min_female and all(has[a] >= n for a, n in problem.rules.min_certified.items())


def most_members(problem: Problem) -> int:
    """Return the maximum size of a team, or of a squad if teams are split; without a rule, the number of all people."""
    return len(problem.people) if problem.rules.max_members is None else problem.rules.max_members


def has_room(problem: Problem, team: Sequence[Person], person: Person) -> bool:
    """Whether the team's maximum size leaves room for the person and for the officers that the team still lacks."""
    rules, is_market = problem.rules, person.agency == MARKET_REGULATION
    agencies = {p.agency for p in (*team, person)} | set(rules.min_certified)
    squad = {a for a in agencies if not rules.is_split or (a == MARKET_REGULATION) == is_market}
    has = Counter(p.agency for p in (*team, person) if p.is_certified(problem.day))
    lacking = sum(max(0, n - has[a]) for a, n in rules.min_certified.items() if a in squad)
    return sum(p.agency in squad for p in (*team, person)) + lacking <= most_members(problem)


def deal_people(
    problem: Problem,
    people: Sequence[Person],
    templates: Sequence[TeamTemplate],
    initial: Sequence[Sequence[Person]],
    police: Sequence[int] = (),
) -> list[list[Person]]:
    """
    Return the teams `initial`, completed with the other people: each joins the team with the fewest of the same kind.

    `initial` has the members of each of `templates`. A kind is an agency's officers or its other people. Officers are
    dealt first, women before men. `police`: police officers that each team should have, (teams,), dealt in this
    proportion; evenly if empty or all 0. A person whom no team may take stays without a team.
    """
    teams = [list(team) for team in initial]
    n_alike = Counter((t, p.agency, p.is_officer) for t, team in enumerate(teams) for p in team)
    share = {(t, POLICE, True): n for t, n in enumerate(police) if n}
    inside = {p.person_id for team in teams for p in team}
    for p in sorted(people, key=lambda p: (not p.is_officer, not p.is_female, p.person_id)):
        joinable = [t for t, f in enumerate(templates) if may_join(problem, p, f) and has_room(problem, teams[t], p)]
        if joinable and p.person_id not in inside:
            t = min(joinable, key=lambda t: (n_alike[kind := (t, p.agency, p.is_officer)] / share.get(kind, 1), t))
            teams[t].append(p)
            n_alike[t, p.agency, p.is_officer] += 1
    return teams
