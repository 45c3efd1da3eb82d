"""Teams with people: making a `Team` record from its members, and the teams of a plan."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from sweep.plan.problem.eligibility import active_teams
from sweep.plan.problem.problem import Problem
from sweep.records.people import Person, Team
from sweep.records.plan import Plan


def movable_people(problem: Problem, teams: Sequence[Team]) -> tuple[Person, ...]:
    """Return people on duty who may change teams: not in reserve, officers only if certified; () if teams are given."""
    if problem.teams:
        return ()
    in_reserve = {person_id for t in teams if t.is_reserve for person_id in t.member_ids}
    return tuple(
        p
        for p in problem.people
        if p.covers(problem.shift_s)
        and p.person_id not in in_reserve
        and (not p.is_officer or p.is_certified(problem.day))
    )


def new_team(problem: Problem, team_id: str, base_id: str, district: str, people: Sequence[Person]) -> Team:
    """Return a team of these people for `district`, or for all districts if `rules` has an assist letter (C12)."""
    rules = problem.rules
    team = Team(
        team_id=team_id,
        member_ids=(),
        base_id=base_id,
        division_codes=problem.districts if rules.assist_letter else frozenset({district}),
        shift_s=problem.shift_s,
        n_certified={},
        n_female_certified=0,
        recusals=frozenset(),
        max_duty_s=rules.max_duty_s,
        break_time=rules.break_time,
        paid_until_s=rules.paid_until_s,
    )
    return with_members(problem, team, people)


def with_members(problem: Problem, team: Team, people: Sequence[Person]) -> Team:
    """Return the team with these people as its members; base, districts and times are unchanged."""
    certified = [p for p in people if p.is_certified(problem.day)]
    return replace(
        team,
        member_ids=tuple(sorted(p.person_id for p in people)),
        n_certified=dict(sorted(Counter(p.agency for p in certified).items())),
        n_female_certified=sum(p.is_female for p in certified),
        recusals=frozenset().union(*(p.recusals for p in people)),
        n_skilled=dict(sorted(Counter(s for p in people for s in p.skills).items())),
    )


def teams_of_plan(problem: Problem, plan: Plan) -> tuple[Team, ...]:
    """Return the plan's teams, with the fields that a plan file omits completed from the problem."""
    given = {t.team_id: t for t in problem.teams}
    people = {p.person_id: p for p in problem.people}
    teams = []
    for team in plan.teams:
        if team.team_id in given:
            now = {name: getattr(team, name) for name in ("member_ids", "is_reserve", "former", "called_s")}
            full = replace(given[team.team_id], **now)
        else:
            named = ("max_duty_s", "break_time", "paid_until_s")
            full = replace(team, **{name: getattr(problem.rules, name) for name in named})
        if all(i in people for i in team.member_ids) and (team.former or not given):
            full = with_members(problem, full, [people[i] for i in team.member_ids])
        teams.append(full)
    return tuple(teams)


def with_fixed_teams(problem: Problem, plan: Plan) -> Problem:
    """
    Return the problem with the plan's teams as given teams, and with the team locks that the plan keeps.

    Locks with a time are dropped, as the plan's times may change; so are locks to teams that are not active in the
    plan.
    """
    teams = teams_of_plan(problem, plan)
    active = {team.team_id for team in active_teams(teams)}
    by_slot = {(s.visit_id, s.slot): r.team_id for r in plan.routes for s in r.made}
    locks = tuple(
        lock
        for lock in problem.locks
        if lock.start_s is None
        and lock.team_id in active
        and by_slot.get((lock.visit_id, lock.slot), lock.team_id) == lock.team_id
    )
    return replace(problem, teams=teams, locks=locks)
