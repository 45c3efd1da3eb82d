"""Locks that contradict the teams, the windows or each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from geodata.clock import exact_clock
from geodata.errors import Issue
from sweep.plan.feasible.visits import clash_of_visit, hindrances, rule_text, span_texts
from sweep.plan.feasible.ways import Ways
from sweep.plan.problem.may_serve import DISTRICT
from sweep.plan.problem.problem import Lock, Problem
from sweep.records.people import Team
from sweep.records.squads import POLICE_LETTER
from sweep.records.visits import Visit


def lock_faults(ways: Ways, teams: Sequence[Team]) -> list[Issue]:
    """
    S524 no such team on duty, S525 a start outside the windows, S526 two locks of one visit that differ, S527 two
    stops that one team cannot both make, S528 a team that cannot make the stop though another could.
    """
    problem = ways.problem
    visits = {v.visit_id: v for v in problem.visits}
    by_id = {t.team_id: t for t in teams} if problem.teams else {}
    return [
        *_by_lock(ways, visits, by_id, teams),
        *_by_visit(problem),
        *_by_district(problem, visits),
        *(issue for t in by_id.values() for issue in _by_team(ways, visits, t)),
    ]


def _by_lock(ways: Ways, visits: dict[str, Visit], by_id: dict[str, Team], teams: Sequence[Team]) -> Iterator[Issue]:
    problem = ways.problem
    composed = set() if problem.teams else problem.rules.active_ids
    for lock in problem.locks:
        visit, team = visits[lock.visit_id], by_id.get(lock.team_id)
        if team is None and lock.team_id not in composed:
            yield Issue("S524", lock.visit_id, {"team": lock.team_id})
        if lock.start_s is not None and not any(lo <= lock.start_s <= hi for lo, hi in visit.windows_s):
            start = exact_clock(lock.start_s)
            yield Issue("S525", lock.visit_id, {"start": start, "windows": span_texts(visit.windows_s)})
        elif team is not None and clash_of_visit(ways, visit, teams) is None:
            at = visit if lock.start_s is None else replace(visit, windows_s=((lock.start_s, lock.start_s),))
            rules = [rule_text(r) for r in hindrances(ways, at, lock.slot, team)]
            if rules:
                yield Issue("S528", lock.visit_id, {"team": lock.team_id, "clash": rules[0]})


def _by_visit(problem: Problem) -> Iterator[Issue]:
    """One team a slot, one start for all slots."""
    first_of_slot: dict[tuple[str, int], Lock] = {}
    start: dict[str, int] = {}
    for lock in problem.locks:
        first = first_of_slot.setdefault((lock.visit_id, lock.slot), lock)
        begins = lock.start_s if lock.start_s is None else start.setdefault(lock.visit_id, lock.start_s)
        if first.team_id != lock.team_id:
            yield Issue("S526", lock.visit_id, {"one": first.team_id, "other": lock.team_id})
        elif lock.start_s is not None and begins is not None and begins != lock.start_s:
            yield Issue("S526", lock.visit_id, {"one": exact_clock(begins), "other": exact_clock(lock.start_s)})


def _by_district(problem: Problem, visits: dict[str, Visit]) -> Iterator[Issue]:
    """A composed team is of one district unless it has a letter (C12); squads of police may go to any."""
    rules = problem.rules
    if problem.teams or rules.assist_letter:
        return
    first_of_team: dict[str, str] = {}
    for lock in problem.locks:
        if lock.team_id in rules.active_ids and not (rules.is_split and lock.team_id.endswith(POLICE_LETTER)):
            here = visits[lock.visit_id].division_code
            if first_of_team.setdefault(lock.team_id, here) != here:
                yield Issue("S528", lock.visit_id, {"team": lock.team_id, "clash": rule_text(DISTRICT)})


def _by_team(ways: Ways, visits: dict[str, Visit], team: Team) -> Iterator[Issue]:
    own = list(dict.fromkeys(x for x in ways.problem.locks if x.team_id == team.team_id))
    slots: dict[str, Lock] = {}
    for lock in own:
        if slots.setdefault(lock.visit_id, lock).slot != lock.slot:
            yield Issue("S527", lock.visit_id, {"team": team.team_id, "other": lock.visit_id})
    at = sorted((x.start_s, n, x) for n, x in enumerate(own) if x.start_s is not None)
    for (begins, _, a), (then, _, b) in pairwise(at):
        inside = ways.problem.service_s(visits[a.visit_id], a.slot, len(team.member_ids))
        free = begins + inside + ways.between(visits[a.visit_id], visits[b.visit_id])
        if a.visit_id != b.visit_id and free > then:
            yield Issue("S527", f"{a.visit_id}, {b.visit_id}", {"team": team.team_id, "other": b.visit_id})
