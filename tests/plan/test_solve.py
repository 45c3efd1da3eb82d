"""The door of the planner: plans that can be kept, against paper and against exhaustive search."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations, product

import numpy as np
import pytest

from sweep.plan.problem.eligibility import active_teams
from sweep.plan.problem.problem import Lag, Problem
from sweep.plan.search.encode_problem import make_arrays
from sweep.plan.solve import Settings, solve
from sweep.records.people import BreakTime, Team
from sweep.records.plan import Plan
from sweep.records.visits import Visit
from tests.plan.exhaustive import optimum
from tests.plan.knapsack_bound import knapsack_bound
from tests.plan.relaxed_bound import upper_bound
from tests.plan.rich import over_days
from tests.plan.tied import tied_problem
from tests.seeds import over_seeds

QUICK = Settings(seed=1, n_iterations=400)


def served(plan: Plan) -> set[str]:
    return {s.visit_id for r in plan.routes for s in r.stops}


def faults(problem: Problem, plan: Plan) -> list[str]:
    """What is wrong with a plan, worked out from the problem alone and with no code of the planner."""
    found = []
    teams = {t.team_id: t for t in plan.teams}
    visits = {v.visit_id: v for v in problem.visits}
    starts: dict[str, dict[int, int]] = {}
    for route in plan.routes:
        team, place, free = teams[route.team_id], problem.places[teams[route.team_id].base_id], route.depart_s
        if route.depart_s < team.shift_s[0] or route.return_s > team.shift_s[1]:
            found.append(f"{route.team_id} leaves its shift")
        for stop in route.stops:
            visit, here = visits[stop.visit_id], problem.places[stop.building_id]
            if stop.start_s < free + problem.travel_s[place, here]:
                found.append(f"{stop.visit_id} too soon")
            if not any(lo <= stop.start_s <= hi for lo, hi in visit.windows_s):
                found.append(f"{stop.visit_id} out of window")
            pairs = max(1, len(team.member_ids) // 2) * len(visit.slots)
            if stop.end_s - stop.start_s != round(60 * (12 + 3 * visit.n_firms / pairs)):
                found.append(f"{stop.visit_id} wrong service")
            if team.recusals & {stop.building_id, *visit.targets} or visit.division_code not in team.division_codes:
                found.append(f"{stop.visit_id} not allowed for {team.team_id}")
            if stop.slot in starts.setdefault(stop.visit_id, {}):
                found.append(f"{stop.visit_id} twice")
            starts[stop.visit_id][stop.slot] = stop.start_s
            place, free = here, stop.end_s
        if route.stops and route.return_s < free + problem.travel_s[place, problem.places[team.base_id]]:
            found.append(f"{route.team_id} back too soon")
    for visit_id, by_slot in starts.items():
        if len(by_slot) != len(visits[visit_id].slots) or len(set(by_slot.values())) > 1:
            found.append(f"{visit_id} slots {by_slot}")
    groups: dict[str, list[Visit]] = {}
    for visit in problem.visits:
        if visit.link_group:
            groups.setdefault(visit.link_group, []).append(visit)
    for group, linked in groups.items():
        times = [t for v in linked for t in starts.get(v.visit_id, {}).values()]
        if times and (len({v.visit_id for v in linked} - set(starts)) or max(times) - min(times) > 300):
            found.append(f"group {group}: {times}")
    if {u.visit_id for u in plan.unserved} != set(visits) - set(starts):
        found.append("unserved list")
    return found


def longest_route(problem: Problem, team: Team, order: tuple[Visit, ...]) -> bool:
    """Whether a team can make the visits in that order, starting each as soon as it can."""
    base = problem.places[team.base_id]
    place, free = base, team.shift_s[0]
    for visit in order:
        here = problem.places[visit.building_id]
        at = free + int(problem.travel_s[place, here])
        starts = [max(at, lo) for lo, hi in visit.windows_s if max(at, lo) <= hi]
        if not starts:
            return False
        pairs = max(1, len(team.member_ids) // 2)
        place, free = here, min(starts) + round(60 * (12 + 3 * visit.n_firms / pairs))
    return free + int(problem.travel_s[place, base]) <= team.shift_s[1]


def best_by_enumeration(problem: Problem) -> tuple[float, float]:
    """(must-visits served, value) of the best plan of lone visits: every split over teams, every order."""
    best = (0.0, 0.0)
    for split in product(range(len(problem.teams) + 1), repeat=len(problem.visits)):
        parts = [[v for v, k in zip(problem.visits, split, strict=True) if k == t] for t in range(len(problem.teams))]
        chosen = [v for part in parts for v in part]
        worth = (float(sum(v.is_must for v in chosen)), sum(v.value for v in chosen))
        if worth > best and all(
            any(longest_route(problem, t, order) for order in permutations(part))
            for t, part in zip(problem.teams, parts, strict=True)
        ):
            best = worth
    return best


@over_seeds(range(12))
def test_small_problems_are_solved_to_the_optimum_and_the_bound_is_never_below(seed, make_random_problem):
    problem = make_random_problem(seed, n_visits=5, n_teams=2)
    plan = solve(problem, QUICK)
    musts, value = best_by_enumeration(problem)
    must_ids = {v.visit_id for v in problem.visits if v.is_must}
    assert (len(served(plan) & must_ids), plan.value) == (musts, pytest.approx(value))
    assert plan.bound >= value - 1e-9


@over_seeds(range(25))
def test_a_plan_can_be_kept_with_link_groups_and_two_team_visits(seed, make_random_problem):
    problem = make_random_problem(seed, n_visits=14, n_teams=3, linked=True)
    plan = solve(problem, QUICK)
    assert faults(problem, plan) == []
    assert plan.value <= plan.bound + 1e-9


def test_where_waiting_costs_a_team_leaves_as_late_as_the_next_opening_lets_it(make_problem, make_visit, make_team):
    # B1 can only be the first.
    visits = [make_visit("B1", windows=((48_600, 57_000),)), make_visit("B2", windows=((57_600, 60_300),))]
    problem = make_problem(visits, [make_team("T1")])
    early, late = (
        solve(replace(problem, weights=replace(problem.weights, waiting=w)), QUICK).routes[0].stops for w in (0.0, 1e-9)
    )
    # 12 minutes and 3 for each of 20 firms, shared by 4 pairs, and 5 minutes on the road.
    assert [s.start_s for s in early] == [48_600 + 60 * 5, 57_600]
    assert [s.start_s for s in late] == [57_600 - 60 * (12 + 15 + 5), 57_600]


def test_linked_visits_start_within_the_tolerance(make_problem, make_visit, make_team):
    # Three towers, three teams: 12 min + 3 min * 20 / 4 pairs = 27 min each, all at once or none.
    visits = [make_visit(b, link_group="G") for b in ("B1", "B2", "B3")]
    plan = solve(make_problem(visits, [make_team(f"T{k}") for k in range(3)]), QUICK)
    starts = [s.start_s for r in plan.routes for s in r.stops]
    assert len(starts) == 3
    assert max(starts) - min(starts) <= 300


def test_a_link_group_is_left_out_whole_when_one_tower_cannot_be_reached(make_problem, make_visit, make_team):
    visits = [make_visit(b, link_group="G") for b in ("B1", "B2")] + [make_visit("B3", 0.1)]
    problem = make_problem(visits, [make_team("T1"), make_team("T2")], unreachable=["B2"])
    plan = solve(problem, QUICK)
    assert served(plan) == {"V-B3"}


def test_a_must_visit_goes_before_any_value(make_problem, make_visit, make_team):
    # Each visit takes 12 + 3 * 240 / 4 = 192 min: one fits into the shift of 240.
    visits = [make_visit("B1", 9.0, n_firms=240), make_visit("B2", 0.1, n_firms=240, is_must=True)]
    plan = solve(make_problem(visits, [make_team("T1")]), QUICK)
    assert served(plan) == {"V-B2"}


@pytest.mark.parametrize("pause", [None, BreakTime(48_600, 57_600, 600)])
def test_a_visit_that_fills_a_shift_finds_an_empty_route_among_many_teams(pause, make_problem, make_visit, make_team):
    # 12 + 3 * 240 / 4 = 192 min each: one a shift of 240, so twelve visits take all twelve teams.
    visits = [make_visit(f"B{k}", n_firms=240) for k in range(12)]
    teams = [replace(make_team(f"T{k}"), break_time=pause) for k in range(12)]
    assert len(served(solve(make_problem(visits, teams), QUICK))) == 12


def test_the_second_window_is_used_when_the_first_has_passed(make_problem, make_visit, make_team):
    # The way takes 60 min, so the first window (13:30-14:00) is missed; the second opens at 15:00.
    windows = ((48_600, 50_400), (54_000, 55_800))
    plan = solve(make_problem([make_visit("B1", windows=windows)], [make_team("T1")], 60), QUICK)
    assert plan.routes[0].stops[0].start_s == 54_000
    assert plan.routes[0].depart_s == 54_000 - 3_600


def test_a_start_at_the_very_end_of_the_window_is_allowed(make_problem, make_visit, make_team):
    plan = solve(make_problem([make_visit("B1", windows=((48_600, 48_900),))], [make_team("T1")], 5), QUICK)
    assert plan.routes[0].stops[0].start_s == 48_900


def test_the_same_seed_and_iterations_give_the_same_plan(make_random_problem):
    problem = make_random_problem(3, n_visits=14, n_teams=3, linked=True)
    assert solve(problem, QUICK) == solve(problem, QUICK)


def test_linked_visits_are_tried_with_other_teams_than_the_cheapest(make_random_problem):
    # The quick team must take the long visit of the pair, though the short one is cheapest with it, too.
    drawn = make_random_problem(23, 6, 2, linked=True)
    wide = [replace(v, windows_s=tuple((lo - 600, hi + 1800) for lo, hi in v.windows_s)) for v in drawn.visits]
    problem = replace(drawn, visits=tuple(wide))
    plan = solve(problem, Settings(seed=1, n_iterations=4_000, is_proof_wanted=False))
    assert plan.value == optimum(problem, with_musts=False) == 10.0


@pytest.mark.parametrize("seed", [128, 145, 175, 225])
def test_a_must_with_all_that_hangs_on_it_is_made_by_few_teams(seed):
    # Three teams fill four or five linked slots: one team after the other, not the cheapest, and not at the soonest.
    problem = tied_problem(seed, has_breaks=False)
    assert solve(problem, QUICK).value == optimum(problem, with_musts=seed != 175)


def test_linked_visits_meet_at_the_one_moment_that_later_windows_leave():
    problem = over_days(tied_problem(87, has_breaks=False), 87, is_each=False)
    assert solve(problem, QUICK).value == optimum(problem, with_musts=True) == 9.0


def test_a_visit_at_the_base_itself_may_fill_the_shift(make_problem, make_visit, make_team):
    # Four hours inside, and no way there or back; all else is five minutes away.
    visits = [replace(make_visit("B1", 2.0), service_s=14_400), make_visit("B2")]
    problem = make_problem(visits, [replace(make_team("T1"), base_id="B1")])
    # Where waiting costs no stretch of a route is made again, which would find it by chance.
    weights = replace(problem.weights, waiting=1e-9)
    problem = replace(problem, bases={"B1": replace(problem.bases["S"], base_id="B1")}, weights=weights)
    assert served(solve(problem, replace(QUICK, is_proof_wanted=False))) == {"V-B1"}


def test_a_lag_that_wants_two_teams_is_not_made_by_one(make_problem, make_visit, make_team):
    # The afternoon of the only team has time for both.
    alone = make_problem([make_visit("B1", 2.0), make_visit("B2", 3.0)], [make_team("T1")])
    by_one, by_two = (replace(alone, lags=(Lag("V-B1", "V-B2", 3_600, 7_200, x),)) for x in (False, True))
    plan = solve(by_one, QUICK)
    assert served(plan) == {"V-B1", "V-B2"}
    assert served(solve(by_two, QUICK)) == set()
    assert served(solve(by_two, replace(QUICK, is_proof_wanted=False), start=plan.routes)) == set()


def test_a_lag_that_wants_two_teams_keeps_none_from_what_else_it_hangs_on(make_problem, make_visit, make_team):
    # B1 and B2 within ten minutes, by two teams; B3 an hour and more after B2 may be made by either.
    visits = [make_visit(b) for b in ("B1", "B2", "B3")]
    problem = make_problem(visits, [make_team("T1"), make_team("T2")])
    lags = (Lag("V-B1", "V-B2", 0, 600, is_apart=True), Lag("V-B2", "V-B3", 3_600, 7_200))
    plan = solve(replace(problem, lags=lags), replace(QUICK, is_proof_wanted=False))
    assert served(plan) == {"V-B1", "V-B2", "V-B3"}


def test_a_reserve_team_gets_no_route(make_problem, make_visit, make_team):
    teams = [make_team("T1"), make_team("T2", is_reserve=True)]
    plan = solve(make_problem([make_visit("B1"), make_visit("B2")], teams), QUICK)
    assert [r.team_id for r in plan.routes] == ["T1"]


@pytest.mark.parametrize(
    ("visits", "teams", "minutes", "code"),
    [
        pytest.param([{"division_code": "370103"}], [{}], 5, "NO_TEAM_IN_DISTRICT", id="other district"),
        pytest.param([{"needs": {"police": 9}}], [{}], 5, "NO_TEAM_WITH_OFFICERS", id="nine police at one door"),
        pytest.param([{"n_slots": 2}], [{}], 5, "TOO_FEW_TEAMS", id="two slots, one team"),
        pytest.param([{}], [{"recusals": frozenset({"B0"})}], 5, "RECUSED", id="recused from the building"),
        pytest.param([{"targets": ("U1",)}], [{"recusals": frozenset({"U1"})}], 5, "RECUSED", id="from a firm"),
        pytest.param([{}], [{}], 130, "WINDOW_MISSED", id="too far for the shift"),
        pytest.param([{"windows": ((48_600, 48_700),)}], [{}], 5, "WINDOW_MISSED", id="window before arrival"),
        pytest.param([{"n_firms": 240}, {"n_firms": 240, "is_must": True}], [{}], 5, "NO_TIME_LEFT", id="no time"),
    ],
)
def test_the_reason_names_the_rule_that_keeps_a_visit_out(
    visits, teams, minutes, code, make_problem, make_visit, make_team
):
    problem = make_problem(
        [make_visit(f"B{k}", **v) for k, v in enumerate(visits)],
        [make_team(f"T{k}", **t) for k, t in enumerate(teams)],
        minutes,
    )
    plan = solve(problem, QUICK)
    assert [r.code for u in plan.unserved for r in u.reasons] == [code]


def test_no_road_is_the_reason_when_there_is_none(make_problem, make_visit, make_team):
    problem = make_problem([make_visit("B1")], [make_team("T1")], unreachable=["B1"])
    plan = solve(problem, QUICK)
    assert plan.unserved[0].reasons[0].code == "NO_ROAD"


def test_a_linked_visit_without_a_common_time_says_so(make_problem, make_visit, make_team):
    # Both towers want both teams at one time, and a must-visit of 207 min holds each team.
    musts = [make_visit(f"M{k}", n_firms=260, is_must=True) for k in range(2)]
    pair = [make_visit(f"B{k}", link_group="G") for k in range(2)]
    plan = solve(make_problem([*musts, *pair], [make_team("T1"), make_team("T2")]), QUICK)
    assert {u.visit_id: u.reasons[0].code for u in plan.unserved} == {
        "V-B0": "LINKED_VISIT_UNSERVED",
        "V-B1": "LINKED_VISIT_UNSERVED",
    }


@pytest.mark.parametrize("n_teams", [0, 1])
def test_no_visit_is_a_plan_with_empty_routes(n_teams, make_problem, make_team):
    teams = [make_team(f"T{k}") for k in range(n_teams)] or [make_team("T9", is_reserve=True)]
    plan = solve(make_problem([], teams), QUICK)
    assert (plan.value, plan.bound, plan.gap, plan.unserved) == (0.0, 0.0, 0.0, ())
    assert all(not r.stops for r in plan.routes)


def test_no_active_team_leaves_every_visit_with_its_reason(make_problem, make_visit, make_team):
    plan = solve(make_problem([make_visit("B1")], [make_team("T1", is_reserve=True)]), QUICK)
    assert plan.unserved[0].reasons[0].code == "NO_TEAM_IN_DISTRICT"


def test_serving_everything_closes_the_gap(make_problem, make_visit, make_team):
    plan = solve(make_problem([make_visit("B1"), make_visit("B2")], [make_team("T1")]), QUICK)
    # What is left is the road, which weighs a billionth a second.
    assert (plan.status, plan.gap) == ("optimal", pytest.approx(0.0, abs=1e-6))


def test_the_bound_of_cut_visits_is_the_fractional_knapsack(make_problem, make_visit, make_team):
    # 240 min of one team. Each visit: 12 + 3 * 240 / 4 = 192 min, and at least 5 min to get there: 197.
    # The better one fits whole (3.0); the other to (240 - 197) / 197 = 0.21827 of its 2.0.
    visits = [make_visit("B1", 3.0, n_firms=240), make_visit("B2", 2.0, n_firms=240)]
    problem = make_problem(visits, [make_team("T1")])
    active = active_teams(problem.teams)
    assert knapsack_bound(problem, make_arrays(problem, active), active) == pytest.approx(3.0 + 2.0 * 43 / 197)


def test_the_watcher_is_called_and_the_share_reaches_no_more_than_one(make_random_problem):
    reports = []
    solve(make_random_problem(1, n_visits=6, n_teams=2), QUICK, reports.append)
    assert reports
    assert all(0.0 <= p.share <= 1.0 and p.value <= p.bound + 1e-9 for p in reports)


def test_a_travel_table_of_the_wrong_shape_is_refused(make_problem, make_visit):
    with pytest.raises(ValueError, match=r"travel tables must have shape \(2, 2\)"):
        make_problem([make_visit("B1")], [], np.zeros((3, 3)))


def test_a_group_that_needs_more_teams_than_there_are_does_not_lift_the_bound(make_problem, make_visit, make_team):
    # Three linked towers want three teams at once; there are two, so their 30 can never be had.
    linked = [make_visit(f"B{k}", 10.0, link_group="G") for k in range(3)]
    plan = solve(make_problem([*linked, make_visit("B9")], [make_team("T1"), make_team("T2")]), QUICK)
    assert (plan.value, plan.bound) == (1.0, pytest.approx(1.0))


@pytest.mark.parametrize("seed", range(6))
def test_the_bound_by_routes_is_never_below_the_optimum_nor_above_the_knapsack(seed, make_random_problem):
    problem = make_random_problem(100 + seed, n_visits=6, n_teams=2)
    active = active_teams(problem.teams)
    arrays = make_arrays(problem, active)
    bound, _ = upper_bound(problem, arrays, active, np.inf, with_musts=False)
    without_musts = replace(problem, visits=tuple(replace(v, is_must=False) for v in problem.visits))
    assert best_by_enumeration(without_musts)[1] - 1e-6 <= bound <= knapsack_bound(problem, arrays, active) + 1e-9


@pytest.mark.parametrize("seed", range(6))
def test_the_bound_of_plans_with_all_musts_is_never_below_the_best_of_them(seed, make_random_problem):
    problem = make_random_problem(200 + seed, n_visits=6, n_teams=2)
    musts = [k for k, v in enumerate(problem.visits) if v.value <= 3.0][:2]
    problem = replace(problem, visits=tuple(replace(v, is_must=k in musts) for k, v in enumerate(problem.visits)))
    n_musts, value = best_by_enumeration(problem)
    active = active_teams(problem.teams)
    arrays = make_arrays(problem, active)
    free, _ = upper_bound(problem, arrays, active, np.inf, with_musts=False)
    bound, _ = upper_bound(problem, arrays, active, np.inf, with_musts=True)
    if n_musts == len(musts):
        assert value - 1e-6 <= bound <= free + 1e-6
    plan = solve(problem, QUICK)
    assert plan.bound >= value - 1e-6


@pytest.mark.usefixtures("lying_cp_sat")
def test_a_cp_sat_that_finds_nothing_costs_no_clash_and_no_false_proof(make_random_problem):
    problem = make_random_problem(3, n_visits=14, n_teams=3, linked=True)
    plan = solve(problem, Settings(seed=1, n_iterations=2_000))
    assert plan.value > 0.0
    assert plan.bound >= plan.value
    assert faults(problem, plan) == []


@pytest.mark.parametrize(("minutes", "n_served"), [(59, 1), (60, 0)])
def test_a_way_as_long_as_what_stands_for_no_road_is_none(make_problem, make_visit, make_team, minutes, n_served):
    p = replace(make_problem([make_visit("A")], [make_team("T0")], minutes), unreachable=3_600)
    plan = solve(p, Settings(seed=1, n_iterations=50))
    assert len(plan.routes[0].stops) == n_served
    assert [r.code for u in plan.unserved for r in u.reasons] == ["NO_ROAD"] * (1 - n_served)
