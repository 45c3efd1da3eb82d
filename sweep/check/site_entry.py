"""Checks of when and how teams enter a site (C13, C14, C16-C18)."""

import math
from collections import defaultdict
from collections.abc import Iterator

from geodata.clock_times import exact_clock
from sweep.check.checker_calendar import is_day_off
from sweep.check.checker_inputs import (
    CheckInputs,
    begun_visits,
    certified,
    is_recheck_only,
    known_stops,
    members,
    served,
    stops_by_visit,
    team_index,
)
from sweep.records.people import POLICE, RECORDER
from sweep.records.plan import Plan, Violation


def check_c13_working_hours(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """C13: visits start in working hours; with an approval, case visits may start at any time."""
    hours = inputs.settings.hours
    is_off = is_day_off(inputs.day, hours)
    approved = hours.approval is not None and hours.approval.approved_on <= inputs.day
    if is_off and not approved:
        yield Violation("C13", str(inputs.day), {"detail": "-"})
    for team, _, stop, visit in known_stops(inputs, plan):
        is_open = any(lo <= stop.start_s <= hi for lo, hi in hours.working_s) and not (is_off and approved)
        if not is_open and not (approved and visit.track == "case"):
            yield Violation("C13", f"{team.team_id} {stop.visit_id}", {"detail": exact_clock(stop.start_s)})


def check_c14_certificate(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """C14: a case visit has an inspection certificate in the settings, or is immediate and its teams wear a camera."""
    law, teams = inputs.settings.law, team_index(plan)
    for visit, stops in served(inputs, plan):
        if visit.track != "case":
            continue
        on_record = {law.certificates.get(visit.building_id), law.certificate} - {None}
        if visit.warrant in on_record:
            continue
        if visit.warrant or not visit.is_immediate:
            yield Violation("C14", visit.visit_id, {"detail": visit.warrant or "-"})
            continue
        for team_id, stop in stops:
            people = members(inputs, teams[team_id], stop.start_s) if team_id in teams else []
            has_police = any(p.agency == POLICE and p.is_certified(inputs.day) for p in people)
            is_of_others = inputs.settings.teams.mode == "squads" and not has_police
            if not is_of_others and not any(RECORDER in p.skills for p in people):
                yield Violation("C14", f"{team_id} {visit.visit_id}", {"detail": f"{RECORDER} 0"})


def check_c16_together(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """C16: the teams of a visit start together; linked visits start within the tolerance, or none is made."""
    starts: dict[str, list[int]] = defaultdict(list)
    for visit_id, stops in sorted(stops_by_visit(plan).items()):
        own = [s.start_s for _, s in stops]
        if max(own) != min(own):
            yield Violation("C16", visit_id, {"detail": f"{max(own) - min(own)} s"})
        visit = inputs.visits.get(visit_id)
        if visit is not None and visit.link_group:
            starts[visit.link_group].extend(own)
    made, begun = set(stops_by_visit(plan)), begun_visits(inputs, plan)
    for group, times in sorted(starts.items()):
        if max(times) - min(times) > inputs.settings.plan.link_tolerance_s:
            yield Violation("C16", group, {"detail": f"{max(times) - min(times)} s"})
        left = [v.visit_id for v in inputs.visits.values() if v.link_group == group and v.visit_id not in made]
        # A visit that had begun cannot be undone.
        if left and not any(v in begun and inputs.visits[v].link_group == group for v in made & inputs.visits.keys()):
            yield Violation("C16", group, {"detail": ", ".join(left)})


def check_c17_exits(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """C17: beyond each team's minimum, a case visit other than a re-check has a certified police officer per exit."""
    teams = team_index(plan)
    needs_inside = inputs.settings.teams.min_certified[POLICE]
    for visit, stops in served(inputs, plan):
        if visit.track != "case" or is_recheck_only(inputs, visit):
            continue
        spare = 0
        for team_id, stop in stops:
            n_police = certified(inputs, teams[team_id], stop.start_s)[POLICE] if team_id in teams else 0
            if n_police or inputs.settings.teams.mode == "joint":
                spare += n_police - needs_inside
        n_exits = inputs.buildings[visit.building_id].n_exits
        if spare < n_exits:
            yield Violation("C17", visit.visit_id, {"detail": f"{spare} < {n_exits}"})


def check_c18_reserve(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """C18: the required share of teams, rounded up, is in reserve."""
    needs = math.ceil(inputs.settings.teams.reserve_share * len(plan.teams) - 1e-9)
    # A reserve team that was called out on the day still counts.
    has = sum(t.is_reserve or t.called_s is not None for t in plan.teams)
    if has < needs:
        yield Violation("C18", "teams", {"detail": f"{has} < {needs}"})
