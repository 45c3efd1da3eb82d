"""Linear model of the teams' hours that chooses the slots of visits and the police of each team (C17)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array, hstack, vstack

from geodata.array_types import Bools, Float64s, Int64s
from sweep.plan.problem.problem import Problem
from sweep.records.people import MARKET_REGULATION, POLICE
from sweep.records.visits import Slot, Visit

# A tower with many exits takes at most this many teams.
MOST_SLOTS = 3
# A team may spend this share of a shift in one building; the rest is travel.
LONGEST_SHARE = 0.75
# The travel time to a visit is the mean of this many shortest legs.
N_NEAR = 5
# Teams that meet wait for each other: each further team takes this share more of the hours of all. In Xuhui plans of
# visits by two or three teams reached 15 to 25 % less than this model without it.
JOINT_SHARE = 0.15
# The slots of the offer, those of even teams, are kept unless others gain this share of the model's objective.
LEAST_GAIN = 0.01
# Value of a must-visit in addition to its own.
MUST_VALUE = 100.0
# Cost of a team's police beyond the mean of all teams, squared, as a share of the mean value of a visit, so that teams
# are uneven only where that adds value.
UNEVEN_COST = 1e-3


def fit_slots(problem: Problem) -> tuple[Visit, ...]:
    """
    Return the visits, each divided into the slots that cost the teams of the roster the fewest hours.

    The guards of a visit (police on exits) are divided among one, two or three slots. Visits without guards keep their
    slots. If teams are split, or new slots would raise the estimated value by at most 1 %, all visits keep their slots.
    """
    if not _is_guarded(problem):
        return problem.visits
    offered, model = _HoursModel(problem, has_fixed_slots=True), _HoursModel(problem)
    n_of_type = model.n_of_type()
    if n_of_type is None:
        return problem.visits
    is_better = offered.n_of_type() is None or model.objective - offered.objective > LEAST_GAIN * abs(model.objective)
    return model.cheapest_options(n_of_type) if is_better else problem.visits


def police_of_teams(problem: Problem, districts: Sequence[str]) -> list[int]:
    """
    Return the number of certified police to give each team, so that the teams' hours serve the visits best, (teams,).

    `districts`: district of each team, reserve teams last; a reserve team gets the mean number per team, rounded down.
    All numbers are 0 (no preference) if no slot has guards, teams are split, or the model has no solution.
    """
    if _is_guarded(problem):
        active = districts[: problem.rules.n_active]
        model = _HoursModel(problem, Counter(active), has_fixed_slots=True)
        n_of_type = model.n_of_type()
        if n_of_type is not None:
            n_reserve = len(districts) - len(active)
            return [*model.police_by_team(n_of_type, active), *[model.even_share] * n_reserve]
    return [0] * len(districts)


def estimated_objective(problem: Problem) -> float:
    """
    Return an estimate of the largest objective of any plan, from the hours of the teams, without synchronisation.

    The model chooses the number of slots of each visit. A must-visit that gets no team hours lowers the result by more
    than all other visits add. The result is 0 if the model has no solution, no slot has guards, or teams are squads.
    """
    if not _is_guarded(problem):
        return 0.0
    model = _HoursModel(problem)
    return 0.0 if model.n_of_type() is None else model.objective


def _is_guarded(problem: Problem) -> bool:
    has_guards = any(s.n_guards for v in problem.visits for s in v.slots)
    return has_guards and not problem.rules.is_split and problem.rules.n_active > 0


class _HoursModel:
    """
    Mixed-integer linear program that divides the hours of team types among versions of visits (options).

    Versions of a visit differ in their slots. A team type is a district and a number of police. A slot takes hours of
    teams with at least the police that it needs. The number of teams of a type is whole, and a visit may be served in
    part.
    """

    def __init__(
        self, problem: Problem, quota: Mapping[str, int] | None = None, *, has_fixed_slots: bool = False
    ) -> None:
        """Build the model. `quota`: teams by district; None: not fixed. `has_fixed_slots`: visits keep their slots."""
        self._problem, rules = problem, problem.rules
        people = [p for p in problem.people if p.covers(problem.shift_s)]
        certified = Counter((p.agency, p.division_code) for p in people if p.is_certified(problem.day))
        n_police = sum(n for (agency, _), n in certified.items() if agency == POLICE)
        n_others = sum(not p.is_officer for p in people) + certified.total() - n_police
        self._n_others = n_others // rules.n_teams
        self._most_members = len(people) if rules.max_members is None else rules.max_members
        self.objective = 0.0
        self.even_share = n_police // rules.n_teams
        self._n_police = n_police - rules.n_reserve * self.even_share
        self._shift_s = problem.shift_s[1] - problem.shift_s[0]
        options = [[v] if has_fixed_slots else self._versions(v) for v in problem.visits]
        self._options = [one for of_visit in options for one in of_visit]
        self._visit_of = np.repeat(np.arange(len(options)), [len(of_visit) for of_visit in options])
        values = [(v.best_value + v.urgency, MUST_VALUE * v.is_must) for v in self._options]
        self._value, self._mean_value = np.array([sum(x) for x in values]), float(np.mean([x for x, _ in values]))
        least, need = rules.min_certified.get(POLICE, 0), rules.min_certified.get(MARKET_REGULATION, 0)
        most_by_district = {
            d: n // need for (agency, d), n in certified.items() if agency == MARKET_REGULATION and need
        }
        self._is_bound = need > 0 and not rules.assist_letter and bool(quota or most_by_district)
        self._most_teams = dict(sorted((quota or most_by_district).items())) if self._is_bound else {"": rules.n_active}
        most = min(self._n_police - (rules.n_active - 1) * least, self._most_members - need)
        most = min(most, max(_police(s) for v in self._options for s in v.slots))
        self._types = [(d, n) for d in self._most_teams for n in range(least, max(least, most) + 1)]
        self._size = np.array([n for _, n in self._types])
        largest = self._size.max()
        self._has_size = np.array([all(_police(s) <= largest for s in v.slots) for v in self._options], np.float64)
        self._seconds = self._seconds_of_options()
        needs = [(k, p) for k, v in enumerate(self._options) for p in sorted({_police(s) for s in v.slots})]
        self._option_of = np.array([k for k, _ in needs])
        self._n_needed = np.array([sum(_police(s) >= p for s in self._options[k].slots) for k, p in needs])
        self._may_meet = np.array([self._serves_district(self._options[k]) & (self._size >= p) for k, p in needs])

    def n_of_type(self) -> Int64s | None:
        """Return the number of teams of each type, (types,), and set `objective`; None without a solution."""
        n, n_types, n_active = len(self._options), len(self._types), self._problem.rules.n_active
        uneven = UNEVEN_COST * self._mean_value * (self._size - self._n_police / n_active) ** 2
        of_district = np.array([[d == home for d, _ in self._types] for home in self._most_teams])
        teams = np.vstack([np.ones(n_types), self._size, of_district])
        parts = hstack([self._option_rows(), csr_array((len(self._problem.visits), n_types))])
        hours = hstack([csr_array(self._seconds), csr_array(-self._seconds_of_teams())])
        # Slots of one visit need as many teams at one time, since a team cannot meet itself.
        n_needs = len(self._n_needed)
        needed = csr_array((self._n_needed, (np.arange(n_needs), self._option_of)), shape=(n_needs, n))
        meets = hstack([needed, csr_array(-self._may_meet.astype(np.float64))])
        solution = milp(
            np.concatenate([-self._value, uneven]),
            integrality=np.repeat([0, 1], [n, n_types]),
            bounds=Bounds(0.0, np.concatenate([self._has_size, np.full(n_types, n_active)])),
            constraints=[
                LinearConstraint(
                    vstack([parts, hours, meets]), ub=np.repeat([1.0, 0.0], [parts.shape[0], n_types + n_needs])
                ),
                LinearConstraint(
                    hstack([csr_array((len(teams), n)), csr_array(teams)]),
                    np.array([n_active, *[0] * (1 + len(self._most_teams))]),
                    np.array([n_active, self._n_police, *self._most_teams.values()]),
                ),
            ],
            options={"mip_rel_gap": 1e-5},
        )
        if solution.x is None:
            return None
        n_musts = sum(v.is_must for v in self._problem.visits)
        self.objective = float(self._value @ solution.x[:n]) - MUST_VALUE * n_musts
        return np.rint(solution.x[n:]).astype(np.int64)

    def cheapest_options(self, n_of_type: Int64s) -> tuple[Visit, ...]:
        """Return each visit in the version that the program serves most; of equal ones, that whose hours cost least."""
        # A slot of a type needs as many teams at one time as the option has such slots.
        teams = self._seconds_of_teams() @ n_of_type
        n_slots = np.array([len(v.slots) for v in self._options])
        is_possible = (self._seconds <= teams[:, None]).all(axis=0) & (self._has_size > 0.0)
        np.logical_and.at(is_possible, self._option_of, self._may_meet @ n_of_type >= self._n_needed)
        # The stubs of scipy know no sparse arrays here.
        solution = linprog(  # type: ignore[call-overload]
            -self._value,
            A_ub=vstack([self._option_rows(), csr_array(self._seconds)]),
            b_ub=np.concatenate([np.ones(len(self._problem.visits)), teams]),
            bounds=[(0.0, float(is_allowed)) for is_allowed in is_possible],
        )
        prices = -solution.ineqlin.marginals[len(self._problem.visits) :]
        # Without a possible option the one with most teams is nearest to what an exchange of members may allow.
        cost = np.where(is_possible, prices @ self._seconds, -n_slots)
        order = np.lexsort((n_slots, cost, -np.rint(solution.x), ~is_possible))
        _, first = np.unique(self._visit_of[order], return_index=True)
        return tuple(self._options[k] for k in order[first])

    def police_by_team(self, n_of_type: Int64s, districts: Sequence[str]) -> list[int]:
        """Return the police of each team, given the teams' districts; the first team of a district has most."""
        police_left: dict[str, list[int]] = {d: [] for d in self._most_teams}
        for (district, n_police), n in zip(self._types, n_of_type.tolist(), strict=True):
            police_left[district] += [n_police] * n
        return [police_left[d if d in police_left else ""].pop() for d in districts]

    def _versions(self, visit: Visit) -> list[Visit]:
        """
        Return versions of the visit that divide its guards evenly among one, two or three slots.

        A version with fewer than three slots is omitted if its service is too long for a shift. There are no versions
        with more slots than guards, unless a service with fewer slots is too long.
        """
        n_guards = sum(s.n_guards for s in visit.slots)
        versions = [] if n_guards else [visit]
        for n in range(1, MOST_SLOTS + 1) if n_guards else ():
            guards = (n_guards // n + (k < n_guards % n) for k in range(n))
            version = replace(visit, slots=tuple(_with_guards(visit.slots[0], k, m) for k, m in enumerate(guards)))
            is_short = max(map(self._service_s, [version] * n, range(n))) <= LONGEST_SHARE * self._shift_s
            if is_short or n == MOST_SLOTS:
                versions.append(version)
            if is_short and n >= n_guards:
                break
        return versions

    def _service_s(self, visit: Visit, slot: int) -> int:
        n_members = min(self._most_members, self._n_others + _police(visit.slots[slot]))
        return self._problem.service_s(visit, slot, max(1, n_members))

    def _seconds_of_options(self) -> Float64s:
        """Return the seconds of an option's slots that need at least the type's number of police, (types, options)."""
        seconds = np.zeros((len(self._types), len(self._options)))
        leg_s = _leg_seconds(self._problem)[self._visit_of]
        for k, visit in enumerate(self._options):
            is_local = self._serves_district(visit)
            factor = 1.0 + JOINT_SHARE * (len(visit.slots) - 1)
            for s in visit.slots:
                taken_s = factor * (self._service_s(visit, s.slot) + leg_s[k])
                seconds[is_local & (self._size <= _police(s)), k] += taken_s
        return seconds

    def _serves_district(self, visit: Visit) -> Bools:
        return np.array([not self._is_bound or d == visit.division_code for d, _ in self._types])

    def _seconds_of_teams(self) -> Float64s:
        """Return a shift's seconds at [i, j] if a team of type j can do the work of type i, else 0, (types, types)."""
        district = np.array([d for d, _ in self._types])
        may_fill = (district[:, None] == district) & (self._size >= self._size[:, None])
        return np.where(may_fill, float(self._shift_s), 0.0)

    def _option_rows(self) -> csr_array:
        n = len(self._options)
        return csr_array((np.ones(n), (self._visit_of, np.arange(n))), shape=(len(self._problem.visits), n))


def _police(slot: Slot) -> int:
    return slot.min_certified.get(POLICE, 0)


def _with_guards(slot: Slot, number: int, n_guards: int) -> Slot:
    police = {POLICE: _police(slot) - slot.n_guards + n_guards}
    return replace(slot, slot=number, n_guards=n_guards, min_certified={**slot.min_certified, **police})


def _leg_seconds(problem: Problem) -> Float64s:
    """Return the usual travel seconds to each visit, (visits,): the mean of the few shortest legs from other visits."""
    rows = [problem.places[v.building_id] for v in problem.visits]
    legs = problem.travel_s[np.ix_(rows, rows)].T.astype(np.float64)
    legs[legs >= problem.unreachable] = problem.shift_s[1] - problem.shift_s[0]
    np.fill_diagonal(legs, np.inf)
    n_near = min(N_NEAR, len(rows) - 1)
    return np.sort(legs, axis=1)[:, :n_near].mean(axis=1) if n_near else np.zeros(len(rows))
