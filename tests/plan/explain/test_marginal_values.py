"""One thing more, against paper."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geodata.message_catalogue import load_texts
from sweep.cli.explain import margin_row
from sweep.plan.explain.marginal_values import MarginalValue, candidates, marginal_values
from sweep.plan.problem.problem import Problem, TeamRules
from sweep.plan.solve import Settings, solve
from sweep.plan.teams.make_teams import with_fixed_teams
from sweep.records.people import BreakRule, BreakTime, Team
from sweep.records.squad_slots import split_slots
from tests.plan.conftest import NEEDS, problem, random_problem, team, visit

ROUNDS = Settings(seed=1, n_iterations=200)


def margins_by_kind(p: Problem) -> dict[str, MarginalValue]:
    return {m.kind: m for m in marginal_values(p, solve(p, ROUNDS), ROUNDS)}


def test_each_margin_is_what_the_one_thing_more_makes_possible() -> None:
    # 60 minutes a team, 27 a visit of 8 people, 5 any way: one visit each. C wants 5 police, whom nobody has.
    short = (48_600, 48_600 + 3_600)
    p = problem(
        [visit("A", 3.0), visit("B", 2.0), visit("C", 7.0, needs={"police": 5})],
        [team("T0", shift=short)],
    )
    more = margins_by_kind(p)
    # A second team makes B; an hour more lets T0 make A and B; a fifth policeman lets it make C in place of A.
    assert more["team"].parts.total == pytest.approx(2.0)
    assert more["hour"].parts.total == pytest.approx(2.0)
    assert more["police"].parts.total == pytest.approx(4.0)
    assert (more["police"].where, more["market_regulation"].parts.total) == ("T0", 0.0)


@pytest.mark.parametrize("seed", range(6))
def test_one_thing_more_never_takes_anything_away(seed: int) -> None:
    p = random_problem(seed, 14, 3, linked=True)
    for m in margins_by_kind(p).values():
        assert m.parts.must_missed <= 0
        assert m.parts.total >= 0.0 or m.parts.must_missed < 0
        assert m.bound >= m.value - 1e-9


def test_an_hour_by_which_a_must_visit_fits_adds_it_though_it_takes_finds() -> None:
    # A takes the hour from 13:45, and with 5 minutes back T0 must be out until 14:50, where it is to be back by 14:30.
    # B is to start at 13:53:20, and is made as long as A is not.
    a = replace(visit("A", 1.0, is_must=True, windows=((49_500, 49_500),)), service_s=3_600)
    b = visit("B", 3.0, windows=((50_000, 50_000),))
    p = problem([a, b], [team("T0", shift=(48_600, 52_200))])
    hour = next(m for m in marginal_values(p, solve(p, ROUNDS), ROUNDS, last_start_s=50_000) if m.kind == "hour")
    assert (hour.parts.total, hour.value) == (pytest.approx(-2.0), pytest.approx(1.0))
    assert (hour.n_visits, hour.parts.must_missed) == (0, -1)
    assert "1 must-visits" in margin_row(hour, load_texts("en"))[2]


def test_an_hour_more_starts_nothing_after_the_last_start_that_is_allowed() -> None:
    p = problem([visit("A", windows=((48_600, 60_300),))], [team("T0", shift=(48_600, 48_700))])
    plan = solve(p, ROUNDS)
    hour = next(m for m in marginal_values(p, plan, ROUNDS, last_start_s=60_300) if m.kind == "hour")
    assert hour.parts.total == pytest.approx(1.0)  # 13:30-14:31 has 27 minutes and two ways of 5


RESTED = BreakRule(longest_s=16_200, length_s=1_800)  # half an hour after 4.5 h


def longer(p: Problem, rule: BreakRule | None) -> list[tuple[Team, ...]]:
    """The teams of the hour more; none where it is not asked about."""
    asked = with_fixed_teams(p, solve(p, ROUNDS))
    return [q.teams for kind, _, q in candidates(asked, None, rule) if kind == "hour"]


def test_an_hour_more_has_the_break_that_the_longer_shift_needs() -> None:
    # 4 h hold four visits of 3,400 s at the base's door and no break; 5 h hold five, but not with half an hour's rest.
    visits = [replace(visit(f"B{k}"), service_s=3_400) for k in range(6)]
    p = problem(visits, [team("T0")], 0)
    plan = solve(p, ROUNDS)
    assert plan.value == 4.0
    hour = next(m for m in marginal_values(p, plan, ROUNDS, break_rule=RESTED) if m.kind == "hour")
    assert (hour.parts.total, hour.value) == (0.0, 4.0)
    # 13:30-18:30: from 4.5 h and the rest before the end to 4.5 h after the start.
    assert [t.break_time for teams in longer(p, RESTED) for t in teams] == [BreakTime(48_600, 64_800, 1_800)]


def test_an_hour_more_moves_the_break_that_a_shift_has_already() -> None:
    # 13:30-18:30 and a rest; with the hour to 19:30 it begins at 14:30 at the soonest.
    rest = BreakTime(48_600, 64_800, 1_800)
    p = problem([visit("A")], [replace(team("T0", shift=(48_600, 66_600)), break_time=rest)])
    assert [t.break_time for teams in longer(p, RESTED) for t in teams] == [BreakTime(52_200, 64_800, 1_800)]
    assert [t.break_time for teams in longer(p, None) for t in teams] == [rest]


def test_there_is_no_hour_more_where_one_break_cannot_part_the_longer_shift() -> None:
    shifts = [48_600 + RESTED.most_s - 3_600 + more for more in (0, 1)]
    told = [longer(problem([visit("A")], [team("T0", shift=(48_600, end))]), RESTED) for end in shifts]
    assert [len(teams) for teams in told] == [1, 0]


def test_an_officer_more_joins_no_squad_of_the_other_agency() -> None:
    # A is made by both squads. Y is of another district, where the squad of police may go and the inspectors may not.
    p = problem([visit("A", 1.0), visit("Y", 3.0, division_code="370103")], rules=TeamRules(1, 0, NEEDS, 1, False))
    p = replace(p, visits=tuple(replace(v, slots=split_slots(v.slots)) for v in p.visits))
    police = replace(team("T1P"), n_certified={"police": 4}, division_codes=frozenset({"370102", "370103"}))
    p = replace(p, teams=(police, replace(team("T1M"), n_certified={"market_regulation": 2})))
    p = replace(p, rules=replace(p.rules, is_split=True))
    asked = with_fixed_teams(p, solve(p, ROUNDS))
    joined = {(kind, where) for kind, where, _ in candidates(asked, None) if kind not in ("team", "hour")}
    assert joined == {("police", "T1P"), ("market_regulation", "T1M"), ("helper", "T1P"), ("helper", "T1M")}


def test_one_team_more_goes_as_both_its_squads() -> None:
    # Half an hour is enough for one visit; a squad alone makes none.
    short = (48_600, 48_600 + 1_800)
    p = problem([visit("A", 3.0), visit("B", 2.0)], rules=TeamRules(1, 0, NEEDS, 1, False, is_split=True))
    p = replace(p, visits=tuple(replace(v, slots=split_slots(v.slots)) for v in p.visits))
    police = replace(team("T1P", shift=short), n_certified={"police": 4})
    p = replace(p, teams=(police, replace(team("T1M", shift=short), n_certified={"market_regulation": 2})))
    (more,) = (m for m in marginal_values(p, solve(p, ROUNDS), ROUNDS) if m.kind == "team")
    assert more.parts.total == pytest.approx(2.0)
    (new,) = (q.teams[2:] for kind, _, q in candidates(with_fixed_teams(p, solve(p, ROUNDS)), None) if kind == "team")
    assert [(t.team_id, dict(t.n_certified)) for t in new] == [
        ("+P", {"police": 4}),
        ("+M", {"market_regulation": 2}),
    ]


def test_nobody_more_joins_a_team_that_is_full() -> None:
    p = problem([visit("A")], [team("T0", n=8), team("T1", n=7)], rules=TeamRules(2, 0, NEEDS, 1, False, max_members=8))
    asked = with_fixed_teams(p, solve(p, ROUNDS))
    assert {where for kind, where, _ in candidates(asked, None) if kind not in ("team", "hour")} == {"T1"}
