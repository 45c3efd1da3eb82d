"""Each rule broken by one change to a plan that breaks none, and found by its number and its place."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from geodata.message_catalogue import LANGUAGES, load_texts
from sweep.check import firm_burden, officer_rules, rule_registry, site_entry
from sweep.check.checker_inputs import PreviousPlan
from sweep.check.day.event_compliance import check_p09_the_day
from sweep.check.plan_consistency import check_p04_slots, check_p06_shift, check_p08_people
from sweep.check.rule_registry import RULES, check_plan
from sweep.day.event_records import DayLog, Delayed, DoorLocked, Event, OffDuty, RoadClosed, Urgent, VisitBegun
from sweep.day.journal.journal_entry import Entry
from sweep.records.buildings import Lead, PastVisit
from sweep.records.draw import Draw, FirmTicket, OfficerTicket
from sweep.records.pins import Pin
from sweep.records.plan import Plan, Reason, Route, Stop, Unserved
from sweep.records.visits import Recheck, Slot
from sweep.scenario.inspection_hours import AfterHoursApproval
from sweep.scenario.law_and_form_settings import Special

World = Any  # of conftest.py
Change = Callable[[World], World]

DAY = date(2026, 9, 16)
ZONE = ZoneInfo("Asia/Shanghai")
LEG_S, LEG_M = 600, 1_000
THERE = "370103"
# To a team of another district.
PIN_B4 = Pin("with_team", "B4", "pins.csv row 2", team_id="T1")


def broken(world: World) -> list[tuple[str, str]]:
    """(rule, where) of every breach."""
    return [(v.rule_id, v.where) for v in check_plan(world.inputs, world.plan)]


def happened(w: World, *events: Event, before: Plan | None = None, at_s: int = 50_000) -> World:
    """The plan as one that was changed at 13:53, out of the same plan unless another is given."""
    return w.given(log=DayLog(at_s, events, ""), before=PreviousPlan(before or w.plan))


def with_visit(w: World, visit_id: str, **changes: Any) -> dict[str, Any]:
    return {**w.inputs.visits, visit_id: replace(w.inputs.visits[visit_id], **changes)}


def left_out(visit_id: str, code: str = "NO_TIME_LEFT", **values: Any) -> Unserved:
    return Unserved(visit_id, visit_id.removeprefix("V-"), (Reason(code, values),))


def because(w: World, code: str, **values: Any) -> World:
    """Another reason for leaving V-B4 out."""
    return w.planned(unserved=(left_out("V-B4", code, **values),))


def fills_b4(w: World) -> World:
    """An assist letter lets T1 go to B4: 12 min + 3 x 50 / 3 pairs inside, and 10 min there and 10 back, are 82 min."""
    return w.scenario("teams", assist_letter=True).team("T1", division_codes=frozenset({"370102", THERE}))


def tried(w: World, seconds: int) -> World:
    """V-B5 found locked after so long, and listed as unserved."""
    tried = w.stop("T1", "V-B5", is_attempt=True, end_s=55_440 + seconds).route("T1", return_s=56_040 + seconds)
    return tried.planned(unserved=(*w.plan.unserved, left_out("V-B5")), value=0.75)


def left(w: World, person_id: str, until_s: int) -> World:
    """One helper of T1 who went off duty."""
    team = next(t for t in w.plan.teams if t.team_id == "T1")
    return w.team("T1", member_ids=tuple(i for i in team.member_ids if i != person_id), former=((person_id, until_s),))


def called(w: World, at_s: int) -> World:
    """T3 called out, and idle."""
    out = because(w, "NO_TIME_LEFT").team("T3", is_reserve=False, called_s=at_s)
    return out.planned(routes=(*w.plan.routes, Route("T3", 48_600, (), 0, 0, 48_600)))


def swapped(w: World, *pairs: tuple[str, str]) -> World:
    """Two people, each with the team that they were in, who changed places."""
    (one, a), (other, b) = pairs
    for team_id, gone, come in ((one, a, b), (other, b, a)):
        ids = next(t.member_ids for t in w.plan.teams if t.team_id == team_id)
        w = w.team(team_id, member_ids=tuple(come if i == gone else i for i in ids))
    return w


def came_up(w: World, **changes: Any) -> World:
    """An urgent visit to B4, which has two exits; no team makes it, for B4 is in another district."""
    guarded = (Slot(0, {"police": 2, "market_regulation": 2}, 2),)
    own = {"track": "case", "visit_id": "U1", "slots": guarded, "warrant": "", "items": (), "is_immediate": True}
    urgent = replace(w.inputs.visits["V-B4"], **(own | changes))
    too_late = replace(left_out("V-B4"), visit_id="U1")
    there = w.given(visits={**w.inputs.visits, "U1": urgent}).planned(unserved=(*w.plan.unserved, too_late))
    return there.given(log=DayLog(50_000, (Urgent(50_000, urgent),), ""), before=PreviousPlan(w.plan))


def served_late(seconds: int) -> Change:
    """V-B1 starts so much after V-B2; T1 has 1,200 s to wait before V-B3, so the rest of the route stands."""
    start = 49_200 + seconds
    return lambda w: w.stop("T1", "V-B1", start_s=start, end_s=start + 1_320).stop(
        "T1", "V-B3", arrive_s=start + 1_320 + LEG_S
    )


def without_b1(w: World) -> World:
    """V-B1 left out and said to be; T1 leaves later."""
    route = next(r for r in w.plan.routes if r.team_id == "T1")
    first = replace(route.stops[1], arrive_s=route.depart_s + LEG_S)
    return w.route("T1", stops=(first, *route.stops[2:])).planned(
        unserved=(*w.plan.unserved, left_out("V-B1")), value=0.50
    )


def without_b5(w: World) -> World:
    """V-B5 left out and said to be; T1 is back sooner."""
    route = next(r for r in w.plan.routes if r.team_id == "T1")
    return w.route("T1", stops=route.stops[:-1], return_s=55_440).planned(
        unserved=(*w.plan.unserved, left_out("V-B5")), value=0.75
    )


def without_b2(w: World) -> World:
    """V-B2 left out and said to be; T2 goes straight to B3."""
    route = next(r for r in w.plan.routes if r.team_id == "T2")
    return w.route("T2", stops=route.stops[1:]).planned(unserved=(*w.plan.unserved, left_out("V-B2")), value=0.6)


def reported(w: World, *reports: tuple[str, str, str, int]) -> World:
    """Kind, team, visit and second of each report; who is held is so until 15:30."""
    entries = []
    for n, (kind, team_id, visit_id, at_s) in enumerate(reports, 1):
        body = {"team_id": team_id, "visit_id": visit_id} | ({"until": "15:30"} if kind == "held" else {})
        entries.append(Entry(n, f"x:{n}", kind, team_id, "", "", at_s, body, "", ""))
    return w.given(reports=tuple(entries))


def slots_swapped(w: World) -> World:
    """T2, with 3 police, takes the slot of V-B3 that needs 4; the two teams together still have 3 guards."""
    return w.stop("T1", "V-B3", slot=1).stop("T2", "V-B3", slot=0)


def resized(draw: Draw, building_id: str, size: float) -> Draw:
    """A building of another size, as if it had been so when it was drawn."""
    return replace(
        draw, tickets=tuple(replace(t, size=size) if t.building_id == building_id else t for t in draw.tickets)
    )


def firm(uscc: str, ratio: float) -> FirmTicket:
    """A candidate in B5; its ticket over its ratio decides, whatever the record says."""
    return FirmTicket("B5", uscc, "", ratio, 0.5, is_drawn=uscc == "F-B5")


def lead(lead_id: str, building_id: str, lead_type: str, *, day: int, hour: int = 0) -> Lead:
    """Received in September at an hour of Shanghai."""
    return Lead(lead_id, building_id, lead_type, datetime(2026, 9, day, hour, tzinfo=ZONE))


def past(building_id: str, *, month: int = 9, day: int, officers: tuple[str, ...] = ()) -> PastVisit:
    return PastVisit(
        building_id, None, datetime(2026, month, day, 10, tzinfo=ZONE), "routine", "police", officers=officers
    )


def empty_looks(*officers: str, months: tuple[int, ...] = (2, 4, 6), outcome: str = "nothing") -> tuple[PastVisit, ...]:
    """Inspections of F-B5, in another building then, one a month."""
    rows = (past("B9", month=m, day=1, officers=officers) for m in months)
    return tuple(replace(row, uscc="F-B5", outcome=outcome) for row in rows)


SEVEN = tuple(f"F{k}" for k in range(7))
REASON = "all are of one chain that was found to sell cards"


def listed(w: World, **changes: Any) -> World:
    """V-B2 on an approved list; without changes on one that is not in the scenario."""
    on_list = w.visit("V-B2", track="special", basis=("A-1",))
    if not changes:
        return on_list
    dates = dict.fromkeys(("approved_on", "filed_on", "published_on"), date(2026, 9, 1))
    special = Special(**{"number": "A-1", "level": "county", "yearly_no": 1, "firms": ("F-B2",)} | dates | changes)
    return on_list.scenario("law", special=(special,))


def recheck(recheck_id: str, building_id: str, uscc: str) -> Recheck:
    return Recheck(recheck_id, building_id, uscc, "", "rectify", date(2026, 9, 9), DAY)


def looked_at_again_in_two_places(w: World) -> World:
    """F-B2 was found at fault in B1 and in B2, and both are due."""
    items = {"R-1": recheck("R-1", "B1", "F-B2"), "R-2": recheck("R-2", "B2", "F-B2")}
    first = w.visit("V-B1", basis=("L-B1", "R-1"), targets=("F-B1", "F-B2"), is_must=True)
    return first.visit("V-B2", basis=("L-B2", "R-2"), is_must=True).given(rechecks=items)


def second_route_of_reserve(w: World) -> World:
    return w.planned(routes=(*w.plan.routes, Route("T3", 48_600, (), 0, 0, 48_600)))


CASES: dict[str, tuple[Change, list[tuple[str, str]]]] = {
    "P01 in two teams": (lambda w: w.joined("T3", "P02"), [("P01", "P02")]),
    "P01 twice in one team": (lambda w: w.joined("T1", "A01"), [("P01", "A01")]),
    "P02 one second after the window": (
        lambda w: w.stop("T1", "V-B5", start_s=55_441, end_s=57_961).route("T1", return_s=58_561),
        [("P02", "T1 V-B5")],
    ),
    "P02 one second before the window": (
        lambda w: w.visit("V-B5", windows_s=((55_441, 55_500),)),
        [("P02", "T1 V-B5")],
    ),
    "P03 leg too short": (lambda w: w.stop("T1", "V-B5", arrive_s=55_439), [("P03", "T1 V-B5")]),
    "P03 starts before arriving": (lambda w: w.stop("T1", "V-B5", arrive_s=55_441), [("P03", "T1 V-B5")]),
    "P03 return too short": (lambda w: w.route("T1", return_s=58_559), [("P03", "T1")]),
    "P03 a way said to be shorter than it is": (lambda w: w.stop("T1", "V-B5", travel_s=599), [("P03", "T1 V-B5")]),
    "P03 a way said to be longer than it is": (lambda w: w.stop("T1", "V-B5", travel_s=601), [("P03", "T1 V-B5")]),
    "P03 other metres": (lambda w: w.stop("T1", "V-B5", distance_m=1), [("P03", "T1 V-B5")]),
    "P03 other metres home": (lambda w: w.route("T1", return_distance_m=1), [("P03", "T1")]),
    "P04 left out twice": (lambda w: w.planned(unserved=w.plan.unserved * 2), [("P04", "V-B4")]),
    "P04 served and unserved": (
        lambda w: w.planned(unserved=(*w.plan.unserved, left_out("V-B5"))),
        [("P04", "V-B5")],
    ),
    "P04 left out without a reason": (lambda w: w.planned(unserved=(Unserved("V-B4", "B4", ()),)), [("P04", "V-B4")]),
    "P04 a reason that is none": (lambda w: because(w, "NOT_TODAY"), [("P04", "V-B4")]),
    "P04 another district": (lambda w: because(w, "NO_TEAM_IN_DISTRICT", district="370102"), [("P04", "V-B4")]),
    "P04 said to lack only time, where no team may go": (lambda w: because(w, "NO_TIME_LEFT"), [("P04", "V-B4")]),
    "P04 said to be not worth its cost, where no team may go": (
        lambda w: because(w, "NOT_WORTH_ITS_COST"),
        [("P04", "V-B4")],
    ),
    "P04 said to be pinned, where nothing is": (lambda w: because(w, "PINNED_TEAM", team="T1"), [("P04", "V-B4")]),
    "P04 said to be recused, where nobody is": (
        lambda w: because(fills_b4(w), "RECUSED", n_teams=1),
        [("P04", "V-B4")],
    ),
    "P04 other minutes than it takes": (
        lambda w: because(fills_b4(w), "NO_TIME_LEFT", needs=94),
        [("P04", "V-B4")],
    ),
    "P04 a locked door in a plan that nobody changed": (
        lambda w: because(fills_b4(w), "LOCKED_DOOR"),
        [("P04", "V-B4")],
    ),
    "P04 a locked door that nobody reported": (
        lambda w: because(happened(w, Delayed(50_000, "T1", 50_100)), "LOCKED_DOOR"),
        [("P04", "V-B4")],
    ),
    "P04 neither served nor unserved": (lambda w: w.planned(unserved=()), [("P04", "V-B4")]),
    "P04 one slot filled twice": (lambda w: w.stop("T1", "V-B3", slot=1), [("P04", "V-B3")]),
    "P05 unknown person": (
        lambda w: w.team("T1", member_ids=(*w.plan.teams[0].member_ids, "ghost")),
        [("P05", "T1")],
    ),
    "P05 unknown base": (lambda w: w.team("T1", base_id="S9"), [("P05", "T1")]),
    "P05 unknown visit left out": (
        lambda w: w.planned(unserved=(*w.plan.unserved, left_out("V-B9"))),
        [("P05", "V-B9")],
    ),
    "P05 visit of another building": (lambda w: w.stop("T1", "V-B5", building_id="B4"), [("P05", "T1 V-B5")]),
    "P05 route of a reserve team": (second_route_of_reserve, [("P05", "T3")]),
    "P05 route of no team": (
        lambda w: w.planned(routes=(*w.plan.routes, Route("T9", 48_600, (), 0, 0, 48_600))),
        [("P05", "T9")],
    ),
    "P05 two routes of one team": (
        lambda w: w.planned(routes=(*w.plan.routes, Route("T1", 60_000, (), 0, 0, 60_000))),
        [("P05", "T1")],
    ),
    "P05 active team with no route": (
        lambda w: because(w, "NO_TIME_LEFT").scenario("teams", reserve_share=0.0).team("T3", is_reserve=False),
        [("P05", "T3")],
    ),
    "P06 back after the team's shift": (lambda w: w.team("T1", shift_s=(48_600, 58_559)), [("P06", "T1")]),
    "P06 out before the team's shift": (
        lambda w: w.team("T1", shift_s=(48_601, 63_000)),
        [("P06", "T1")],
    ),
    "P06 back after the scenario's shift": (lambda w: w.scenario("plan", shift_end_s=58_559), [("P06", "T1")]),
    "P07 service too short": (lambda w: w.stop("T1", "V-B5", end_s=57_959), [("P07", "T1 V-B5")]),
    "P07 inspections take time too": (
        # One target: 2 pairs x 3 min = 6 min more, shared by 3, 4 and 3 pairs, and by 2 and 4.
        lambda w: w.scenario("plan", inspection_minutes=3.0).visit("V-B5", windows_s=((48_600, 60_300),)),
        [("P07", f"T1 V-B{k}") for k in (1, 3, 5)] + [("P07", f"T2 V-B{k}") for k in (2, 3)],
    ),
    "P07 value is not the sum": (lambda w: w.planned(value=0.81), [("P07", "value")]),
    "P07 value above the bound": (lambda w: w.planned(bound=0.79), [("P07", "value")]),
    "P07 optimal, and the bound is above the value": (lambda w: w.planned(status="optimal"), [("P07", "status")]),
    "P07 a status that is none": (lambda w: w.planned(status="approved"), [("P07", "status")]),
    "P08 a district in which the inspectors may not work": (
        lambda w: because(w, "NO_TIME_LEFT").team("T1", division_codes=frozenset({"370102", THERE})),
        [("P08", "T1")],
    ),
    "P08 no district": (lambda w: w.team("T3", division_codes=frozenset()), [("P08", "T3")]),
    "P08 more police than the roster says": (
        lambda w: w.team("T1", n_certified={"police": 6, "market_regulation": 2}),
        [("P08", "T1")],
    ),
    "P08 more women than the roster says": (lambda w: w.team("T1", n_female_certified=2), [("P08", "T1")]),
    "P08 a recusal kept quiet": (
        lambda w: w.person("P02", recusals=frozenset({"F-B9"})).team("T1", recusals=frozenset()),
        [("P08", "T1")],
    ),
    "P09 somebody ill goes on": (lambda w: happened(w, OffDuty(50_000, "A01")), [("P09", "A01")]),
    "P09 a held team starts a stop": (
        # T1 left its base at 13:30 and is held on the way until 13:41:40; V-B1 starts at 13:40.
        lambda w: happened(w, Delayed(49_000, "T1", 49_300), at_s=49_000),
        [("P09", "T1 V-B1")],
    ),
    "P09 a visit behind a locked door": (lambda w: happened(w, DoorLocked(50_000, "V-B5", None)), [("P09", "T1 V-B5")]),
    "P09 an attempt at a door that nobody locked": (lambda w: tried(happened(w), 2_520), [("P09", "T1 V-B5")]),
    "P09 a door visited for no time in a plan that nobody changed": (lambda w: tried(w, 0), [("P09", "T1 V-B5")]),
    "P09 somebody gone in a plan that nobody changed": (lambda w: left(w, "A01", 90_000), [("P09", "T1")]),
    "P09 a team of nobody": (
        lambda w: w.team(
            "T3", member_ids=(), former=(("M05", 0),), n_certified={}, n_female_certified=0, division_codes={THERE}
        ),
        [("P09", "T3")],
    ),
    "P09 a reserve called out in a plan that nobody changed": (
        lambda w: called(w, 48_600),
        [("P09", "T3")],
    ),
    "P09 a reserve called out before the moment of the change": (
        lambda w: called(happened(w), 48_600),
        [("P09", "T3")],
    ),
    "P09 the plan before is not there": (
        lambda w: w.given(log=DayLog(50_000, (DoorLocked(50_000, "V-B4", None),), "0" * 64)),
        [("P09", "day_log")],
    ),
    "P09 the plan before was changed by hand": (
        lambda w: left(happened(w, before=left(w, "A01", 49_900).plan), "A01", 49_900),
        [("P09", "before.json T1")],
    ),
    "P09 events that the plan before does not know": (
        lambda w: w.given(
            log=DayLog(50_000, (), ""),
            before=PreviousPlan(w.plan, DayLog(49_000, (OffDuty(49_000, "A01"),), ""), PreviousPlan(w.plan)),
        ),
        [("P09", "day_log")],
    ),
    "P09 somebody gone without a word": (lambda w: left(happened(w), "A01", 50_000), [("P09", "T1")]),
    "P09 somebody who went later than was said": (
        lambda w: left(happened(w, OffDuty(50_000, "A01")), "A01", 50_100),
        [("P09", "T1")],
    ),
    "P09 two people who changed teams in the middle of the day": (
        lambda w: swapped(happened(w), ("T1", "A01"), ("T2", "A02")),
        [("P09", "T1"), ("P09", "T2")],
    ),
    "P09 a change after the day is over": (
        lambda w: happened(w, at_s=90_000),
        [("P09", "day_log")],
    ),
    "P09 an event after the change": (
        lambda w: happened(w, DoorLocked(50_001, "V-B4", None)),
        [("P09", "day_log events[0]")],
    ),
    "P09 an urgent visit that leaves an exit open": (
        lambda w: came_up(w, slots=(Slot(0, {"police": 2, "market_regulation": 2}, 1),)),
        [("P09", "day_log U1")],
    ),
    "P09 an urgent visit whose form asks what is on no list": (
        lambda w: came_up(w, items=("licence_displayed", "wallet")),
        [("P09", "day_log U1")],
    ),
    "P09 an urgent visit on another track": (
        lambda w: came_up(w, track="special", basis=()),
        [("P09", "day_log U1")],
    ),
    "P09 a stop said to have begun that was not ordered": (
        # V-B1 was to start at 13:58:20, after the change.
        lambda w: happened(w, before=w.stop("T1", "V-B1", start_s=50_300, end_s=51_620).plan),
        [("P09", "T1 V-B1")],
    ),
    "P09 a departure moved after it was made": (
        lambda w: happened(w, before=w.route("T1", depart_s=48_500).plan),
        [("P09", "T1")],
    ),
    "P09 a pause that had begun is gone": (
        lambda w: happened(w, before=w.route("T2", break_s=(49_900, 50_900)).plan),
        [("P09", "T2")],
    ),
    "P09 a begun stop that was longer": (
        lambda w: happened(w, before=w.stop("T1", "V-B1", end_s=59_000).plan),
        [("P09", "T1 V-B1")],
    ),
    "P15 a visit that its team has begun is gone": (
        # T1 goes inside B5 at 13:52, an hour and a half early.
        lambda w: reported(happened(without_b5(w), before=w.plan), ("inside", "T1", "V-B5", 49_920)),
        [("P15", "T1 V-B5")],
    ),
    "P15 a team sent on while it is held": (
        # T1 says at 13:50 that it is held until 15:30, and is sent to B5 half an hour sooner, to 15:24.
        lambda w: reported(
            happened(w, before=w.stop("T1", "V-B5", start_s=57_240, end_s=59_760).plan),
            ("held", "T1", "V-B1", 49_800),
        ),
        [("P15", "T1 V-B5")],
    ),
    "P15 a link broken without a word": (
        # T1 has begun B1 early; B2, which is linked to it, is left out though nothing was said of T2.
        lambda w: happened(without_b2(w), VisitBegun(48_900, "T1", "V-B1"), before=w.plan, at_s=48_900),
        [("P15", "V-B2")],
    ),
    "P10 a must that nobody visits": (
        lambda w: w.given(pins=(Pin("must", "B4", "pins.csv row 2"),)),
        [("P10", "B4")],
    ),
    "P10 a visit that was never to be": (
        lambda w: w.given(pins=(Pin("never", "B5", "pins.csv row 2"),)),
        [("P10", "B5")],
    ),
    "P10 another team": (
        lambda w: w.given(pins=(Pin("with_team", "B5", "pins.csv row 2", team_id="T2"),)),
        [("P10", "B5")],
    ),
    "P10 a team that may not, which is the true reason": (
        lambda w: because(w.given(pins=(PIN_B4,)), "PINNED_TEAM", team="T1"),
        [("P10", "B4")],
    ),
    "P10 both on one day": (
        lambda w: w.given(pins=(Pin("not_together", "B1", "pins.csv row 2", other_id="B5"),)),
        [("P10", "B1")],
    ),
    "P10 one second too early": (
        # V-B5 starts at 55,440 s.
        lambda w: w.given(pins=(Pin("not_before", "B5", "pins.csv row 2", earliest_s=55_441),)),
        [("P10", "B5")],
    ),
    "C01 an inspector made a helper": (lambda w: w.person("M05", role="auxiliary"), [("C01", "T3")]),
    "C01 a slot needs more police": (slots_swapped, [("C01", "T2 V-B3")]),
    "C02 certificate ended the day before": (lambda w: w.joined("T1", "X01"), [("C02", "T1 X01")]),
    "C02 no certificate": (lambda w: w.person("X01", certificate_until=None).joined("T1", "X01"), [("C02", "T1 X01")]),
    "C05 no basis": (lambda w: w.visit("V-B5", basis=()), [("C05", "T1 V-B5")]),
    "C06 third visit of a class B firm": (lambda w: w.given(n_inspections={("police", "F-B5"): 2}), [("C06", "V-B5")]),
    "C06 second visit of a class A firm": (
        lambda w: w.given(n_inspections={("market_regulation", "F-B5"): 1}, credit_class={"F-B5": "A"}),
        [("C06", "V-B5")],
    ),
    "C06 a firm of no class has the smallest cap": (
        lambda w: w.given(n_inspections={("police", "F-B5"): 1}, credit_class={}),
        [("C06", "V-B5")],
    ),
    "C08 seven of thirty firms beside those that are listed for a reason": (
        lambda w: listed(w, blanket_reason=REASON).visit("V-B2", targets=("F-B2", *SEVEN)),
        [("C08", "V-B2")],
    ),
    "C08 seven of thirty firms": (
        lambda w: w.visit("V-B5", targets=SEVEN),
        [("C08", "V-B5")],
    ),
    "C09 another seed": (
        lambda w: w.given(draw=replace(w.inputs.draw, seed="qc")),
        [("C09", "draw"), ("C09", "V-B5")],
    ),
    "C09 another pool": (lambda w: w.given(draw=replace(w.inputs.draw, pool_sha256="0" * 64)), [("C09", "draw")]),
    "C09 another size": (
        lambda w: w.given(draw=resized(w.inputs.draw, "B4", 1_000.0)),
        [("C09", "draw"), ("C09", "V-B5")],
    ),
    "C09 a firm that was not drawn": (
        lambda w: w.given(draw=replace(w.inputs.draw, firms=(firm("F-B5", 1e-9), firm("F-Z", 1.0)))),
        [("C09", "V-B5")],
    ),
    "C09 others than the officers that were drawn": (
        lambda w: w.visit("V-B5", officers=("nobody-here",)),
        [("C09", "V-B5")],
    ),
    "C09 a visit that nobody drew": (lambda w: w.visit("V-B2", track="routine"), [("C09", "V-B2")]),
    "C10 recused from the building": (
        lambda w: w.person("P06", recusals=frozenset({"B2"})),
        [("C10", "T2 P06 V-B2")],
    ),
    "C10 recused from a firm": (
        lambda w: w.person("A01", recusals=frozenset({"F-B1"})),
        [("C10", "T1 A01 V-B1")],
    ),
    "C10 recused from the property company": (
        lambda w: w.person("M01", recusals=frozenset({"PC5"})),
        [("C10", "T1 M01 V-B5")],
    ),
    "C11 one firm in two visits": (lambda w: w.visit("V-B1", targets=("F-B2",)), [("C11", "F-B2")]),
    "C11 looked at again in one building, and inspected in another": (
        lambda w: (
            looked_at_again_in_two_places(w)
            .visit("V-B2", basis=("L-B2",))
            .given(rechecks={"R-1": recheck("R-1", "B1", "F-B2")})
        ),
        [("C11", "F-B2")],
    ),
    "C12 an inspector from another district": (
        lambda w: w.person("M03", division_code="370103"),
        [("C12", "T2 M03 V-B2"), ("C12", "T2 M03 V-B3")],
    ),
    "C13 a Saturday": (lambda w: w.day(date(2026, 9, 12)), [("C13", "2026-09-12")]),
    "C16 teams of one visit one second apart": (
        lambda w: w.stop("T2", "V-B3", start_s=52_321, end_s=54_841).route("T2", return_s=55_441),
        [("C16", "V-B3")],
    ),
    "C16 a link group one second too far apart": (served_late(301), [("C16", "K1")]),
    "C16 half of a link group": (without_b1, [("C16", "K1")]),
    "C17 more exits than guards": (lambda w: w.building("B1", n_exits=3), [("C17", "V-B1")]),
    "C18 no reserve": (
        lambda w: (
            because(w, "NO_TIME_LEFT")
            .team("T3", is_reserve=False)
            .planned(routes=(*w.plan.routes, Route("T3", 48_600, (), 0, 0, 48_600)))
        ),
        [("C18", "teams")],
    ),
    "C19 no woman": (
        lambda w: w.person("P05", is_female=False),
        [("C19", "V-B2")],
    ),
    "C19 a woman with no certificate": (
        lambda w: w.person("P05", is_female=False).person("A02", is_female=True),
        [("C19", "V-B2")],
    ),
    "C20 beyond a person's shift": (lambda w: w.person("M01", shift_s=(46_800, 58_559)), [("C20", "T1 M01")]),
    "C03 an auxiliary counted as an officer": (
        lambda w: w.team("T1", n_certified={"police": 5, "market_regulation": 2}),
        [("C03", "T1")],
    ),
    "C04 stock taken without a recorder": (
        lambda w: w.visit("V-B5", track="stocktake", targets=(), items=()),
        [("C04", "T1 V-B5")],
    ),
    "C04 a firm inspected where stock is taken": (
        lambda w: w.visit("V-B5", track="stocktake").person("A01", skills=frozenset({"recorder"})),
        [("C04", "V-B5")],
    ),
    "C05 a lead that nobody has": (lambda w: w.visit("V-B1", basis=("L-none",)), [("C05", "T1 V-B1")]),
    "C05 a lead of another building": (lambda w: w.visit("V-B1", basis=("L-B2",)), [("C05", "T1 V-B1")]),
    "C05 no such track": (lambda w: w.visit("V-B5", track="visit"), [("C05", "T1 V-B5")]),
    "C07 no approval": (lambda w: listed(w), [("C07", "V-B2")]),
    "C07 not filed": (lambda w: listed(w, filed_on=None), [("C07", "V-B2")]),
    "C07 published after the day": (lambda w: listed(w, published_on=date(2026, 9, 17)), [("C07", "V-B2")]),
    "C07 approved by a township": (lambda w: listed(w, level="township"), [("C07", "V-B2")]),
    "C07 the third of the year": (lambda w: listed(w, yearly_no=3), [("C07", "V-B2")]),
    "C08 more than a fifth of the register": (
        lambda w: w.visit("V-B5", targets=("F-B5", "F-X")).given(n_register=9),
        [("C08", "register")],
    ),
    "C09 a ticket that is not the seed's": (
        lambda w: w.given(draw=replace(w.inputs.draw, officers=(OfficerTicket("V-B5", "M01", "", "0" * 64, "drawn"),))),
        [("C09", "V-B5 M01")],
    ),
    "C10 recused from the landlord": (
        lambda w: w.building("B2", landlord_id="LL").person("P06", recusals=frozenset({"LL"})),
        [("C10", "T2 P06 V-B2")],
    ),
    "C13 an approval is for lead-driven visits alone": (
        lambda w: w.day(date(2026, 9, 12)).scenario(
            "hours", approval=AfterHoursApproval(number="N-1", approved_on=date(2026, 9, 1))
        ),
        [("C13", "T1 V-B5")],
    ),
    "C14 no certificate": (lambda w: w.visit("V-B1", warrant=""), [("C14", "V-B1")]),
    "C14 a certificate that nobody issued": (lambda w: w.visit("V-B1", warrant="W-2"), [("C14", "V-B1")]),
    "C14 at once, and no recorder": (
        lambda w: w.visit("V-B1", warrant="", is_immediate=True),
        [("C14", "T1 V-B1")],
    ),
    "C15 a firm in a dwelling": (lambda w: w.given(dwellings=frozenset({"F-B1"})), [("C15", "V-B1")]),
    "C20 no break": (lambda w: w.scenario("teams", break_after_hours=2.5), [("C20", "T1")]),
    "C20 a break too short": (
        lambda w: w.scenario("teams", break_after_hours=2.5).route("T1", break_s=(51_120, 52_319)),
        [("C20", "T1")],
    ),
    "C20 a break inside a visit": (
        lambda w: w.scenario("teams", break_after_hours=2.5).route("T1", break_s=(52_000, 54_000)),
        [("C20", "T1")],
    ),
    "C20 a break over a drive": (
        # T1 leaves V-B1 at 50,520 and arrives at V-B3 at 51,120, 600 s away.
        lambda w: w.scenario("teams", break_after_hours=2.5, break_minutes=20).route("T1", break_s=(51_119, 52_319)),
        [("C20", "T1")],
    ),
    "C20 a break that ends before it begins": (lambda w: w.route("T1", break_s=(52_000, 51_500)), [("C20", "T1")]),
    "C20 a break over a drive where none is needed": (
        lambda w: w.route("T1", break_s=(50_520, 50_521)),
        [("C20", "T1")],
    ),
    "C21 an entry that may take hours": (
        lambda w: w.scenario("plan", entry_high_minutes=200.0),
        # V-B5 must start by 15:24, the others by 16:45.
        [("C21", "T1 V-B5"), ("C21", "T1"), ("C21", "T2")],
    ),
    "C21 a start that misses its window on most days": (
        # T1 waits 1,200 s before V-B3, so that a long entry at V-B1 costs nothing; V-B5 opens no later than 55,440.
        lambda w: w.scenario("plan", entry_high_minutes=13.0),
        [("C21", "T1 V-B5")],
    ),
    "C22 a lead that falls due at a place nobody goes to": (
        lambda w: w.given(leads={**w.inputs.leads, "L-X": lead("L-X", "B4", "goip", day=15, hour=15)}),
        [("C22", "L-X")],
    ),
    "C22 a lead that falls due before its visit starts": (
        # V-B1 starts at 13:40.
        lambda w: w.given(leads={**w.inputs.leads, "L-X": lead("L-X", "B1", "goip", day=15, hour=13)}),
        [("C22", "L-X")],
    ),
    "C22 a lead that falls due, and only a firm was looked at again since": (
        lambda w: w.given(
            leads={**w.inputs.leads, "L-X": lead("L-X", "B4", "goip", day=15, hour=8)},
            past=(replace(past("B4", day=15), ground="recheck"),),
        ),
        [("C22", "L-X")],
    ),
    "C22 seven working days": (
        # Monday the 7th: Tuesday the 8th to Wednesday the 16th are seven working days.
        lambda w: w.given(leads={**w.inputs.leads, "L-X": lead("L-X", "B4", "tip", day=7)}),
        [("C22", "L-X")],
    ),
    "C23 a lead of more than four half-lives": (
        # 9 days are four and a half half-lives of two days.
        lambda w: w.given(leads={**w.inputs.leads, "L-B1": lead("L-B1", "B1", "goip", day=7)}),
        [("C23", "V-B1")],
    ),
    "C24 a firm of class A that no lead names": (
        lambda w: w.visit("V-B1", targets=("F-B1", "F-A")).given(credit_class={"F-B5": "B", "F-A": "A"}),
        [("C24", "V-B1")],
    ),
    "C24 three firms that no lead names": (
        lambda w: w.visit("V-B1", targets=("F-B1", "F-X", "F-Y", "F-Z")),
        [("C24", "V-B1")],
    ),
    "C25 a value that goes by fines": (
        lambda w: w.given(term_keys=frozenset({"fines.total"})),
        [("C25", "fines.total")],
    ),
    "C25 a value that goes by what a person is": (
        lambda w: w.given(term_keys=frozenset({"owner.hukou"})),
        [("C25", "owner.hukou")],
    ),
    "C26 a place under investigation": (
        lambda w: w.given(withheld=frozenset({"B5"})),
        [("C26", "V-B5"), ("C26", "T1 V-B5")],
    ),
    "C27 nobody looks again": (
        lambda w: w.given(
            rechecks={"R-1": Recheck("R-1", "B1", "F-B1", "", "rectify", date(2026, 9, 9), date(2026, 9, 16))}
        ),
        [("C27", "R-1")],
    ),
    # F-B5 is drawn. The day is a Wednesday, the 16th of September.
    "C33 a second inspection of the day": (lambda w: w.given(other_inspections=(("F-B5", DAY),)), [("C33", "V-B5")]),
    "C33 a third of the week, one on Sunday": (
        lambda w: w.given(other_inspections=(("F-B5", date(2026, 9, 14)), ("F-B5", date(2026, 9, 20)))),
        [("C33", "V-B5")],
    ),
    "C33 a fourth of the month, own and others": (
        lambda w: w.given(
            past=(replace(past("B9", day=1), uscc="F-B5"),),
            other_inspections=(("F-B5", date(2026, 9, 8)), ("F-B5", date(2026, 9, 29))),
        ),
        [("C33", "V-B5")],
    ),
    # P01 and M01 inspect F-B5 with T1. Someone else's find in between does not count for M01.
    "C34 nothing on an officer's last three inspections of the firm": (
        lambda w: w.given(past=empty_looks("M01")),
        [("C34", "V-B5")],
    ),
    "C35 market regulation states no annual plan": (
        lambda w: w.scenario("codes", annual_plan={"police": date(2026, 3, 20)}),
        [("C35", "codes.annual_plan.market_regulation")],
    ),
    "C35 an annual plan of last year, and one filed after the day": (
        lambda w: w.scenario(
            "codes", annual_plan={"police": date(2025, 3, 20), "market_regulation": date(2026, 9, 17)}
        ),
        [("C35", "codes.annual_plan.police"), ("C35", "codes.annual_plan.market_regulation")],
    ),
    "C35 a province that asks for codes at each door, and no annual plan": (
        lambda w: w.scenario("codes", required="shown"),
        [("C35", "codes.annual_plan.police"), ("C35", "codes.annual_plan.market_regulation")],
    ),
    "C28 again after six days": (lambda w: w.given(past=(past("B5", day=10),)), [("C28", "V-B5")]),
    "C28 again, and every lead is older": (lambda w: w.given(past=(past("B1", day=15),)), [("C28", "V-B1")]),
    "C28 the same pair": (
        lambda w: w.given(past=(past("B5", month=7, day=1, officers=("M01", "M02")),)),
        [("C28", "T1 V-B5")],
    ),
    "C28 a pair that the visit keeps apart": (
        lambda w: w.given(visits=with_visit(w, "V-B5", keep_apart=(("M01", "M02"),))),
        [("C28", "T1 V-B5")],
    ),
    "C29 a firm without a reason": (
        lambda w: w.given(reasons={**w.inputs.reasons, "V-B1": ()}),
        [("C29", "V-B1"), ("C29", "V-B1 F-B1")],
    ),
    "C31 a table behind an address": (
        lambda w: w.given(
            settings=replace(w.inputs.settings, every={"data": {"leads": "https://example.org/leads.csv"}})
        ),
        [("C31", "data.leads")],
    ),
    "C32 an item that is on no list": (lambda w: w.visit("V-B5", items=("wallet",)), [("C32", "V-B5")]),
}


def test_a_valid_plan_breaks_no_rule(world: World) -> None:
    assert broken(world) == []


@pytest.mark.parametrize(("change", "expected"), CASES.values(), ids=CASES.keys())
def test_exactly_the_broken_rule_is_found(world: World, change: Change, expected: list[tuple[str, str]]) -> None:
    assert broken(change(world)) == expected


@pytest.mark.parametrize("rule_id", RULES)
def test_a_breach_is_found_with_its_place(world: World, rule_id: str) -> None:
    changes = [change for name, (change, _) in CASES.items() if name.split()[0] == rule_id]
    assert changes
    for change in changes:
        breaches = broken(change(world))
        assert {rule for rule, _ in breaches} == {rule_id}
        assert all(where for _, where in breaches)


def test_inspections_at_the_limits_of_c33_are_allowed(world: World) -> None:
    # The two authorities' rows of the 1st are one joint inspection; Sunday the 13th is of the week before.
    joint = tuple(replace(past("B9", day=1), uscc="F-B5", authority=a) for a in ("police", "market_regulation"))
    others = (("F-B5", date(2026, 9, 13)), ("F-B5", date(2026, 8, 31)), ("F-B4", DAY))
    assert broken(world.given(past=joint, other_inspections=others)) == []
    more = world.given(past=joint, other_inspections=(*others, ("F-B5", date(2026, 9, 30))))
    assert broken(more) == [("C33", "V-B5")]
    # A province may allow more.
    assert broken(more.scenario("codes", inspections_max={"day": 1, "week": 2, "month": 4})) == []


def test_a_firm_that_a_lead_names_is_exempt_from_the_limits_of_c33(world: World) -> None:
    (lead_id,) = world.inputs.visits["V-B1"].basis
    lead = world.inputs.leads[lead_id]
    assert lead.uscc == "F-B1"
    often = world.given(other_inspections=(("F-B1", DAY),))
    assert broken(often) == []
    nameless = {**world.inputs.leads, lead_id: replace(lead, uscc=None)}
    assert ("C33", "V-B1") in broken(often.given(leads=nameless))


@pytest.mark.parametrize(
    "history",
    [
        pytest.param(empty_looks("M01", months=(4, 6)), id="twice"),
        pytest.param((*empty_looks("M01"), *empty_looks("M01", months=(7,), outcome="find")), id="a find after them"),
        pytest.param((*empty_looks("M01"), *empty_looks("M01", months=(6,), outcome="irregular")), id="one that day"),
        pytest.param((*empty_looks("M01", months=(4, 6)), *empty_looks("M09")), id="one by another officer"),
        pytest.param(
            (*empty_looks("M01", months=(4, 6)), *empty_looks("M01", months=(2,), outcome="no_access")), id="one shut"
        ),
        pytest.param(
            tuple(replace(v, visited_on=v.visited_on.replace(year=2025)) for v in empty_looks("M01")), id="a year ago"
        ),
        pytest.param(empty_looks("A01"), id="a helper"),
    ],
)
def test_fewer_than_three_empty_inspections_in_a_row_by_an_officer_need_no_reason(
    world: World, history: tuple[PastVisit, ...]
) -> None:
    assert broken(world.given(past=history)) == []


def test_a_stated_reason_allows_an_officer_to_inspect_a_firm_again(world: World) -> None:
    reason = {"F-B5": "the firm moved in April and has new staff"}
    assert broken(world.given(past=empty_looks("M01")).scenario("codes", repeat_reasons=reason)) == []


def test_the_annual_plan_of_last_year_holds_until_the_end_of_march(world: World) -> None:
    filed = {"police": date(2025, 3, 20), "market_regulation": date(2026, 2, 1)}
    world = world.scenario("codes", annual_plan=filed)

    def found(day: date) -> list[str]:
        inputs = replace(world.inputs, settings=replace(world.inputs.settings, day=day))
        return [v.where for v in RULES["C35"](inputs, world.plan)]

    assert found(date(2026, 3, 31)) == []
    assert found(date(2026, 4, 1)) == ["codes.annual_plan.police"]


def test_every_rule_has_a_plan_that_breaks_it() -> None:
    assert {name.split()[0] for name in CASES} == set(RULES)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda w: w.visit("V-B5", targets=tuple(f"F{k}" for k in range(6))), id="six of thirty firms"),
        pytest.param(
            lambda w: w.visit("V-B1", targets=tuple(f"F{k}" for k in range(9))).scenario("select", n_targets_max=9),
            id="a case names most firms",
        ),
        pytest.param(lambda w: w.given(n_inspections={("police", "F-B5"): 1}), id="second visit of a class B firm"),
        pytest.param(lambda w: w.given(n_inspections={("police", "F-B1"): 9}), id="the cap exempts a case"),
        pytest.param(
            lambda w: w.given(
                pins=(
                    Pin("must", "B5", "a"),
                    Pin("never", "B4", "b"),
                    Pin("with_team", "B5", "c", team_id="T1"),
                    Pin("not_together", "B5", "d", other_id="B4"),
                    Pin("not_before", "B5", "e", earliest_s=55_440),
                )
            ),
            id="every kind of pin is kept",
        ),
        pytest.param(served_late(300), id="a link group at the tolerance"),
        pytest.param(lambda w: because(fills_b4(w), "NO_TIME_LEFT", needs=82), id="as many minutes as it takes"),
        pytest.param(lambda w: because(fills_b4(w), "NOT_WORTH_ITS_COST"), id="a team could, and it costs too much"),
        pytest.param(lambda w: w.building("B1", n_exits=2), id="as many exits as guards"),
        pytest.param(lambda w: w.building("B5", n_exits=9), id="no cordon on a drawn visit"),
        pytest.param(lambda w: w.visit("V-B5", windows_s=((55_440, 60_300),)), id="started as the window opens"),
        pytest.param(
            lambda w: reported(happened(w), ("inside", "T1", "V-B5", 49_920)), id="a visit begun early that is kept"
        ),
        pytest.param(
            lambda w: reported(
                happened(without_b5(w), before=w.plan),
                ("inside", "T1", "V-B5", 49_920),
                ("locked", "T1", "V-B5", 49_930),
            ),
            id="a visit begun and ended by its team",
        ),
        pytest.param(
            lambda w: reported(happened(w), ("inside", "T2", "V-B5", 49_920), ("inside", "T1", "V-B5", 49_930)),
            id="a visit that two teams have begun",
        ),
        pytest.param(lambda w: w.team("T1", shift_s=(48_600, 58_560)), id="back as the shift ends"),
        pytest.param(lambda w: w.person("M01", shift_s=(48_600, 58_560)), id="out for the whole of a person's shift"),
        pytest.param(lambda w: w.person("P09", recusals=frozenset({"B1"})), id="recused, but in another team"),
        pytest.param(lambda w: listed(w, yearly_no=2), id="a special list with its papers, the second of the year"),
        pytest.param(
            lambda w: listed(w, blanket_reason=REASON, firms=SEVEN).visit("V-B2", targets=SEVEN),
            id="seven of thirty firms that are all listed for a reason",
        ),
        pytest.param(
            lambda w: w.visit("V-B1", warrant="", is_immediate=True).person("A01", skills=frozenset({"recorder"})),
            id="at once with a recorder",
        ),
        pytest.param(
            lambda w: w.given(dwellings=frozenset({"F-B1"})).scenario("law", dwelling_certificates={"F-B1": "D-1"}),
            id="a dwelling that a certificate names",
        ),
        pytest.param(
            lambda w: w.scenario("teams", break_after_hours=2.5, break_minutes=20).route(
                "T1", break_s=(51_120, 52_320)
            ),
            id="a break in the wait before V-B3",
        ),
        pytest.param(lambda w: looked_at_again_in_two_places(w), id="one firm to be looked at again in two buildings"),
        pytest.param(lambda w: w.given(past=(past("B1", day=13),)), id="again, on a newer lead"),
        pytest.param(
            lambda w: w.given(past=(replace(past("B1", day=15), ground="recheck"),)), id="again after a re-check"
        ),
        pytest.param(lambda w: w.given(past=(past("B5", month=8, day=16),)), id="again after 31 days"),
        pytest.param(
            lambda w: w.given(past=(past("B5", month=7, day=1, officers=("M01", "M03")),)), id="one of the last pair"
        ),
        pytest.param(
            lambda w: w.given(leads={**w.inputs.leads, "L-X": lead("L-X", "B1", "goip", day=15, hour=14)}),
            id="a lead that falls due after its visit starts",
        ),
        pytest.param(
            lambda w: w.given(leads={**w.inputs.leads, "L-X": lead("L-X", "B4", "tip", day=4)}),
            id="a lead that was due the day before",
        ),
        pytest.param(
            lambda w: w.given(leads={**w.inputs.leads, "L-B1": lead("L-B1", "B1", "goip", day=8)}), id="four half-lives"
        ),
        pytest.param(
            # In the morning, after the day's first moment, and due at 11:00.
            lambda w: w.scenario("select", due_hours={"goip": 2.0}).given(
                leads={**w.inputs.leads, "L-X": lead("L-X", "B4", "goip", day=16, hour=9)}
            ),
            id="a lead that falls due on the day on which it came in",
        ),
        pytest.param(
            lambda w: came_up(w, items=("licence_displayed", "phones_seen")), id="an urgent visit and the form"
        ),
        pytest.param(
            # 4,000 m2 over the 660 m2 of a unit.
            lambda w: came_up(w.building("B4", n_firms=0), n_firms=6),
            id="an urgent visit to the units of a place where nobody is registered",
        ),
    ],
)
def test_the_edge_of_a_rule_is_allowed(world: World, change: Change) -> None:
    assert broken(change(world)) == []


def test_an_assist_letter_lets_inspectors_leave_their_district(world: World) -> None:
    lent = world.person("M03", division_code="370103").scenario("teams", assist_letter=True)
    lent = because(lent, "NO_TIME_LEFT").team("T2", division_codes=frozenset({"370102", THERE}))
    assert broken(lent) == []


@pytest.mark.parametrize(
    ("start_s", "is_allowed"),
    [
        pytest.param(9 * 3600 - 1, False, id="08:59:59"),
        pytest.param(9 * 3600, True, id="09:00"),
        pytest.param(11 * 3600 + 1800, True, id="11:30"),
        pytest.param(12 * 3600, False, id="noon"),
        pytest.param(13 * 3600 + 1799, False, id="13:29:59"),
        pytest.param(13 * 3600 + 1800, True, id="13:30"),
        pytest.param(17 * 3600 + 1800, True, id="17:30"),
        pytest.param(17 * 3600 + 1801, False, id="17:30:01"),
    ],
)
def test_visits_start_in_working_hours(world: World, start_s: int, is_allowed: bool) -> None:
    moved = world.stop("T1", "V-B5", start_s=start_s)
    found = [v.where for v in site_entry.check_c13_working_hours(moved.inputs, moved.plan)]
    assert found == ([] if is_allowed else ["T1 V-B5"])


@pytest.mark.parametrize(
    ("return_s", "n_breaches"), [(48_600 + 28_800, 0), (48_600 + 28_801, 1)], ids=["8 h", "8 h 1 s"]
)
def test_duty_is_eight_hours_at_most(world: World, return_s: int, n_breaches: int) -> None:
    late = world.route("T1", return_s=return_s, break_s=(61_200, 63_000))
    for member in late.plan.teams[0].member_ids:
        late = late.person(member, shift_s=(0, 172_800))
    assert [v.where for v in officer_rules.check_c20_duty(late.inputs, late.plan)] == ["T1"] * n_breaches


@pytest.mark.parametrize(("more_s", "n_breaches"), [(0, 0), (1, 1)])
def test_duty_of_hours_that_are_no_whole_number_is_counted_in_whole_seconds(
    world: World, more_s: int, n_breaches: int
) -> None:
    # 4.1 x 3,600 is 14,759.999... for a computer; the planner plans for 14,760 s.
    late = world.scenario("teams", max_duty_hours=4.1, break_after_hours=4.1)
    late = late.route("T1", depart_s=48_600, return_s=48_600 + 14_760 + more_s, break_s=(61_200, 63_000))
    for member in late.plan.teams[0].member_ids:
        late = late.person(member, shift_s=(0, 172_800))
    where = [v.where for v in officer_rules.check_c20_duty(late.inputs, late.plan)]
    assert where.count("T1") == n_breaches


def test_a_building_in_two_visits_is_found(world: World) -> None:
    again = replace(world.inputs.visits["V-B1"], visit_id="V-again", targets=())
    twice = world.given(visits={**world.inputs.visits, "V-again": again}).stop("T1", "V-B5", visit_id="V-again")
    found = [(v.where, v.values["detail"]) for v in firm_burden.check_c11_merge_once(twice.inputs, twice.plan)]
    assert found == [("B1", "V-B1, V-again")]


def test_an_unknown_visit_is_found_and_stops_no_other_rule(world: World) -> None:
    ids = {rule for rule, _ in broken(world.stop("T1", "V-B5", visit_id="V-B9"))}
    # V-B5 is neither served nor left out, and the value is no longer the sum.
    assert ids == {"P04", "P05", "P07"}


def test_one_id_for_two_teams_is_found(world: World) -> None:
    twice = world.planned(teams=(replace(world.plan.teams[0], member_ids=()), *world.plan.teams))
    assert ("P05", "T1") in broken(twice)


def test_a_building_that_is_not_one_is_found(world: World) -> None:
    assert ("P05", "T1 V-B5") in broken(world.stop("T1", "V-B5", building_id="nowhere"))


def test_a_slot_that_the_visit_has_not_is_found(world: World) -> None:
    assert {rule for rule, _ in broken(world.stop("T1", "V-B5", slot=1))} == {"P04"}


def test_a_slot_may_need_more_than_a_team_just_as_the_law_asks(world: World) -> None:
    # T1 has two inspectors, which is enough for a team (C01) and not for this slot.
    slot = replace(world.inputs.visits["V-B5"].slots[0], min_certified={"police": 2, "market_regulation": 3})
    assert broken(world.visit("V-B5", slots=(slot,))) == [("C01", "T1 V-B5")]


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        pytest.param(lambda w: w.joined("T3", "P02"), "T1, T3", id="the teams of one person"),
        pytest.param(lambda w: w.joined("T1", "X01"), "2026-09-15", id="the last day of a certificate"),
        pytest.param(lambda w: w.visit("V-B5", basis=()), "routine", id="the track with no basis"),
        pytest.param(lambda w: w.stop("T1", "V-B5", arrive_s=55_439), "599 s < 600 s", id="the leg"),
        pytest.param(lambda w: w.route("T1", return_s=58_559), "599 s < 600 s", id="the way back"),
        pytest.param(lambda w: w.stop("T1", "V-B5", end_s=57_959), "2519 s < 2520 s", id="the service"),
        pytest.param(served_late(301), "301 s", id="the group apart"),
        pytest.param(lambda w: w.building("B1", n_exits=3), "2 < 3", id="the guards"),
    ],
)
def test_the_detail_says_by_how_much(world: World, change: Change, detail: str) -> None:
    changed = change(world)
    assert [v.values["detail"] for v in check_plan(changed.inputs, changed.plan)] == [detail]


def test_a_breach_by_less_than_a_minute_is_given_with_its_seconds(world: World) -> None:
    # Entries of 12 to 13 min, 12 the most usual: four of five last no more than 13 - sqrt(1/5) = 12.55 min, 33 s more.
    late = world.scenario("plan", entry_high_minutes=13.0)
    (breach,) = check_plan(late.inputs, late.plan)
    assert re.fullmatch(r"15:24:3[2-4] > 15:24", str(breach.values["detail"]))


@pytest.mark.parametrize(("start_s", "where"), [(52_879, ["T2 V-B5"]), (52_880, [])], ids=["a second", "in time"])
def test_nobody_who_is_sent_elsewhere_on_the_road_is_there_sooner_than_they_can_be(
    world: World, start_s: int, where: list[str]
) -> None:
    # T2 left V-B2 at 51,720 for V-B3, where it would be at 52,320. At 52,000 it is sent to V-B5: on by V-B3 it is there
    # at 52,920; it turns round, is at V-B2 again after 280 s, and at V-B5 600 s later: at 52,880.
    changed = happened(world, at_s=52_000)
    sent = changed.stop("T2", "V-B3", visit_id="V-B5", building_id="B5", slot=0, start_s=start_s, end_s=start_s + 2_520)
    assert [v.where for v in check_p09_the_day(sent.inputs, sent.plan)] == where


@pytest.mark.parametrize(("start_s", "where"), [(49_999, ["T2 V-B2"]), (50_000, [])], ids=["a second", "in time"])
def test_who_was_called_back_on_the_road_is_on_it_until_back(world: World, start_s: int, where: list[str]) -> None:
    # T2 left at 48,600, was called back, and is at its base at 49,400. Sent out once more at 49,000, it is at V-B2,
    # 600 s on, at 50,000.
    called_off = world.route("T2", stops=(), depart_s=48_600, return_s=49_400).plan
    changed = happened(world, before=called_off, at_s=49_000)
    sent = changed.stop("T2", "V-B2", start_s=start_s, end_s=start_s + 2_520)
    assert [v.where for v in check_p09_the_day(sent.inputs, sent.plan)] == where


def test_who_was_held_at_a_find_stays_there_until_then_and_no_longer(world: World) -> None:
    # T2 is at V-B2 from 49,200 to 51,720; at 50,000 it is held until 52,000.
    held = happened(world, Delayed(50_000, "T2", 52_000))
    as_held = held.stop("T2", "V-B2", end_s=52_000)
    assert list(check_p09_the_day(as_held.inputs, as_held.plan)) == []
    longer = held.stop("T2", "V-B2", end_s=52_001)
    assert [v.where for v in check_p09_the_day(longer.inputs, longer.plan)] == ["T2 V-B2"]


@pytest.mark.parametrize(("at_s", "rules"), [(55_440, []), (55_439, ["P06"])], ids=["inside", "not yet"])
def test_a_team_inside_its_last_visit_comes_back_late_where_its_road_is_closed(
    world: World, at_s: int, rules: list[str]
) -> None:
    # T1 is inside V-B5 from 55,440 to 57,960; its way back takes 20 minutes instead of ten, past the shift's end.
    closed = happened(world, RoadClosed(55_000, "B5", "S1", 1_200), at_s=at_s)
    late = closed.route("T1", return_s=59_160, return_travel_s=1_200).team("T1", shift_s=(48_600, 58_560))
    assert [v.rule_id for v in check_p06_shift(late.inputs, late.plan)] == rules


def test_who_goes_off_duty_as_a_visit_starts_was_there(world: World) -> None:
    # T1 begins V-B1 at 49,200 with seven, three pairs beside one guard; six would be two pairs, and too short a visit.
    start = next(s.start_s for r in world.plan.routes for s in r.stops if s.visit_id == "V-B1")
    gone = left(happened(world, OffDuty(start, "A01"), at_s=start), "A01", start)
    assert broken(gone) == []
    sooner = left(happened(world, OffDuty(start - 1, "A01"), at_s=start), "A01", start - 1)
    # One who was gone by then cannot have begun it: the event is refused, and the visit too short.
    assert {rule for rule, _ in broken(sooner)} == {"P07", "P09"}


@pytest.mark.parametrize(("end_s", "where"), [(49_500, []), (49_499, ["T2 V-B2"])], ids=["5 min", "a second less"])
def test_who_finds_a_door_locked_is_there_for_five_minutes(world: World, end_s: int, where: list[str]) -> None:
    # T2 begins V-B2 at 49,200; that nobody opens is known at 49,300.
    shut = happened(world, DoorLocked(49_300, "V-B2", None), at_s=49_300)
    tried = shut.stop("T2", "V-B2", is_attempt=True, end_s=end_s)
    assert [v.where for v in check_p09_the_day(tried.inputs, tried.plan)] == where


def test_a_reserve_that_is_called_out_at_the_moment_of_the_change_breaks_nothing(world: World) -> None:
    out = called(happened(world), 50_000)
    assert list(check_p09_the_day(out.inputs, out.plan)) == []


def test_an_empty_plan_is_a_breach_and_not_a_crash(world: World) -> None:
    empty = world.planned(teams=(), routes=(), unserved=(), value=0.0, bound=0.0)
    assert {rule for rule, _ in broken(empty)} == {"P04"}


def test_a_team_that_serves_both_slots_of_a_visit_is_found(world: World) -> None:
    both = Stop("V-B3", 1, "B3", LEG_S, LEG_M, 52_320, 52_320, 54_840)
    route = world.plan.routes[0]
    twice = world.route("T1", stops=(route.stops[0], route.stops[1], both, route.stops[2]))
    assert ("P04", "V-B3") in broken(twice)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("rule_id", RULES)
def test_every_rule_has_its_texts(lang: str, rule_id: str) -> None:
    texts = load_texts(lang)
    assert texts(f"rule.{rule_id}.title")
    assert texts(f"violation.{rule_id}", where="T1", detail="1 < 2").count("1 < 2") == 1


def test_the_checker_says_detail_or_what_it_found_and_what_should_be() -> None:
    sources = [p.read_text(encoding="utf-8") for p in Path(rule_registry.__file__).parent.glob("*.py")]
    values = [v for s in sources for v in re.findall(r'Violation\([^{]*\{"(\w+)"', s)]
    assert values and set(values) == {"detail", "got"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_wrong_slots_and_counts_of_people_are_told_as_sentences_without_lists(world: World, lang: str) -> None:
    texts = load_texts(lang)
    no_reasons = world.planned(unserved=())
    team = replace(world.plan.teams[0], n_certified={"police": 9}, n_female_certified=7)
    wrong = world.planned(teams=(team, *world.plan.teams[1:]))
    twice = world.planned(unserved=(*world.plan.unserved, Unserved("V-B3", "B3", (Reason("NO_TIME_LEFT"),))))
    checked = [*check_p04_slots(no_reasons.inputs, no_reasons.plan), *check_p08_people(wrong.inputs, wrong.plan)]
    found = [*checked, *check_p04_slots(twice.inputs, twice.plan)]
    assert {"slots", "both", "police", "market_regulation", "women"} <= {v.case for v in found}
    for v in found:
        assert set("[]{}") & set(texts(v.key, where=v.where, **v.values)) == set()
    text = next(texts(v.key, where=v.where, **v.values) for v in found if v.case == "women")
    assert "7" in text and "T1" in text


def test_the_certificate_is_good_on_its_last_day(world: World) -> None:
    assert {p.certificate_until for p in world.inputs.persons.values() if p.role == "inspector"} == {DAY}
    assert broken(world) == []


def test_a_reason_names_the_team_that_the_building_is_pinned_to(world: World) -> None:
    other = because(world.given(pins=(PIN_B4,)), "PINNED_TEAM", team="T2")
    assert broken(other) == [("P04", "V-B4"), ("P10", "B4")]


def test_a_visit_that_came_up_is_made_where_another_is_and_by_whoever_is_near(world: World) -> None:
    again = replace(world.inputs.visits["V-B1"], visit_id="V-again", targets=(), keep_apart=(("M01", "M02"),))
    twice = world.given(visits={**world.inputs.visits, "V-again": again}).stop("T1", "V-B5", visit_id="V-again")

    def found(w: World) -> list[str]:
        breaches = (
            *firm_burden.check_c11_merge_once(w.inputs, w.plan),
            *firm_burden.check_c28_rotation(w.inputs, w.plan),
        )
        return [v.rule_id for v in breaches]

    assert found(twice) == ["C11", "C28"]
    assert found(happened(twice, Urgent(50_000, again))) == []
