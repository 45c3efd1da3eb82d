from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from sweep.follow.outcomes import history_rows, outcome

Make = Callable[..., pd.DataFrame]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({}, "nothing"),
        ({"n_dens": 0, "headcount_seen": 6, "licence_displayed": "yes"}, "nothing"),
        ({"n_dens": 1}, "find"),
        ({"unit_state": "locked"}, "no_access"),
        ({"unit_state": "vacant"}, "no_access"),
        ({"unit_state": "refused"}, "no_access"),
        # Gear that works by itself in an empty room.
        ({"unit_state": "vacant", "n_dens": 1}, "find"),
        ({"unit_state": "not_found"}, "irregular"),
        ({"address_match": "no"}, "irregular"),
        ({"n_hazards": 2, "n_hazards_fixed": 1}, "irregular"),
        ({"n_hazards": 2, "n_hazards_fixed": 2}, "nothing"),
        ({"fire_exit_blocked": "yes"}, "irregular"),
        ({"is_rectify": "yes"}, "irregular"),
    ],
)
def test_an_outcome_follows_from_what_was_seen(make_results: Make, row: dict[str, object], told: str) -> None:
    assert outcome(make_results(row).to_dict("records")[0]) == told


def test_each_firm_inspected_is_in_the_history_of_both_authorities(make_accepted: Make) -> None:
    history = history_rows(make_accepted({}, {"visit_id": "V-B2", "uscc": "F3", "n_dens": 1}))
    told = [tuple(r) for r in history[["building_id", "uscc", "track", "authority", "outcome"]].to_numpy()]
    assert told == [
        ("B1", "F1", "case", "police", "nothing"),
        ("B1", "F1", "case", "market_regulation", "nothing"),
        ("B2", "F3", "routine", "police", "find"),
        ("B2", "F3", "routine", "market_regulation", "find"),
    ]
    assert history["selection_probability"].tolist()[2:] == [0.25, 0.25]
    assert history["selection_probability"].isna().tolist() == [True, True, False, False]


def test_stock_taken_is_no_inspection_unless_something_was_found(make_accepted: Make) -> None:
    seen = {"uscc": None, "unit": "1203"}
    assert len(history_rows(make_accepted(seen))) == 0
    found = history_rows(make_accepted(seen | {"n_dens": 1}))
    assert set(found["outcome"]) == {"find"} and found["uscc"].isna().all()


def test_a_building_without_a_registered_firm_has_rows_of_its_own(make_accepted: Make) -> None:
    history = history_rows(make_accepted({"visit_id": "V-B3", "uscc": None, "unit": "901"}))
    assert (set(history["building_id"]), history["uscc"].isna().all(), len(history)) == ({"B3"}, True, 2)


def test_no_result_is_no_history(make_accepted: Make) -> None:
    assert len(history_rows(make_accepted({}).iloc[:0])) == 0
