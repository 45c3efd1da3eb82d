"""What lies beside campaign.json so that the bound of its window can be gone through again."""

from __future__ import annotations

from pathlib import Path

from geodata.errors import InputError
from sweep.pipeline.bound_breaches import Shown, shown_bound
from sweep.pipeline.campaign.plan import Planned
from sweep.pipeline.campaign.versions import OF_DAY
from sweep.plan.problem.file import problem_sha256, write_problem
from sweep.publish.archive.bare_plan import bare_plan_json
from sweep.publish.archive.plan_reading import read_plan_file
from sweep.records.campaign import CampaignRecord
from sweep.records.plan import Violation
from sweep.records.proof import named_proof, proof_file

# The problem of the window, and its plan: their proof lies beside them.
PROBLEM, PLAN = "window.problem.json", "window.plan.json"
# What rounding may make of a bound.
_CLOSE = 1e-6


def certificate_files(planned: Planned) -> dict[str, str]:
    """The window's problem, its plan and the proof of its bound, by file name."""
    problem, plan = planned.window.problem, planned.plan
    content = write_problem(problem)
    files = {PROBLEM: content, PLAN: bare_plan_json(plan, problem.day, problem_sha256(problem))}
    if plan.proof is not None:
        files[proof_file(Path(PLAN)).name] = named_proof(plan.proof, content.encode())
    return files


def shown_window(place: Path, record: CampaignRecord) -> Shown:
    """
    Whether the bound of a window is shown, from its problem and proof alone; and whether the record tells it.

    Parameters
    ----------
    place
        The folder of campaign.json.
    """
    if not (place / PLAN).is_file():
        return Shown("no_file")
    try:
        shown = shown_bound(place / PROBLEM, place / PLAN)
        plan = read_plan_file(place / PLAN)
    except InputError as error:
        return Shown("wrong", (Violation("P11", PLAN, {"detail": error.issues[0].code}),))
    published = {(d.day.isoformat() + OF_DAY + t.team_id): t.member_ids for d in record.days for t in d.teams}
    if {t.team_id: t.member_ids for t in plan.teams} != published:
        return Shown("wrong", (*shown.violations, Violation("P11", PLAN, {"detail": "teams"})))
    if record.bound < plan.bound - _CLOSE:
        detail = f"{record.bound:.6f} < {plan.bound:.6f}"
        return Shown("wrong", (*shown.violations, Violation("P11", PLAN, {"detail": detail})))
    return shown
