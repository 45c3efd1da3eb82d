"""MATCH: the real registry's addresses, against labels made by hand before the parser saw them."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from tests.benchmarks.places import registry_labels
from tests.paths import GEO, needs_data

REGISTRY = GEO / "cn-registry-shandong"
pytestmark = needs_data(REGISTRY)


@pytest.fixture(scope="module")
def script() -> Any:
    return registry_labels


@pytest.fixture(scope="module")
def labels(script: Any) -> pd.DataFrame:
    return script.read_labels(script.read_registry())


def test_the_labels_are_of_the_rows_that_their_seeds_draw(script: Any, labels: pd.DataFrame) -> None:
    registry = script.read_registry()
    jinan = registry[registry["地区"].eq("济南")]
    is_office = jinan["注册地址"].str.contains("大厦|广场|[A-Z]座")
    assert (len(jinan), int(is_office.sum())) == (6_995, 628)
    assert labels["stratum"].value_counts().to_dict() == {"office": 150, "other": 50}
    assert set(labels.loc[labels["stratum"].eq("office"), "row"]) <= set(jinan.index[is_office])


def test_97_of_100_names_found_are_right_and_90_of_100_names_are_found(script: Any, labels: pd.DataFrame) -> None:
    office = script.score_names(labels)["office"]
    assert office.n_named == 146
    assert office.precision >= 0.97
    assert office.recall >= 0.90


def test_most_labelled_buildings_are_found_among_those_of_other_rows(script: Any, labels: pd.DataFrame) -> None:
    score, _ = script.score_buildings(labels, script.read_registry())
    assert score.recall >= 0.90
    assert score.precision >= 0.90
