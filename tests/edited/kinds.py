"""Kinds of edit that a hand makes in a plan.json; whether one is wrong is for the judge to say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np

type Json = dict[str, Any]
type Day = Any
type Rng = np.random.Generator
# Edits the plan in place; False where it has nothing to be edited so.
type Edit = Callable[[Rng, Day, Json], bool]

KINDS: dict[str, Edit] = {}


def kind(edit: Edit) -> Edit:
    """Enter an edit under its name."""
    KINDS[edit.__name__.replace("_", " ")] = edit
    return edit


def some[T](rng: Rng, things: list[T]) -> T | None:
    return things[int(rng.integers(len(things)))] if things else None


def upto(rng: Rng, most: int) -> int:
    """From 1 to `most`; small numbers are as likely as large ones."""
    return round(float(np.exp(rng.uniform(0.0, np.log(max(2, most))))))


def busy(plan: Json) -> list[Json]:
    return [r for r in plan["routes"] if r["stops"]]


def stops(plan: Json) -> list[Json]:
    return [s for r in plan["routes"] for s in r["stops"]]


def team_of(plan: Json, team_id: str) -> Json:
    return next(t for t in plan["teams"] if t["team_id"] == team_id)


def counts(day: Day, person_id: str) -> bool:
    p = day.persons[person_id]
    return bool(p.role in ("officer", "inspector") and p.certificate_until and p.certificate_until >= day.day)


def told(day: Day, team: Json) -> None:
    """Let a team say of its people what the roster does."""
    own = [day.persons[i] for i in team["member_ids"]]
    team["n_certified"] = dict(Counter(p.agency for p in own if counts(day, p.person_id)))
    team["n_female_certified"] = sum(counts(day, p.person_id) and p.is_female for p in own)
    team["recusals"] = sorted({k for p in own for k in p.recusals})
    homes = {p.division_code for p in own if p.agency == "market_regulation"}
    if homes and not day.settings.teams.assist_letter:
        team["division_codes"] = sorted(homes) if len(homes) == 1 else []


def worth(day: Day, plan: Json) -> None:
    """Let the plan say what its visits are worth, and no more than that of its bound."""
    made = {s["visit_id"] for s in stops(plan) if not s.get("is_attempt")}
    plan["summary"]["value"] = sum(day.visits[i].value for i in made if i in day.visits)
    plan["summary"]["bound"] = max(plan["summary"]["bound"], plan["summary"]["value"])
    plan["summary"]["status"] = "feasible"


def way(day: Day, a: str, b: str) -> tuple[int, int]:
    at = day.places[a], day.places[b]
    return int(day.travel_s[at]), int(day.distance_m[at])


def left_out(day: Day, visit_id: str, code: str = "NO_TIME_LEFT") -> Json:
    reasons = [{"code": code, "values": {}}]
    return {"visit_id": visit_id, "building_id": day.visits[visit_id].building_id, "reasons": reasons}


# Times.


def moved(rng: Rng, plan: Json, keys: tuple[str, ...], sign: int, most: int = 7_200) -> bool:
    s = some(rng, stops(plan))
    by = sign * upto(rng, most)
    for key in keys if s else ():
        s[key] += by  # type: ignore[index]
    return s is not None


ALL = ("arrive_s", "start_s", "end_s")


@kind
def a_stop_later(rng: Rng, day: Day, plan: Json) -> bool:
    return moved(rng, plan, ALL, 1)


@kind
def a_stop_earlier(rng: Rng, day: Day, plan: Json) -> bool:
    return moved(rng, plan, ALL, -1)


@kind
def a_start_later(rng: Rng, day: Day, plan: Json) -> bool:
    return moved(rng, plan, ("start_s", "end_s"), 1)


@kind
def a_start_later_and_its_end_kept(rng: Rng, day: Day, plan: Json) -> bool:
    return moved(rng, plan, ("start_s",), 1)


@kind
def a_start_earlier(rng: Rng, day: Day, plan: Json) -> bool:
    return moved(rng, plan, ("start_s",), -1)


@kind
def an_end_sooner(rng: Rng, day: Day, plan: Json) -> bool:
    return moved(rng, plan, ("end_s",), -1)


@kind
def an_end_later(rng: Rng, day: Day, plan: Json) -> bool:
    return moved(rng, plan, ("end_s",), 1)


@kind
def there_sooner(rng: Rng, day: Day, plan: Json) -> bool:
    return moved(rng, plan, ("arrive_s",), -1)


@kind
def there_later(rng: Rng, day: Day, plan: Json) -> bool:
    return moved(rng, plan, ("arrive_s",), 1)


@kind
def no_time_inside(rng: Rng, day: Day, plan: Json) -> bool:
    if s := some(rng, stops(plan)):
        s["end_s"] = s["start_s"]
    return s is not None


@kind
def over_before_it_begins(rng: Rng, day: Day, plan: Json) -> bool:
    if s := some(rng, stops(plan)):
        s["end_s"] = s["start_s"] - upto(rng, 600)
    return s is not None


@kind
def two_starts_exchanged(rng: Rng, day: Day, plan: Json) -> bool:
    if (r := some(rng, [r for r in busy(plan) if len(r["stops"]) > 1])) is None:
        return False
    a, b = r["stops"][0], r["stops"][-1]
    for key in ALL:
        a[key], b[key] = b[key], a[key]
    return True


@kind
def out_later(rng: Rng, day: Day, plan: Json) -> bool:
    if r := some(rng, busy(plan)):
        r["depart_s"] += upto(rng, 3_600)
    return r is not None


@kind
def out_sooner(rng: Rng, day: Day, plan: Json) -> bool:
    if r := some(rng, busy(plan)):
        r["depart_s"] -= upto(rng, 7_200)
    return r is not None


@kind
def back_sooner(rng: Rng, day: Day, plan: Json) -> bool:
    if r := some(rng, busy(plan)):
        r["return_s"] -= upto(rng, 3_600)
    return r is not None


@kind
def back_later(rng: Rng, day: Day, plan: Json) -> bool:
    if r := some(rng, busy(plan)):
        r["return_s"] += upto(rng, 14_400)
    return r is not None


def whole_route(rng: Rng, plan: Json, by: int) -> bool:
    if r := some(rng, busy(plan)):
        for key in ("depart_s", "return_s"):
            r[key] += by
        for s in r["stops"]:
            for key in ALL:
                s[key] += by
        if r.get("break_s"):
            r["break_s"] = [at + by for at in r["break_s"]]
    return r is not None


@kind
def a_route_later(rng: Rng, day: Day, plan: Json) -> bool:
    return whole_route(rng, plan, upto(rng, 3_600))


@kind
def a_route_earlier(rng: Rng, day: Day, plan: Json) -> bool:
    return whole_route(rng, plan, -upto(rng, 3_600))


@kind
def a_stop_at_midnight(rng: Rng, day: Day, plan: Json) -> bool:
    if s := some(rng, stops(plan)):
        s["arrive_s"] = s["start_s"] = 0
    return s is not None


@kind
def a_last_stop_until_the_night(rng: Rng, day: Day, plan: Json) -> bool:
    if r := some(rng, busy(plan)):
        r["stops"][-1]["end_s"] = 81_960
        r["return_s"] = 81_960 + r["return_travel_s"]
    return r is not None


# Ways.


def said(rng: Rng, plan: Json, key: str, change: Callable[[int], int]) -> bool:
    if s := some(rng, stops(plan)):
        s[key] = max(0, change(s[key]))
    return s is not None


@kind
def a_way_said_longer(rng: Rng, day: Day, plan: Json) -> bool:
    return said(rng, plan, "travel_s", lambda n: n + upto(rng, 3_600))


@kind
def a_way_said_shorter(rng: Rng, day: Day, plan: Json) -> bool:
    return said(rng, plan, "travel_s", lambda n: n - upto(rng, 600))


@kind
def no_way(rng: Rng, day: Day, plan: Json) -> bool:
    return said(rng, plan, "travel_s", lambda n: 0)


@kind
def more_metres(rng: Rng, day: Day, plan: Json) -> bool:
    return said(rng, plan, "distance_m", lambda n: n + upto(rng, 9_000))


@kind
def no_metres(rng: Rng, day: Day, plan: Json) -> bool:
    return said(rng, plan, "distance_m", lambda n: 0)


@kind
def another_way_home(rng: Rng, day: Day, plan: Json) -> bool:
    if r := some(rng, busy(plan)):
        r["return_travel_s"] += upto(rng, 600)
    return r is not None


@kind
def other_metres_home(rng: Rng, day: Day, plan: Json) -> bool:
    if r := some(rng, busy(plan)):
        r["return_distance_m"] = upto(rng, 9_000)
    return r is not None


@kind
def a_way_of_a_team_that_stays(rng: Rng, day: Day, plan: Json) -> bool:
    if r := some(rng, [r for r in plan["routes"] if not r["stops"]]):
        r["return_travel_s"], r["return_distance_m"] = upto(rng, 600), upto(rng, 9_000)
    return r is not None


# Breaks.


@kind
def a_break_in_a_visit(rng: Rng, day: Day, plan: Json) -> bool:
    if r := some(rng, busy(plan)):
        s = r["stops"][0]
        r["break_s"] = [s["start_s"] + 1, s["end_s"] - 1]
    return r is not None


@kind
def a_break_on_a_drive(rng: Rng, day: Day, plan: Json) -> bool:
    if r := some(rng, busy(plan)):
        r["break_s"] = [r["depart_s"], max(r["depart_s"] + 1, r["stops"][0]["arrive_s"])]
    return r is not None


@kind
def a_break_in_a_wait(rng: Rng, day: Day, plan: Json) -> bool:
    waits = [(r, s) for r in busy(plan) for s in r["stops"] if s["start_s"] > s["arrive_s"]]
    if found := some(rng, waits):
        found[0]["break_s"] = [found[1]["arrive_s"], found[1]["start_s"]]
    return found is not None


@kind
def a_break_at_the_base(rng: Rng, day: Day, plan: Json) -> bool:
    if r := some(rng, busy(plan)):
        r["break_s"] = [r["depart_s"] - 1_800, r["depart_s"]]
    return r is not None


@kind
def a_break_that_ends_before_it_begins(rng: Rng, day: Day, plan: Json) -> bool:
    if r := some(rng, busy(plan)):
        r["break_s"] = [r["return_s"], r["depart_s"]]
    return r is not None


@kind
def no_break(rng: Rng, day: Day, plan: Json) -> bool:
    if r := some(rng, [r for r in busy(plan) if r.get("break_s")]):
        del r["break_s"]
    return r is not None


@kind
def a_shorter_break(rng: Rng, day: Day, plan: Json) -> bool:
    if r := some(rng, [r for r in busy(plan) if r.get("break_s")]):
        r["break_s"][1] -= upto(rng, 1_200)
    return r is not None


# What the plan says of itself.


@kind
def worth_more(rng: Rng, day: Day, plan: Json) -> bool:
    plan["summary"]["value"] += float(10 ** rng.uniform(-4, 0))
    return True


@kind
def worth_less(rng: Rng, day: Day, plan: Json) -> bool:
    plan["summary"]["value"] -= float(10 ** rng.uniform(-4, 0))
    return True


@kind
def a_bound_below_the_value(rng: Rng, day: Day, plan: Json) -> bool:
    plan["summary"]["bound"] = plan["summary"]["value"] - 0.01
    return True


@kind
def a_higher_bound(rng: Rng, day: Day, plan: Json) -> bool:
    plan["summary"]["bound"] += 1.0
    return True


@kind
def the_other_status(rng: Rng, day: Day, plan: Json) -> bool:
    plan["summary"]["status"] = "feasible" if plan["summary"]["status"] == "optimal" else "optimal"
    return True


@kind
def a_status_of_its_own(rng: Rng, day: Day, plan: Json) -> bool:
    plan["summary"]["status"] = "approved"
    return True


@kind
def another_seed(rng: Rng, day: Day, plan: Json) -> bool:
    plan["summary"]["seed"] += 1
    return True


@kind
def more_rounds(rng: Rng, day: Day, plan: Json) -> bool:
    plan["summary"]["n_iterations"] += 1_000
    return True


@kind
def another_hour_for_readers(rng: Rng, day: Day, plan: Json) -> bool:
    if s := some(rng, stops(plan)):
        s["start_at"] = "2026-09-16T23:59:00+08:00"
    return s is not None


@kind
def an_empty_log_of_the_day(rng: Rng, day: Day, plan: Json) -> bool:
    plan["day_log"] = {"at_s": 50_000, "before_sha256": "0" * 64, "events": []}
    return True


@kind
def a_find_that_holds_a_team_until_the_night(rng: Rng, day: Day, plan: Json) -> bool:
    if r := some(rng, busy(plan)):
        at_s = r["stops"][-1]["start_s"]
        a_last_stop_until_the_night(rng, day, {"routes": [r]})
        held = {"type": "held", "at_s": at_s, "team_id": r["team_id"], "until_s": 81_960}
        plan["day_log"] = {"at_s": at_s, "before_sha256": "0" * 64, "events": [held]}
    return r is not None
