"""Upper bound over all team compositions, with its certificate."""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from sweep.plan.compositions.composition_relaxation import TeamRelaxation
from sweep.plan.compositions.team_columns import CandidateTeams
from sweep.plan.compositions.team_types import make_candidates
from sweep.plan.problem.problem import Problem
from sweep.plan.teams.make_teams import movable_people
from sweep.records.bound_proof import CompositionProof
from sweep.records.people import MARKET_REGULATION, Team

# Rounding steps in the sum of all values; least total value that is bounded, as prices hold to a billionth only.
STEPS, LEAST_VALUE = 2.0**40, 1e-3


class CompositionBound(NamedTuple):
    """Upper bound on value plus urgency over all team compositions and numbers of teams, with its certificate."""

    bound: float
    certificate: CompositionProof
    """Certificate of the bound."""


def bound_compositions(
    problem: Problem, teams: Sequence[Team], should_continue: Callable[[], bool]
) -> CompositionBound | None:
    """
    Return an upper bound on value plus urgency over all team compositions whose plan serves every must-visit, or None.

    The compositions use all people on duty except those in a reserve team of `teams`. Links, duty limits, recusals,
    drawn officers and skills are relaxed. `sweep.check.bound.verify_composition_bound` recomputes the bound.
    None is returned for given teams, locks or squads, for too many candidate teams, or if `should_continue` ended the
    work too early.
    """
    rules = problem.rules
    is_tied = rules.assist_letter or rules.min_certified.get(MARKET_REGULATION, 0) > 0
    if problem.teams or problem.locks or rules.is_split or not is_tied:
        return None
    people = movable_people(problem, teams)
    candidates = make_candidates(problem, people)
    if candidates is None or candidates.pool.value.sum() < LEAST_VALUE:
        return None
    relaxation = TeamRelaxation(candidates, rules)
    bound = relaxation.solve(should_continue) - candidates.must_bonus
    if math.isinf(bound):
        return None
    certificate = _certificate(candidates, relaxation)
    # Largest effect of rounding: one step for each slot and for each price of a person or a team.
    n_rounded = len(candidates.slots) + 3 * len(people) + 2 * candidates.most_teams
    return CompositionBound(bound + certificate.step * n_rounded, certificate)


def _certificate(candidates: CandidateTeams, relaxation: TeamRelaxation) -> CompositionProof:
    """Return the certificate, in whole steps of value: prizes rounded down, prices of people and teams up."""
    prices, pool = relaxation.prices, candidates.pool
    step = float(pool.value.sum()) / STEPS

    def up(price: float) -> int:
        return math.ceil(price / step)

    prizes = {visit.visit_id: [0] * len(visit.slots) for visit, _ in candidates.slots}
    for slots, prize in zip(pool.slots, prices.prizes.tolist(), strict=True):
        for visit, slot in (candidates.slots[row] for row in slots):
            prizes[visit.visit_id][slot.slot] = math.floor(prize / step)
    for row, value in candidates.unfillable.items():
        visit, slot = candidates.slots[row]
        prizes[visit.visit_id][slot.slot] = up(value)
    return CompositionProof(
        with_musts=True,
        step=step,
        sizes=candidates.least_sizes,
        prizes={visit_id: tuple(of) for visit_id, of in prizes.items() if any(of)},
        tied={d: up(price) for d, price in prices.person.items()},
        officers={d: up(price) for d, price in prices.officer.items()},
        free=up(prices.free),
        police=up(prices.police),
        women=up(prices.woman),
        team=up(prices.team + relaxation.largest_reduced_cost) + 1,
    )
