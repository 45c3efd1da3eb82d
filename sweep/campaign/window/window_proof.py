"""Proof of a window's bound in the files next to campaign.json."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from geodata.clock_times import DAY_S
from geodata.errors import InputError
from geodata.regular_file import read_regular
from sweep.campaign.records import CampaignRecord
from sweep.campaign.window.daily_offers import DayOffer
from sweep.campaign.window.plan_window import PlannedWindow
from sweep.campaign.window.visit_versions import OF_DAY
from sweep.campaign.window.window_problem import DayPlan, Window, own_id, split_by_day
from sweep.jobs.verification.check_proof import BoundCheck, check_bound_of_plan
from sweep.plan.explain.cheapest_swaps import other_days
from sweep.plan.problem.problem import Problem
from sweep.plan.problem.problem_file import problem_sha256, read_problem, write_problem
from sweep.publish.archive.plan_json_of_problem_file import bare_plan_json
from sweep.publish.archive.read_plan import read_plan_file
from sweep.records.bound_proof import named_proof, proof_file
from sweep.records.plan import Insertion, Plan, Violation

# Problem and plan of the window; their proof is next to them.
PROBLEM, PLAN = "window.problem.json", "window.plan.json"

type Stopped = tuple[str, str, int, int]


def certificate_files(planned: PlannedWindow) -> dict[str, str]:
    """Return the texts of the window's problem, plan and proof of its bound, by file name."""
    problem, plan = planned.window.problem, planned.plan
    content = write_problem(problem)
    files = {PROBLEM: content, PLAN: bare_plan_json(plan, problem.day, problem_sha256(problem))}
    if plan.proof is not None:
        files[proof_file(Path(PLAN)).name] = named_proof(plan.proof, content.encode())
    return files


def check_window_proof(place: Path, record: CampaignRecord) -> BoundCheck:
    """
    Verify a window's bound from problem and proof in the folder `place`, and that the record agrees with them.

    The status is `no_file` if they are missing; a record that disagrees, or an unreadable file, violates P11.
    """
    if not all((place / name).is_file() for name in (PROBLEM, PLAN)):
        return BoundCheck("no_file")
    try:
        shown = check_bound_of_plan(place / PROBLEM, place / PLAN)
        plan, problem = read_plan_file(place / PLAN), read_problem(read_regular(place / PROBLEM))
    except InputError as error:
        return BoundCheck("wrong", (Violation("P11", PLAN, {"detail": error.issues[0].code}),))
    mismatch = _mismatch(record, problem, plan)
    if mismatch is None:
        return shown
    return BoundCheck("wrong", (*shown.violations, Violation("P11", PLAN, {"detail": mismatch})))


def read_window(place: Path, offers: Sequence[DayOffer]) -> tuple[Plan, tuple[DayPlan, ...]] | None:
    """
    Return the window's plan stored in the folder `place`, whole and by day.

    `offers`: one for each day of the window. None if files are missing or damaged, or a visit is not on offer.
    """
    try:
        plan, problem = read_plan_file(place / PLAN), read_problem(read_regular(place / PROBLEM))
        versions = {
            v.visit_id: {k: o.visits[v.building_id] for k, o in enumerate(offers) if v.building_id in o.visits}
            for v in problem.visits
        }
        return plan, split_by_day(Window(tuple(o.day for o in offers), problem, versions), plan)
    except (InputError, LookupError, OSError):
        return None


def _mismatch(record: CampaignRecord, problem: Problem, plan: Plan) -> str | None:
    """Return a text that states the first difference between the record and the window's plan; None if they agree."""
    published = {(d.day.isoformat() + OF_DAY + t.team_id): t.member_ids for d in record.days for t in d.teams}
    if {t.team_id: t.member_ids for t in plan.teams} != published:
        return "teams"
    if (record.status, record.bound_method, record.seed) != (plan.status, plan.bound_method, plan.seed):
        return "status"
    days = [d.day for d in record.days]
    drafts = {
        d.day: {(t.team_id, s.building_id, s.start_s, s.end_s) for t in d.teams for s in t.stops}
        for d in record.days
        if d.plan_id is None
    }
    if drafts != {day: _stops_of_plan(plan, days, day) for day in drafts}:
        return "stops"
    try:
        bound = plan.bound - _urgency(record, problem, plan)
    except LookupError as error:
        # A visit, a team or a day that is missing in the problem.
        return f"{error!s:.80}"
    # Tolerance for the rounding of a bound.
    return f"{record.bound:.6f} < {bound:.6f}" if record.bound < bound - 1e-6 else None


def _stops_of_plan(plan: Plan, days: Sequence[date], day: date) -> set[Stopped]:
    """Return (team id, building id, start, end) of each stop on a day, in seconds after the day's midnight."""
    shift_s, own = (day - days[0]).days * DAY_S, {t.team_id for t in plan.teams if t.day == days.index(day)}
    stops = ((r.team_id, s) for r in plan.routes if r.team_id in own for s in r.stops)
    return {(own_id(i), s.building_id, s.start_s - shift_s, s.end_s - shift_s) for i, s in stops}


def _urgency(record: CampaignRecord, problem: Problem, plan: Plan) -> float:
    """Return the urgency in the plan's objective: values in `problem` less the expected finds in the record."""
    days = [d.day for d in record.days]
    finds = {
        (v.building_id, day): value
        for part in record.days
        for v in part.visits
        for day, value in zip(v.days, v.values, strict=False)
    }
    visits, day_of = {v.visit_id: v for v in problem.visits}, {t.team_id: t.day for t in plan.teams}
    made = {(s.visit_id, day_of[r.team_id]) for r in plan.routes for s in r.stops}
    objective_values = {(visits[i].building_id, days[k]): visits[i].value_on(k) for i, k in made}
    return math.fsum(objective_values[where] - finds[where] for where in objective_values.keys() & finds.keys())


def earlier_day_costs(place: Path, record: CampaignRecord, building_id: str) -> dict[date, Insertion | None]:
    """
    Return, by date, price and displaced buildings if a building's visit moves to a sweep day before its planned day.

    Dates: the days before the planned day on which the building is on offer; None for a day on which no swap serves
    the visit. Empty if the building has no planned day, or if the window's problem and plan in the folder `place` are
    missing or belong to another window.
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
