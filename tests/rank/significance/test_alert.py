"""Alerts: what is new is listed, what always was so is not."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from sweep.rank.rate.poisson_rate_mixture import ONE_RATE
from sweep.rank.significance.building_labels import label_buildings
from sweep.rank.significance.scan_statistic import ScanSettings, scan, scan_prospective
from sweep.scenario.rank_settings import Rank
from tests.constants import varied

# A grid of 15 by 15 towers, 200 m apart.
POINTS = np.array([(200.0 * x, 200.0 * y) for x in range(15) for y in range(15)])
FIRMS = np.full(225, 20.0)
HOT = np.flatnonzero(np.hypot(*(POINTS - POINTS[112]).T) <= 200.0)
LOOK = ScanSettings(300.0, 199, 0.05, 1)


def history(rng, rates):
    """Events of 351 old days and of 14 new ones."""
    return rng.poisson(rates * 351), rng.poisson(rates * 14)


def test_a_place_that_always_had_many_is_a_cluster_and_no_news():
    rates = np.full(225, 0.02)
    rates[HOT] *= 8
    old, new = history(np.random.default_rng(3), rates)
    assert set(HOT) <= set(scan(old + new, FIRMS, POINTS, LOOK)[0].rows)
    assert scan_prospective(old, new, FIRMS, POINTS, LOOK)[0].p_value > 0.05


def test_a_place_where_it_began_a_fortnight_ago_is_news():
    old, new = history(np.random.default_rng(4), np.full(225, 0.02))
    new[HOT] += 4
    cluster = scan_prospective(old, new, FIRMS, POINTS, LOOK)[0]
    assert cluster.p_value <= 0.05
    assert set(HOT) <= set(cluster.rows)


def test_a_rise_over_the_whole_city_is_no_circles_news():
    rng = np.random.default_rng(5)
    old, _ = history(rng, np.full(225, 0.02))
    assert scan_prospective(old, rng.poisson(np.full(225, 1.5)), FIRMS, POINTS, LOOK)[0].p_value > 0.05


@pytest.mark.parametrize("shape", [np.inf, 2.0, 0.5])
def test_false_alarms_are_no_more_than_the_level(shape):
    # 60 cities without news: at 0.05 more than 7 alarms come by chance less than once in fifty.
    assert binom.sf(7, 60, 0.05) < 0.02
    alarms = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        rates = np.full(225, 0.02) * (rng.gamma(shape, 1 / shape, 225) if np.isfinite(shape) else 1.0)
        old, new = history(rng, rates)
        found = scan_prospective(old, new, FIRMS, POINTS, ScanSettings(300.0, 99, 0.05, seed))
        alarms += bool(found) and found[0].p_value <= 0.05
    assert alarms <= 7


@pytest.mark.parametrize(
    ("old", "new", "firms"),
    [
        pytest.param([0] * 225, [0] * 225, FIRMS, id="no event"),
        pytest.param([3] * 225, [0] * 225, FIRMS, id="none new"),
        pytest.param([3] * 225, [1] * 225, np.zeros(225), id="no firm"),
    ],
)
def test_without_news_there_is_no_cluster(old, new, firms):
    assert scan_prospective(np.array(old), np.array(new), firms, POINTS, LOOK) == ()


def test_with_no_past_the_firms_are_what_is_expected():
    new = np.random.default_rng(6).poisson(0.3, 225)
    news, plain = (
        scan_prospective(np.zeros(225, np.int64), new, FIRMS, POINTS, LOOK),
        scan(new, FIRMS, POINTS, LOOK, ONE_RATE),
    )
    assert news == plain


def test_the_label_stands_at_the_buildings_of_the_news(make_ranking):
    old = [{"building_id": f"B{k}", "age": 100.0 + k} for k in range(1, 31)]
    new = [{"building_id": b, "age": 1.0 + k} for b in ("B10", "B11") for k in range(8)]
    settings = varied(Rank(), scan_radius_m=300.0, scan_simulations=199, first_k=3, bootstrap_draws=5)
    ranking = make_ranking([20] * 30, old + new)
    labelled = ranking.table.join(label_buildings(ranking, settings, seed=1)).set_index("building_id")
    inside = labelled[labelled["alert_cluster"].notna()]
    assert {"B10", "B11"} <= set(inside.index)
    assert inside["alert_cluster"].unique().tolist() == ["N01"]
    assert (inside["alert_p"] <= 0.05).all()
