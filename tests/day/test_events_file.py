"""Faults of events, one by one."""

from __future__ import annotations

import json

import pytest

from geodata.errors import InputError, Issue
from sweep.day.event_records import Delayed, Urgent
from sweep.day.events_file import event_issues, read_events
from sweep.records.buildings import Building

# 13:59:40: 14:00 to the nearest minute, and 13:59 with its seconds cut off.
AT_S = 13 * 3_600 + 59 * 60 + 40
KNOWN = {kind: frozenset({"T1"}) for kind in ("teams", "people", "visits", "places")}
FORM = ("licence_displayed", "phones_seen")


def test_a_fault_names_the_second_that_decides() -> None:
    # The event came up 20 s after the change and is over 10 s after it began: by the minute nothing would be wrong.
    late = Delayed(AT_S + 20, "T1", AT_S + 30)
    assert event_issues([late], AT_S, KNOWN) == [
        Issue("S549", "events.json events[0]", {"at": "14:00", "change": "13:59:40"})
    ]
    over = Delayed(AT_S - 60, "T1", AT_S - 10)
    assert event_issues([over], AT_S, KNOWN) == [
        Issue("S556", "events.json events[0]", {"until": "13:59:30", "change": "13:59:40"})
    ]


def urgent(most_police: int, *, n_exits: int = 5, n_firms: int = 20, **said: object) -> Urgent:
    building = Building("B1", "B1", "", "370102", None, None, 10, n_exits, n_firms, 1e4, 117.0, 36.6)
    event = {"type": "urgent", "visit_id": "U", "building_id": "B1", "value": 0.5, **said}
    text = json.dumps({"events": [event]})
    (found,) = read_events(
        text, AT_S, {"B1": building}, 60_300, most_police=most_police, items=FORM, values={"B1": 0.7}
    )
    assert isinstance(found, Urgent)
    return found


@pytest.mark.parametrize(("said", "value"), [({"value": 0.5}, 0.5), ({"value": None}, 0.7), ({"value": 0.0}, 0.0)])
def test_an_urgent_visit_is_worth_what_it_says_or_else_what_the_ranking_gives_the_building(
    said: dict[str, object], value: float
) -> None:
    assert urgent(5, **said).visit.value == value


@pytest.mark.parametrize(
    ("most_police", "said", "police"),
    [
        # Two go inside, so a team of five guards three exits: two teams, of 2 + 3 and 2 + 2.
        pytest.param(5, {}, [5, 4], id="as many teams as the exits need"),
        pytest.param(7, {}, [7], id="one team is enough"),
        pytest.param(5, {"n_teams": 1}, [7], id="fewer teams were asked for: each must have more police"),
        pytest.param(2, {}, [7], id="nobody has any to spare"),
        pytest.param(5, {"n_exits": 0}, [2], id="no exit"),
    ],
)
def test_every_exit_of_an_urgent_visit_is_guarded(most_police: int, said: dict[str, int], police: list[int]) -> None:
    visit = urgent(most_police, **said).visit
    assert [s.min_certified["police"] for s in visit.slots] == police
    assert [s.min_certified["police"] - s.n_guards for s in visit.slots] == [2] * len(police)


@pytest.mark.parametrize(
    ("n_firms", "n_doors"),
    [
        pytest.param(20, 20, id="its firms"),
        # 10,000 m2 over the 660 m2 of a unit.
        pytest.param(0, 15, id="nobody is registered: the units that the floor area holds"),
    ],
)
def test_an_urgent_visit_calls_at_as_many_doors_as_any_other_there(n_firms: int, n_doors: int) -> None:
    assert urgent(9, n_firms=n_firms).visit.n_firms == n_doors


def test_an_urgent_visit_is_late_as_soon_as_it_may_start() -> None:
    assert urgent(9).visit.due_s == AT_S
    assert urgent(9, starts=("15:00", "16:00")).visit.due_s == 54_000


@pytest.mark.parametrize(
    ("starts", "issue"),
    [
        pytest.param(("15:00", "14:00"), ("S564", {"first": "15:00", "last": "14:00"}), id="reversed"),
        pytest.param(("12:00", "13:00"), ("S565", {"last": "13:00", "change": "13:59:40"}), id="past"),
        pytest.param(("14:30", "14:30"), None, id="at one moment alone"),
        pytest.param(None, None, id="from now on"),
    ],
)
def test_a_window_of_an_urgent_visit_that_nobody_can_keep_is_a_fault(
    starts: tuple[str, str] | None, issue: tuple[str, dict[str, str]] | None
) -> None:
    known = {**KNOWN, "places": frozenset({"B1"})}
    said = {} if starts is None else {"starts": starts}
    faults = event_issues([urgent(9, **said)], AT_S, known)
    assert [(i.code, dict(i.values)) for i in faults] == ([] if issue is None else [issue])


@pytest.mark.parametrize(
    ("event", "where", "values"),
    [
        ({"type": "held", "team_id": "T1", "until": "soon"}, "until", {"name": "until", "wanted": "HH:MM"}),
        ({"type": "nap"}, "", {"name": "events[0]", "wanted": ("held", "ill", "closed", "urgent", "locked", "begun")}),
        ({"type": "ill", "person_id": 3}, "person_id", {"name": "person_id", "wanted": "string"}),
        (
            {"type": "closed", "from_id": "a", "to_id": "b", "minutes": -1},
            "minutes",
            {"name": "minutes", "wanted": ">= 0.0"},
        ),
        (3, "", {"name": "events[0]", "wanted": "object"}),
    ],
)
def test_a_wrong_value_is_named_by_its_place_in_the_file_with_what_it_may_be(
    event: object, where: str, values: dict[str, object]
) -> None:
    with pytest.raises(InputError) as error:
        read_events(json.dumps({"events": [event]}), AT_S, {}, 60_300, most_police=5, items=FORM, values={})
    (issue,) = error.value.issues
    assert (issue.code, issue.where) == ("S544", f"events.json events[0]{'.' if where else ''}{where}")
    assert {key: issue.values[key] for key in values} == values


def test_an_event_without_a_kind_lacks_the_key() -> None:
    with pytest.raises(InputError) as error:
        read_events(json.dumps({"events": [{"team_id": "T1"}]}), AT_S, {}, 60_300, most_police=5, items=FORM, values={})
    assert [(i.code, dict(i.values)) for i in error.value.issues] == [("S542", {"name": "type"})]
