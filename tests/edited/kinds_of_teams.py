"""Kinds of edit in teams, in who goes, and in which routes there are."""

from __future__ import annotations

import copy

from tests.edited.kinds import Day, Json, Rng, busy, counts, kind, some, team_of, told, upto


def spare(day: Day, plan: Json) -> list[str]:
    inside = {i for t in plan["teams"] for i in t["member_ids"]}
    return sorted(i for i in day.persons if i not in inside)


def one_less(rng: Rng, day: Day, plan: Json, *, is_officer: bool, is_told: bool) -> bool:
    every = [(t, i) for t in plan["teams"] for i in t["member_ids"] if counts(day, i) is is_officer]
    if (found := some(rng, every)) is None:
        return False
    team, person = found
    team["member_ids"].remove(person)
    if is_told:
        told(day, team)
    return True


@kind
def a_helper_less(rng: Rng, day: Day, plan: Json) -> bool:
    return one_less(rng, day, plan, is_officer=False, is_told=True)


@kind
def an_officer_less(rng: Rng, day: Day, plan: Json) -> bool:
    return one_less(rng, day, plan, is_officer=True, is_told=True)


@kind
def an_officer_less_and_no_word_of_it(rng: Rng, day: Day, plan: Json) -> bool:
    return one_less(rng, day, plan, is_officer=True, is_told=False)


@kind
def one_person_more(rng: Rng, day: Day, plan: Json) -> bool:
    person, team = some(rng, spare(day, plan)), some(rng, plan["teams"])
    if person is None or team is None:
        return False
    team["member_ids"].append(person)
    told(day, team)
    return True


@kind
def somebody_of_another_team_too(rng: Rng, day: Day, plan: Json) -> bool:
    one, other = some(rng, plan["teams"]), some(rng, plan["teams"])
    if one is None or other is None or one is other:
        return False
    other["member_ids"].append(one["member_ids"][0])
    told(day, other)
    return True


@kind
def somebody_twice(rng: Rng, day: Day, plan: Json) -> bool:
    if team := some(rng, plan["teams"]):
        team["member_ids"].append(team["member_ids"][0])
        told(day, team)
    return team is not None


@kind
def somebody_nobody_knows(rng: Rng, day: Day, plan: Json) -> bool:
    if team := some(rng, plan["teams"]):
        team["member_ids"].append("ghost")
    return team is not None


def exchanged(rng: Rng, day: Day, plan: Json, *, is_told: bool) -> bool:
    one, other = some(rng, plan["teams"]), some(rng, plan["teams"])
    if one is None or other is None or one is other:
        return False
    a, b = (int(rng.integers(len(t["member_ids"]))) for t in (one, other))
    one["member_ids"][a], other["member_ids"][b] = other["member_ids"][b], one["member_ids"][a]
    for team in (one, other) if is_told else ():
        told(day, team)
    return True


@kind
def two_people_exchanged(rng: Rng, day: Day, plan: Json) -> bool:
    return exchanged(rng, day, plan, is_told=True)


@kind
def two_people_exchanged_and_no_word_of_it(rng: Rng, day: Day, plan: Json) -> bool:
    return exchanged(rng, day, plan, is_told=False)


@kind
def members_in_another_order(rng: Rng, day: Day, plan: Json) -> bool:
    if team := some(rng, plan["teams"]):
        team["member_ids"].reverse()
    return team is not None


@kind
def a_team_of_nobody(rng: Rng, day: Day, plan: Json) -> bool:
    if team := some(rng, plan["teams"]):
        team["member_ids"] = []
        told(day, team)
    return team is not None


@kind
def nobody_left_of_a_team(rng: Rng, day: Day, plan: Json) -> bool:
    if team := some(rng, plan["teams"]):
        team["former"] = [[i, 0] for i in team["member_ids"]]
        team["member_ids"] = []
        told(day, team)
    return team is not None


@kind
def somebody_said_to_have_left_and_put_elsewhere(rng: Rng, day: Day, plan: Json) -> bool:
    one, other = some(rng, plan["teams"]), some(rng, plan["teams"])
    if one is None or other is None or one is other or not one["member_ids"]:
        return False
    person = one["member_ids"].pop()
    one["former"] = [[person, 86_400]]
    other["member_ids"].append(person)
    told(day, one)
    told(day, other)
    return True


@kind
def a_reserve_called_at_the_start(rng: Rng, day: Day, plan: Json) -> bool:
    if team := some(rng, [t for t in plan["teams"] if t["is_reserve"]]):
        start = team["shift_s"][0]
        team.update(is_reserve=False, called_s=start)
        idle = {"team_id": team["team_id"], "depart_s": start, "stops": [], "return_s": start}
        plan["routes"].append(idle | {"return_travel_s": 0, "return_distance_m": 0})
    return team is not None


@kind
def a_call_that_nobody_made(rng: Rng, day: Day, plan: Json) -> bool:
    if team := some(rng, plan["teams"]):
        team["called_s"] = 50_000
    return team is not None


@kind
def another_base(rng: Rng, day: Day, plan: Json) -> bool:
    team, base = some(rng, plan["teams"]), some(rng, sorted(day.bases))
    if team is None or base is None or base == team["base_id"]:
        return False
    team["base_id"] = base
    return True


@kind
def a_base_that_is_none(rng: Rng, day: Day, plan: Json) -> bool:
    if team := some(rng, plan["teams"]):
        team["base_id"] = "S9"
    return team is not None


@kind
def a_team_of_another_name(rng: Rng, day: Day, plan: Json) -> bool:
    if team := some(rng, plan["teams"]):
        team["team_id"] = "T77"
    return team is not None


@kind
def a_team_of_another_name_with_its_route(rng: Rng, day: Day, plan: Json) -> bool:
    if team := some(rng, plan["teams"]):
        for r in plan["routes"]:
            if r["team_id"] == team["team_id"]:
                r["team_id"] = "T77"
        team["team_id"] = "T77"
    return team is not None


@kind
def two_teams_of_one_name(rng: Rng, day: Day, plan: Json) -> bool:
    plan["teams"].append(copy.deepcopy(plan["teams"][0]) | {"member_ids": []})
    return True


@kind
def a_reserve_that_stands_by_no_more(rng: Rng, day: Day, plan: Json) -> bool:
    if team := some(rng, [t for t in plan["teams"] if t["is_reserve"]]):
        team["is_reserve"] = False
    return team is not None


@kind
def a_busy_team_that_stands_by(rng: Rng, day: Day, plan: Json) -> bool:
    if r := some(rng, busy(plan)):
        team_of(plan, r["team_id"])["is_reserve"] = True
    return r is not None


@kind
def an_idle_team_that_stands_by(rng: Rng, day: Day, plan: Json) -> bool:
    if r := some(rng, [r for r in plan["routes"] if not r["stops"]]):
        team_of(plan, r["team_id"])["is_reserve"] = True
        plan["routes"].remove(r)
    return r is not None


@kind
def an_officer_more_in_words(rng: Rng, day: Day, plan: Json) -> bool:
    if team := some(rng, plan["teams"]):
        team["n_certified"]["police"] = team["n_certified"].get("police", 0) + 1
    return team is not None


@kind
def no_inspectors_in_words(rng: Rng, day: Day, plan: Json) -> bool:
    if team := some(rng, [t for t in plan["teams"] if t["n_certified"].get("market_regulation")]):
        del team["n_certified"]["market_regulation"]
    return team is not None


@kind
def another_number_of_women(rng: Rng, day: Day, plan: Json) -> bool:
    if team := some(rng, plan["teams"]):
        team["n_female_certified"] += 1
    return team is not None


@kind
def a_recusal_more(rng: Rng, day: Day, plan: Json) -> bool:
    if team := some(rng, plan["teams"]):
        team["recusals"].append("B-none")
    return team is not None


@kind
def no_recusals(rng: Rng, day: Day, plan: Json) -> bool:
    if team := some(rng, [t for t in plan["teams"] if t["recusals"]]):
        team["recusals"] = []
    return team is not None


@kind
def every_district(rng: Rng, day: Day, plan: Json) -> bool:
    if team := some(rng, plan["teams"]):
        team["division_codes"] = sorted({b.division_code for b in day.buildings.values()})
    return team is not None


@kind
def a_district_that_is_none(rng: Rng, day: Day, plan: Json) -> bool:
    if team := some(rng, plan["teams"]):
        team["division_codes"].append("999999")
    return team is not None


@kind
def no_district(rng: Rng, day: Day, plan: Json) -> bool:
    if team := some(rng, plan["teams"]):
        team["division_codes"] = []
    return team is not None


@kind
def a_longer_shift(rng: Rng, day: Day, plan: Json) -> bool:
    if team := some(rng, plan["teams"]):
        team["shift_s"] = [0, 172_800]
    return team is not None


@kind
def a_shorter_shift(rng: Rng, day: Day, plan: Json) -> bool:
    if r := some(rng, busy(plan)):
        team_of(plan, r["team_id"])["shift_s"][1] = r["return_s"] - upto(rng, 600)
    return r is not None


# Routes.


@kind
def a_second_route(rng: Rng, day: Day, plan: Json) -> bool:
    if r := some(rng, plan["routes"]):
        plan["routes"].append(copy.deepcopy(r) | {"stops": []})
    return r is not None


@kind
def a_route_of_no_team(rng: Rng, day: Day, plan: Json) -> bool:
    if r := some(rng, plan["routes"]):
        plan["routes"].append(copy.deepcopy(r) | {"stops": [], "team_id": "T99"})
    return r is not None


@kind
def a_route_of_a_reserve(rng: Rng, day: Day, plan: Json) -> bool:
    team, r = some(rng, [t for t in plan["teams"] if t["is_reserve"]]), some(rng, plan["routes"])
    if team is None or r is None:
        return False
    plan["routes"].append(copy.deepcopy(r) | {"stops": [], "team_id": team["team_id"]})
    return True


@kind
def a_route_gone(rng: Rng, day: Day, plan: Json) -> bool:
    if r := some(rng, plan["routes"]):
        plan["routes"].remove(r)
    return r is not None


@kind
def two_routes_exchanged(rng: Rng, day: Day, plan: Json) -> bool:
    if len(plan["routes"]) < 2:
        return False
    a, b = plan["routes"][:2]
    a["team_id"], b["team_id"] = b["team_id"], a["team_id"]
    return True


@kind
def routes_in_another_order(rng: Rng, day: Day, plan: Json) -> bool:
    plan["routes"].reverse()
    return True
