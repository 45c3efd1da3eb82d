"""MATCH: 500 addresses by kind of wording: what must be placed right, and how little may be placed wrong."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.benchmarks.places.grounds import Ground, all_grounds
from tests.benchmarks.places.labelled_addresses import score, write_texts


@pytest.fixture(scope="module")
def grounds() -> list[Ground]:
    """The made-up city, and Shanghai's and Jinan's data where they are here."""
    return all_grounds(11)[0]


@pytest.fixture(scope="module", params=["dev", "held", "last", "fresh"])
def scored(grounds: list[Ground], request: pytest.FixtureRequest) -> pd.DataFrame:
    return score(write_texts(grounds, request.param, 11))


def test_93_of_100_that_can_be_placed_are_placed_right(scored: pd.DataFrame) -> None:
    can = scored[scored["truth"].ne("")]
    assert len(can) >= 350
    assert can["got"].eq(can["truth"]).mean() >= 0.93


def test_at_most_one_of_200_is_placed_wrong(scored: pd.DataFrame) -> None:
    assert len(scored) >= 450
    assert (scored["got"].ne("") & scored["got"].ne(scored["truth"])).mean() <= 0.005
