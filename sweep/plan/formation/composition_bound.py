"""What no plan of any teams that the people could be made into is worth more than, with what shows it."""

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import NamedTuple

from sweep.plan.formation.relaxation import MOST_COMPARED, RestrictedMaster
from sweep.plan.formation.team_columns import Choices
from sweep.plan.formation.team_types import FEW_TASKS, are_open, make_choices
from sweep.plan.problem.problem import Problem
from sweep.plan.teams.team_people import movable_people
from sweep.records.bound_proof import AnyTeams
from sweep.records.people import MARKET_REGULATION, Team

# Up to so many tasks of a site routes are true ones, and labels compared in one pricing: at the second try that gives
# less or nothing, where they are too many to be gone through.
TRIES = ((FEW_TASKS, MOST_COMPARED), (20, 3_000_000))
# All values together are so many steps; less than so much is not bounded, since prices hold to a billionth only.
STEPS, LEAST_WORTH = 2.0**40, 1e-3


class AnyBound(NamedTuple):
    """A bound on the value and urgency together of plans of any teams, however many."""

    bound: float
    shown: AnyTeams

    def on_value(self, problem: Problem, made: Collection[str]) -> float:
        """A bound on the value alone, of plans that serve as much urgency as the visits `made`, by id, have."""
        return self.bound - sum(v.urgency for v in problem.visits if v.visit_id in made)


def bound_of_any(
    problem: Problem,
    teams: Sequence[Team],
    may_go_on: Callable[[], bool],
    begun: RestrictedMaster | None = None,
    *,
    with_musts: bool,
) -> AnyBound | None:
    """
    What no plan of any teams is worth more than, by value and urgency together; None where that is no question, or no
    answer was found.

    The teams are made of the same people: those in reserve stand by. Links, duties, recusals, officers drawn and skills
    are relaxed, and the checker finds it again (`sweep.check.bound.verify_any_teams`).

    Parameters
    ----------
    begun
        One of the same people, whose routes are known; others are priced.
    with_musts
        Whether it need only hold for plans that serve every must-visit.
    """
    rules = problem.rules
    is_tied = rules.assist_letter or rules.min_certified.get(MARKET_REGULATION, 0) > 0
    if not are_open(problem) or not is_tied:
        return None
    visits = (replace(v, disturbance=0.0, is_must=v.is_must and with_musts) for v in problem.visits)
    plain, people = replace(problem, visits=tuple(visits)), movable_people(problem, teams)
    found: list[AnyBound] = []
    for few_tasks, most_compared in TRIES:
        choices = make_choices(plain, people, few_tasks)
        if choices is None or choices.pool.value.sum() < LEAST_WORTH:
            break
        relaxation = RestrictedMaster(choices, rules, choices.most_teams)
        if begun is not None:
            relaxation.begin_with(begun)
        begun = relaxation
        bound = relaxation.solve(may_go_on, most_compared) - choices.of_musts
        if not math.isinf(bound):
            shown = _shown(choices, relaxation, with_musts=with_musts)
            # What rounding adds, at most: a step of each slot, and of each price of a person or a team.
            n_rounded = len(choices.slots) + 3 * len(people) + 2 * choices.most_teams
            found.append(AnyBound(bound + shown.step * n_rounded, shown))
    return min(found, key=lambda each: each.bound, default=None)


def _shown(choices: Choices, relaxation: RestrictedMaster, *, with_musts: bool) -> AnyTeams:
    """The prices in whole steps: prizes rounded down, and what people and teams cost up."""
    prices, pool = relaxation.prices, choices.pool
    step = float(pool.value.sum()) / STEPS

    def up(price: float) -> int:
        return math.ceil(price / step)

    prizes = {visit.visit_id: [0] * len(visit.slots) for visit, _ in choices.slots}
    for slots, prize in zip(pool.slots, prices.prizes.tolist(), strict=True):
        for visit, slot in (choices.slots[row] for row in slots):
            prizes[visit.visit_id][slot.slot] = math.floor(prize / step)
    for row, value in choices.shut.items():
        visit, slot = choices.slots[row]
        prizes[visit.visit_id][slot.slot] = up(value)
    return AnyTeams(
        with_musts=with_musts,
        step=step,
        sizes=choices.leasts,
        prizes={visit_id: tuple(of) for visit_id, of in prizes.items() if any(of)},
        tied={d: up(price) for d, price in prices.person.items()},
        officers={d: up(price) for d, price in prices.officer.items()},
        free=up(prices.free),
        police=up(prices.police),
        women=up(prices.woman),
        team=up(prices.team + relaxation.above) + 1,
    )
