"""Reasons and prices, against plans gone through by hand: all of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sweep.plan.explain.cheapest_swaps import cheapest_swaps
from sweep.plan.explain.explain_visits import Explainer, ForcedVisitLoss, UnservedExplanation, rules_alone
from sweep.plan.feasible.shortest_times_through_visits import ShortestPaths
from sweep.plan.problem.problem import Lock, Problem, Weights
from sweep.plan.solve import Settings, solve
from sweep.records.people import Team
from sweep.records.plan import Plan, Reason, Route, Stop
from sweep.records.visits import Slot, Visit
from tests.plan.conftest import problem, random_problem, team, visit
from tests.plan.exhaustive import Alone, optimum
from tests.plan.judge import faults
from tests.plan.rich import rich_problem
from tests.seeds import over_seeds

ROUNDS = Settings(seed=1, n_iterations=300)
# A must-visit is worth more than all values of a small problem together.
MUST = 1_000.0


def by_value(p: Problem) -> Problem:
    """Must-marks as value, so that one number says which plan is better."""
    return replace(p, visits=tuple(replace(v, is_must=False, value=v.value + MUST * v.is_must) for v in p.visits))


def best(p: Problem, known: Alone, forced: str | None = None) -> float | None:
    """Value of the best of all plans, or of those that serve one visit; None if there is none."""
    plain = by_value(p)
    visits = tuple(replace(v, is_must=v.visit_id == forced) for v in plain.visits)
    return optimum(replace(plain, visits=visits), with_musts=forced is not None, known=known)


def unserved_of(explainer: Explainer) -> list[UnservedExplanation]:
    """Every unserved visit of the plan, explained."""
    return [explainer.why_not(v) for v in explainer.problem.visits if v.visit_id not in explainer.served]


def quoted(price: ForcedVisitLoss) -> float:
    return price.parts.total - MUST * price.parts.must_missed


@over_seeds(range(60))
def test_a_price_is_the_drop_of_the_optimum_or_an_upper_bound_on_it(seed: int) -> None:
    p = random_problem(seed, 5, 2, linked=seed % 2 == 1)
    plan = solve(p, ROUNDS)
    known: Alone = {}
    whole = best(p, known)
    assert whole is not None
    served = {s.visit_id for r in plan.routes for s in r.stops}
    if sum(v.value for v in by_value(p).visits if v.visit_id in served) < whole - 1e-6:
        return  # the search is not at the optimum: there is nothing to compare with
    for why in unserved_of(Explainer(p, plan, ROUNDS)):
        forced = best(p, known, why.visit.visit_id)
        if forced is None:
            assert why.price is None
            assert why.reasons[0].code in {
                "WINDOW_MISSED",
                "TOO_FEW_TEAMS",
                "LINKED_VISIT_UNSERVED",
                "SHIFT_TOO_SHORT",
            }
            continue
        assert why.price is not None
        if why.price.is_exact:
            # The road, which only breaks ties, weighs a billionth a second.
            assert quoted(why.price) == pytest.approx(whole - forced, abs=1e-4)
        else:
            assert quoted(why.price) >= whole - forced - 1e-4
        musts = {v.visit_id for v in p.visits if v.is_must}
        for option in why.options:
            if option.price is not None and option.displaced is not None and why.visit.link_group is None:
                # With all others as they are it costs no less, but for the ways, which weigh a billionth a second.
                lost = len(musts & set(option.displaced)) - why.visit.is_must
                assert option.price + MUST * lost >= whole - forced - 1e-4


def test_most_prices_of_small_problems_are_proven() -> None:
    prices = []
    for seed in range(0, 40, 2):
        p = random_problem(seed, 6, 2)
        prices += [w.price for w in unserved_of(Explainer(p, solve(p, ROUNDS), ROUNDS)) if w.price]
    assert len(prices) > 20
    assert sum(price.is_exact for price in prices) >= 0.9 * len(prices)


def alone(p: Problem, v: Visit, teams: list[Team]) -> set[str]:
    """Codes of the rules that keep all teams from some slot though no other rule is asked; straight from the rules."""
    if len(teams) < len(v.slots):
        return {"TOO_FEW_TEAMS"}
    company = p.buildings[v.building_id].property_company_id
    keys = {v.building_id, *v.targets, *([company] if company else [])}
    codes = set()
    for slot in v.slots:
        tests = {
            "NO_TEAM_IN_DISTRICT": [v.division_code in t.division_codes for t in teams],
            "NO_TEAM_WITH_DRAWN": [set(v.officers) <= set(t.member_ids) for t in teams],
            "SAME_PAIR": [not any(set(pair) <= set(t.member_ids) for pair in v.keep_apart) for t in teams],
            "RECUSED": [not t.recusals & keys for t in teams],
        }
        codes |= {code for code, may in tests.items() if not any(may)}
        for agency, n in slot.min_certified.items():
            if all(t.n_certified.get(agency, 0) < n for t in teams):
                codes.add("NO_TEAM_WITH_OFFICERS")
        for skill, n in slot.min_skilled.items():
            if all(t.n_skilled.get(skill, 0) < n for t in teams):
                codes.add("NO_TEAM_WITH_SKILL")
    return codes


PEOPLE = {
    "TOO_FEW_TEAMS", "NO_TEAM_IN_DISTRICT", "NO_TEAM_WITH_DRAWN", "RECUSED", "NO_TEAM_WITH_OFFICERS",
    "NO_TEAM_WITH_SKILL", "SAME_PAIR",
}  # fmt: skip


def test_reasons_agree_with_each_rule_taken_alone() -> None:
    n_alone = 0
    for seed in range(300):
        p = rich_problem(seed)
        if seed % 3 == 0:
            apart = (("T0-0", "T0-1"), ("T1-0", "T1-1"), ("T2-0", "T2-9"))
            p = replace(p, visits=tuple(replace(v, keep_apart=apart) for v in p.visits))
        teams = [t for t in p.teams if not t.is_reserve]
        ways = ShortestPaths(p)
        for v in p.visits:
            expected = alone(p, v, teams)
            codes = {r.code for r in rules_alone(ways, v, teams)}
            if expected:
                n_alone += 1
                assert codes & PEOPLE == expected, (seed, v.visit_id)
    assert n_alone > 100


def of_time(p: Problem, v: Visit, slot: int, t: Team) -> str:
    """
    Which rule of time keeps a team from a visit that it makes alone: every moment of the day is tried, 20 s apart.

    Ways, breaks, windows and shifts of `rich_problem` are multiples of 20 s.
    """
    table = p.travel_s
    base, here, end = p.places[t.base_id], p.places[v.building_id], p.places[t.end_base_id or t.base_id]
    there, back = int(table[base, here]), int(table[here, end])
    if max(there, back) >= p.unreachable:
        return "NO_ROAD"
    inside = p.service_s(v, slot, len(t.member_ids))
    could = [s for s in range(t.shift_s[0], t.shift_s[1] + 1, 20) if _can_start(t, s, there, inside, back)]
    if not could:
        return "SHIFT_TOO_SHORT"
    return "" if any(lo <= s <= hi for s in could for lo, hi in v.windows_s) else "WINDOW_MISSED"


def _can_start(t: Team, start: int, there: int, inside: int, back: int) -> bool:
    """With the break at the base before the way there, or at the visit after it."""
    (lo, hi), pause = t.shift_s, t.break_time
    if pause is None:
        return lo + there <= start and start + inside + back <= hi
    before = max(lo, pause.earliest_s)
    if before <= pause.latest_s and before + pause.length_s + there <= start and start + inside + back <= hi:
        return True
    behind = max(start + inside, pause.earliest_s)
    return lo + there <= start and behind <= pause.latest_s and behind + pause.length_s + back <= hi


def test_rules_of_time_and_road_agree_with_every_moment_of_the_day_tried() -> None:
    codes_found: list[str] = []
    for seed in range(300):
        p = rich_problem(seed)
        for v in p.visits[:6]:
            for t in p.teams[:2]:
                # Nothing but time and road is asked: one visit, one team that may.
                plain = replace(v, slots=(Slot(0, {}, 0, {}, v.slots[0].service_s),), link_group=None)
                free = replace(t, division_codes=frozenset({v.division_code}), recusals=frozenset(), max_duty_s=None)
                if seed % 5 == 0:  # a shift of forty minutes
                    free = replace(free, shift_s=(t.shift_s[0], t.shift_s[0] + 2_400), break_time=None)
                one = replace(p, visits=(plain,), teams=(free,), lags=())
                codes = [r.code for r in rules_alone(ShortestPaths(one), plain, [free])]
                expected = of_time(one, plain, 0, free)
                assert codes == ([expected] if expected else []), (seed, v.visit_id, t.team_id)
                codes_found += codes
    assert min(codes_found.count(c) for c in ("NO_ROAD", "WINDOW_MISSED")) > 20
    assert codes_found.count("SHIFT_TOO_SHORT") > 0


def test_where_no_rule_alone_is_to_blame_the_fewest_together_are_named() -> None:
    # T0 has too few police for it, T1 is recused; each rule alone leaves a team.
    far = team("T0", n_police=2), team("T1", recusals=frozenset({"A"}))
    p = problem([visit("A", needs={"police": 4})], far)
    codes = {r.code for r in rules_alone(ShortestPaths(p), p.visits[0], far)}
    assert codes == {"NO_TEAM_WITH_OFFICERS", "RECUSED"}
    with_third = (*far, team("T2"))
    assert rules_alone(ShortestPaths(problem(p.visits, with_third)), p.visits[0], with_third) == ()


def test_the_pair_of_the_last_visit_is_named_where_it_alone_keeps_the_teams_off() -> None:
    apart = (("T0-0", "T0-1"), ("T1-2", "T1-3"))
    p = problem([replace(visit("A"), keep_apart=apart)], [team("T0"), team("T1")])
    why = Explainer(p, solve(p, ROUNDS), ROUNDS).why_not(p.visits[0])
    assert why.reasons == (Reason("SAME_PAIR", {"n_teams": 2}),)
    assert [o.rules for o in why.options] == [("keep_apart",), ("keep_apart",)]


def test_of_two_teams_that_must_enter_together_the_one_that_is_kept_off_is_to_blame() -> None:
    p = problem([visit("A", n_slots=2)], [team("T0"), team("T1", recusals=frozenset({"A"}))])
    assert rules_alone(ShortestPaths(p), p.visits[0], p.teams) == (Reason("RECUSED", {"n_teams": 1}),)


def one_visit_too_many() -> tuple[Problem, Plan]:
    """
    One team with 60 minutes: A and B, 27 minutes each, with the ways 3 x 5 more than that; B alone is worth more.

    Forced in, A displaces B: 3 - 2 = 1. The team lacks 2 x 27 + 3 x 5 - 60 = 9 minutes.
    """
    p = problem([visit("A", 2.0), visit("B", 3.0)], [team("T0", shift=(48_600, 48_600 + 3_600))])
    plan = solve(p, ROUNDS)
    assert [s.visit_id for s in plan.routes[0].stops] == ["V-B"]
    return p, plan


def test_the_displaced_visit_the_price_and_the_missing_minutes_are_named() -> None:
    p, plan = one_visit_too_many()
    (why,) = unserved_of(Explainer(p, plan, ROUNDS))
    assert [r.code for r in why.reasons] == ["LOW_VALUE"]
    assert why.price is not None
    assert (why.price.parts.total, why.price.is_exact, why.price.displaced) == (pytest.approx(1.0), True, ("V-B",))
    (option,) = why.options
    assert (option.team_id, option.displaced, option.minutes_missing) == ("T0", ("V-B",), 9)
    assert option.price == pytest.approx(1.0)


def test_a_served_visit_has_its_worth_its_slack_and_why_the_others_do_not_make_it() -> None:
    p = problem([visit("A", 2.0), visit("B", 3.0)], [team("T0"), team("T1", recusals=frozenset({"A", "B"}))])
    plan = solve(p, ROUNDS)
    e = Explainer(p, plan, ROUNDS)
    why = e.why_there(p.visits[0])
    assert why.team_ids == ("T0",)
    assert why.parts.total == pytest.approx(2.0)
    assert why.inside_s == 27 * 60
    assert why.others == (("T1", ("recusals",)),)
    # Both take 27 + 5 minutes; the last may start 16:45, or so that the team is back at 17:30: the earlier is 16:45.
    later = max(r.stops[-1].start_s for r in plan.routes if r.stops)
    last = next(s.visit_id for r in plan.routes for s in r.stops if s.start_s == later)
    assert e.why_there(next(v for v in p.visits if v.visit_id == last)).slack_s == 60_300 - later


def test_a_stop_that_no_road_leads_past_saves_no_way() -> None:
    # A at 13:35, B at 14:26:40, C at 15:33:20; from A to C there is no way but over B.
    a, b, c = (visit(x, windows=((at_s, at_s),)) for x, at_s in (("A", 48_900), ("B", 52_000), ("C", 56_000)))
    p = problem([a, b, c], [team("T1")])
    travel_s = p.travel_s.copy()
    travel_s[0, 2] = travel_s[2, 0] = p.unreachable
    p = replace(p, travel_s=travel_s)
    assert Explainer(p, solve(p, ROUNDS), ROUNDS).why_there(b).travel_saved_s == 0


def test_a_served_visit_has_its_price() -> None:
    p = problem([replace(visit("A", 2.0), preferred=("somebody",)), visit("B", 3.0)], [team("T0")])
    p = replace(p, weights=Weights(travel=0.0, unpreferred=0.25))
    e = Explainer(p, solve(p, ROUNDS), ROUNDS)
    assert [e.why_there(v).price for v in p.visits] == [pytest.approx(0.25), pytest.approx(0.0)]


def test_a_plan_that_the_search_left_short_is_named_as_a_gain() -> None:
    p, plan = one_visit_too_many()
    worse = replace(p, visits=(replace(p.visits[0], value=5.0), p.visits[1]))
    (why,) = unserved_of(Explainer(worse, plan, ROUNDS))
    assert why.price is not None
    assert why.price.parts.total == pytest.approx(-2.0)
    assert [r.code for r in why.reasons] == ["SEARCH_TOO_SHORT"]
    assert faults(p, plan) == []


def test_a_visit_pinned_to_a_team_is_not_moved_to_another_to_let_one_in() -> None:
    # All start within ten minutes, so each team makes one visit: T1 the pinned A, T2 C. Only T1 may go to B: were A
    # not pinned it could go to T2, and B would cost C alone, 0.8 - 0.5. Pinned, A stays, and no plan has B.
    early = ((48_600, 49_200),)
    a, c = visit("A", is_must=True, windows=early), visit("C", 0.8, windows=early)
    b = visit("B", 0.5, windows=early, division_code="370103")
    t1 = replace(team("T1"), division_codes=frozenset({"370102", "370103"}))
    p = replace(problem([a, b, c], [t1, team("T2")]), locks=(Lock("V-A", 0, "T1"),))
    plan = solve(p, ROUNDS)
    assert {r.team_id: [s.visit_id for s in r.stops] for r in plan.routes} == {"T1": ["V-A"], "T2": ["V-C"]}
    why = Explainer(p, plan, ROUNDS).why_not(b)
    assert why.price is None
    assert [reason.code for reason in why.reasons] == ["NO_TIME_LEFT"]
    free = Explainer(replace(p, locks=()), plan, ROUNDS).why_not(b)
    assert free.price is not None and free.price.displaced == ("V-C",)


def test_a_served_visit_that_is_pinned_to_its_team_is_explained() -> None:
    p = replace(problem([visit("A", 2.0), visit("B", 3.0)], [team("T0")]), locks=(Lock("V-A", 0, "T0"),))
    why = Explainer(p, solve(p, ROUNDS), ROUNDS).why_there(p.visits[0])
    assert (why.team_ids, why.parts.total) == (("T0",), pytest.approx(2.0))


@pytest.mark.parametrize("is_must", [False, True])
def test_the_price_of_an_option_leaves_aside_that_it_gives_up_a_pinned_visit(is_must: bool) -> None:
    # An hour has time for one: B for the pinned A is 3 - 2 gained.
    visits = [visit("A", 2.0, is_must=is_must), visit("B", 3.0)]
    p = replace(problem(visits, [team("T0", shift=(48_600, 52_200))]), locks=(Lock("V-A", 0, "T0"),))
    plan = solve(p, ROUNDS)
    (option,) = Explainer(p, plan, ROUNDS).why_not(p.visits[1]).options
    assert (option.displaced, option.price) == (("V-A",), pytest.approx(-1.0, abs=1e-4))
    assert cheapest_swaps(p, plan) == {}


def test_a_door_that_was_locked_is_no_stop_of_a_visit_that_is_tried_again_nor_one_that_is_made() -> None:
    p = problem([visit(x, value) for x, value in (("A", 3.0), ("B", 2.0), ("C", 2.5))], [team("T0"), team("T1")])
    visits = {v.visit_id: v for v in p.visits}
    # T1 was at the door of C in vain at 13:35; T0 is there from 15:00 to 15:27, and could be until 16:45.
    tried = Stop("V-C", 0, "C", 300, 2_400, 48_900, 48_900, 49_200, is_attempt=True)
    first = Stop("V-A", 0, "A", 300, 2_400, 48_900, 48_900, 50_520)
    again = Stop("V-C", 0, "C", 300, 2_400, 50_820, 54_000, 55_620)
    t0 = Route("T0", 48_600, (first, again), 300, 2_400, 55_920)
    plan = replace(solve(p, ROUNDS), routes=(t0, Route("T1", 48_600, (tried,), 300, 2_400, 49_500)))
    why = Explainer(p, plan, ROUNDS).why_there(visits["V-C"])
    assert (why.team_ids, why.start_s, why.inside_s) == (("T0",), 54_000, 27 * 60)
    assert why.slack_s == 60_300 - 54_000
    # Nobody tries again: C is as much out as B, and each team has all the time for it.
    without = replace(plan, routes=tuple(replace(r, stops=r.stops[:1]) for r in plan.routes))
    options = Explainer(p, without, ROUNDS).why_not(visits["V-C"]).options
    assert {o.team_id: (o.displaced, o.price) for o in options} == {
        "T0": ((), pytest.approx(-2.5, abs=1e-4)),
        "T1": ((), pytest.approx(-2.5, abs=1e-4)),
    }
