"""Teams for places where the same people were last (C28)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import combinations

import numpy as np

from sweep.plan.problem.eligibility import active_teams, pairs_inside
from sweep.plan.problem.problem import Problem, TeamRules
from sweep.plan.teams.compose_teams import compose_teams
from sweep.plan.teams.district_quota import TeamTemplate
from sweep.plan.teams.visitor_rotation import AWAY_COST, CHOICE_SHARE, PAIR_SHARE, rotate_members
from sweep.records.people import MARKET_REGULATION, POLICE, Person
from sweep.records.visits import Visit
from tests.seeds import over_seeds

DISTRICTS = ("370102", "370103")
NEEDS = {"police": 2, "market_regulation": 2}


def officer(agency: str, k: int, division_code: str = "370102", **changes: object) -> Person:
    role = {"police": "officer", "market_regulation": "inspector"}[agency]
    until, shift = date(2027, 1, 1), (46_800, 64_800)
    made = Person(f"{agency[:1]}{k:02d}", agency, role, until, k % 3 == 0, "S", division_code, shift)
    return replace(made, **changes)  # type: ignore[arg-type]


def pairs(*groups: Sequence[str]) -> tuple[tuple[str, str], ...]:
    return tuple(pair for group in groups for pair in combinations(group, 2))


def open_places(problem: Problem, seed: int = 1) -> set[str]:
    teams = active_teams(compose_teams(problem, seed))
    return {v.building_id for v in problem.visits if any(not pairs_inside(v, t) for t in teams)}


def test_the_only_team_of_a_district_is_of_those_who_stood_by_last_time(make_problem, make_visit):
    people = [*(officer("police", k) for k in range(8)), *(officer("market_regulation", k) for k in range(4))]
    last = pairs(["p00", "p01", "p02", "p03"], ["m00", "m01"])
    rules = TeamRules(2, 1, NEEDS, 1, assist_letter=False)
    problem = make_problem([replace(make_visit("B1"), keep_apart=last)], people=people, rules=rules)
    assert open_places(problem) == {"B1"}
    there = {t.team_id: set(t.member_ids) for t in compose_teams(problem, 1)}
    (going,) = (t for t in compose_teams(problem, 1) if not t.is_reserve)
    assert len(there[going.team_id] & {"p00", "p01", "p02", "p03"}) <= 1


def test_two_teams_change_places_if_nobody_else_is_there(make_problem, make_visit):
    # Four police and four of market regulation make two teams; each may go where the other was, if it stays together.
    people = [*(officer("police", k, is_female=True) for k in range(4))]
    people += [officer("market_regulation", k) for k in range(4)]
    rules = TeamRules(2, 0, NEEDS, 1, assist_letter=False)
    first, second = pairs(["p00", "p01"], ["m00", "m01"]), pairs(["p02", "p03"], ["m02", "m03"])
    visits = [replace(make_visit("B1"), keep_apart=first), replace(make_visit("B2"), keep_apart=second)]
    assert open_places(make_problem(visits, people=people, rules=rules)) == {"B1", "B2"}


def test_a_visit_of_two_teams_is_open_where_both_are_free(make_problem, make_visit):
    # All eight police of the district were there, as two teams; the two of now take police of the next district.
    people = [officer("police", k, is_female=True) for k in range(8)]
    people += [officer("police", k, DISTRICTS[1], is_female=True) for k in range(10, 18)]
    people += [officer("market_regulation", k, d) for k, d in enumerate(["370102"] * 4 + ["370103"] * 4)]
    last = pairs(["p00", "p01", "p02", "p03"], ["p04", "p05", "p06", "p07"], ["m00", "m01"], ["m02", "m03"])
    visits = [replace(make_visit("B1", n_slots=2), keep_apart=last), make_visit("B2", 2.0, division_code=DISTRICTS[1])]
    problem = make_problem(visits, people=people, rules=TeamRules(4, 0, NEEDS, 1, assist_letter=False))
    there = [t for t in compose_teams(problem, 1) if "370102" in t.division_codes]
    assert [pairs_inside(visits[0], t) for t in there] == [[], []]


def test_somebody_stays_behind_where_that_alone_opens_a_place(make_problem, make_visit):
    # One team of four police: two pairs of them were there last time.
    people = [officer("police", k, is_female=True) for k in range(4)]
    rules = TeamRules(1, 0, {"police": 2}, 1, assist_letter=False)
    last = pairs(["p00", "p01"], ["p02", "p03"])
    problem = make_problem([replace(make_visit("B1"), keep_apart=last)], people=people, rules=rules)
    (team,) = compose_teams(problem, 1)
    assert not pairs_inside(problem.visits[0], team)
    assert len(team.member_ids) == 2
    assert len(compose_teams(replace(problem, visits=(make_visit("B1"),)), 1)[0].member_ids) == 4


def test_what_other_days_teams_may_visit_gives_way_to_what_they_may_not(make_problem, make_visit):
    # Two of six officers go. Only with p05 are they no pair of B1's, and only without p05 none of B2's.
    people = [officer("police", k, is_female=True) for k in range(6)]
    rules = TeamRules(1, 0, {"police": 2}, 1, assist_letter=False, max_members=2)
    visits = [
        replace(make_visit("B1", 2.0), keep_apart=pairs(["p00", "p01", "p02", "p03", "p04"])),
        replace(make_visit("B2", 1.0), keep_apart=tuple((f"p0{k}", "p05") for k in range(5))),
    ]
    problem = make_problem(visits, people=people, rules=rules)

    def is_open(n_open: dict[str, int]) -> set[str]:
        (team,) = compose_teams(problem, 1, n_other_teams=n_open)
        return {v.building_id for v in problem.visits if not pairs_inside(v, team)}

    assert is_open({}) == {"B1"}
    assert is_open({"B1": 3}) == {"B2"}


def test_who_is_recused_or_drawn_stays_where_they_are(make_problem, make_visit):
    people = [officer("police", k) for k in range(4)]
    people = [replace(people[0], recusals=frozenset({"B9"})), *people[1:]]
    visits = [replace(make_visit("B1"), keep_apart=pairs(["p00", "p01"]), officers=("p01",))]
    problem = make_problem(visits, people=people, rules=TeamRules(2, 0, {"police": 2}, 0, assist_letter=False))
    frames = [TeamTemplate("T01", "370102", is_reserve=False), TeamTemplate("T02", "370102", is_reserve=True)]
    assert rotate_members(problem, people, frames, [people[:2], people[2:]], {"V-B1": 1.0}) == [people[:2], people[2:]]


def test_of_two_who_are_recused_and_were_there_one_stays_behind(make_problem, make_visit):
    people = [officer("police", k) for k in range(4)]
    people = [*(replace(p, recusals=frozenset({"B9"})) for p in people[:2]), *people[2:]]
    visits = [replace(make_visit("B1"), keep_apart=pairs(["p00", "p01"]))]
    problem = make_problem(visits, people=people, rules=TeamRules(1, 0, {"police": 2}, 0, assist_letter=False))
    (team,) = rotate_members(
        problem, people, [TeamTemplate("T01", "370102", is_reserve=False)], [people[:3]], {"V-B1": 1.0}
    )
    assert len({"p00", "p01"} & {p.person_id for p in team}) == 1
    assert {p.person_id for p in team} >= {"p02"}


def cost(problem: Problem, frames: Sequence[TeamTemplate], members: Sequence[Sequence[Person]]) -> float:
    """What pairs and people away cost, in finds, straight from what the words say."""

    def of(visit: Visit) -> float:
        goes = [t for t, f in enumerate(frames) if f.division_code == visit.division_code and not f.is_reserve]
        ids = [{p.person_id for p in members[t]} for t in goes]
        inside = [sum({*pair} <= team for pair in visit.keep_apart) for team in ids]
        if not inside:
            return 0.0
        shut = 1.0 + PAIR_SHARE * min(inside) if min(inside) else 0.0
        return visit.value * (shut + CHOICE_SHARE * sum(n > 0 for n in inside) / len(inside))

    away = sum(p.division_code != f.division_code for f, team in zip(frames, members, strict=True) for p in team)
    return sum(map(of, problem.visits)) + AWAY_COST * away


@over_seeds(range(25))
def test_trades_keep_every_team_whole_and_end_where_no_single_one_helps(seed, make_problem, make_visit):
    rng = np.random.default_rng(seed)
    people = [officer("police", k, DISTRICTS[k % 2], is_female=bool(rng.random() < 0.5)) for k in range(10)]
    people += [officer("market_regulation", k, DISTRICTS[k % 2]) for k in range(10)]
    frames = [TeamTemplate(f"T{d}{k}", d, is_reserve=k == 2) for d in DISTRICTS for k in range(int(rng.integers(2, 4)))]
    members: list[list[Person]] = []
    for f in frames:
        left = [p for p in people if not any(p in team for team in members)]
        inspectors = [p for p in left if (p.agency, p.division_code) == (MARKET_REGULATION, f.division_code)]
        members.append([p for p in left if p.agency == POLICE][: int(rng.integers(1, 3))] + inspectors[:1])
    visits = []
    for k in range(6):
        who = [p.person_id for p in people if rng.random() < 0.4]
        last = pairs([i for i in who if i[0] == "p"], [i for i in who if i[0] == "m"])
        visit = make_visit(f"B{k}", float(rng.random()), division_code=DISTRICTS[k % 2])
        visits.append(replace(visit, keep_apart=last))
    n_women = min(sum(p.is_female for p in team) for team in members)
    problem = make_problem(visits, people=people, rules=TeamRules(len(frames), 0, {}, n_women, assist_letter=False))
    made = rotate_members(problem, people, frames, members, {v.visit_id: v.value for v in visits})
    before, after = (cost(problem, frames, m) for m in (members, made))
    assert after <= before
    assert [Counter(p.agency for p in t) for t in made] == [Counter(p.agency for p in t) for t in members]
    for frame, team in zip(frames, made, strict=True):
        assert all(p.division_code == frame.division_code for p in team if p.agency == MARKET_REGULATION)
        assert sum(p.is_female for p in team) >= n_women
    # Whoever is merely away from home is the composer's matter.
    assert min(cost(problem, frames, m) for m in single_trades(people, frames, made, n_women)) > after - 2.1 * AWAY_COST


def single_trades(people, frames, made, n_women):
    """Every composition that one trade leads to."""
    everybody = [*made, [p for p in people if not any(p in team for team in made)]]
    codes = [*(f.division_code for f in frames), None]
    for t, u in combinations(range(len(everybody)), 2):
        for p in everybody[t]:
            for q in everybody[u]:
                new = [list(team) for team in everybody]
                new[t][new[t].index(p)], new[u][new[u].index(q)] = q, p
                homes = all(x.agency == "police" or codes[k] in (None, x.division_code) for k in (t, u) for x in new[k])
                whole = all(sum(x.is_female for x in team) >= n_women for team in new[:-1])
                if p.agency == q.agency and homes and whole:
                    yield new[:-1]
