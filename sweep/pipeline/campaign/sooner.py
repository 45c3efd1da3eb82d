"""What it would cost to visit a building on an earlier day of its window, from the window's problem and plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from geodata.errors import InputError
from geodata.regular_file import read_regular
from sweep.pipeline.campaign.certificate import PLAN, PROBLEM
from sweep.pipeline.campaign.versions import DAY_S
from sweep.pipeline.campaign.window import own_id
from sweep.plan.explain.swaps import other_days
from sweep.plan.problem.file import read_problem
from sweep.publish.archive.plan_reading import read_plan_file
from sweep.records.campaign import CampaignRecord
from sweep.records.plan import Swap


def sooner_days(place: Path, record: CampaignRecord, building_id: str) -> dict[date, Swap | None]:
    """
    For each sweep day before a building's own on which it is on offer what visiting it then would cost, in buildings.

    None where no team of that day can; nothing at all if it has no day, or if the window's problem and plan are not
    there or are of another window.

    Parameters
    ----------
    place
        The folder of campaign.json.
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
