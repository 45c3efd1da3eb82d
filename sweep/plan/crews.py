"""People as flat arrays, and the neighbourhood that moves them between teams while the routes are searched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from geodata.compiled import compiled
from sweep.plan.arrays import FORBIDDEN, NONE, Arrays, Bools, Ints, Rows
from sweep.plan.problem import Problem
from sweep.plan.ruin import loosen
from sweep.plan.state import State
from sweep.records import MARKET_REGULATION, Person, Slot, Team, Visit
from sweep.squads import has_police

# Tries to find two people who may change places.
TRADE_TRIALS = 10
# Share of trades that take a person from one team to another for nobody in return; of those that are after what an
# unserved slot lacks; and of those that clear both routes.
MOVE_SHARE, WANTED_SHARE, CLEAR_SHARE = 0.3, 0.5, 0.3
# Teams of which the one that lacks least for that slot is taken.
TEAMS_DRAWN = 3
WOMEN = "female"


class Crews(NamedTuple):
    """Who may be in which team, and what a team of certain people may do. Nobody in it if the teams are given."""

    offers: Ints
    """What each person brings: certified officers by agency, women among them, skills, self, (people, features)."""
    conflict: Bools
    """Whether the person must keep away from the task, (people, tasks)."""
    may_join: Bools
    """(people, teams)."""
    kind: Ints
    """People of one agency and role have the same one, (people,)."""
    team_needs: Ints
    """What each team must have, (teams, features)."""
    task_needs: Ints
    """(tasks, features)."""
    is_open: Bools
    """Whether the team may fill the slot whoever is in it: district, locks, (teams, tasks)."""
    seconds: Ints
    """Seconds inside by number of members, (tasks, most members + 1)."""
    apart: Ints
    """Task, and two people of whom a team that fills it may hold one (C28), (pairs, 3)."""


def make_crews(problem: Problem, teams: Sequence[Team], people: Sequence[Person]) -> Crews:
    """
    The arrays for the active teams.

    Parameters
    ----------
    people
        Who may be moved; nobody if the teams are given.
    """
    tasks = [(v, s) for v in problem.visits for s in v.slots]
    drawn = [dict.fromkeys(v.officers, 1) if s.is_for_drawn else {} for v, s in tasks]
    needs = [{**s.min_certified, **s.min_skilled, **own} for (_, s), own in zip(tasks, drawn, strict=True)]
    named = [*problem.rules.min_certified, WOMEN, *(name for n in needs for name in n)]
    row = {name: f for f, name in enumerate(dict.fromkeys(named))}
    kinds = {k: n for n, k in enumerate(dict.fromkeys((p.agency, p.role) for p in people))}
    most = 2 * max((len(t.member_ids) for t in teams), default=0) + 2
    locks = {(lock.visit_id, lock.slot): lock.team_id for lock in problem.locks}
    conflicts = [problem.conflict_keys(v) for v, _ in tasks]
    team_needs = [{**problem.rules.needs_of(t), WOMEN: problem.rules.women_of(t)} for t in teams]
    return Crews(
        offers=_table(people, row, lambda p: _offers(problem, p)),
        conflict=_bools([[bool(p.recusals & keys) for keys in conflicts] for p in people], len(tasks)),
        may_join=_bools([[_may_join(problem, p, t) for t in teams] for p in people], len(teams)),
        kind=np.array([kinds[p.agency, p.role] for p in people], np.int32),
        team_needs=_table(team_needs, row, lambda needs: needs),
        task_needs=_table(needs, row, lambda n: n),
        is_open=_bools(
            [[_is_open(t, v.division_code, locks.get((v.visit_id, s.slot))) for v, s in tasks] for t in teams],
            len(tasks),
        ),
        seconds=np.array([[problem.service_s(v, s.slot, n) for n in range(most + 1)] for v, s in tasks], np.int32),
        apart=_apart(tasks, people),
    )


def _apart(tasks: Sequence[tuple[Visit, Slot]], people: Sequence[Person]) -> Ints:
    row = {p.person_id: n for n, p in enumerate(people)}
    pairs = [(i, row[a], row[b]) for i, (v, _) in enumerate(tasks) for a, b in v.keep_apart if a in row and b in row]
    return np.array(pairs, np.int32).reshape(-1, 3)


def movable_people(problem: Problem, teams: Sequence[Team]) -> tuple[Person, ...]:
    """Who is on duty, may count or help, and does not stand by with the reserve; nobody if the teams are given."""
    if problem.teams:
        return ()
    held = {person_id for t in teams if t.is_reserve for person_id in t.member_ids}
    return tuple(
        p
        for p in problem.people
        if p.covers(problem.shift_s) and p.person_id not in held and (not p.is_officer or p.is_certified(problem.day))
    )


def members(people: Sequence[Person], teams: Sequence[Team]) -> Rows:
    """Active team of each person or NONE, (people,)."""
    of_person = {person_id: k for k, t in enumerate(teams) for person_id in t.member_ids}
    return np.array([of_person.get(p.person_id, NONE) for p in people], np.int64)


def manned(problem: Problem, team: Team, people: Sequence[Person]) -> Team:
    """The team with other people in it; what it may do and where it starts stays."""
    certified = [p for p in people if p.is_certified(problem.day)]
    return replace(
        team,
        member_ids=tuple(sorted(p.person_id for p in people)),
        n_certified=dict(sorted(Counter(p.agency for p in certified).items())),
        n_female_certified=sum(p.is_female for p in certified),
        recusals=frozenset().union(*(p.recusals for p in people)),
        n_skilled=dict(sorted(Counter(s for p in people for s in p.skills).items())),
    )


def _offers(problem: Problem, person: Person) -> Mapping[str, int]:
    certified = person.is_certified(problem.day)
    # A person brings themselves: a drawn visit asks for the very officers that were drawn (C09).
    own = dict.fromkeys((*person.skills, person.person_id), 1)
    return {**own, person.agency: certified, WOMEN: certified and person.is_female}


def _may_join(problem: Problem, person: Person, team: Team) -> bool:
    """Market regulation stays at home without an assist letter (C12), and nobody joins the other agency's squad."""
    if problem.rules.is_split and (person.agency != MARKET_REGULATION) != has_police(team):
        return False
    is_bound = person.agency == MARKET_REGULATION and not problem.rules.assist_letter
    return not is_bound or person.division_code in team.division_codes


def _is_open(team: Team, division_code: str, locked_to: str | None) -> bool:
    return division_code in team.division_codes and locked_to in (None, team.team_id)


def _table[T](rows: Sequence[T], row: Mapping[str, int], counts: Callable[[T], Mapping[str, int]]) -> Ints:
    table = np.zeros((len(rows), len(row)), np.int32)
    for r, item in enumerate(rows):
        for name, n in counts(item).items():
            if name in row:
                table[r, row[name]] = n
    return table


def _bools(rows: Iterable[Sequence[bool]], width: int) -> Bools:
    return np.array(list(rows), np.bool_).reshape(-1, width)


@compiled
def trade(a: Arrays, c: Crews, s: State, open_teams: Bools, is_loose: Bools, rng: np.random.Generator) -> bool:
    """
    Let two people change teams, or one go over; units of both teams come out. Whether anybody could.

    What a team may no longer serve comes out, and a share of the rest, drawn. On False nothing has changed.
    """
    n_teams, n_people = s.crew.shape[0], s.member.shape[0]
    wanted = _unserved(a, s, rng) if rng.random() < WANTED_SHARE else NONE
    for _ in range(TRADE_TRIALS):
        to, p, lacking = int(rng.integers(0, n_teams)), NONE, 0
        if wanted != NONE:
            to = _nearest_to(c, s, wanted, to, rng)
            p, lacking = _most_wanted(c, s, wanted, to, rng), _shortfall(c, s, wanted, to)
        if p == NONE:
            p = int(rng.integers(0, n_people))
        if s.member[p] == to or not c.may_join[p, to]:
            continue
        k = s.member[p]
        q = NONE
        if rng.random() >= MOVE_SHARE:
            q = _partner(c, s, p, to, k, rng)
            if q == NONE:
                continue
        if _is_locked(a, s, to) or (k != NONE and _is_locked(a, s, k)):
            continue
        s.member[p] = to
        if q != NONE:
            s.member[q] = k
        is_of_use = wanted == NONE or lacking == 0 or _shortfall(c, s, wanted, to) < lacking
        if is_of_use and _is_complete(c, s, to) and (k == NONE or _is_complete(c, s, k)):
            spared = 0.0 if rng.random() < CLEAR_SHARE else rng.random()
            for team in (to, k):
                if team != NONE:
                    man(c, s, team)
                    _thin(a, s, team, spared, open_teams, is_loose, rng)
            return True
        s.member[p] = k
        if q != NONE:
            s.member[q] = to
    return False


@compiled
def _unserved(a: Arrays, s: State, rng: np.random.Generator) -> int:
    """A slot of a unit that is out, drawn; NONE if all are in."""
    chosen, n = NONE, 0
    for i in range(a.n_visit_tasks):
        if s.fill[i].team == NONE:
            n += 1
            if rng.integers(0, n) == 0:
                chosen = i
    return chosen


@compiled
def _lacks(c: Crews, s: State, i: int, team: int) -> Rows:
    """What the team lacks for slot i, (features,); below 0 where it has more than it needs."""
    lacks: Rows = c.task_needs[i].astype(np.int64)
    for p in range(s.member.shape[0]):
        if s.member[p] == team:
            lacks -= c.offers[p]
    return lacks


@compiled
def _shortfall(c: Crews, s: State, i: int, team: int) -> int:
    """How much the team lacks for slot i."""
    return int(np.maximum(_lacks(c, s, i, team), 0).sum())


@compiled
def _nearest_to(c: Crews, s: State, i: int, team: int, rng: np.random.Generator) -> int:
    """Of this team and some others drawn the one that lacks least for slot i."""
    least = _shortfall(c, s, i, team)
    for _ in range(TEAMS_DRAWN - 1):
        other = int(rng.integers(0, s.crew.shape[0]))
        lacking = _shortfall(c, s, i, other)
        if c.is_open[other, i] and (lacking < least or not c.is_open[team, i]):
            team, least = other, lacking
    return team


@compiled
def _most_wanted(c: Crews, s: State, i: int, team: int, rng: np.random.Generator) -> int:
    """Who brings most of what the team lacks for slot i, drawn among equals; NONE if nobody brings any of it."""
    lacks = _lacks(c, s, i, team)
    chosen, most, n = NONE, 0, 0
    for p in range(s.member.shape[0]):
        if s.member[p] == team or not c.may_join[p, team]:
            continue
        brings = 0
        for f in range(lacks.shape[0]):
            brings += max(0, min(lacks[f], c.offers[p, f]))
        if brings > most:
            most, n = brings, 0
        if brings == most and most > 0:
            n += 1
            if rng.integers(0, n) == 0:
                chosen = p
    return chosen


@compiled
def _partner(c: Crews, s: State, p: int, team: int, back: int, rng: np.random.Generator) -> int:
    """A member of the team of p's kind who may go to p's team, drawn; NONE if there is none."""
    chosen, n = NONE, 0
    for q in range(s.member.shape[0]):
        if s.member[q] == team and c.kind[q] == c.kind[p] and (back == NONE or c.may_join[q, back]):
            n += 1
            if rng.integers(0, n) == 0:
                chosen = q
    return chosen


@compiled
def _is_locked(a: Arrays, s: State, k: int) -> bool:
    for p in range(s.crew[k].length):
        u = int(a.task[s.stop[k, p].task].unit)
        if u != NONE and a.units[u].is_locked:
            return True
    return False


@compiled
def _is_complete(c: Crews, s: State, k: int) -> bool:
    """Whether the team has the people that every team needs, and no more than there is a service time for."""
    has = np.zeros(c.team_needs.shape[1], np.int32)
    n = 0
    for p in range(s.member.shape[0]):
        if s.member[p] == k:
            n += 1
            for f in range(has.shape[0]):
                has[f] += c.offers[p, f]
    for f in range(has.shape[0]):
        if has[f] < c.team_needs[k, f]:
            return False
    return bool(n < c.seconds.shape[1])


@compiled
def man(c: Crews, s: State, k: int) -> None:
    """Find anew how long team k takes for each slot, and which it may not fill."""
    has = np.zeros(c.task_needs.shape[1], np.int32)
    n, n_tasks = 0, c.task_needs.shape[0]
    for i in range(n_tasks):
        s.service[k, i] = 0 if c.is_open[k, i] else FORBIDDEN
    for p in range(s.member.shape[0]):
        if s.member[p] == k:
            n += 1
            for f in range(has.shape[0]):
                has[f] += c.offers[p, f]
            for i in range(n_tasks):
                if c.conflict[p, i]:
                    s.service[k, i] = FORBIDDEN
    for r in range(c.apart.shape[0]):
        if s.member[c.apart[r, 1]] == k and s.member[c.apart[r, 2]] == k:
            s.service[k, c.apart[r, 0]] = FORBIDDEN
    for i in range(n_tasks):
        if s.service[k, i] == FORBIDDEN:
            continue
        s.service[k, i] = c.seconds[i, n]
        for f in range(has.shape[0]):
            if has[f] < c.task_needs[i, f]:
                s.service[k, i] = FORBIDDEN
    s.crew[k].is_touched = True


@compiled
def _thin(
    a: Arrays, s: State, k: int, spared: float, open_teams: Bools, is_loose: Bools, rng: np.random.Generator
) -> None:
    """Take out all of team k's units that it may no longer serve, and of the others those that are not spared."""
    open_teams[k] = True
    p = 0
    while p < s.crew[k].length:
        i = int(s.stop[k, p].task)
        u = int(a.task[i].unit)
        if u == NONE or (s.service[k, i] != FORBIDDEN and rng.random() < spared):
            p += 1
        else:
            loosen(a, s, u, open_teams, is_loose)
