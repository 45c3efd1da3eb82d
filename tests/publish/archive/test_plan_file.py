from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.errors import InputError
from geodata.message_catalogue import Texts, load_texts
from sweep.publish.archive.plan_json import plan_json
from sweep.publish.archive.plan_schema import plan_schema
from sweep.publish.archive.read_plan import read_plan_json
from sweep.publish.edition import Edition
from sweep.records.people import Team
from sweep.records.plan import Plan, Reason, Route, Stop, Unserved
from tests.publish.small_edition import PLAN, small_edition

EN = load_texts("en")
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
seconds = st.integers(0, 172_800)
counts = st.integers(0, 10**6)
finite = st.floats(0.0, 1e9)
values = st.dictionaries(words, st.one_of(words, st.integers(-(2**53), 2**53), finite), max_size=3)
stops = st.builds(Stop, words, st.integers(0, 9), words, counts, counts, seconds, seconds, seconds, st.booleans())
spans = st.tuples(seconds, seconds)
breaks = st.none() | spans
routes = st.builds(Route, words, seconds, st.lists(stops, max_size=3).map(tuple), counts, counts, seconds, breaks)
teams = st.builds(
    Team,
    words,
    st.lists(words, max_size=3).map(tuple),
    words,
    st.frozensets(words, max_size=3),
    st.tuples(seconds, seconds),
    st.dictionaries(words, st.integers(0, 99), max_size=3),
    st.integers(0, 99),
    st.frozensets(words, max_size=3),
    st.booleans(),
    former=st.lists(st.tuples(words, seconds), max_size=2).map(tuple),
    called_s=st.none() | seconds,
)
reasons = st.builds(Reason, st.sampled_from(["NO_ROAD", "LOW_VALUE", "SOMETHING_ELSE"]), values)
unserved = st.builds(Unserved, words, words, st.lists(reasons, max_size=2).map(tuple))


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    made = draw(st.lists(teams, max_size=3, unique_by=lambda t: t.team_id))
    return Plan(
        draw(words),
        draw(finite),
        draw(finite),
        draw(words),
        tuple(made),
        tuple(replace(draw(routes), team_id=t.team_id) for t in made),
        tuple(draw(st.lists(unserved, max_size=2))),
        draw(st.integers(0, 2**53)),
        draw(counts),
        draw(st.none() | counts),
        bound_any_teams=draw(st.none() | finite),
    )


@given(plans())
def test_a_plan_comes_back_as_it_was(plan: Plan) -> None:
    assert read_plan_json(plan_json(replace(small_edition(), plan=plan), EN)) == plan


def test_frozen_mappings_come_back_equal(edition: Edition, texts: Texts) -> None:
    reason = Reason("NO_TIME_LEFT", MappingProxyType({"needs": 3}))
    plan = replace(PLAN, unserved=(Unserved("V3", "B3", (reason,)),))
    assert read_plan_json(plan_json(replace(edition, plan=plan), texts)) == plan


def test_the_file_satisfies_its_schema(edition: Edition, texts: Texts) -> None:
    schema = plan_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(json.loads(plan_json(edition, texts)))


def test_times_stand_as_seconds_and_as_iso_8601(edition: Edition, texts: Texts) -> None:
    stop = json.loads(plan_json(edition, texts))["routes"][0]["stops"][0]
    # 49,200 s is 13 h 40 min.
    assert (stop["start_s"], stop["start_at"]) == (49_200, "2026-09-16T13:40:00+08:00")


def test_seconds_are_the_truth(edition: Edition, texts: Texts) -> None:
    content = json.loads(plan_json(edition, texts))
    content["routes"][0]["stops"][0]["start_s"] = 50_000
    content["routes"][0]["stops"][0]["start_at"] = "2026-09-16T09:00:00+08:00"
    assert read_plan_json(json.dumps(content)).routes[0].stops[0].start_s == 50_000


def test_fields_for_readers_may_be_missing(edition: Edition, texts: Texts) -> None:
    content = json.loads(plan_json(edition, texts))
    del content["plan_id"], content["teams"][0]["letter"], content["routes"][0]["stops"][0]["address"]
    assert read_plan_json(json.dumps(content)) == PLAN


def test_a_byte_order_mark_is_no_fault(edition: Edition, texts: Texts) -> None:
    assert read_plan_json("\ufeff" + plan_json(edition, texts)) == PLAN


@pytest.mark.parametrize(
    ("old", "new", "code", "where"),
    [
        pytest.param('"routes"', "routes", "S301", "plan.json", id="not JSON"),
        pytest.param(
            '"start_s": 49200', '"strat_s": 49200', "S302", "plan.json routes[0].stops[0].start_s", id="missing"
        ),
        pytest.param(
            '"start_s": 49200', '"strat_s": 49200', "S303", "plan.json routes[0].stops[0].strat_s", id="unknown"
        ),
        pytest.param(
            '"start_s": 49200', '"start_s": "49200"', "S304", "plan.json routes[0].stops[0].start_s", id="text"
        ),
        pytest.param(
            '"start_s": 49200', '"start_s": 49200.5', "S304", "plan.json routes[0].stops[0].start_s", id="half"
        ),
        pytest.param('"start_s": 49200', '"start_s": true', "S304", "plan.json routes[0].stops[0].start_s", id="flag"),
        pytest.param('"value": 0.7', '"value": NaN', "S304", "plan.json summary.value", id="not a number"),
        pytest.param('"schema_version": 1', '"schema_version": 2', "S304", "plan.json schema_version", id="version"),
        pytest.param(
            '"travel_s": 300,', '"travel_s": -1,', "S304", "plan.json routes[0].stops[0].travel_s", id="negative"
        ),
    ],
)
def test_each_fault_is_named_with_its_place(
    edition: Edition, texts: Texts, old: str, new: str, code: str, where: str
) -> None:
    text = plan_json(edition, texts)
    assert old in text
    with pytest.raises(InputError) as caught:
        read_plan_json(text.replace(old, new, 1))
    found = [issue for issue in caught.value.issues if (issue.code, issue.where) == (code, where)]
    assert len(found) == 1
    assert found[0].what(texts)
    assert found[0].fix(texts)


@pytest.mark.parametrize("text", ["", "null", "[]", "{}", '"plan"', "[" * 100_000], ids=repr)
def test_nonsense_is_an_input_error(text: str) -> None:
    with pytest.raises(InputError):
        read_plan_json(text, "mine.json")


def test_unknown_ids_are_written_as_null(edition: Edition, texts: Texts) -> None:
    route = replace(PLAN.routes[0], stops=(replace(PLAN.routes[0].stops[0], visit_id="V99", building_id="B99"),))
    plan = replace(PLAN, routes=(route, PLAN.routes[1]))
    text = plan_json(replace(edition, plan=plan), texts)
    assert json.loads(text)["routes"][0]["stops"][0]["lon"] is None
    assert read_plan_json(text) == plan


def test_the_same_plan_gives_the_same_bytes(edition: Edition, texts: Texts, tmp_path: Path) -> None:
    assert plan_json(edition, texts) == plan_json(small_edition(), texts)
