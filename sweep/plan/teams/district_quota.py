"""District quota: the number of teams in each district, set before people are assigned."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from geodata.errors import InputError, Issue, MessageValue
from sweep.plan.problem.problem import Problem
from sweep.records.people import MARKET_REGULATION, POLICE, Person
from sweep.records.squad_slots import id_of_team
from sweep.records.visits import Visit


@dataclass(frozen=True, slots=True)
class TeamTemplate:
    """Team without people: its id, its district, and whether it is in reserve."""

    team_id: str
    division_code: str
    is_reserve: bool


def may_inspect(problem: Problem, template: TeamTemplate, division_code: str) -> bool:
    """Whether a team of this template may inspect in a district: its own or, with an assistance letter, any (C12)."""
    return template.division_code == division_code or problem.rules.assist_letter


def team_templates(
    problem: Problem, on_duty: Sequence[Person], visit_values: Mapping[str, float]
) -> list[TeamTemplate]:
    """
    Return the team templates, each in the district where one more shift adds most value (fractional knapsack).

    `visit_values`: by visit id; must-visits and locked ones count 1000 more. The last teams are reserve.

    Raises
    ------
    InputError
        S211 too few people for the number of teams.
    """
    rules, day = problem.rules, problem.day
    certified = Counter((p.agency, p.division_code) for p in on_duty if p.is_certified(day))
    n_police = sum(n for (agency, _), n in certified.items() if agency == POLICE)
    most_by_district = _most_by_district(problem, certified)
    need_police = rules.min_certified.get(POLICE, 0)
    most = min(sum(most_by_district.values()), n_police // need_police if need_police else rules.n_teams)
    if most < rules.n_teams:
        values: dict[str, MessageValue] = {
            "asked": rules.n_teams,
            "most": most,
            "people": len(problem.people),
            "on_duty": len(on_duty),
            "police": n_police,
            "market_regulation": sum(n for (a, _), n in certified.items() if a == MARKET_REGULATION),
            "by_district": tuple(f"{d} {n}" for d, n in most_by_district.items()),
        }
        raise InputError([Issue("S211", "teams.n_teams", values)])
    order = _chosen_districts(problem, most_by_district, visit_values)
    n_active = rules.n_teams - rules.n_reserve
    return [TeamTemplate(id_of_team(k), d, k >= n_active) for k, d in enumerate(order)]


def _most_by_district(problem: Problem, certified: Mapping[tuple[str, str], int]) -> dict[str, int]:
    need = problem.rules.min_certified.get(MARKET_REGULATION, 0)
    if not need:
        return dict.fromkeys(sorted({v.division_code for v in problem.visits}), problem.rules.n_teams)
    return {d: n // need for (agency, d), n in sorted(certified.items()) if agency == MARKET_REGULATION}


def _chosen_districts(
    problem: Problem, most_by_district: Mapping[str, int], visit_values: Mapping[str, float]
) -> list[str]:
    """Return the district of each team; each next team goes where it adds most value (greedy, and exact here)."""
    shifts: list[tuple[float, int, str]] = []
    needed = {v.visit_id for v in problem.visits if v.is_must} | {lock.visit_id for lock in problem.locks}
    for d, capacity in most_by_district.items():
        visits = [v for v in problem.visits if v.division_code == d]
        # Additional value of a must-visit or locked visit.
        valued_visits = [(v, visit_values[v.visit_id] + 1_000.0 * (v.visit_id in needed)) for v in visits]
        shift_values = _shift_values(problem, valued_visits, capacity)
        shifts.extend((-w, k, d) for k, w in enumerate(shift_values))
    return [d for _, _, d in sorted(shifts)[: problem.rules.n_teams]]


def _shift_values(problem: Problem, visits: Sequence[tuple[Visit, float]], n_shifts: int) -> list[float]:
    """Return the value that each of `n_shifts` shifts adds in a district: a fractional knapsack over (visit, value)."""
    size = max(1, len(problem.people) // problem.rules.n_teams)
    jobs = [(value, sum(problem.service_s(v, s.slot, size) for s in v.slots) or 1) for v, value in visits]
    jobs.sort(key=lambda j: -j[0] / j[1])
    shift_values: list[float] = []
    shift_s = float(problem.shift_s[1] - problem.shift_s[0])
    left, gained = shift_s, 0.0
    for value, seconds in jobs:
        todo = float(seconds)
        while todo > 0 and len(shift_values) < n_shifts:
            part = min(todo, left)
            gained += value * part / seconds
            todo, left = todo - part, left - part
            if left <= 0:
                shift_values.append(gained)
                left, gained = shift_s, 0.0
    shift_values.append(gained)
    return (shift_values + [0.0] * n_shifts)[:n_shifts]
