"""
Verifier of an upper bound over all team compositions of a plan's active staff.

The dual solution prices each person and each team, and no route of any team collects more prizes than the team's price.
A person is in at most one team. So the value of a plan is at most the prices of all staff and of the largest number of
teams, plus the value of visits beyond their prizes. Visits that need more simultaneous teams of their district than its
officers allow are in no plan. The verifier examines the routes of every possible team:
- The team belongs to one district, or to all with the letter of assistance. It starts and ends at a base that
  `StaffCounts` allows, within the shift and by the travel times of the problem.
- Only the number of its members counts. It is as fast in each slot as the fastest team in its size class. It may fill
  every slot of its district for which it has enough members. Skills, recusals, drawn officers, pairs to keep apart and
  duty limits only remove routes, so the relaxation is valid.
- Its price is the least price of that many members with the officers and women that each team must have.
Out of scope: given teams, locks, squads, and teams without market regulation, which may serve several districts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from sweep.check.bound.bound_problem import BoundProblem
from sweep.check.bound.route_above_price import WorkBudget, has_route_above
from sweep.check.bound.staff_counts import StaffCounts
from sweep.check.bound.team_options import InvalidProofError, Prizes, Seconds, all_prizes, root_node, stops_of
from sweep.records.bound_proof import CompositionProof
from sweep.records.people import Team
from sweep.records.service_time import visit_seconds


@dataclass(frozen=True, slots=True)
class CompositionBound:
    """Upper bound over all team compositions that a proof claims, with what is needed to verify it."""

    case: BoundProblem
    """Problem of the plan."""
    staff: StaffCounts
    """People available for the active teams, and minimum needs of a team."""
    part: CompositionProof
    """Part of the proof on all team compositions: prizes, and prices of persons and teams."""
    work: WorkBudget
    """Remaining work of the verification."""

    def bound(self) -> Fraction:
        """
        Return the verified upper bound on the value of any plan.

        If `part.with_musts`, the bound holds only for plans that serve all must-visits.

        Raises
        ------
        InvalidProofError
            If the proof is invalid.
        WorkLimitError
            If the verification exceeds its work limit.
        """
        case, part = self.case, self.part
        prizes = all_prizes(case, case.visits.keys(), part.prizes)
        units = case.units_of(case.unit)
        musts = {case.unit[v] for v, visit in case.visits.items() if visit.is_must and part.with_musts}
        understaffed = {unit for unit, visits in units.items() if self._is_understaffed(visits)}
        self._check_routes(prizes, [v for v, unit in case.unit.items() if unit not in understaffed])
        step, bound, most = Fraction(part.step), Fraction(0), Fraction(0)
        for unit, visits in units.items():
            if unit in understaffed:
                continue
            value = case.total_value(visits)
            surplus = value - step * sum(sum(prizes[v]) for v in visits)
            bound += surplus if unit in musts else max(surplus, Fraction(0))
            most += value
        return min(most, bound + step * self._total_price())

    def _is_understaffed(self, visits: Sequence[str]) -> bool:
        """Return whether the visits of a unit need more teams of one district at once than the staff allows."""
        slots: dict[str, list[int]] = {}
        for visit in map(self.case.visits.__getitem__, visits):
            slots.setdefault(self.staff.staff_district(visit.division_code), []).append(len(visit.slots))
        teams_at_once = sum if self._are_apart(visits) else max
        return any(teams_at_once(n) > self.staff.most_teams({d}) for d, n in slots.items())

    def _are_apart(self, visits: Sequence[str]) -> bool:
        """Return whether no team can make two of the visits: each lasts longer than the largest lag to any other."""
        case, row = self.case, self.case.row
        for v in visits if len(visits) > 1 else ():
            visit = case.visits[v]
            sizes = range(1, self.staff.most_members(self.staff.staff_district(visit.division_code)) + 1)
            least = min(visit_seconds(visit, s, n, case.minutes) for s in range(len(visit.slots)) for n in sizes)
            if any(least <= case.lag[row[v], row[w]] for w in visits if w != v):
                return False
        return True

    def _total_price(self) -> int:
        staff, part = self.staff, self.part
        tied = sum(price * staff.tied.get(d, 0) for d, price in part.tied.items())
        officers = sum(price * staff.officers.get(d, 0) for d, price in part.officers.items())
        others = staff.free * part.free + staff.police * part.police + staff.women * part.women
        return tied + officers + others + staff.n_teams * part.team

    def _check_routes(self, prizes: Prizes, visits: Sequence[str]) -> None:
        sizes = self.part.sizes
        if sizes[0] > self.staff.least or any(b <= a for a, b in pairwise(sizes)):
            raise InvalidProofError("any_teams: sizes")
        root, step = root_node(self.case, ()), Fraction(self.part.step)
        # Composed teams all take the break of the rules.
        pause = next((team.break_time for team in self.case.teams.values()), None)
        for district, bases in self.staff.bases.items():
            for seconds, price in self._size_classes(district, visits):
                for base in bases:
                    team = Team("", (), base, frozenset(), self.staff.shift_s, {}, 0, frozenset(), break_time=pause)
                    stops = stops_of(self.case, root, team, seconds, prizes, step)
                    if has_route_above(stops, price, self.work):
                        raise InvalidProofError(f"any_teams: {district} {base} > {price}")

    def _size_classes(self, district: str, visits: Sequence[str]) -> Iterator[tuple[Seconds, int]]:
        """Yield (service seconds by slot, lowest dual price) of each size class of the district's teams, ascending."""
        most, least = self.staff.most_members(district), self.staff.least
        every = map(self.case.visits.__getitem__, visits)
        here = [v for v in every if self.staff.staff_district(v.division_code) == district]
        slots = [(v, s, sum(slot.min_certified.values())) for v in here for s, slot in enumerate(v.slots)]
        # A larger team is at least as fast as a smaller one.
        seconds: Seconds = {}
        for lo, after in pairwise((*self.part.sizes, most + 1)):
            sizes = range(max(lo, least), min(after, most + 1))
            for n in sizes:
                for v, s, n_officers in slots:
                    if n >= n_officers:
                        inside, at = visit_seconds(v, s, n, self.case.minutes), (v.visit_id, s)
                        seconds[at] = min(seconds.get(at, inside), inside)
            if sizes:
                yield dict(seconds), self._price(district, sizes[0])

    def _price(self, district: str, n: int) -> int:
        """Return the lowest sum of dual prices of a district's team of `n` members: of the members and of the team."""
        part, staff = self.part, self.staff
        tied = part.tied.get(district, 0)
        most_tied = max(staff.n_officers, min(n - staff.n_police, staff.tied.get(district, 0)))
        people = min(k * tied + (n - k) * part.free for k in (staff.n_officers, most_tied))
        officers = staff.n_officers * part.officers.get(district, 0) + staff.n_police * part.police
        return people + officers + staff.n_women * part.women + part.team
