"""Rotation of members between teams, so that the last two visitors of a building do not visit it together (C28)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np

from geodata.array_types import Bools, Float64s, Int64s
from sweep.plan.problem.problem import Problem
from sweep.plan.teams.district_quota import TeamTemplate, may_inspect
from sweep.plan.teams.membership_rules import counts_as_woman, may_join
from sweep.records.people import Person

# Penalties as shares of a place's value: for each pair that blocks its best team, so that exchanges lead towards
# separating the last pair; for the share of its teams that are blocked.
PAIR_SHARE, CHOICE_SHARE = 0.1, 0.1
# In units of value: cost of a person outside their district, and of one who stays behind; additional value of a
# must-visit.
AWAY_COST, BEHIND_COST, MUST_VALUE = 0.001, 0.05, 10.0


def rotate_members(
    problem: Problem,
    people: Sequence[Person],
    templates: Sequence[TeamTemplate],
    members: Sequence[Sequence[Person]],
    visit_values: Mapping[str, float],
) -> list[list[Person]]:
    """
    Return the members of each team after exchanges that separate pairs of people in visits' `keep_apart` (C28).

    `members` has the members of each of `templates` before the exchanges. Visits of high value (`visit_values`, by
    visit id) come first. People of one agency and rank exchange places, or one is left without a team if the team
    remains complete. Drawn officers stay in their team, and people with recusals join no other team.
    """
    groups = _groups(problem, people, visit_values)
    if not groups:
        return [list(team) for team in members]
    rotation = _MemberRotation(problem, people, templates, members, groups)
    while rotation.apply_best():
        pass
    return rotation.members()


type _Group = tuple[str, int, tuple[tuple[int, int], ...]]
"""Buildings with the same district, number of teams needed, and pairs of last visitors (rows of people)."""


class _MemberRotation:
    """
    Local search that exchanges two people between teams, so that fewer buildings are blocked.

    A building is blocked for a team with both of its last visitors. Arrays have one more row, for no person, so that
    one person can move alone. They have one more column, for the people without a team.
    """

    def __init__(
        self,
        problem: Problem,
        people: Sequence[Person],
        templates: Sequence[TeamTemplate],
        members: Sequence[Sequence[Person]],
        groups: Mapping[_Group, float],
    ) -> None:
        row = {p.person_id: i for i, p in enumerate(people)}
        self.people, self.n_examined = people, 0
        self.n_needed = np.array([min(n, len(templates) + 1) for _, n, _ in groups], np.int64)
        self.value = np.array(list(groups.values()), float)
        self.apart = np.zeros((len(groups), len(people) + 1, len(people) + 1), np.float32)
        for g, (_, _, pairs) in enumerate(groups):
            for a, b in pairs:
                self.apart[g, a, b] = self.apart[g, b, a] = 1
        self.team = np.full(len(people), len(templates))
        for t, team in enumerate(members):
            self.team[[row[p.person_id] for p in team]] = t
        goes = [[not f.is_reserve and may_inspect(problem, f, d) for f in templates] for d, _, _ in groups]
        self.goes = np.array([[*of, False] for of in goes], np.bool_)
        joins = [[*(may_join(problem, p, f) for f in templates), True] for p in people]
        self.may_join = np.array([*joins, [True] * (len(templates) + 1)])
        away = [[*(AWAY_COST * (p.division_code != f.division_code) for f in templates), 0.0] for p in people]
        self.cost = np.array([*away, [BEHIND_COST] * len(templates) + [0.0]])
        self.is_woman = np.array([*(counts_as_woman(problem, p) for p in people), False])
        self.min_female = np.array([problem.rules.min_female] * len(templates) + [0])
        self.min_certified = problem.rules.min_certified
        drawn = {i for v in problem.visits for i in v.officers}
        self.is_drawn = np.array([p.person_id in drawn for p in people])
        self.is_fixed = self.is_drawn | np.array([bool(p.recusals) for p in people])
        kinds = [(p.agency, p.is_officer, p.is_certified(problem.day)) for p in people]
        self.kinds = sorted(set(kinds))
        self.kind = np.array([self.kinds.index(k) for k in kinds])

    def members(self) -> list[list[Person]]:
        n_teams = self.goes.shape[1] - 1
        return [[self.people[i] for i in np.flatnonzero(self.team == t).tolist()] for t in range(n_teams)]

    def apply_best(self) -> bool:
        # Limit on the pairs of teams examined over all exchanges; each pair examines all pairs of their people.
        if self.n_examined >= 20_000:
            return False
        inside = np.vstack([np.eye(self.goes.shape[1])[self.team], np.zeros(self.goes.shape[1])])
        self.n_conflicts = self.apart @ inside
        self.pairs = np.einsum("gpt,pt->gt", self.n_conflicts, inside) / 2
        # Smallest gain, in units of value.
        best, change = 1e-6, None
        for t, u in combinations(range(self.goes.shape[1]), 2):
            groups = np.flatnonzero(self.goes[:, t] | self.goes[:, u])
            if not (self.goes[groups] & (self.pairs[groups] > 0))[:, [t, u]].any():
                continue
            is_behind = u == self.goes.shape[1] - 1
            p = np.flatnonzero((self.team == t) & ~(self.is_drawn if is_behind else self.is_fixed))
            q = np.flatnonzero((self.team == u) & ~self.is_fixed)
            q = np.append(q, len(self.people)) if is_behind else q
            if len(p) and len(q):
                self.n_examined += 1
                gain = self._gain(t, u, p, q, groups)
                i, j = np.unravel_index(np.argmax(gain), gain.shape)
                if gain[i, j] > best:
                    best, change = gain[i, j], (p[i], t, q[j], u)
        if change is not None:
            p, t, q, u = change
            self.team[p] = u
            if q < len(self.people):
                self.team[q] = t
        return change is not None

    def _gain(self, t: int, u: int, p: Int64s, q: Int64s, groups: Int64s) -> Float64s:
        """
        Return the gain, in units of visit value, of each exchange between teams t and u, (p, q); -inf if forbidden.

        `p`, `q`: rows of people of team t and of team u. `groups`: rows of the groups of visits that either team may
        make.
        """
        n_conflicts, pairs = self.n_conflicts[groups], self.pairs[groups]
        between = self.apart[np.ix_(groups, p, q)]
        in_t = pairs[:, t, None, None] - n_conflicts[:, p, t, None] + n_conflicts[:, None, q, t] - between
        in_u = pairs[:, u, None, None] - n_conflicts[:, None, q, u] + n_conflicts[:, p, u, None] - between
        now = self._blocked_value(groups, (t, pairs[:, t, None, None]), (u, pairs[:, u, None, None]))
        then = self._blocked_value(groups, (t, in_t), (u, in_u))
        extra_cost = (self.cost[p, u] - self.cost[p, t])[:, None] + self.cost[q, t] - self.cost[q, u]
        gain: Float64s = np.where(self._are_allowed(t, u, p, q), now - then - extra_cost, -np.inf)
        return gain

    def _are_allowed(self, t: int, u: int, p: Int64s, q: Int64s) -> Bools:
        spare = {
            k: int((self.team[self.kind == k] == t).sum()) > self.min_certified.get(agency, 0)
            for k, (agency, _, is_certified) in enumerate(self.kinds)
            if is_certified
        }
        is_no_person = q == len(self.people)
        alike = self.kind[p, None] == np.append(self.kind, -1)[q]
        may_stay = np.array([spare.get(int(k), True) for k in self.kind[p]])
        is_allowed: Bools = (
            self.may_join[p, u][:, None] & self.may_join[q, t] & np.where(is_no_person, may_stay[:, None], alike)
        )
        n_women = [int(self.is_woman[:-1][self.team == of].sum()) for of in (t, u)]
        change = self.is_woman[q].astype(np.int64) - self.is_woman[p, None]
        is_allowed &= (n_women[0] + change >= self.min_female[t]) & (n_women[1] - change >= self.min_female[u])
        return is_allowed

    def _blocked_value(self, groups: Int64s, *changed: tuple[int, Float64s]) -> Float64s:
        """
        Return, after each exchange, the value of visits that pairs to keep apart block for teams, (p, q).

        `groups`: rows of groups of visits. `changed`: the two teams of the exchange, each with the number of its pairs
        in each group after each exchange, (groups, p, q).
        """
        goes, pairs, n = self.goes[groups], self.pairs[groups], self.n_needed[groups]
        is_unchanged = goes.copy()
        is_unchanged[:, [t for t, _ in changed]] = False
        # Cumulated pairs of the best remaining teams, after two columns of infinity.
        best = np.cumsum(np.sort(np.where(is_unchanged, pairs, np.inf), axis=1), axis=1)
        best = np.column_stack([np.full((len(n), 2), np.inf), np.zeros(len(n)), best])
        x, y = (np.where(goes[:, t, None, None], inside, np.inf) for t, inside in changed)
        row = np.arange(len(n))
        none, one, both = (best[row, n + 2 - k][:, None, None] for k in range(3))
        fewest = np.minimum(none, np.minimum(one + np.minimum(x, y), both + x + y))
        n_blocked = (is_unchanged & (pairs > 0)).sum(axis=1)[:, None, None]
        n_blocked = n_blocked + (np.isfinite(x) & (x > 0)) + (np.isfinite(y) & (y > 0))
        blocked = np.where(np.isfinite(fewest) & (fewest > 0), 1.0 + PAIR_SHARE * fewest, 0.0)
        share = n_blocked / goes.sum(axis=1)[:, None, None]
        cost: Float64s = np.tensordot(self.value[groups], blocked + CHOICE_SHARE * share, 1)
        return cost


def _groups(problem: Problem, people: Sequence[Person], visit_values: Mapping[str, float]) -> dict[_Group, float]:
    """
    Return the total value of each group of visits with the same district, number of slots and pairs of last visitors.

    Only the most valuable groups are kept. `visit_values`: value by visit id.
    """
    # Limits: groups by descending value; cells over all groups, each with one per pair of people.
    most_groups, most_cells = 100, 20_000_000
    row = {p.person_id: i for i, p in enumerate(people)}
    groups: defaultdict[_Group, float] = defaultdict(float)
    for visit in problem.visits:
        pairs = tuple(sorted((row[a], row[b]) for a, b in visit.keep_apart if a in row and b in row))
        if pairs:
            key = (visit.division_code, len(visit.slots), pairs)
            groups[key] += visit_values[visit.visit_id] + MUST_VALUE * visit.is_must
    n_most = min(most_groups, max(1, most_cells // (len(people) + 1) ** 2))
    return {g: groups[g] for g in sorted(groups, key=lambda g: (-groups[g], g))[:n_most]}
