"""Approved days of random campaigns on the morning after."""

from __future__ import annotations

import pytest

from geodata.errors import InputError
from tests.benchmarks.campaign.approved import faults, two_mornings
from tests.seeds import over_seeds


@pytest.mark.slow
@over_seeds(range(3, 5), n_fast=1)
def test_orders_of_an_approved_day_change_only_where_an_input_forces_it_and_each_change_is_listed(seed: int) -> None:
    try:
        case = two_mornings(seed, is_priced=False)
    except InputError:
        return  # no teams can be made of these people
    assert faults(case) == []
