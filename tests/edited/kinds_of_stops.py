"""Kinds of edit in what is visited and what is left out."""

from __future__ import annotations

import copy

from tests.edited.kinds import Day, Json, Rng, busy, kind, left_out, some, stops, upto, way, worth


def without(plan: Json, visit_id: str) -> None:
    """Take a visit out of all routes; the way there is driven no more, and that from the place before is as long."""
    for r in plan["routes"]:
        r["stops"] = [s for s in r["stops"] if s["visit_id"] != visit_id]


def retraced(day: Day, plan: Json) -> None:
    """Say the ways of all routes as the roads have them, and leave and be back in time."""
    teams = {t["team_id"]: t for t in plan["teams"]}
    for r in plan["routes"]:
        base = teams[r["team_id"]]["base_id"]
        place = base
        for k, s in enumerate(r["stops"]):
            s["travel_s"], s["distance_m"] = way(day, place, s["building_id"])
            if k == 0:
                s["arrive_s"] = s["start_s"]
                r["depart_s"] = s["arrive_s"] - s["travel_s"]
            else:
                s["arrive_s"] = r["stops"][k - 1]["end_s"] + s["travel_s"]
            place = s["building_id"]
        r["return_travel_s"], r["return_distance_m"] = way(day, place, base)
        if r["stops"]:
            r["return_s"] = r["stops"][-1]["end_s"] + r["return_travel_s"]
        else:
            r["return_s"] = r["depart_s"] = teams[r["team_id"]]["shift_s"][0]


@kind
def a_stop_struck_out(rng: Rng, day: Day, plan: Json) -> bool:
    if s := some(rng, stops(plan)):
        without(plan, s["visit_id"])
    return s is not None


@kind
def a_visit_left_out_with_all_that_follows(rng: Rng, day: Day, plan: Json) -> bool:
    if s := some(rng, stops(plan)):
        without(plan, s["visit_id"])
        plan["unserved"].append(left_out(day, s["visit_id"]))
        retraced(day, plan)
        worth(day, plan)
    return s is not None


@kind
def a_visit_left_out_and_its_value_kept(rng: Rng, day: Day, plan: Json) -> bool:
    if s := some(rng, stops(plan)):
        without(plan, s["visit_id"])
        plan["unserved"].append(left_out(day, s["visit_id"]))
        retraced(day, plan)
    return s is not None


@kind
def a_visit_left_out_without_a_reason(rng: Rng, day: Day, plan: Json) -> bool:
    if a_visit_left_out_with_all_that_follows(rng, day, plan):
        plan["unserved"][-1]["reasons"] = []
        return True
    return False


@kind
def a_stop_twice(rng: Rng, day: Day, plan: Json) -> bool:
    if r := some(rng, busy(plan)):
        r["stops"].append(copy.deepcopy(r["stops"][-1]))
    return r is not None


@kind
def a_stop_of_two_teams(rng: Rng, day: Day, plan: Json) -> bool:
    s, r = some(rng, stops(plan)), some(rng, plan["routes"])
    if s is None or r is None or s in r["stops"]:
        return False
    r["stops"].append(copy.deepcopy(s))
    return True


@kind
def a_stop_given_to_another_team(rng: Rng, day: Day, plan: Json) -> bool:
    one, other = some(rng, busy(plan)), some(rng, plan["routes"])
    if one is None or other is None or one is other:
        return False
    other["stops"].append(one["stops"].pop())
    return True


@kind
def a_stop_given_to_another_team_with_all_that_follows(rng: Rng, day: Day, plan: Json) -> bool:
    if a_stop_given_to_another_team(rng, day, plan):
        for r in plan["routes"]:
            r["stops"].sort(key=lambda s: s["start_s"])
        retraced(day, plan)
        return True
    return False


@kind
def two_stops_in_the_other_order(rng: Rng, day: Day, plan: Json) -> bool:
    if r := some(rng, [r for r in busy(plan) if len(r["stops"]) > 1]):
        r["stops"].reverse()
    return r is not None


@kind
def two_stops_in_the_other_order_with_all_that_follows(rng: Rng, day: Day, plan: Json) -> bool:
    if (r := some(rng, [r for r in busy(plan) if len(r["stops"]) > 1])) is None:
        return False
    at, r["stops"] = r["stops"][0]["start_s"], r["stops"][::-1]
    place = None
    for s in r["stops"]:
        length = s["end_s"] - s["start_s"]
        s["start_s"] = at if place is None else at + way(day, place, s["building_id"])[0]
        at = s["end_s"] = s["start_s"] + length
        place = s["building_id"]
    retraced(day, plan)
    return True


@kind
def another_visit(rng: Rng, day: Day, plan: Json) -> bool:
    s, visit = some(rng, stops(plan)), some(rng, list(day.visits.values()))
    if s is None or visit is None or visit.visit_id == s["visit_id"]:
        return False
    s["visit_id"], s["building_id"] = visit.visit_id, visit.building_id
    return True


@kind
def a_visit_that_is_none(rng: Rng, day: Day, plan: Json) -> bool:
    if s := some(rng, stops(plan)):
        s["visit_id"] = "V-none"
    return s is not None


@kind
def another_building(rng: Rng, day: Day, plan: Json) -> bool:
    s, building = some(rng, stops(plan)), some(rng, list(day.buildings))
    if s is None or building is None or building == s["building_id"]:
        return False
    s["building_id"] = building
    return True


@kind
def another_slot(rng: Rng, day: Day, plan: Json) -> bool:
    if s := some(rng, stops(plan)):
        s["slot"] += 1
    return s is not None


@kind
def two_slots_exchanged(rng: Rng, day: Day, plan: Json) -> bool:
    several = [s for s in stops(plan) if len(day.visits[s["visit_id"]].slots) > 1]
    if s := some(rng, several):
        other = next(o for o in several if o["visit_id"] == s["visit_id"] and o is not s)
        s["slot"], other["slot"] = other["slot"], s["slot"]
    return s is not None


@kind
def one_team_of_two_taken_out(rng: Rng, day: Day, plan: Json) -> bool:
    several = [(r, s) for r in busy(plan) for s in r["stops"] if len(day.visits[s["visit_id"]].slots) > 1]
    if found := some(rng, several):
        found[0]["stops"].remove(found[1])
        retraced(day, plan)
    return found is not None


@kind
def a_door_said_to_be_locked(rng: Rng, day: Day, plan: Json) -> bool:
    if s := some(rng, stops(plan)):
        s["is_attempt"] = True
    return s is not None


@kind
def a_door_left_at_once_and_listed(rng: Rng, day: Day, plan: Json) -> bool:
    if s := some(rng, [s for s in stops(plan) if len(day.visits[s["visit_id"]].slots) == 1]):
        s["is_attempt"], s["end_s"] = True, s["start_s"]
        plan["unserved"].append(left_out(day, s["visit_id"], "LOCKED_DOOR"))
        worth(day, plan)
    return s is not None


def at_the_end(rng: Rng, day: Day, plan: Json, *, is_listed: bool) -> bool:
    """A visit of one slot that was left out, at the end of a route, as long as the longest of the day."""
    out = [u for u in plan["unserved"] if len(day.visits[u["visit_id"]].slots) == 1]
    u, r = some(rng, out), some(rng, plan["routes"])
    if u is None or r is None:
        return False
    teams = {t["team_id"]: t for t in plan["teams"]}
    base = teams[r["team_id"]]["base_id"]
    place, free = (r["stops"][-1]["building_id"], r["stops"][-1]["end_s"]) if r["stops"] else (base, r["depart_s"])
    windows = day.visits[u["visit_id"]].windows_s
    start = max(free + way(day, place, u["building_id"])[0], windows[0][0] if windows else 0)
    inside = max([s["end_s"] - s["start_s"] for s in stops(plan)], default=3_600) + upto(rng, 3_600)
    times = {"arrive_s": start, "start_s": start, "end_s": start + inside, "travel_s": 0, "distance_m": 0}
    r["stops"].append({"visit_id": u["visit_id"], "slot": 0, "building_id": u["building_id"]} | times)
    if not is_listed:
        plan["unserved"].remove(u)
    retraced(day, plan)
    worth(day, plan)
    return True


@kind
def one_visit_more(rng: Rng, day: Day, plan: Json) -> bool:
    return at_the_end(rng, day, plan, is_listed=False)


@kind
def one_visit_more_that_is_still_listed(rng: Rng, day: Day, plan: Json) -> bool:
    return at_the_end(rng, day, plan, is_listed=True)


# What is left out.


@kind
def left_out_twice(rng: Rng, day: Day, plan: Json) -> bool:
    if u := some(rng, plan["unserved"]):
        plan["unserved"].append(copy.deepcopy(u))
    return u is not None


@kind
def left_out_in_silence(rng: Rng, day: Day, plan: Json) -> bool:
    if u := some(rng, plan["unserved"]):
        plan["unserved"].remove(u)
    return u is not None


@kind
def made_and_left_out(rng: Rng, day: Day, plan: Json) -> bool:
    if s := some(rng, stops(plan)):
        plan["unserved"].append(left_out(day, s["visit_id"]))
    return s is not None


@kind
def left_out_elsewhere(rng: Rng, day: Day, plan: Json) -> bool:
    if u := some(rng, plan["unserved"]):
        u["building_id"] = "nowhere"
    return u is not None


@kind
def a_visit_that_is_none_left_out(rng: Rng, day: Day, plan: Json) -> bool:
    plan["unserved"].append({"visit_id": "V-none", "building_id": "B0", "reasons": []})
    return True


@kind
def no_reason(rng: Rng, day: Day, plan: Json) -> bool:
    if u := some(rng, plan["unserved"]):
        u["reasons"] = []
    return u is not None


CODES = (
    *("NO_TIME_LEFT", "RECUSED", "SAME_PAIR", "NO_TEAM_IN_DISTRICT", "NO_TEAM_WITH_OFFICERS", "NO_TEAM_WITH_DRAWN"),
    *("TOO_FEW_TEAMS", "LINKED_VISIT_UNSERVED", "LOCKED_DOOR", "WINDOW_PAST", "NO_TEAM_LEFT", "BECAUSE"),
)


@kind
def another_reason(rng: Rng, day: Day, plan: Json) -> bool:
    if u := some(rng, plan["unserved"]):
        u["reasons"] = [{"code": str(rng.choice(CODES)), "values": {}}]
    return u is not None


@kind
def other_figures_in_a_reason(rng: Rng, day: Day, plan: Json) -> bool:
    told = [r for u in plan["unserved"] for r in u["reasons"] if any(isinstance(v, int) for v in r["values"].values())]
    if r := some(rng, told):
        key = next(k for k, v in r["values"].items() if isinstance(v, int))
        r["values"][key] += upto(rng, 9)
    return r is not None


@kind
def a_reason_without_its_figures(rng: Rng, day: Day, plan: Json) -> bool:
    if u := some(rng, [u for u in plan["unserved"] if u["reasons"]]):
        u["reasons"][0]["values"] = {}
    return u is not None
