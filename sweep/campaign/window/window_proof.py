"""What lies beside campaign.json so that the bound of its window can be gone through again."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from geodata.errors import InputError
from geodata.regular_file import read_regular
from sweep.campaign.records import CampaignRecord, DayPart
from sweep.campaign.window.daily_offers import DayOffer
from sweep.campaign.window.plan_window import Planned
from sweep.campaign.window.visit_versions import DAY_S, OF_DAY
from sweep.campaign.window.window_problem import DayPlan, Window, own_id, split
from sweep.jobs.tampering.check_proof import Shown, shown_bound
from sweep.plan.explain.ejection_costs import other_days
from sweep.plan.problem.problem import Problem
from sweep.plan.problem.problem_file import problem_sha256, read_problem, write_problem
from sweep.publish.archive.read_plan import read_plan_file
from sweep.publish.archive.solved_problem_json import bare_plan_json
from sweep.records.bound_proof import named_proof, proof_file
from sweep.records.plan import Plan, Swap, Violation

# The problem of the window, and its plan: their proof lies beside them.
PROBLEM, PLAN = "window.problem.json", "window.plan.json"

type Stopped = tuple[str, str, int, int]


def certificate_files(planned: Planned) -> dict[str, str]:
    """The window's problem, its plan and the proof of its bound, by file name."""
    problem, plan = planned.window.problem, planned.plan
    content = write_problem(problem)
    files = {PROBLEM: content, PLAN: bare_plan_json(plan, problem.day, problem_sha256(problem))}
    if plan.proof is not None:
        files[proof_file(Path(PLAN)).name] = named_proof(plan.proof, content.encode())
    return files


def shown_window(place: Path, record: CampaignRecord) -> Shown:
    """Whether the bound of a window is shown, from its problem and proof alone; and whether the record tells it."""
    if not all((place / name).is_file() for name in (PROBLEM, PLAN)):
        return Shown("no_file")
    try:
        shown = shown_bound(place / PROBLEM, place / PLAN)
        plan, problem = read_plan_file(place / PLAN), read_problem(read_regular(place / PROBLEM))
    except InputError as error:
        return Shown("wrong", (Violation("P11", PLAN, {"detail": error.issues[0].code}),))
    fault = _fault(record, problem, plan)
    return shown if fault is None else Shown("wrong", (*shown.violations, Violation("P11", PLAN, {"detail": fault})))


def read_window(place: Path, offers: Sequence[DayOffer]) -> tuple[Plan, tuple[DayPlan, ...]] | None:
    """A window's plan and its parts by day; None if a file is broken or a visit is not on offer on its day."""
    try:
        plan, problem = read_plan_file(place / PLAN), read_problem(read_regular(place / PROBLEM))
        versions = {
            v.visit_id: {k: o.visits[v.building_id] for k, o in enumerate(offers) if v.building_id in o.visits}
            for v in problem.visits
        }
        return plan, split(Window(tuple(o.day for o in offers), problem, versions), plan)
    except (InputError, LookupError, OSError):
        return None


def _fault(record: CampaignRecord, problem: Problem, plan: Plan) -> str | None:
    """What the record tells otherwise than the window's plan, if anything."""
    published = {(d.day.isoformat() + OF_DAY + t.team_id): t.member_ids for d in record.days for t in d.teams}
    if {t.team_id: t.member_ids for t in plan.teams} != published:
        return "teams"
    if (record.status, record.bound_method, record.seed) != (plan.status, plan.bound_method, plan.seed):
        return "status"
    days = [d.day for d in record.days]
    drafts = {d.day: _stops_of_part(d) for d in record.days if d.plan_id is None}
    if drafts != {day: _stops_of_plan(plan, days, day) for day in drafts}:
        return "stops"
    try:
        bound = plan.bound - _urgency(record, problem, plan)
    except LookupError as error:
        # A visit, a team or a day that the problem does not know.
        return f"{error!s:.80}"
    # What rounding may make of a bound.
    return f"{record.bound:.6f} < {bound:.6f}" if record.bound < bound - 1e-6 else None


def _stops_of_part(part: DayPart) -> set[Stopped]:
    """Team, building, start and end of each stop of a day that is not published."""
    return {(t.team_id, s.building_id, s.start_s, s.end_s) for t in part.teams for s in t.stops}


def _stops_of_plan(plan: Plan, days: Sequence[date], day: date) -> set[Stopped]:
    """The same by the window's plan, in seconds after midnight of the day."""
    shift_s, own = (day - days[0]).days * DAY_S, {t.team_id for t in plan.teams if t.day == days.index(day)}
    stops = ((r.team_id, s) for r in plan.routes if r.team_id in own for s in r.stops)
    return {(own_id(i), s.building_id, s.start_s - shift_s, s.end_s - shift_s) for i, s in stops}


def _urgency(record: CampaignRecord, problem: Problem, plan: Plan) -> float:
    """What the visits of the plan are worth in the problem beyond the finds that the record expects of them."""
    days = [d.day for d in record.days]
    finds = {
        (v.building_id, day): value
        for part in record.days
        for v in part.visits
        for day, value in zip(v.days, v.values, strict=False)
    }
    visits, day_of = {v.visit_id: v for v in problem.visits}, {t.team_id: t.day for t in plan.teams}
    made = {(s.visit_id, day_of[r.team_id]) for r in plan.routes for s in r.stops}
    worth = {(visits[i].building_id, days[k]): visits[i].value_on(k) for i, k in made}
    return math.fsum(worth[where] - finds[where] for where in worth.keys() & finds.keys())


def sooner_days(place: Path, record: CampaignRecord, building_id: str) -> dict[date, Swap | None]:
    """
    For each sweep day before a building's own on which it is on offer what visiting it then would cost, in buildings.

    None where no team of that day can; nothing at all if it has no day, or if the window's problem and plan are not
    there or are of another window.
    """
    on = next((d.day for d in record.days for v in d.visits if v.building_id == building_id), None)
    try:
        problem, plan = read_problem(read_regular(place / PROBLEM)), read_plan_file(place / PLAN)
    except (OSError, InputError):
        return {}
    days = [d.day for d in record.days]
    if on is None or problem.day != days[0]:
        return {}
    made = {s.visit_id for r in plan.routes for s in r.stops if s.building_id == building_id}
    groups = {v.link_group for v in problem.visits if v.visit_id in made} - {None}
    made |= {v.visit_id for v in problem.visits if v.link_group in groups}
    versions: dict[int, str] = {}
    for visit in problem.visits:
        for lo, _ in visit.windows_s if visit.building_id == building_id else ():
            day = days[0] + timedelta(days=lo // DAY_S)
            if day in days and day < on:
                versions[days.index(day)] = visit.visit_id
    at = {v.visit_id: v.building_id for v in problem.visits}
    return {
        days[k]: swap and replace(swap, team_id=own_id(swap.team_id), displaced=tuple(at[i] for i in swap.displaced))
        for k, swap in other_days(problem, plan, made, versions).items()
    }
