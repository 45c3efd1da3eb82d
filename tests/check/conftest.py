"""
A day small enough to work out on paper: five buildings, three teams, every leg 600 s.

T1 (7 people, 4 of them police) and T2 (6 people, 3 police) work in 370102; T3 of 370103 stands by.
Service is 12 min + 3 min x firms / pairs; inspections take no time here:

    V-B1  T1, 1 guard:    (7 - 1) // 2 = 3 pairs,                    12 + 3 x 10 / 3 = 22 min = 1,320 s
    V-B2  T2, 1 guard:    (6 - 1) // 2 = 2 pairs,                    12 + 3 x 20 / 2 = 42 min = 2,520 s
    V-B3  T1 and T2, 2 and 1 guards: 2 pairs each, 4 in all,         12 + 3 x 40 / 4 = 42 min = 2,520 s
    V-B5  T1, no guard:   7 // 2 = 3 pairs,                          12 + 3 x 30 / 3 = 42 min = 2,520 s
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from sweep.check.checker_inputs import CheckInputs
from sweep.records.buildings import Building, Lead
from sweep.records.draw import Draw, DrawTicket
from sweep.records.people import Base, Person, Team
from sweep.records.plan import Plan, Reason, Route, Stop, Unserved
from sweep.records.visits import Slot, TargetReason, Visit
from sweep.scenario.checker_settings import settings_for_check
from sweep.scenario.law_and_form_settings import Law
from sweep.scenario.plan_settings import PlanSettings
from sweep.scenario.scenario import Scenario

DAY = date(2026, 9, 16)  # a Wednesday
ZONE = ZoneInfo("Asia/Shanghai")
SHIFT_S = (48_600, 63_000)
HERE, THERE = "370102", "370103"
LEG_S, LEG_M = 600, 1_000

TEAM_MEMBERS = {
    "T1": ("P01", "P02", "P03", "P04", "M01", "M02", "A01"),
    "T2": ("P05", "P06", "P07", "M03", "M04", "A02"),
    "T3": ("P08", "P09", "M05", "M06"),
}


@dataclass(frozen=True)
class World:
    """Inputs and a plan; each method gives a world with one thing changed."""

    inputs: CheckInputs
    plan: Plan

    def given(self, **changes: Any) -> World:
        return replace(self, inputs=replace(self.inputs, **changes))

    def scenario(self, section: str, **changes: Any) -> World:
        old = self.inputs.settings
        changed = {section: getattr(old, section).model_copy(update=changes)}
        return self.given(settings=replace(old, **changed))

    def day(self, day: date) -> World:
        return self.given(settings=replace(self.inputs.settings, day=day))

    def building(self, building_id: str, /, **changes: Any) -> World:
        old = self.inputs.buildings
        return self.given(buildings={**old, building_id: replace(old[building_id], **changes)})

    def visit(self, visit_id: str, /, **changes: Any) -> World:
        """Another fact of a visit; every target has its reason all the same."""
        visits = {**self.inputs.visits, visit_id: replace(self.inputs.visits[visit_id], **changes)}
        return self.given(visits=visits, reasons=_reasons(visits.values()))

    def person(self, person_id: str, /, **changes: Any) -> World:
        """Another fact on the roster; the teams say what the roster says."""
        persons = {**self.inputs.persons, person_id: replace(self.inputs.persons[person_id], **changes)}
        return self.given(persons=persons).planned(teams=tuple(_team(t, persons) for t in self.plan.teams))

    def planned(self, **changes: Any) -> World:
        return replace(self, plan=replace(self.plan, **changes))

    def team(self, team_id: str, /, **changes: Any) -> World:
        return self.planned(teams=tuple(replace(t, **changes) if t.team_id == team_id else t for t in self.plan.teams))

    def joined(self, team_id: str, person_id: str) -> World:
        """One more person in a team."""
        teams = (
            _team(replace(t, member_ids=(*t.member_ids, person_id)), self.inputs.persons) if t.team_id == team_id else t
            for t in self.plan.teams
        )
        return self.planned(teams=tuple(teams))

    def route(self, team_id: str, /, **changes: Any) -> World:
        routes = tuple(replace(r, **changes) if r.team_id == team_id else r for r in self.plan.routes)
        return self.planned(routes=routes)

    def stop(self, team_id: str, visit_id: str, /, **changes: Any) -> World:
        return self.routes(lambda t, s: replace(s, **changes) if (t, s.visit_id) == (team_id, visit_id) else s)

    def routes(self, change: Callable[[str, Stop], Stop]) -> World:
        return self.planned(
            routes=tuple(replace(r, stops=tuple(change(r.team_id, s) for s in r.stops)) for r in self.plan.routes)
        )


def _reasons(visits: Iterable[Visit]) -> dict[str, tuple[TargetReason, ...]]:
    return {v.visit_id: tuple(TargetReason(u, "lead") for u in ("", *v.targets)) for v in visits}


def _team(team: Team, persons: dict[str, Person]) -> Team:
    """The team with what the roster says of its people."""
    people = [persons[m] for m in team.member_ids]
    certified = [p for p in people if p.is_certified(DAY)]
    homes = [frozenset({p.division_code}) for p in people if p.agency == "market_regulation"]
    return replace(
        team,
        n_certified=dict(Counter(p.agency for p in certified)),
        n_female_certified=sum(p.is_female for p in certified),
        recusals=frozenset(k for p in people for k in p.recusals),
        division_codes=frozenset.intersection(*homes) if homes else team.division_codes,
    )


def _person(person_id: str) -> Person:
    kind = person_id[0]
    return Person(
        person_id=person_id,
        agency="market_regulation" if kind == "M" else "police",
        role={"P": "officer", "M": "inspector", "A": "auxiliary", "X": "officer"}[kind],
        certificate_until={"P": date(2030, 1, 1), "M": DAY, "A": None, "X": date(2026, 9, 15)}[kind],
        is_female=person_id in {"P01", "P05", "P08"},
        base_id="S1",
        division_code=THERE if person_id in {"M05", "M06"} else HERE,
        shift_s=(46_800, 64_800),
    )


def _building(number: int, division_code: str, n_firms: int, n_exits: int) -> Building:
    return Building(
        building_id=f"B{number}",
        name=f"Tower {number}",
        address="",
        division_code=division_code,
        complex_id="K1" if number < 3 else None,
        property_company_id=f"PC{number}",
        n_floors=10,
        n_exits=n_exits,
        n_firms=n_firms,
        floor_area_m2=1_000.0 * number,
        lon=117.0,
        lat=36.66,
    )


def _visit(building: Building, track: str, value: float, guards: tuple[int, ...], **changes: Any) -> Visit:
    visit = Visit(
        visit_id=f"V-{building.building_id}",
        building_id=building.building_id,
        division_code=building.division_code,
        track=track,
        basis=(f"L-{building.building_id}",),
        targets=(f"F-{building.building_id}",),
        n_firms=building.n_firms,
        value=value,
        is_must=track == "routine",
        slots=tuple(Slot(k, {"police": 2 + n, "market_regulation": 2}, n) for k, n in enumerate(guards)),
        windows_s=((48_600, 60_300),),
        items=("licence_displayed", "phones_seen"),
        warrant="W-1" if track == "case" else "",
    )
    return replace(visit, **changes)


def _lead(building_id: str) -> Lead:
    """Two days old: a tip, which has a half-life of 30 days and is due in five working days."""
    received = datetime(2026, 9, 14, 0, 0, tzinfo=ZONE)
    return Lead(f"L-{building_id}", building_id, "tip", received, None, f"F-{building_id}")


def _stop(visit_id: str, slot: int, arrive_s: int, start_s: int, end_s: int) -> Stop:
    return Stop(visit_id, slot, visit_id.removeprefix("V-"), LEG_S, LEG_M, arrive_s, start_s, end_s)


def _draw() -> Draw:
    # SHA-256 of "draw|B5" is smaller than that of "draw|B4".
    tickets = tuple(
        DrawTicket(b, hashlib.sha256(f"draw|{b}".encode()).hexdigest(), 0.5, is_drawn=b == "B5") for b in ("B5", "B4")
    )
    return Draw("draw", hashlib.sha256(b"B4\nB5").hexdigest(), 1, tickets)


@pytest.fixture(scope="session")
def world() -> World:
    """A plan that breaks no rule."""
    buildings = [
        _building(1, HERE, 10, 1),
        _building(2, HERE, 20, 1),
        _building(3, HERE, 40, 3),
        _building(4, THERE, 50, 2),
        _building(5, HERE, 30, 2),
    ]
    b1, b2, b3, b4, b5 = buildings
    visits = [
        _visit(b1, "case", 0.30, (1,), link_group="K1"),
        _visit(b2, "case", 0.20, (1,), link_group="K1"),
        _visit(b3, "case", 0.25, (2, 1)),
        _visit(b4, "special", 0.10, (0,)),
        _visit(b5, "routine", 0.05, (0,), windows_s=((48_600, 55_440),), basis=("draw",)),
    ]
    persons = {p: _person(p) for ids in TEAM_MEMBERS.values() for p in ids} | {"X01": _person("X01")}
    teams = tuple(
        _team(
            Team(
                team_id=team_id,
                member_ids=ids,
                base_id="S2" if team_id == "T3" else "S1",
                division_codes=frozenset({THERE if team_id == "T3" else HERE}),
                shift_s=SHIFT_S,
                n_certified={},
                n_female_certified=0,
                recusals=frozenset(),
                is_reserve=team_id == "T3",
            ),
            persons,
        )
        for team_id, ids in TEAM_MEMBERS.items()
    )
    routes = (
        Route(
            "T1",
            48_600,
            (
                _stop("V-B1", 0, 49_200, 49_200, 50_520),
                _stop("V-B3", 0, 51_120, 52_320, 54_840),
                _stop("V-B5", 0, 55_440, 55_440, 57_960),
            ),
            LEG_S,
            LEG_M,
            58_560,
        ),
        Route(
            "T2",
            48_600,
            (_stop("V-B2", 0, 49_200, 49_200, 51_720), _stop("V-B3", 1, 52_320, 52_320, 54_840)),
            LEG_S,
            LEG_M,
            55_440,
        ),
    )
    places = {p: k for k, p in enumerate(["B1", "B2", "B3", "B4", "B5", "S1", "S2"])}
    inputs = CheckInputs(
        settings=settings_for_check(
            Scenario(
                name="paper",
                day=DAY,
                plan=PlanSettings(inspection_minutes=0.0, entry_low_minutes=12.0, entry_high_minutes=12.0),
                law=Law(certificate="W-1"),
            )
        ),
        buildings={b.building_id: b for b in buildings},
        persons=persons,
        bases={"S1": Base("S1", "One", HERE, 117.0, 36.66), "S2": Base("S2", "Two", THERE, 117.0, 36.66)},
        visits={v.visit_id: v for v in visits},
        draw=_draw(),
        n_inspections={},
        credit_class={"F-B5": "B"},
        places=places,
        travel_s=LEG_S * (1 - np.eye(len(places), dtype=np.int64)),
        distance_m=LEG_M * (1 - np.eye(len(places), dtype=np.int64)),
        leads={lead.lead_id: lead for lead in map(_lead, ("B1", "B2", "B3"))},
        n_register=150,
        reasons=_reasons(visits),
        half_life_days={"tip": 30.0, "goip": 2.0},
        term_keys=frozenset({"leads.tip", "neighbourhood"}),
    )
    left_out = Unserved("V-B4", "B4", (Reason("NO_TEAM_IN_DISTRICT", {"district": THERE}),))
    plan = Plan("feasible", 0.80, 0.90, "paper", teams, routes, (left_out,), 1, 1)
    return World(inputs, plan)
