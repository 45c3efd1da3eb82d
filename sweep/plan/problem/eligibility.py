"""Eligibility: rules that exclude a team from a team slot of a visit, and the teams that get a route."""

from collections.abc import Iterator, Sequence

from sweep.plan.problem.problem import Problem
from sweep.records.people import Team
from sweep.records.visits import Visit

# A rule that excludes a team: the input key that it reads, and the agency or skill.
type Rule = tuple[str, str]

DISTRICT, OFFICERS, PAIR = ("division_codes", ""), ("member_ids", ""), ("keep_apart", "")
RECUSAL = ("recusals", "")


def active_teams(teams: Sequence[Team]) -> list[Team]:
    """Return the teams that get a route: all but the reserve."""
    return [t for t in teams if not t.is_reserve]


def rules_against(problem: Problem, visit: Visit, slot: int, team: Team) -> Iterator[Rule]:
    """
    Yield each rule that alone excludes the team from this slot on any route.

    `slot`: index in the visit's slots, from 0. Rules: district (C12), certified officers (C01, C17), skills, drawn
    officers (C09), pairs kept apart (C28) and recusals (C10). A rule is (input key, agency or skill), with '' as second
    part if the rule is not about officers or skills.
    """
    needs = visit.slots[slot]
    if visit.division_code not in team.division_codes:
        yield DISTRICT
    yield from (("n_certified", a) for a, n in needs.min_certified.items() if team.n_certified.get(a, 0) < n)
    yield from (("n_skilled", s) for s, n in needs.min_skilled.items() if team.n_skilled.get(s, 0) < n)
    if needs.is_for_drawn and not set(visit.officers) <= set(team.member_ids):
        yield OFFICERS
    if pairs_inside(visit, team):
        yield PAIR
    if team.recusals & problem.conflict_keys(visit):
        yield RECUSAL


def may_serve(problem: Problem, visit: Visit, slot: int, team: Team) -> bool:
    """Whether no rule excludes the team from this slot of the visit (see `rules_against`); times are not checked."""
    return next(rules_against(problem, visit, slot, team), None) is None


def pairs_inside(visit: Visit, team: Team) -> list[tuple[str, str]]:
    """Return the pairs of person ids of the visit's `keep_apart` that are both in the team (C28)."""
    return [pair for pair in visit.keep_apart if set(pair) <= set(team.member_ids)]
