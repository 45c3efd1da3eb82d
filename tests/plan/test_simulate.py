"""A plan played on days that are not as planned."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

from sweep.plan.simulate import TimeSpread, simulate
from sweep.plan.solve import Settings, solve
from sweep.records.people import BreakTime
from sweep.records.plan import Plan, Route, Stop
from tests.plan.conftest import SHIFT

SURE = TimeSpread((12.0, 12.0, 12.0), 0.0)
WIDE = TimeSpread((8.0, 12.0, 20.0), 0.15)
QUICK = Settings(n_iterations=300)


def stop(building_id: str, arrive_s: int, start_s: int, end_s: int, travel_s: int = 600, slot: int = 0) -> Stop:
    return Stop(f"V-{building_id}", slot, building_id, travel_s, 1_000, arrive_s, start_s, end_s)


def route(team_id: str, *stops: Stop, return_travel_s: int = 600) -> Route:
    return Route(team_id, stops[0].arrive_s - stops[0].travel_s, stops, return_travel_s, 1_000, stops[-1].end_s + 600)


def plan_of(*routes: Route, teams=()) -> Plan:
    return Plan("feasible", 1.0, 1.0, "-", tuple(teams), routes, (), 1, 0)


def test_a_day_as_planned_holds_all_of_a_plan(make_problem, make_visit, make_team):
    problem = make_problem(
        [make_visit(f"B{k}", value=1.0 + k) for k in range(6)], teams=[make_team("T1"), make_team("T2")]
    )
    plan = solve(problem, QUICK)
    played = simulate(problem, plan, SURE)
    assert set(played.in_window.values()) | set(played.back.values()) == {1.0}
    assert played.value == played.value_low == pytest.approx(plan.value)


def test_the_chance_to_start_in_time_is_that_of_the_entry_before(make_problem, make_visit, make_team):
    # B1's entry is drawn between 0 and 20 minutes, 10 most often: so the second start is in time if it takes <= 15.
    visits = [make_visit("B1"), make_visit("B2", windows=((48_600, 52_500),))]
    problem = make_problem(visits, teams=[make_team("T1")])
    rest = 1_800  # what is done inside after the entry
    planned = round(60 * problem.minutes.entry)
    first = stop("B1", 49_200, 49_200, 49_200 + planned + rest, travel_s=0)
    there = 49_200 + 900 + rest
    second = stop("B2", 52_500, 52_500, 53_000, travel_s=0)
    visits[1] = replace(visits[1], windows_s=((48_600, there),), service_s=60)
    problem = replace(problem, visits=tuple(visits))
    second = replace(second, arrive_s=first.end_s, start_s=there, end_s=there + 60)
    played = simulate(
        problem,
        plan_of(route("T1", first, second), teams=[make_team("T1")]),
        TimeSpread((0.0, 10.0, 20.0), 0.0),
        20_000,
    )
    # The triangle of 0, 10, 20 is above 15 on one day of eight.
    assert played.in_window["V-B2"] == pytest.approx(7 / 8, abs=0.01)
    assert played.value == pytest.approx(1.0 + 7 / 8, abs=0.01)
    assert played.in_window["V-B1"] == 1.0


def test_a_visit_waits_for_all_its_teams(make_problem, make_visit, make_team):
    teams = [make_team("T1"), make_team("T2")]
    visits = [make_visit("B1"), replace(make_visit("B2", n_slots=2), windows_s=((48_600, 51_000),))]
    problem = make_problem(visits, teams=teams)
    planned = round(60 * problem.minutes.entry)
    late = route("T1", stop("B1", 49_200, 49_200, 49_200 + planned, travel_s=0), stop("B2", 50_000, 51_000, 53_000))
    waits = route("T2", stop("B2", 49_200, 51_000, 53_000, slot=1))
    played = simulate(problem, plan_of(late, waits, teams=teams), TimeSpread((0.0, 30.0, 60.0), 0.0))
    alone = simulate(problem, plan_of(waits, teams=teams), TimeSpread((0.0, 30.0, 60.0), 0.0))
    assert 0.0 < played.in_window["V-B2"] < 1.0
    assert alone.in_window["V-B2"] == 1.0


def test_linked_visits_are_made_together_or_not_at_all(make_problem, make_visit, make_team):
    teams = [make_team("T1"), make_team("T2")]
    visits = [make_visit("B1"), *(make_visit(b, link_group="G", windows=((48_600, 51_000),)) for b in ("B2", "B3"))]
    problem = make_problem(visits, teams=teams)
    planned = round(60 * problem.minutes.entry)
    late = route("T1", stop("B1", 49_200, 49_200, 49_200 + planned, travel_s=0), stop("B2", 50_000, 50_900, 53_000))
    played = simulate(problem, plan_of(late, route("T2", stop("B3", 49_200, 50_900, 53_000)), teams=teams), WIDE)
    assert 0.0 < played.in_window["V-B2"] == played.in_window["V-B3"] < 1.0


def test_a_locked_door_gives_time_back(make_problem, make_visit, make_team):
    problem = make_problem([make_visit(f"B{k}") for k in range(8)], teams=[make_team("T1")])
    plan = solve(problem, QUICK)
    open_, locked = (simulate(problem, plan, replace(WIDE, locked_share=share)) for share in (0.0, 1.0))
    assert locked.back["T1"] == 1.0
    assert min(locked.in_window.values()) >= min(open_.in_window.values())


def test_the_same_seed_plays_the_same_days(make_problem, make_visit, make_team):
    problem = make_problem([make_visit(f"B{k}") for k in range(8)], teams=[make_team("T1")])
    plan = solve(problem, QUICK)
    assert simulate(problem, plan, WIDE, seed=3) == simulate(problem, plan, WIDE, seed=3)


@pytest.mark.parametrize("with_break", [False, True], ids=["no break", "a break"])
def test_it_is_what_one_day_after_another_gives(with_break, make_problem, make_visit, make_team):
    """On problems by chance, with no spread but late teams, a walk through the routes by hand gives the same starts."""
    rng = np.random.default_rng(5)
    for _ in range(20):
        n = 6
        pause_s = int(rng.integers(50_000, 56_000))
        pause = BreakTime(pause_s, pause_s, 1_800) if with_break else None
        teams = [replace(make_team(t), break_time=pause) for t in ("T1", "T2")]
        ends = rng.integers(50_000, 60_000, n)
        visits = [make_visit(f"B{k}", value=float(rng.random()), windows=((48_600, int(ends[k])),)) for k in range(n)]
        problem = make_problem(visits, teams=teams)
        plan = solve(problem, QUICK)
        for minutes in (20.0, 36.0):
            slow = TimeSpread((minutes,) * 3, 0.0)
            late = minutes - problem.minutes.entry
            assert simulate(problem, plan, slow, 3).value == pytest.approx(walked(problem, plan, late))


def walked(problem, plan, more_minutes: float) -> float:
    """
    Value of the visits that are made if each entry takes so many minutes more than planned.

    It goes by when stops and breaks begin and how long they take, and by the problem's ways alone.
    """
    visits, value = {v.visit_id: v for v in problem.visits}, 0.0
    for r in plan.routes:
        now, place = float(SHIFT[0]), problem.places["S"]
        ahead = [(s.start_s, s) for s in r.stops] + ([] if r.break_s is None else [(r.break_s[0], None)])
        for planned_s, s in sorted(ahead, key=lambda x: x[0]):
            if s is None:
                now = max(now, planned_s) + r.break_s[1] - r.break_s[0]
                continue
            here = problem.places[s.building_id]
            now, place = max(now + problem.travel_s[place, here], planned_s), here
            inside = s.end_s - s.start_s + 60 * more_minutes
            # Five minutes' drive from everywhere to the base.
            if now <= visits[s.visit_id].windows_s[0][1] and now + inside + 300 <= SHIFT[1]:
                value += visits[s.visit_id].value
                now += inside
    return value


def test_the_wait_for_a_break_takes_up_what_is_late_before_it(make_problem, make_visit, make_team):
    # B1 is planned to 52,320; a break of 30 minutes begins at 55,000, 5 minutes' drive behind it are B2 and the base.
    teams = [make_team("T1"), make_team("T2", shift=(48_600, 57_100))]
    visits = [make_visit("B1"), make_visit("B2", windows=((48_600, 57_200),)), make_visit("B3")]
    problem = make_problem([replace(visits[0], n_firms=60), *visits[1:]], teams=teams)
    out = route("T1", stop("B1", 48_900, 48_900, 52_320, 300), stop("B2", 57_100, 57_100, 58_000, 300))
    home = replace(route("T2", stop("B3", 48_900, 48_900, 52_320, 300), return_travel_s=300), return_s=57_100)
    routes = [replace(r, break_s=(55_000, 56_800)) for r in (out, home)]
    # Entries of 12 minutes are as planned; of 40, the visit is over at 54,000, before the break begins; of 60, at
    # 55,200: break to 57,000, there at 57,300.
    for minutes, kept in ((12.0, 1.0), (40.0, 1.0), (60.0, 0.0)):
        played = simulate(problem, plan_of(*routes, teams=teams), TimeSpread((minutes,) * 3, 0.0), 10)
        assert (minutes, played.in_window["V-B1"], played.in_window["V-B2"]) == (minutes, 1.0, kept)
        assert (minutes, played.back["T2"]) == (minutes, kept)


def test_who_is_held_leaves_when_planned_or_when_the_visit_before_is_over(make_problem, make_visit, make_team):
    # Half an hour between the end of B1 and the drive to B2 in which nobody rests.
    visits = [make_visit("B1"), make_visit("B2", windows=((48_600, 55_200),))]
    problem = make_problem(visits, teams=[make_team("T1")])
    held = route("T1", stop("B1", 48_900, 48_900, 52_320, 300), stop("B2", 54_420, 54_420, 55_000, 300))
    # B1 is over 28 minutes later, at 54,000, before the team may leave; then 48 minutes later, at 55,200.
    for minutes, kept in ((40.0, 1.0), (60.0, 0.0)):
        played = simulate(problem, plan_of(held, teams=[make_team("T1")]), TimeSpread((minutes,) * 3, 0.0), 10)
        assert (minutes, played.in_window["V-B2"]) == (minutes, kept)


def test_a_thousand_days_of_a_city_take_less_than_two_seconds(make_problem, make_visit, make_team):
    teams = [make_team(f"T{k}") for k in range(100)]
    visits = [make_visit(f"B{k}") for k in range(500)]
    problem = make_problem(visits, teams=teams)
    routes = [
        route(
            t.team_id,
            *(stop(f"B{5 * k + i}", 50_000 + 2_000 * i, 50_000 + 2_000 * i, 51_000 + 2_000 * i) for i in range(5)),
        )
        for k, t in enumerate(teams)
    ]
    began = time.process_time()
    simulate(problem, plan_of(*routes, teams=teams), WIDE)
    assert time.process_time() - began < 2.0


def test_a_team_that_would_be_back_too_late_leaves_its_last_visit_out(make_problem, make_visit, make_team):
    teams = [make_team("T1", shift=(48_600, 49_200 + 1_800 + 600))]
    problem = make_problem([replace(make_visit("B1"), service_s=1_800)], teams=teams, minutes=10)
    planned = plan_of(route("T1", stop("B1", 49_200, 49_200, 51_000)), teams=teams)
    assert simulate(problem, planned, SURE).value == 1.0
    # Ten minutes' way takes twelve: half an hour inside is too long by two minutes.
    late = replace(planned.routes[0], depart_s=48_720)
    assert simulate(problem, replace(planned, routes=(late,)), SURE).value == 0.0


def test_who_was_at_a_locked_door_is_not_waited_for_where_it_is_tried_again(make_problem, make_visit, make_team):
    # T1 was at A at 13:40 in vain and is back at 13:55; T0 is there at 15:00, when A opens again.
    windows = ((49_000, 49_800), (54_000, 54_600))
    problem = make_problem([make_visit("A", windows=windows)], [make_team("T0"), make_team("T1")])
    tried = replace(stop("A", 49_200, 49_200, 49_500), is_attempt=True)
    plan = plan_of(route("T0", stop("A", 54_000, 54_000, 55_620)), route("T1", tried), teams=problem.teams)
    played = simulate(problem, plan, SURE)
    assert played.in_window == {"V-A": 1.0}
    assert played.value == pytest.approx(1.0)
