"""Random journals of a day and changes of its plan at random moments, as the board would ask for them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np

from sweep.check.checker_inputs import CheckInputs, PreviousPlan
from sweep.check.day.agreement_with_journal import check_p15_reports
from sweep.day.event_consistency import contradiction_issues
from sweep.day.event_records import DayLog, Event
from sweep.day.events_file import event_issues, read_events
from sweep.day.journal.events_for_replan import journal_events
from sweep.day.journal.fold_state import fold
from sweep.day.journal.journal_entry import Entry
from sweep.plan.problem.problem import Problem
from sweep.plan.replan.replan import replan
from sweep.plan.solve import Settings
from sweep.records.people import Team
from sweep.records.plan import Plan, Stop

ROUNDS = Settings(1, n_iterations=10)
TICK_S = 120
NEXT = {None: "left", "left": "arrived", "arrived": "inside", "inside": "done"}


@dataclass(frozen=True)
class Changed:
    """One change of the plan, and all that was known when it was made."""

    at_s: int
    before: Plan
    log_before: DayLog | None
    after: Plan
    log: DayLog
    entries: tuple[Entry, ...]


@dataclass
class Phone:
    """A team and its phone: the plan that it knows, and reports that wait for a network."""

    plan: Plan
    is_offline: bool = False
    waiting: list[tuple[int, str, dict[str, Any]]] = field(default_factory=list)
    visit_id: str | None = None
    step: str | None = None
    over: set[str] = field(default_factory=set)


def changes(problem: Problem, plan: Plan, seed: int, *, share: float = 0.06) -> Iterator[Changed | None]:
    """
    Each change of a day with random reports; None for one that is refused.

    Teams are early and late by chance, one in ten goes out of its order, and a third of the phones has no network for
    part of the day: such a team follows the orders that it has, and its reports come late and together.

    Parameters
    ----------
    share
        Chance of a change in each two minutes.
    """
    rng = np.random.default_rng((seed, 56))
    shifts = [t.shift_s for t in plan.teams if not t.is_reserve]
    first_s, last_s = min(s for s, _ in shifts), max(end for _, end in shifts)
    phones = {r.team_id: Phone(plan) for r in plan.routes}
    entries = [_entry(1, first_s, "edition", "P1", _edition(0, 0))]
    log: DayLog | None = None
    pace = {team_id: float(rng.choice([0.08, 0.15, 0.3])) for team_id in phones}
    for now_s in range(first_s, last_s, TICK_S):
        for team_id, phone in phones.items():
            if rng.random() < 0.03:
                phone.is_offline = not phone.is_offline
            if rng.random() < pace[team_id]:
                _act(rng, team_id, phone, now_s + int(rng.integers(0, TICK_S)))
            if not phone.is_offline:
                phone.plan = plan
                for at_s, kind, body in phone.waiting:
                    entries.append(_entry(len(entries) + 1, at_s, kind, team_id, body))
                phone.waiting.clear()
        noted = _noted(rng, problem, plan, now_s)
        if noted is not None and rng.random() < (0.02 if problem.people else 0.005):
            entries.append(_entry(len(entries) + 1, now_s, "event", "P1", {"event": noted}))
        at_s = (now_s + TICK_S) // 60 * 60
        if rng.random() < share and at_s < last_s:
            known = log.events if log else ()
            events = _events(problem, plan, entries, at_s, known)
            changed = None if events is None else _changed(problem, plan, log, events, at_s, entries)
            if changed is not None:
                plan, log = changed.after, changed.log
                entries.append(_entry(len(entries) + 1, at_s, "edition", "P1", _edition(len(entries), at_s)))
            yield changed


def _act(rng: np.random.Generator, team_id: str, phone: Phone, at_s: int) -> None:
    """The next report of a team, which waits on its phone."""
    orders = [s.visit_id for r in phone.plan.routes if r.team_id == team_id for s in r.made]
    left = [v for v in orders if v not in phone.over]
    if phone.step in (None, "done"):
        if not left:
            return
        phone.visit_id, phone.step = left[int(rng.integers(len(left))) if rng.random() < 0.1 else 0], None
    body: dict[str, Any] = {"team_id": team_id, "visit_id": phone.visit_id}
    draw = rng.random()
    if draw < 0.08:
        until_s = min(at_s + int(rng.integers(600, 7_200)), 86_000)
        phone.waiting.append((at_s, "held", {**body, "until": f"{until_s // 3_600:02d}:{until_s // 60 % 60:02d}"}))
        return
    if draw < 0.14 and phone.step == "arrived":
        kind = "locked" if rng.random() < 0.6 else "refused"
        phone.waiting.append((at_s, kind, body))
        phone.step = "done"
    else:
        phone.step = NEXT[phone.step]
        phone.waiting.append((at_s, str(phone.step), body))
        if phone.step == "inside" and rng.random() < 0.2:
            phone.waiting.append((at_s, "found", body))
    if phone.step == "done":
        phone.over.add(str(phone.visit_id))


def _noted(rng: np.random.Generator, problem: Problem, plan: Plan, now_s: int) -> dict[str, Any] | None:
    """An event of the desk: a person ill, or a door locked, which may cancel a visit that has begun."""
    people = [i for t in plan.teams for i in t.member_ids]
    stops = [s.visit_id for r in plan.routes for s in r.made if s.end_s > now_s]
    if stops and (not problem.people or rng.random() < 0.3):
        return {"type": "locked", "visit_id": str(rng.choice(stops))}
    return {"type": "ill", "person_id": str(rng.choice(people))} if problem.people else None


def _events(
    problem: Problem, plan: Plan, entries: list[Entry], at_s: int, known: tuple[Event, ...]
) -> tuple[Event, ...] | None:
    """The events of a change as the board asks for it; None if they are refused."""
    asked = journal_events(entries, fold(entries), plan, _plan_id(entries), at_s, service_of(problem), known)
    text = json.dumps({"events": asked})
    events = read_events(text, at_s, {}, 86_400, items=(), values={})
    ids = {
        "teams": frozenset(t.team_id for t in plan.teams),
        "people": frozenset(i for t in plan.teams for i in t.member_ids),
        "visits": frozenset(v.visit_id for v in problem.visits),
        "places": frozenset(problem.places),
    }
    return None if event_issues(events, at_s, ids) or contradiction_issues(events, at_s, plan, known) else events


def service_of(problem: Problem) -> Callable[[Stop, Team], int]:
    """Seconds that a team works at a stop, by the problem."""
    visits = {v.visit_id: v for v in problem.visits}
    return lambda stop, team: problem.service_s(visits[stop.visit_id], stop.slot, len(team.member_ids))


def _changed(
    problem: Problem, plan: Plan, log: DayLog | None, events: tuple[Event, ...], at_s: int, entries: list[Entry]
) -> Changed | None:
    earlier = log.events if log else ()
    made = replan(problem, plan, at_s, events, ROUNDS, earlier=earlier)
    changed = Changed(at_s, plan, log, made.plan, DayLog(at_s, (*earlier, *events), "0" * 64), tuple(entries))
    # As the board asks before it puts a plan in force.
    return None if list(check_p15_reports(inputs_of(problem, changed), made.plan)) else changed


def inputs_of(problem: Problem, changed: Changed) -> CheckInputs:
    """Inputs of the rule on reports; it looks at no others."""
    return CheckInputs(
        settings=cast(Any, None),
        buildings={},
        persons={},
        bases={},
        visits={v.visit_id: v for v in problem.visits},
        draw=cast(Any, None),
        n_inspections={},
        credit_class={},
        places=problem.places,
        travel_s=problem.travel_s,
        distance_m=problem.distance_m,
        log=changed.log,
        before=PreviousPlan(changed.before, changed.log_before),
        reports=changed.entries,
    )


def _plan_id(entries: list[Entry]) -> str:
    return str(next(e.body["plan_id"] for e in reversed(entries) if e.kind == "edition"))


def _edition(n: int, at_s: int) -> dict[str, Any]:
    return {"plan_id": f"p{at_s}", "day": "2026-09-16", "is_exercise": False, "answers_to": n}


def _entry(n: int, at_s: int, kind: str, author: str, body: Mapping[str, Any]) -> Entry:
    return Entry(n, f"e{n}", kind, author, "", "", at_s, body, "", "")
