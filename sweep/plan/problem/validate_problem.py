"""Errors in a problem.json whose values have the right types: ids, table shapes, order of times, rules."""

from collections.abc import Iterable, Iterator, Sequence

from geodata.errors import Issue
from sweep.disk.json_errors import json_path
from sweep.plan.problem.problem_schema import ProblemPart, Table
from sweep.records.people import MARKET_REGULATION, POLICE


def part_faults(part: ProblemPart, file: str) -> list[Issue]:
    """
    Return every error of a parsed problem.json, with the path of the wrong value; `file`: name of the file in errors.

    S505 a duplicate id, S506 an unknown id, S507 a table of the wrong shape, S508 an end before its start, S509 no
    service time, S510 rules that no team can satisfy, S216 no value for a day with a team, S535 due times and windows
    of different number.
    """
    found = (
        *_twice(part), *_unknown(part), *_shapes(part), *_order(part), *_service(part), *_rules(part), *_days(part),
        *_dues(part),
    )  # fmt: skip
    return [Issue(code, json_path(file, *steps), values) for code, steps, values in found]


type Steps = tuple[int | str, ...]
type Fault = tuple[str, Steps, dict[str, str | int | float]]


def _twice(part: ProblemPart) -> Iterator[Fault]:
    named: dict[str, tuple[str, Sequence[str]]] = {
        "places": ("", part.places),
        "bases": ("base_id", [b.base_id for b in part.bases]),
        "buildings": ("building_id", [b.building_id for b in part.buildings]),
        "visits": ("visit_id", [v.visit_id for v in part.visits]),
        "teams": ("team_id", [t.team_id for t in part.teams]),
        "people": ("person_id", [p.person_id for p in part.people]),
        "caps": ("cap_id", [c.cap_id for c in part.caps]),
    }
    for key, (field, ids) in named.items():
        seen: dict[str, int] = {}
        for k, name in enumerate(ids):
            first = seen.setdefault(name, k)
            if first != k:
                yield "S505", (key, k, field) if field else (key, k), {"id": name, "first": f"{key}[{first}]"}


def _unknown(part: ProblemPart) -> Iterator[Fault]:
    places, bases = set(part.places), {b.base_id for b in part.bases}
    n_slots = {v.visit_id: len(v.slots) for v in part.visits}
    for k, v in enumerate(part.visits):
        yield from _unless(v.building_id in places, ("visits", k, "building_id"), v.building_id, "places")
    for k, p in enumerate(part.people):
        yield from _base(p.base_id, ("people", k, "base_id"), bases, places)
    for k, t in enumerate(part.teams):
        yield from _base(t.base_id, ("teams", k, "base_id"), bases, places)
        if t.end_base_id is not None:
            yield from _base(t.end_base_id, ("teams", k, "end_base_id"), bases, places)
    for k, lag in enumerate(part.lags):
        for field, name in (("before", lag.before), ("after", lag.after)):
            yield from _unless(name in n_slots, ("lags", k, field), name, "visits")
    for k, lock in enumerate(part.locks):
        yield from _unless(lock.visit_id in n_slots, ("locks", k, "visit_id"), lock.visit_id, "visits")
        is_known = lock.slot < n_slots.get(lock.visit_id, lock.slot + 1)
        yield from _unless(is_known, ("locks", k, "slot"), str(lock.slot), "slots")
    for k, cap in enumerate(part.caps):
        for name in cap.loads:
            yield from _unless(name in n_slots, ("caps", k, "loads", name), name, "visits")


def _base(name: str, steps: Steps, bases: set[str], places: set[str]) -> Iterator[Fault]:
    yield from _unless(name in bases, steps, name, "bases")
    if name in bases:
        yield from _unless(name in places, steps, name, "places")


def _unless(is_known: bool, steps: Steps, name: str, among: str) -> Iterator[Fault]:
    if not is_known:
        yield "S506", steps, {"id": name, "among": among}


def _shapes(part: ProblemPart) -> Iterator[Fault]:
    n = len(part.places)
    tables: list[tuple[Steps, Table]] = [(("travel_s",), part.travel_s)]
    tables += [(("distance_m",), part.distance_m)] if part.distance_m is not None else []
    for steps, table in tables:
        if len(table) != n:
            yield "S507", steps, {"got": len(table), "wanted": n}
        for k, row in enumerate(table):
            if len(row) != n:
                yield "S507", (*steps, k), {"got": len(row), "wanted": n}


def _order(part: ProblemPart) -> Iterator[Fault]:
    spans: list[tuple[Steps, int, int]] = [(("shift_s",), *part.shift_s)]
    for k, v in enumerate(part.visits):
        spans += [(("visits", k, "windows_s", w), lo, hi) for w, (lo, hi) in enumerate(v.windows_s)]
    for k, t in enumerate(part.teams):
        spans.append((("teams", k, "shift_s"), *t.shift_s))
        if t.break_time is not None:
            spans.append((("teams", k, "break_time"), t.break_time.earliest_s, t.break_time.latest_s))
    if part.rules is not None and part.rules.break_time is not None:
        pause = part.rules.break_time
        spans.append((("rules", "break_time"), pause.earliest_s, pause.latest_s))
    spans += [(("people", k, "shift_s"), *p.shift_s) for k, p in enumerate(part.people)]
    spans += [(("lags", k), lag.min_s, lag.max_s) for k, lag in enumerate(part.lags)]
    for steps, lo, hi in spans:
        if hi < lo:
            yield "S508", steps, {"start": lo, "end": hi}


def _service(part: ProblemPart) -> Iterable[Fault]:
    if part.service_minutes is not None:
        return
    for k, v in enumerate(part.visits):
        for s, slot in enumerate(v.slots):
            if v.service_s is None and slot.service_s is None:
                yield "S509", ("visits", k, "slots", s), {"id": v.visit_id}


def _days(part: ProblemPart) -> Iterable[Fault]:
    last = max((t.day for t in part.teams), default=0)
    for k, v in enumerate(part.visits):
        if 0 < len(v.values) <= last:
            yield "S216", ("visits", k, "values"), {"got": len(v.values), "wanted": last + 1}


def _dues(part: ProblemPart) -> Iterable[Fault]:
    for k, v in enumerate(part.visits):
        if v.dues_s and len(v.dues_s) != len(v.windows_s):
            yield "S535", ("visits", k, "dues_s"), {"got": len(v.dues_s), "wanted": len(v.windows_s)}
        for w in range(1, len(v.windows_s) if v.dues_s else 0):
            if v.windows_s[w][0] <= v.windows_s[w - 1][1]:
                steps = ("visits", k, "windows_s", w)
                yield "S508", steps, {"start": v.windows_s[w - 1][1] + 1, "end": v.windows_s[w][0]}


def _rules(part: ProblemPart) -> Iterable[Fault]:
    if part.teams or not part.people:
        return
    if part.rules is None:
        yield "S510", ("rules",), {"key": "rules"}
        return
    r = part.rules
    if r.n_teams < 1 or r.n_reserve > r.n_teams:
        yield "S510", ("rules", "n_teams"), {"key": "n_teams"}
    if r.max_members is not None and r.max_members < sum(r.min_certified.values()):
        yield "S510", ("rules", "max_members"), {"key": "max_members"}
    for agency in (POLICE, MARKET_REGULATION):
        if r.min_certified.get(agency, 0) < 1:
            yield "S510", ("rules", "min_certified"), {"key": f"min_certified.{agency}"}
