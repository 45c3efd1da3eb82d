"""What results add up to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pandas as pd
import pytest

from sweep.follow.result_totals import report_items

Make = Callable[..., pd.DataFrame]
NOBODY = {"visit_id": "V-B3", "uscc": None}


@pytest.mark.parametrize(
    ("rows", "n_firms"),
    [
        pytest.param([{"unit": "1201"}, {"unit": "1202"}], 1, id="two rooms of one firm"),
        pytest.param([{"unit": "1201"}, {"unit": "1201", "uscc": "F2"}], 2, id="two firms in one room"),
        pytest.param([{"unit": "1201", "unit_state": "locked"}, {"unit": "1202"}], 1, id="one room locked"),
        pytest.param([{"unit_state": "locked"}, {"uscc": "F2", "unit_state": "not_found"}], 0, id="nobody was met"),
        pytest.param([{"uscc": "F9"}], 0, id="no target"),
        pytest.param([NOBODY | {"unit": "1201"}, NOBODY | {"unit": "1202"}], 2, id="two units nobody is registered in"),
        pytest.param([NOBODY, NOBODY], 1, id="a building as each of two teams saw it"),
    ],
)
def test_a_firm_is_inspected_once_by_a_visit_whatever_its_rooms(
    make_accepted: Make, day: date, rows: list[dict[str, object]], n_firms: int
) -> None:
    assert report_items(make_accepted(*rows), (), day)["n_firms_inspected"] == n_firms


def test_a_firm_that_two_plans_inspect_is_inspected_twice(make_accepted: Make, day: date) -> None:
    both = pd.concat([make_accepted({}), make_accepted({}, plan_id="p2")], ignore_index=True)
    assert report_items(both, (), day)["n_firms_inspected"] == 2


@pytest.mark.parametrize(
    ("row", "entries"),
    [
        pytest.param({}, (0, 0), id="inspected"),
        pytest.param({"n_leaflets": 3}, (0, 0), id="inspected, with leaflets"),
        pytest.param({"uscc": "F9", "n_leaflets": 3}, (1, 0), id="leaflets alone"),
        pytest.param({"uscc": "F9"}, (0, 1), id="a visit"),
        pytest.param({"uscc": "F9", "n_leaflets": 3, "unit_state": "locked"}, (0, 0), id="at a locked door"),
    ],
)
def test_entries_for_publicity_and_visits_are_counted_apart_from_inspections(
    make_accepted: Make, day: date, row: dict[str, object], entries: tuple[int, int]
) -> None:
    found = report_items(make_accepted(row), (), day)
    assert (found["n_entries_publicity"], found["n_entries_visit"]) == entries
