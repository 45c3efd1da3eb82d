"""Verifier of a plan's upper bounds, which hold for all plans that serve at least as many must-visits as this plan."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from sweep.check.bound.bound_problem import BoundProblem, read_bound_problem
from sweep.check.bound.route_above_price import MOST_PAIRS, WorkBudget
from sweep.check.bound.staff_counts import read_staff_counts
from sweep.check.bound.team_options import InvalidProofError, Seconds
from sweep.check.bound.verify_composition_bound import CompositionBound
from sweep.check.bound.verify_pool_bound import PoolVerifier
from sweep.records.bound_proof import CLOSE, BoundProof, PoolPart
from sweep.records.plan import Plan

# Errors raised by a malformed problem.json, or by one that does not belong to the proof.
_MALFORMED_ERRORS = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


def check_bound(problem: bytes, plan: Plan, proof: BoundProof, most_pairs: int = MOST_PAIRS) -> None:
    """
    Verify the plan's `bound` and `bound_any_teams` by its proof; raise if the proof does not establish them.

    `problem`: content of problem.json.

    Raises
    ------
    InvalidProofError
        If the proof does not establish a bound that the plan states.
    WorkLimitError
        If the verification exceeds `most_pairs` comparisons.
    """
    if proof.problem_sha256 not in (None, hashlib.sha256(problem).hexdigest()):
        raise InvalidProofError("problem_sha256")
    try:
        case = replace(read_bound_problem(problem, plan.teams), with_urgency=proof.with_urgency)
        # What is stated to be served of it is part of the gap.
        if plan.due > _urgency(case, _served(plan)) + Fraction(CLOSE):
            raise InvalidProofError(f"due {plan.due:.9f}")
        _check_stated_bound(case, plan.bound, _proven(case, plan, proof, WorkBudget(most_pairs)))
        if plan.bound_any_teams is not None:
            _check_stated_bound(
                case, plan.bound_any_teams, _proven_any_teams(case, problem, plan, proof, WorkBudget(most_pairs))
            )
    except _MALFORMED_ERRORS as error:
        raise InvalidProofError(f"problem.json: {type(error).__name__} {error!s:.80}") from error


def _check_stated_bound(case: BoundProblem, stated: float, proven: Fraction) -> None:
    if proven > Fraction(stated) + Fraction(CLOSE) * case.total_value(case.visits):
        raise InvalidProofError(f"{stated:.9f} < {float(proven):.9f}")


def _proven_any_teams(case: BoundProblem, problem: bytes, plan: Plan, proof: BoundProof, work: WorkBudget) -> Fraction:
    if proof.any_teams is None:
        raise InvalidProofError("any_teams")
    musts = {v for v, visit in case.visits.items() if visit.is_must}
    served = _served(plan)
    if proof.any_teams.with_musts and not _slots_of(case, musts) <= served:
        raise InvalidProofError("any_teams: with_musts")
    return CompositionBound(case, read_staff_counts(problem, plan.teams), proof.any_teams, work).bound() - _urgency(
        case, served
    )


def _served(plan: Plan) -> set[tuple[str, int]]:
    return {(s.visit_id, s.slot) for r in plan.routes for s in r.made}


def _slots_of(case: BoundProblem, visits: Iterable[str]) -> set[tuple[str, int]]:
    return {(v, s) for v in visits for s in range(len(case.visits[v].slots))}


def _proven(case: BoundProblem, plan: Plan, proof: BoundProof, work: WorkBudget) -> Fraction:
    if sorted(t.team_id for t in plan.teams if not t.is_reserve) != sorted(case.teams):
        raise InvalidProofError("teams")
    seconds = {team_id: _seconds(case, team_id) for team_id in case.teams}
    short_units = {_short_unit(case, seconds, short.slots) for short in proof.short}
    _check_partition(case, seconds, proof.pools, short_units)
    served = _served(plan)
    counted = sum((_pool(case, seconds, part, served, work).bound() for part in proof.pools), Fraction(0))
    return counted - _urgency(case, served)


def _urgency(case: BoundProblem, served: set[tuple[str, int]]) -> Fraction:
    made = (v for v in case.visits if _slots_of(case, [v]) <= served)
    return sum((Fraction(case.visits[v].urgency) for v in made), Fraction(0)) if case.with_urgency else Fraction(0)


def _seconds(case: BoundProblem, team_id: str) -> Seconds:
    team, slots = case.teams[team_id], ((v, s) for v, visit in case.visits.items() for s in range(len(visit.slots)))
    found = {slot: case.seconds(team, case.visits[slot[0]], slot[1]) for slot in slots}
    return {slot: inside for slot, inside in found.items() if inside is not None}


def _short_unit(case: BoundProblem, seconds: dict[str, Seconds], slots: Iterable[tuple[str, int]]) -> int:
    """Return the unit of `slots` (visit id, slot); InvalidProofError unless too few teams exist to fill all at once."""
    wanted = set(slots)
    visits = sorted({v for v, _ in wanted if v in case.visits})
    units = {case.unit[v] for v in visits}
    teams = [s for s in seconds.values() if s.keys() & wanted]
    are_known = all(v in case.visits and s < len(case.visits[v].slots) for v, s in wanted)
    if not are_known or len(units) != 1 or len(teams) >= len(wanted):
        raise InvalidProofError(f"short {visits}")
    for v in visits:
        least = min((inside for s in seconds.values() for (w, _), inside in s.items() if w == v), default=None)
        for w in visits:
            if v != w and least is not None and least <= case.lag[case.row[v], case.row[w]]:
                raise InvalidProofError(f"short {v} {w}")
    return units.pop()


def _check_partition(
    case: BoundProblem, seconds: dict[str, Seconds], pools: Iterable[PoolPart], short_units: set[int]
) -> None:
    """
    Raise InvalidProofError unless each unit not in `short_units` is in one pool with all teams that may serve it.

    A pool is a set of visits and teams for which the proof has its own bound.
    """
    pool_of = {visit_id: -1 for visit_id in case.visits if case.unit[visit_id] in short_units}
    pool_of_team: dict[str, int] = {}
    for n, part in enumerate(pools):
        for ids, known, pools_by_id in ((part.visits, case.visits, pool_of), (part.teams, case.teams, pool_of_team)):
            for name in ids:
                if name not in known or name in pools_by_id:
                    raise InvalidProofError(f"pools[{n}] {name}")
                pools_by_id[name] = n
    pool_of_unit: dict[int, int] = {}
    for visit_id, unit in case.unit.items():
        if pool_of.get(visit_id) is None or pool_of_unit.setdefault(unit, pool_of[visit_id]) != pool_of[visit_id]:
            raise InvalidProofError(f"pools {visit_id}")
    for team_id, slots in seconds.items():
        for visit_id, _ in slots:
            if pool_of[visit_id] not in (-1, pool_of_team.get(team_id)):
                raise InvalidProofError(f"pools {team_id} {visit_id}")


def _pool(
    case: BoundProblem, seconds: dict[str, Seconds], part: PoolPart, served: set[tuple[str, int]], work: WorkBudget
) -> PoolVerifier:
    musts = {case.unit[v] for v in part.visits if case.visits[v].is_must} if part.with_musts else set()
    for visit_id in part.visits:
        if case.unit[visit_id] in musts and not _slots_of(case, [visit_id]) <= served:
            raise InvalidProofError(f"with_musts {visit_id}")
    inside = {t: {slot: n for slot, n in seconds[t].items() if slot[0] in part.visits} for t in part.teams}
    return PoolVerifier(case, part, inside, frozenset(musts), work)
