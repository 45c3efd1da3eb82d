"""How long a visit takes: 12 minutes to enter, 3 a door, 20 an inspection by two pairs, shared among the pairs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sweep.records.service_time import ServiceMinutes, service_seconds, working_pairs

MINUTES = ServiceMinutes(entry=12.0, door=3.0, inspection=20.0)


@pytest.mark.parametrize(
    ("n_members", "n_guards", "n_pairs"),
    [
        pytest.param(8, 0, 4, id="eight people"),
        pytest.param(8, 2, 3, id="two guard exits"),
        pytest.param(9, 2, 3, id="one is left over"),
        pytest.param(4, 3, 1, id="too few for a pair"),
        pytest.param(2, 5, 1, id="more guards than people"),
        pytest.param(0, 0, 1, id="nobody"),
    ],
)
def test_those_who_guard_no_exit_work_in_pairs(n_members, n_guards, n_pairs):
    assert working_pairs(n_members, n_guards) == n_pairs


@pytest.mark.parametrize(
    ("n_firms", "n_targets", "n_pairs", "seconds"),
    [
        pytest.param(0, 0, 4, 720, id="no firm"),  # 12 min
        pytest.param(1, 0, 1, 900, id="one door"),  # 12 + 3 = 15 min
        pytest.param(20, 0, 4, 1_620, id="twenty doors, four pairs"),  # 12 + 60 / 4 = 27 min
        pytest.param(0, 1, 2, 1_920, id="an inspection by two pairs"),  # 12 + 20 = 32 min
        pytest.param(0, 1, 1, 3_120, id="an inspection by one pair"),  # 12 + 40 = 52 min
        pytest.param(20, 2, 4, 2_820, id="doors and inspections"),  # 12 + (60 + 2 x 40) / 4 = 47 min
        pytest.param(10, 0, 3, 1_320, id="a share of a door"),  # 12 + 30 / 3 = 22 min
        pytest.param(1, 0, 7, 746, id="rounded"),  # 720 + 180 / 7 = 745.7 s
    ],
)
def test_a_visit_takes_entry_and_then_doors_and_inspections_by_the_pairs(n_firms, n_targets, n_pairs, seconds):
    assert service_seconds(n_firms, n_targets, n_pairs, MINUTES) == seconds


@pytest.mark.parametrize("n_pairs", [0, -1])
def test_no_pair_cannot_visit(n_pairs):
    with pytest.raises(ValueError, match=f"n_pairs must be >= 1, got {n_pairs}"):
        service_seconds(10, 1, n_pairs, MINUTES)


@given(st.integers(0, 500), st.integers(0, 50), st.integers(1, 20), st.builds(ServiceMinutes, *[st.floats(0, 60)] * 3))
def test_more_pairs_never_take_longer_nor_more_work_less(n_firms, n_targets, n_pairs, minutes):
    seconds = service_seconds(n_firms, n_targets, n_pairs, minutes)
    assert service_seconds(n_firms, n_targets, n_pairs + 1, minutes) <= seconds
    assert service_seconds(n_firms + 1, n_targets, n_pairs, minutes) >= seconds
    assert service_seconds(n_firms, n_targets + 1, n_pairs, minutes) >= seconds
