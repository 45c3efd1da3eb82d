"""Ways to form clusters, side by side: on paper."""

from __future__ import annotations

import pytest

from sweep.rank.clusters.clusters import form_clusters
from sweep.rank.clusters.ways import compare_ways
from sweep.scenario.rank import Rank


def ways(ranking, hours, n, radius_m=300.0):
    settings = Rank(cluster_radius_m=radius_m, cluster_team_hours=hours, n_clusters=n)
    clusters = form_clusters(ranking, radius_m, hours, n)
    return {way.key: way for way in compare_ways(ranking, clusters, settings)}


def test_the_share_captured_is_what_the_clusters_hold_of_the_bound(make_ranking):
    # Three like towers with a lead each, far apart: two clusters of 3 h hold two, 6 h would pay for all three.
    leads = [{"building_id": f"B{k}"} for k in (1, 2, 3)]
    ranking = make_ranking([20] * 3, leads, points=[(0, 0), (9e3, 0), (18e3, 0)], hours=[2.0] * 3)
    stars = ways(ranking, 3.0, 2)["stars"]
    assert (stars.n_clusters, stars.n_buildings, stars.widest_m) == (2, 2, 0.0)
    assert stars.captured_share == pytest.approx(2 / 3)


def test_density_chains_along_a_street_where_stars_stay_within_their_radius(make_ranking):
    # Five like towers 200 m apart with a lead each, fifteen far off with none: a mean of 1/4 of a lead a building, so
    # that one tower and one neighbour are dense. Density makes one part of 800 m; stars of 200 m hold three and two.
    leads = [{"building_id": f"B{k}"} for k in (1, 2, 3, 4, 5)]
    far = [(1e5 + 1e4 * k, 0) for k in range(15)]
    points = [(200 * k, 0) for k in range(5)] + far
    ranking = make_ranking([20] * 20, leads, points=points, hours=[1.0] * 20)
    by_key = ways(ranking, 5.0, 1, radius_m=200.0)
    assert (by_key["density"].n_buildings, by_key["density"].widest_m) == (5, pytest.approx(800.0))
    assert (by_key["stars"].n_buildings, by_key["stars"].widest_m) == (3, pytest.approx(400.0))
    # Five hours pay for all five, alike: 3/5 and all; the neighbours' rate is the same for none but roughly.
    assert by_key["density"].captured_share == pytest.approx(1.0)
    assert by_key["stars"].captured_share == pytest.approx(3 / 5, abs=0.02)


@pytest.mark.parametrize(
    ("n_firms", "points", "n_buildings"),
    [
        pytest.param([], [], 0, id="no building"),
        pytest.param([20], [(0, 0)], 1, id="one building"),
        pytest.param([20] * 3, [(0, 0)] * 3, 3, id="all at one point"),
        pytest.param([0], [(0, 0)], 0, id="no firm, no lead"),
    ],
)
def test_towns_at_the_edge_have_ways_too(n_firms, points, n_buildings, make_ranking):
    leads = [{"building_id": f"B{k + 1}"} for k in range(len(n_firms)) if n_firms[k]]
    by_key = ways(make_ranking(n_firms, leads, points=points, hours=[1.0] * len(n_firms)), 5.0, 2)
    assert (by_key["stars"].n_buildings, by_key["stars"].widest_m) == (n_buildings, 0.0)
    assert 0.0 <= by_key["density"].captured_share <= 1.0 + 1e-12


def test_without_a_lead_density_forms_nothing_and_no_value_is_all_captured(make_ranking):
    by_key = ways(make_ranking([20]), 3.0, 2)
    assert (by_key["density"].n_clusters, by_key["density"].expected_finds) == (0, 0.0)
    assert by_key["density"].captured_share == by_key["stars"].captured_share == 1.0
