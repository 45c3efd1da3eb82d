"""Judge of changed plans, from the reports alone: what a team stands in stays its own, and links hold."""

from __future__ import annotations

from itertools import pairwise

from sweep.day.event_records import Delayed, OffDuty, RoadClosed
from sweep.day.journal.journal_entry import Entry
from sweep.plan.problem.problem import Problem
from sweep.records.plan import Plan, Stop
from tests.day.executed_stops.random_journals import Changed

# Reports that say where a team is, of which the last counts.
STEPS = ("left", "arrived", "inside", "done", "locked", "refused", "home")


def faults(problem: Problem, changed: Changed) -> list[str]:
    """Begun visits lost, teams in two places and links broken, of one change; nothing of the program is called."""
    return [*_lost(changed), *_two_places(problem, changed), *_links(problem, changed)]


def inside(changed: Changed) -> dict[str, str]:
    """The visit that each team is inside, by its last step."""
    last = {}
    for e in sorted(changed.entries, key=lambda e: (e.at_s, e.n)):
        if e.kind in STEPS:
            last[e.body["team_id"]] = (e.kind, e.body.get("visit_id"))
    return {team_id: visit_id for team_id, (kind, visit_id) in last.items() if kind == "inside"}


def cancelled(changed: Changed) -> set[str]:
    """Visits whose door the desk itself has noted as locked."""
    noted = (e.body["event"] for e in changed.entries if e.kind == "event")
    return {event["visit_id"] for event in noted if event["type"] == "locked"}


def stops_of(plan: Plan, team_id: str) -> list[Stop]:
    return [s for r in plan.routes if r.team_id == team_id for s in r.stops]


def holders(plan: Plan, visit_id: str) -> set[str]:
    return {r.team_id for r in plan.routes for s in r.made if s.visit_id == visit_id}


def orphans(changed: Changed) -> list[tuple[str, str]]:
    """Teams inside a visit that is neither theirs nor of another team that has begun it, nor cancelled by the desk."""
    within = inside(changed)
    return [
        (t, v)
        for t, v in within.items()
        if not any(s.visit_id == v for s in stops_of(changed.after, t))
        and not _waits(changed, t, v)
        and v not in cancelled(changed)
        and not any(_has_begun(changed, other, v) for other in holders(changed.after, v))
    ]


def _waits(changed: Changed, team_id: str, visit_id: str) -> bool:
    """Whether an earlier plan took the visit, before the report arrived, and the team is held where it is."""
    had = any(s.visit_id == visit_id for s in stops_of(changed.before, team_id))
    held = (e for e in changed.log.events if isinstance(e, Delayed) and e.until_s > changed.at_s)
    return not had and any(e.team_id == team_id for e in held)


def _is_begun(entry: Entry) -> bool:
    return entry.kind in ("inside", "done")


def _has_begun(changed: Changed, team_id: str, visit_id: str) -> bool:
    own = {"team_id": team_id, "visit_id": visit_id}
    said = any(_is_begun(e) and e.body.items() >= own.items() for e in changed.entries)
    return said or any(s.visit_id == visit_id and s.start_s <= changed.at_s for s in stops_of(changed.after, team_id))


def _lost(changed: Changed) -> list[str]:
    return [
        f"{t} is inside {v}, and has lost it"
        for t, v in inside(changed).items()
        if v not in cancelled(changed) and t in holders(changed.before, v) and t not in holders(changed.after, v)
    ]


def _way(problem: Problem, a: str, b: str) -> int:
    return int(problem.travel_s[problem.places[a], problem.places[b]])


def _two_places(problem: Problem, changed: Changed) -> list[str]:
    found, place_of = [], {v.visit_id: v.building_id for v in problem.visits}
    within = inside(changed)
    for route in changed.after.routes:
        for one, other in pairwise(route.stops):
            if other.start_s < one.end_s + _way(problem, one.building_id, other.building_id):
                found.append(f"{route.team_id}: {one.visit_id} and {other.visit_id} at once")
        visit_id = within.get(route.team_id)
        if visit_id is None or visit_id in cancelled(changed):
            continue
        own = any(s.visit_id == visit_id for s in route.stops)
        old = {(s.visit_id, s.start_s) for s in stops_of(changed.before, route.team_id)}
        own_ids = {e.body["visit_id"] for e in changed.entries if _is_begun(e) and e.body["team_id"] == route.team_id}
        sent = [s for s in route.stops if not s.is_attempt and s.visit_id not in own_ids]
        new = [s for s in sent if (s.visit_id, s.start_s) not in old]
        for stop in new:
            soonest = changed.at_s + _way(problem, place_of[visit_id], stop.building_id)
            if stop.visit_id != visit_id and own and stop.start_s < soonest:
                found.append(f"{route.team_id} is inside {visit_id}, and sent to {stop.visit_id}")
    return found


def _links(problem: Problem, changed: Changed) -> list[str]:
    found, known = [], len(changed.log_before.events) if changed.log_before else 0
    new, begun = changed.log.events[known:], set(inside(changed).values()) - cancelled(changed)
    begun |= {s.visit_id for r in changed.before.routes for s in r.made if s.start_s <= changed.at_s}
    begun &= {s.visit_id for r in changed.after.routes for s in r.made}
    groups = {v.link_group for v in problem.visits if v.visit_id in begun} - {None}
    at = {s.visit_id: s.start_s for r in changed.after.routes for s in r.made}
    for group in sorted(g for g in groups if g is not None):
        ids = [v.visit_id for v in problem.visits if v.link_group == group]
        starts = [at[i] for i in ids if i in at]
        if max(starts) - min(starts) > problem.link_tolerance_s:
            found.append(f"{group} apart")
        for i in ids:
            teams = holders(changed.before, i)
            people = {m for t in changed.before.teams if t.team_id in teams for m in t.member_ids}
            why = [
                e for e in new
                if isinstance(e, RoadClosed)
                or getattr(e, "visit_id", None) == i
                or getattr(e, "team_id", None) in teams
                or (isinstance(e, OffDuty) and e.person_id in people)
            ]  # fmt: skip
            if teams and i not in at and not why:
                found.append(f"{group} lost {i} without a word")
    return found


def served_whole(problem: Problem, plan: Plan) -> list[str]:
    """Visits of which only some slots are filled."""
    made: dict[str, list[int]] = {}
    for r in plan.routes:
        for s in r.made:
            made.setdefault(s.visit_id, []).append(s.slot)
    wanted = {v.visit_id: [s.slot for s in v.slots] for v in problem.visits}
    return [v for v, slots in made.items() if sorted(slots) != wanted[v]]
