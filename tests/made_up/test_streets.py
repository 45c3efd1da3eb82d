from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from sweep.made_up.generate_city import SyntheticCity
from sweep.made_up.places.streets import make_streets
from sweep.made_up.settings.city import SyntheticCitySettings


def test_every_crossing_can_be_reached_from_every_other_by_the_written_ways(city: SyntheticCity) -> None:
    start, end = [], []
    for chain, is_oneway in zip(city.streets["node_ids"], city.streets["is_oneway"], strict=True):
        for a, b in pairwise(chain):
            start += [a] if is_oneway else [a, b]
            end += [b] if is_oneway else [b, a]
    nodes, index = np.unique([start, end], return_inverse=True)
    graph = coo_array((np.ones(len(start)), tuple(index.reshape(2, -1))), shape=(len(nodes), len(nodes)))
    assert connected_components(graph, directed=True, connection="strong")[0] == 1


def test_some_streets_are_one_way_and_all_have_a_name(city: SyntheticCity) -> None:
    assert 10 <= city.streets["is_oneway"].sum() < len(city.streets) / 4
    assert city.streets["street_name"].str.len().min() >= 3


def test_classes_have_their_speeds(city: SyntheticCity) -> None:
    assert set(zip(city.streets["highway"], city.streets["maxspeed_kmh"], strict=True)) == {
        ("primary", 60),
        ("secondary", 40),
        ("secondary", 50),
        ("tertiary", 20),
        ("tertiary", 30),
        ("residential", 20),
    }


def test_the_city_is_about_14_by_10_km_with_some_thousand_pieces(settings: SyntheticCitySettings) -> None:
    net = make_streets(settings)
    assert np.ptp(net.nodes_m, axis=0) == pytest.approx([14_000, 10_000], rel=0.15)
    assert 3_000 < len(net.pieces) < 12_000


def test_only_arterials_cross_the_river(settings: SyntheticCitySettings) -> None:
    net, plan = make_streets(settings), settings.streets

    def is_north(node: int) -> bool:
        row, column = divmod(node, plan.n_columns)
        return bool(row > plan.river_row + plan.river_swing_rows * np.sin(column / 8.0))

    bridges = [p.highway for p in net.pieces if is_north(p.start) != is_north(p.end)]
    assert len(bridges) >= 10
    assert set(bridges) == {"primary"}
