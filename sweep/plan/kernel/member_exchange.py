"""Member exchange: neighbourhood that moves people between teams during the search; compiled."""

import numpy as np

from geodata.array_types import Bools, Int64s
from geodata.compiled_random_integers import drawn_below
from geodata.numba_options import compiled_internal, inner_with_arrays
from sweep.plan.kernel.people_arrays import People
from sweep.plan.kernel.problem_arrays import FORBIDDEN, NONE, Arrays
from sweep.plan.kernel.search_parameters import PARAMETERS
from sweep.plan.kernel.search_state import SearchState, is_idle, remove_and_mark


@inner_with_arrays
def exchange_members(
    a: Arrays, c: People, s: SearchState, open_teams: Bools, is_loose: Bools, rng: np.random.Generator
) -> bool:
    """
    Exchange people between two teams, or move some, and remove units of both teams; return whether any person moved.

    One or two people move. The second moves if a visit needs both, such as two drawn officers, or at random: one person
    alone may complete no working pair, and so change no service time.

    Units that a team may no longer serve are removed, and a random share of both teams' other units. Both teams are
    marked in `open_teams`, removed units in `is_loose`. On False nothing has changed. If travel has a cost, most moves
    to a team without a route are rejected.
    """
    n_teams, n_people = s.team.shape[0], s.member.shape[0]
    wanted = _random_unserved(a, s, rng) if rng.random() < PARAMETERS.wanted_share else NONE
    before = s.member.copy()
    for _ in range(PARAMETERS.exchange_trials):
        to, p, lacking = drawn_below(rng, n_teams), NONE, 0
        if wanted != NONE:
            to, lacking = _nearest_to(c, s, wanted, to, rng)
            p = _most_wanted(c, s, wanted, to, NONE, rng)
        if p == NONE:
            p = drawn_below(rng, n_people)
        if s.member[p] == to or not c.may_join[p, to]:
            continue
        k = s.member[p]
        has_return = rng.random() >= PARAMETERS.move_share
        if not has_return and a.is_travel_paid and k != NONE and is_idle(a, s, to) and not _may_idle(a, s, k, to, rng):
            continue
        if _is_locked(a, s, to) or (k != NONE and _is_locked(a, s, k)) or not _move(c, s, p, to, has_return, NONE, rng):
            continue
        also = _second(c, s, k, to, rng) if k != NONE else NONE
        if also != NONE:
            _move(c, s, also, to, has_return, p, rng)
        is_of_use = lacking == 0 or _shortfall(c, s, wanted, to) < lacking
        if is_of_use and _is_complete(c, s, to) and (k == NONE or _is_complete(c, s, k)):
            spared = 0.0 if rng.random() < PARAMETERS.clear_share else rng.random()
            for team in (to, k):
                if team != NONE:
                    set_service(c, s, team)
                    _remove_share(a, s, team, spared, open_teams, is_loose, rng)
            return True
        s.member[:] = before
    return False


@compiled_internal
def _move(c: People, s: SearchState, p: int, to: int, has_return: bool, stays: int, rng: np.random.Generator) -> bool:
    """
    Move person p to team `to`; return whether p has moved.

    With `has_return`, p changes places with a random member of `to` who has the same agency and role and is not
    `stays`. Without such a member p stays.
    """
    if has_return:
        back = _member(c, s, to, s.member[p], c.kind[p], stays, rng)
        if back == NONE:
            return False
        s.member[back] = s.member[p]
    s.member[p] = to
    return True


@compiled_internal
def _second(c: People, s: SearchState, k: int, to: int, rng: np.random.Generator) -> int:
    """Return a second person to move from k to `to`, whom `to` needs for a stop of k, or a random one, or NONE."""
    for x in range(s.team[k].length):
        i = int(s.stop[k, x].task)
        if i < c.task_needs.shape[0] and _shortfall(c, s, i, k) > 0 and _shortfall(c, s, i, to) == 1:
            return _most_wanted(c, s, i, to, k, rng)
    return _member(c, s, k, to, NONE, NONE, rng) if rng.random() < PARAMETERS.pair_share else NONE


@compiled_internal
def _random_unserved(a: Arrays, s: SearchState, rng: np.random.Generator) -> int:
    chosen, n = NONE, 0
    for i in range(a.n_visit_tasks):
        if s.fill[i].team == NONE:
            n += 1
            if drawn_below(rng, n) == 0:
                chosen = i
    return chosen


@inner_with_arrays
def _lacks(c: People, s: SearchState, i: int, team: int) -> Int64s:
    """Return how many people with each certificate, skill or id `team` lacks for slot i, (features,); < 0: surplus."""
    lacks: Int64s = c.task_needs[i] - _feature_counts(c, s, team)
    return lacks


@inner_with_arrays
def _feature_counts(c: People, s: SearchState, k: int) -> Int64s:
    has = np.zeros(c.task_needs.shape[1], np.int64)
    for p in range(s.member.shape[0]):
        if s.member[p] == k:
            has += c.offers[p]
    return has


@inner_with_arrays
def _shortfall(c: People, s: SearchState, i: int, team: int) -> int:
    return int(np.maximum(_lacks(c, s, i, team), 0).sum())


@compiled_internal
def _nearest_to(c: People, s: SearchState, i: int, team: int, rng: np.random.Generator) -> tuple[int, int]:
    """Return, of `team` and two random teams, the one that lacks fewest people for slot i, and their number."""
    least = _shortfall(c, s, i, team)
    # Number of other teams compared.
    for _ in range(2):
        other = drawn_below(rng, s.team.shape[0])
        lacking = _shortfall(c, s, i, other)
        if c.is_open[other, i] and (lacking < least or not c.is_open[team, i]):
            team, least = other, lacking
    return team, least


@inner_with_arrays
def _most_wanted(c: People, s: SearchState, i: int, team: int, source: int, rng: np.random.Generator) -> int:
    """Return the member of team `source` (NONE: any team) who covers most of what `team` lacks for slot i, or NONE."""
    lacks = _lacks(c, s, i, team)
    chosen, most, n = NONE, 0, 0
    for p in range(s.member.shape[0]):
        if s.member[p] == team or not c.may_join[p, team] or (source != NONE and s.member[p] != source):
            continue
        brings = 0
        for f in range(lacks.shape[0]):
            brings += max(0, min(lacks[f], c.offers[p, f]))
        if brings > most:
            most, n = brings, 0
        if brings == most and most > 0:
            n += 1
            if drawn_below(rng, n) == 0:
                chosen = p
    return chosen


@compiled_internal
def _member(c: People, s: SearchState, team: int, to: int, kind: int, stays: int, rng: np.random.Generator) -> int:
    """
    Return a random member of `team` other than `stays`; NONE if there is no such member.

    `kind`: number of the member's agency and role; NONE: any. `to`: team that the member may join; NONE: any.
    """
    chosen, n = NONE, 0
    for q in range(s.member.shape[0]):
        is_fit = (kind == NONE or c.kind[q] == kind) and (to == NONE or c.may_join[q, to])
        if is_fit and s.member[q] == team and q != stays:
            n += 1
            if drawn_below(rng, n) == 0:
                chosen = q
    return chosen


@compiled_internal
def _may_idle(a: Arrays, s: SearchState, k: int, to: int, rng: np.random.Generator) -> bool:
    """
    Whether a member of team k may join `to`, a team without a route.

    If k has a route, the answer is yes with a small probability. If not, it is yes if k has no more members than `to`.
    """
    if not is_idle(a, s, k):
        return bool(rng.random() < PARAMETERS.idle_share)
    more = 0
    for p in range(s.member.shape[0]):
        more += int(s.member[p] == to) - int(s.member[p] == k)
    return more >= 0


@compiled_internal
def _is_locked(a: Arrays, s: SearchState, k: int) -> bool:
    for p in range(s.team[k].length):
        u = int(a.task[s.stop[k, p].task].unit)
        if u != NONE and a.units[u].is_locked:
            return True
    return False


@inner_with_arrays
def _is_complete(c: People, s: SearchState, k: int) -> bool:
    """Whether team k has its required members, and no more than the table of service times covers."""
    return bool((_feature_counts(c, s, k) >= c.team_needs[k]).all() and (s.member == k).sum() < c.seconds.shape[1])


@inner_with_arrays
def set_service(c: People, s: SearchState, k: int) -> None:
    """Set row k of `s.service` for the members in `s`: seconds by task, FORBIDDEN if a rule excludes the team."""
    has, n, n_tasks = _feature_counts(c, s, k), 0, c.task_needs.shape[0]
    for i in range(n_tasks):
        s.service[k, i] = 0 if c.is_open[k, i] else FORBIDDEN
    for p in range(s.member.shape[0]):
        if s.member[p] == k:
            n += 1
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
    s.team[k].is_touched = True


@compiled_internal
def _remove_share(
    a: Arrays, s: SearchState, k: int, spared: float, open_teams: Bools, is_loose: Bools, rng: np.random.Generator
) -> None:
    """Remove team k's units that it may no longer serve, and each of its other units with probability 1 - `spared`."""
    open_teams[k] = True
    p = 0
    while p < s.team[k].length:
        i = int(s.stop[k, p].task)
        u = int(a.task[i].unit)
        if u == NONE or (s.service[k, i] != FORBIDDEN and rng.random() < spared):
            p += 1
        else:
            remove_and_mark(a, s, u, open_teams, is_loose)
