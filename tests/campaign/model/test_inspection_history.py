"""inspections.csv, and the order in which its visits may be made again."""

from __future__ import annotations

from datetime import date

import pytest

from geodata.errors import InputError
from sweep.campaign.model.inspection_history import (
    Inspection,
    make_history,
    open_visits,
    order_measures,
    read_inspections,
)
from sweep.campaign.model.replay_state import ReplayVisit

HEAD = "building_id,date,inspector,outcome,required_days\n"


def test_visits_are_read_in_the_order_of_their_days() -> None:
    text = HEAD + "B2,2014-01-09,blue,nothing,\nB1,2014-01-07,red,find,180\n"
    first, second = read_inspections(text, ["B1", "B2"])
    assert first == Inspection("B1", date(2014, 1, 7), "red", "find", 180)
    assert (second.building_id, second.required_days) == ("B2", None)


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("building_id,date,inspector\n", "outcome"),
        (HEAD + "B9,2014-01-07,red,find,180\n", "building_id"),
        (HEAD + "B1,7 January,red,find,180\n", "date"),
        (HEAD + "B1,2014-01-07,red,bad,180\n", "outcome"),
        (HEAD + "B1,2014-01-07,red,find,0\n", "required_days"),
    ],
)
def test_what_cannot_be_used_is_named_by_row_and_column(text: str, column: str) -> None:
    with pytest.raises(InputError) as caught:
        read_inspections(text, ["B1"])
    (issue,) = caught.value.issues
    assert (issue.code, issue.values["column"]) == ("S925", column)


def test_headers_may_be_chinese() -> None:
    text = "楼宇编号,检查日期,检查组,检查结果\nB1,2014-01-07,red,find\n"
    assert read_inspections(text, ["B1"]) == (Inspection("B1", date(2014, 1, 7), "red", "find", None),)


def test_a_quote_that_is_not_closed_takes_no_visit_away() -> None:
    text = HEAD + 'B1,2014-01-07,"red,find,180\nB1,2014-01-08,red,find,180\n'
    with pytest.raises(InputError) as caught:
        read_inspections(text, ["B1"])
    assert [(i.code, i.where) for i in caught.value.issues] == [("G109", "inspections.csv row 2")]


def test_a_cell_of_two_lines_is_one_cell() -> None:
    (made,) = read_inspections(HEAD + 'B1,2014-01-07,"red\nand blue",find,180\n', ["B1"])
    assert made.inspector == "red\nand blue"


def visit(building: str, day: int, outcome: str = "nothing") -> Inspection:
    return Inspection(building, date(2014, 1, day), "red", outcome, None)


def done(building: str, day: int, outcome: str = "nothing") -> ReplayVisit:
    return ReplayVisit(f"2014-01-{day:02}", building, "routine", (), outcome, "red", (), 0, 0.0)


VISITS = [visit("B1", 6), visit("B2", 7), visit("B1", 9), visit("B3", 30, "find")]


def test_a_visit_may_come_no_sooner_than_so_many_days_and_keeps_its_distance() -> None:
    history = make_history(VISITS)
    assert set(open_visits(history, [], date(2014, 1, 6), 10, 30)) == {"B1", "B2"}
    assert set(open_visits(history, [], date(2014, 1, 6), 24, 30)) == {"B1", "B2", "B3"}
    # Three days lay between the visits to B1.
    assert "B1" not in open_visits(history, [done("B1", 7)], date(2014, 1, 9), 10, 30)
    assert open_visits(history, [done("B1", 7)], date(2014, 1, 10), 10, 30)["B1"] == (visit("B1", 9),)
    assert [history.n_due(date(2014, 1, d)) for d in (5, 6, 8, 31)] == [0, 1, 2, 4]


def test_visits_to_a_place_on_one_day_may_be_made_on_one_day_again() -> None:
    twice = (visit("B1", 6), visit("B1", 6, "find"))
    history = make_history([*twice, visit("B1", 9)])
    assert open_visits(history, [], date(2014, 1, 6), 10, 30) == {"B1": twice}
    assert open_visits(history, [done("B1", 6)], date(2014, 1, 6), 10, 30) == {"B1": twice[1:]}


def test_an_order_is_worth_what_its_finds_come_sooner() -> None:
    made = [done("B3", 10, "find"), done("B1", 16)]
    found = order_measures(made, make_history(VISITS), date(2014, 1, 6), date(2014, 1, 31))
    assert found == {"finds": 1.0, "visits": 2.0, "finds_half": 1.0, "days_earlier": 20.0}
