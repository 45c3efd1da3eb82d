from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from geodata.errors import Issue
from sweep.publish.edition import Edition
from sweep.publish.facts.edition_traffic_light import WANTED_TABLES, assess
from sweep.records.input_files import InputFile
from sweep.records.plan import Reason, Unserved, Violation
from tests.publish.small_edition import PLAN, VISITS, small_edition


def sound() -> Edition:
    """All three visits on offer are made, by two teams, with a bound that was proved."""
    served = {i: v for i, v in VISITS.items() if i != "V3"}
    plan = replace(PLAN, unserved=(), bound=0.75, bound_method="branch_and_price")
    inputs = tuple(InputFile(table, f"{table}.csv", "0" * 64, 1, 1, 0) for table in WANTED_TABLES)
    return replace(small_edition(), visits=served, plan=plan, inputs=inputs, notes=())


def unserved(edition: Edition, code: str, *visit_ids: str, is_must: bool = False) -> Edition:
    """The edition without the stops of these visits, each unserved for the reason."""
    routes = tuple(
        replace(r, stops=tuple(s for s in r.stops if s.visit_id not in visit_ids)) for r in edition.plan.routes
    )
    left_out = tuple(Unserved(i, edition.visits[i].building_id, (Reason(code),)) for i in visit_ids)
    visits = {i: replace(v, is_must=is_must and i in visit_ids) for i, v in edition.visits.items()}
    return replace(edition, visits=visits, plan=replace(edition.plan, routes=routes, unserved=left_out))


def standing_by(edition: Edition) -> Edition:
    """The edition with all teams in reserve and no visit made."""
    edition = unserved(edition, "NO_TIME_LEFT", "V1", "V2")
    teams = tuple(replace(team, is_reserve=True) for team in edition.plan.teams)
    return replace(edition, plan=replace(edition.plan, teams=teams, routes=()))


def test_a_plan_without_an_objection_is_green() -> None:
    assert (assess(sound()).state, assess(sound()).reasons) == ("green", ())


@pytest.mark.parametrize(
    ("change", "state", "codes"),
    [
        (lambda e: replace(e, violations=(Violation("C01", "V1", {}),)), "red", []),
        (lambda e: unserved(e, "NO_TIME_LEFT", "V1", "V2"), "red", ["S661", "S664"]),
        (lambda e: unserved(e, "NO_TEAM_WITH_SKILL", "V1", "V2"), "red", ["S661", "S662", "S664"]),
        (standing_by, "red", ["S675", "S661"]),
        (lambda e: unserved(e, "NO_TEAM_WITH_SKILL", "V1"), "amber", ["S664"]),
        (lambda e: unserved(e, "NO_TIME_LEFT", "V2", is_must=True), "amber", ["S664", "S665"]),
        (lambda e: replace(e, plan=replace(e.plan, bound_method="fractional_knapsack")), "amber", ["S663"]),
        (lambda e: replace(e, plan=replace(e.plan, bound=0.78)), "amber", ["S663"]),
        (lambda e: replace(e, inputs=e.inputs[1:]), "amber", ["S666"]),
        (lambda e: replace(e, notes=(Issue("G228", "firms.csv"), Issue("S213", "x"))), "amber", ["G228"]),
        (lambda e: replace(e, notes=(Issue("G132", "roster.csv"),)), "amber", ["G132"]),
    ],
    ids=[
        "rule broken",
        "no lead",
        "impossible",
        "no team goes out",
        "one",
        "must",
        "rough",
        "a tenth and more",
        "table",
        "losses",
        "column",
    ],
)
def test_each_objection_has_its_state_and_its_reason(
    change: Callable[[Edition], Edition], state: str, codes: list[str]
) -> None:
    assessment = assess(change(sound()))
    assert (assessment.state, [r.code for r in assessment.reasons]) == (state, codes)


def test_streets_in_a_table_of_lines_are_not_missing() -> None:
    lines = tuple(replace(i, table="street_lines" if i.table == "streets" else i.table) for i in sound().inputs)
    assert assess(replace(sound(), inputs=lines)).state == "green"


def test_leads_of_which_none_is_on_offer_are_pointed_out() -> None:
    edition = sound()  # one row in each table
    rest = {i: v for i, v in edition.visits.items() if v.track != "case"}
    gone = [i for i in edition.visits if i not in rest]
    (reason,) = (r for r in assess(replace(unserved(edition, "NOT_ON_OFFER", *gone), visits=rest)).reasons
                 if r.code == "S674")  # fmt: skip
    assert reason.values["n"] == 1


def test_a_district_without_inspectors_is_named() -> None:
    edition = small_edition()  # V3 is the only visit in 370103
    (reason,) = (r for r in assess(edition).reasons if r.code == "S667")
    assert (reason.values["district"], reason.values["n"]) == ("370103", 1)


def test_a_track_is_impossible_only_if_no_visit_of_it_is_possible() -> None:
    edition = small_edition()  # V3, the only routine visit, lacks officers; the visits to leads are made
    (reason,) = (r for r in assess(edition).reasons if r.code == "S662")
    assert (reason.values["track"], reason.values["n"]) == ("routine", 1)
