"""PUBLISH: writes an edition with its planning problem, and the proof of its bound unless that is too large."""

from dataclasses import replace
from pathlib import Path

from geodata.message_catalogue import load_texts
from sweep.check.bound.route_above_price import WorkLimitError
from sweep.check.bound.team_options import InvalidProofError
from sweep.check.bound.verify_plan_bounds import check_bound
from sweep.plan.problem.problem import Problem
from sweep.plan.problem.problem_file import FILE_NAME, write_problem
from sweep.publish.archive.plan_json import FILE_NAME as PLAN_NAME
from sweep.publish.edition import Edition
from sweep.publish.write_edition import Enter, write_edition
from sweep.records.bound_proof import named_proof, proof_file, read_proof

# Larger problems are left out of the edition, since their travel matrix would dominate its size.
MOST_PLACES = 1_500
# Pairs of labels compared to confirm each bound before publication: some seconds.
MOST_PAIRS = 600_000_000


def publish(edition: Edition, problem: Problem, folder: Path, enter: Enter | None = None) -> tuple[Path, ...]:
    """
    Write an edition to its folder atomically, and return the files; OSError if the folder is not writable.

    The problem is stored in the edition if it has at most `MOST_PLACES` places. `enter`: callback that logs the edition
    before it appears.
    """
    extra: dict[str, bytes] = {}
    if len(problem.places) <= MOST_PLACES:
        extra[FILE_NAME] = write_problem(problem).encode()
        edition = _as_confirmed(edition, extra[FILE_NAME])
        if edition.plan.proof is not None:
            extra[proof_file(Path(PLAN_NAME)).name] = named_proof(edition.plan.proof, extra[FILE_NAME]).encode()
    else:
        # The proof cannot be verified without the problem.
        edition = replace(edition, plan=edition.plan.unproven())
    return write_edition(edition, folder, load_texts(edition.scenario.lang), extra, enter=enter)


def _as_confirmed(edition: Edition, problem: bytes) -> Edition:
    """Return the edition without an invalid proof, and without an unverified bound over all team compositions."""
    plan = edition.plan
    if plan.proof is None:
        return edition
    try:
        check_bound(problem, plan, read_proof(plan.proof), MOST_PAIRS)
    except (WorkLimitError, InvalidProofError) as fault:
        if plan.bound_any_teams is not None:
            return _as_confirmed(replace(edition, plan=replace(plan, bound_any_teams=None)), problem)
        return edition if isinstance(fault, WorkLimitError) else replace(edition, plan=plan.unproven())
    return edition
