"""Check of the reasons for unserved visits against the plan's teams and the events of the day (P04)."""

import math
from collections.abc import Iterator, Sequence

from sweep.check.checker_inputs import CheckInputs, certified, leg_s, members
from sweep.check.officer_rules import conflict_keys
from sweep.day.event_records import DoorLocked
from sweep.records.people import Team
from sweep.records.plan import Plan, Reason, Unserved, Violation
from sweep.records.service_time import visit_seconds
from sweep.records.visits import Slot, Visit

OFFICERS = "NO_TEAM_WITH_OFFICERS"
SKILL = "NO_TEAM_WITH_SKILL"
DRAWN = "NO_TEAM_WITH_DRAWN"
PAIR = "SAME_PAIR"
RECUSED = "RECUSED"
BY_PEOPLE = frozenset({OFFICERS, SKILL, DRAWN, PAIR, RECUSED})
BY_TIME = frozenset({"NO_TIME_LEFT", "WINDOW_MISSED", "NO_ROAD"})
BY_COMPANY = frozenset({"NO_TEAM_IN_DISTRICT", "TOO_FEW_TEAMS", "LINKED_VISIT_UNSERVED"})
BY_WORTH, BY_PIN = frozenset({"NOT_WORTH_ITS_COST", "LOW_VALUE"}), "PINNED_TEAM"
# A planner's choice, which no input can contradict.
BY_HAND = "LEFT_OUT_BY_HAND"


def untrue_reasons(inputs: CheckInputs, plan: Plan) -> Iterator[Violation]:
    """
    Yield violations for unserved visits without a reason, or with a reason that the inputs contradict (P04).

    In a re-plan only codes of reasons and locked doors are checked, since the inputs do not show which teams are free.
    """
    for unserved in plan.unserved:
        visit = inputs.visits.get(unserved.visit_id)
        if visit is None:
            continue
        if not unserved.reasons:
            yield Violation("P04", unserved.visit_id, {"detail": "reasons: -"})
        for reason in _untrue(inputs, plan, unserved, visit):
            stated = " ".join((reason.code, *(f"{k}={v}" for k, v in sorted(reason.values.items()))))
            yield Violation("P04", unserved.visit_id, {"detail": stated})


def _untrue(inputs: CheckInputs, plan: Plan, unserved: Unserved, visit: Visit) -> Iterator[Reason]:
    active = [t for t in plan.teams if not t.is_reserve and t.base_id in inputs.places]
    local = [t for t in active if visit.division_code in t.division_codes]
    doors = {e.visit_id for e in (inputs.log.events if inputs.log else ()) if isinstance(e, DoorLocked)}
    for reason in unserved.reasons:
        if reason.code == BY_HAND:
            is_true = True
        elif reason.code in {"LOCKED_DOOR", "WINDOW_PAST", "NO_TEAM_LEFT"}:
            is_true = inputs.log is not None and (reason.code != "LOCKED_DOOR" or visit.visit_id in doors)
        elif inputs.log is not None:
            is_true = reason.code in BY_PEOPLE | BY_TIME | BY_COMPANY | BY_WORTH | {BY_PIN}
        else:
            true_values = _true_values(inputs, visit, local, reason)
            is_true = true_values is not None and all(v == true_values.get(k, v) for k, v in reason.values.items())
        if not is_true:
            yield reason


def _true_values(
    inputs: CheckInputs, visit: Visit, local: Sequence[Team], reason: Reason
) -> dict[str, str | int | float] | None:
    """Return the values that a reason must state; None if it does not apply. `local`: active teams of the district."""
    code = reason.code
    if code == "NO_TEAM_IN_DISTRICT":
        return None if local else {"district": visit.division_code}
    if code == "TOO_FEW_TEAMS":
        return {"has": len(local)}
    if code == "LINKED_VISIT_UNSERVED":
        return None if visit.link_group is None else {"group": visit.link_group}
    if code in BY_TIME:
        return _time_needed(inputs, visit, local)
    if code in BY_WORTH:
        return None if _time_needed(inputs, visit, local) is None else {}
    if code == BY_PIN:
        return _pinned_team(inputs, visit, local)
    barred = [t for t in local if any(code in _bars(inputs, visit, slot, t) for slot in visit.slots)]
    if code not in BY_PEOPLE or not barred:
        return None
    if code == DRAWN:
        return {"officers": ", ".join(visit.officers)}
    if code in (PAIR, RECUSED):
        return {"n_teams": len(barred)}
    return _most_below(inputs, visit, local, reason)


def _time_needed(inputs: CheckInputs, visit: Visit, local: Sequence[Team]) -> dict[str, str | int | float] | None:
    """
    Return `needs`, the fewest minutes for the visit and both legs to a base; None if a slot has no eligible team.

    `local`: active teams of the visit's district.
    """
    free = [[t for t in local if not _bars(inputs, visit, slot, t)] for slot in visit.slots]
    if not all(free):
        return None
    settings = inputs.settings.plan
    minutes = settings.minutes if "C21" in inputs.settings.rules.off else settings.planned_minutes
    least = min(
        leg_s(inputs, t.base_id, visit.building_id, 0)
        + visit_seconds(visit, slot, len(t.member_ids), minutes)
        + leg_s(inputs, visit.building_id, t.base_id, 0)
        for slot, teams in enumerate(free)
        for t in teams
    )
    return {"needs": math.ceil(least / 60)}


def _pinned_team(inputs: CheckInputs, visit: Visit, local: Sequence[Team]) -> dict[str, str | int | float] | None:
    """Return the building's pinned team as `{"team": id}`; None without a pin, or if the team may fill all slots."""
    named = [p.team_id for p in inputs.pins if p.kind == "with_team" and p.building_id == visit.building_id]
    able = [t.team_id for t in local if not any(_bars(inputs, visit, slot, t) for slot in visit.slots)]
    return {"team": named[0]} if named and named[0] not in able else None


def _most_below(
    inputs: CheckInputs, visit: Visit, local: Sequence[Team], reason: Reason
) -> dict[str, str | int | float] | None:
    """
    Return `needs`, the people that a slot needs, and `has`, the most of them in a team with fewer.

    The people counted are those of the agency or skill that the reason names. None if no team has fewer. `local`:
    active teams of the visit's district.
    """
    name = str(reason.values.get("agency" if reason.code == OFFICERS else "skill", ""))
    for slot in visit.slots:
        needs = (slot.min_certified if reason.code == OFFICERS else slot.min_skilled).get(name)
        if needs is not None and reason.values.get("needs", needs) == needs:
            below = [n for n in (_count(inputs, t, reason.code, name) for t in local) if n < needs]
            return {"needs": needs, "has": max(below)} if below else None
    return None


def _count(inputs: CheckInputs, team: Team, code: str, name: str) -> int:
    if code == OFFICERS:
        return certified(inputs, team)[name]
    return sum(name in p.skills for p in members(inputs, team))


def _bars(inputs: CheckInputs, visit: Visit, slot: Slot, team: Team) -> set[str]:
    """Return the codes of the reasons that keep the team from filling the position `slot` on any route."""
    inside = {*team.member_ids}
    bars = {OFFICERS for a, n in slot.min_certified.items() if _count(inputs, team, OFFICERS, a) < n}
    bars |= {SKILL for s, n in slot.min_skilled.items() if _count(inputs, team, SKILL, s) < n}
    if slot.is_for_drawn and not inside >= {*visit.officers}:
        bars.add(DRAWN)
    if any(inside >= {*pair} for pair in visit.keep_apart):
        bars.add(PAIR)
    keys = conflict_keys(inputs, visit.building_id, visit.targets)
    if any(p.recusals & keys for p in members(inputs, team)):
        bars.add(RECUSED)
    return bars
