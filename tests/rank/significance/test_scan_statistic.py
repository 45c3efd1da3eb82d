"""The scan: against a count of every window by hand, against cities without a cluster, and with one planted."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.stats import poisson

from sweep.rank.rate.poisson_rate_mixture import ONE_RATE, RateMixture
from sweep.rank.significance.likelihood_ratios import LANES, LikelihoodRatioTable, highest_scores, window_scores
from sweep.rank.significance.scan_statistic import ScanSettings, scan
from sweep.rank.significance.scan_windows import grow_circles, grow_strips

QUICK = ScanSettings(radius_m=500.0, n_simulations=99)
# Two buildings in three have half the mean rate, the third has twice the mean.
TWO_RATES = RateMixture(np.array([0.5, 2.0]), np.array([2.0, 1.0]) / 3.0)


def circles_of(points, radius):
    """The buildings of every circle whose edge goes through a building, by loops."""
    n = range(len(points))
    edges = [(i, round(math.dist(points[i], points[j]), 3)) for i in n for j in n]
    return {
        frozenset(k for k in n if round(math.dist(points[i], points[k]), 3) <= edge)
        for i, edge in edges
        if edge <= radius
    }


def strips_of(points, length):
    """The buildings of every strip that ends at a building, by loops: 80 m wide, in steps of 15 degrees."""
    n, strips = range(len(points)), set()
    for step in range(12):
        cos, sin = math.cos(math.radians(15 * step)), math.sin(math.radians(15 * step))
        along = [x * cos + y * sin for x, y in points]
        across = [y * cos - x * sin for x, y in points]
        for i in n:
            ahead = {k: round(along[k] - along[i], 3) for k in n if abs(across[k] - across[i]) <= 40.0}
            ends = {end for end in ahead.values() if 0.0 <= end <= length}
            strips |= {frozenset(k for k, far in ahead.items() if 0.0 <= far <= end) for end in ends}
    return strips


def isotonic_score(count, mean, mixture):
    """Log of the rising ratio of chances, by the max-min formula; the last count is for all from there on."""
    last = math.ceil(10 * mean + 30)

    def chances(risk):
        means = risk * mean * mixture.rates
        of_each = poisson.pmf(np.arange(last)[:, None], means) @ mixture.shares
        return np.append(of_each, poisson.sf(last - 1, means) @ mixture.shares)

    raised, usual = np.max([chances(risk) for risk in (3, 10, 30)], axis=0), chances(1)
    above, below = (np.append(0.0, np.cumsum(part)) for part in (raised, usual))
    return math.log(
        max(
            min(
                (above[b] - above[a]) / (below[b] - below[a]) for b in range(count + 1, last + 2) if below[b] > below[a]
            )
            for a in range(count + 1)
        )
    )


def by_hand(windows, counts, population, mixture):
    """Ratio of every window, by logarithms: the likelihood of a multiple of each rate over that of the rate."""
    firms, n_events = sum(population), sum(counts)
    means = [n_events * p / firms for p in population]
    scores = [
        isotonic_score(count, mean, mixture) if n_events else 0.0 for count, mean in zip(counts, means, strict=True)
    ]
    ratios = {}
    for rows in windows:
        ratio = sum(scores[k] for k in rows)
        if 2 * sum(population[k] for k in rows) <= firms and ratio > 1e-6:
            ratios[rows] = ratio
    return ratios


@st.composite
def towns(draw):
    n = draw(st.integers(1, 9))
    counts = draw(st.lists(st.integers(0, 6), min_size=n, max_size=n))
    population = draw(st.lists(st.integers(1, 40), min_size=n, max_size=n))
    point = st.tuples(st.integers(0, 5).map(lambda x: 100 * x), st.integers(0, 3).map(lambda y: 100 * y))
    return counts, population, draw(st.lists(point, min_size=n, max_size=n))


@pytest.mark.parametrize("null", [ONE_RATE, TWO_RATES], ids=["one rate", "rates that differ"])
@settings(deadline=None)
@given(town=towns())
@example(([0] * 7 + [6], [1, 1, 1, 20, 40, 37, 40, 1], [(0, 0)] * 5 + [(0, 100), (0, 0), (0, 100)]))
def test_ratios_equal_a_count_of_every_window_by_hand(null, town):
    counts, population, points = town
    circles = by_hand(circles_of(points, 300.0), counts, population, null)
    strips = by_hand(strips_of(points, 600.0), counts, population, null)
    look = ScanSettings(300.0, 19)
    found = scan(np.array(counts), np.array(population, float), np.array(points, float), look, null)
    assert bool(found) == bool(circles or strips)
    best = [max(ratios.values()) for ratios in (circles, strips) if ratios]
    # The score of each building is rounded, by less than 2e-6.
    rounded = 2e-6 * len(counts)
    assert not found or any(found[0].llr == pytest.approx(llr, abs=rounded) for llr in best)
    for cluster in found:
        rows = frozenset(cluster.rows)
        assert cluster.llr == pytest.approx({**circles, **strips}[rows], abs=rounded)


@pytest.mark.parametrize("grow", [grow_circles, grow_strips])
@settings(deadline=None)
@given(town=towns(), seed=st.integers(0, 2**31))
def test_simulations_are_counted_like_the_data(town, seed, grow):
    _, population, points = town
    scores = np.random.default_rng(seed).normal(0.0, 2.0, (3 * LANES + 1, len(population)))
    windows = grow(np.array(points, float), np.array(population, float), 300.0)
    best = [window_scores(row, windows).max() for row in scores]
    assert highest_scores(scores, windows) == pytest.approx(best, abs=1e-9)


def test_a_cluster_on_paper():
    # 8 events among 10 firms, 2 among the other 90, 10 km away: means of 0.5, 5 when ten times as high.
    # LLR = 8 ln 10 - 9. RR = 8 / (2/9) = 36.
    town = np.array([5, 3, 2]), np.array([5.0, 5.0, 90.0]), np.array([[0, 0], [30, 40], [1e4, 0]])
    cluster = scan(*town, QUICK, ONE_RATE)[0]
    assert (cluster.rows, cluster.n_events, cluster.expected) == ((0, 1), 8, pytest.approx(1.0))
    assert cluster.llr == pytest.approx(8 * math.log(10) - 9, abs=1e-6)
    assert (cluster.relative_risk, cluster.reach_m) == (pytest.approx(36.0), 50.0)
    assert cluster.n_raised == 2


def test_where_rates_differ_a_high_count_says_less():
    # Means 0.5; at equal rates the counts 5 and 3 have 8 ln 10 - 9 (above).
    town = np.array([5, 3, 2]), np.array([5.0, 5.0, 90.0]), np.array([[0, 0], [30, 40], [1e4, 0]])
    cluster = scan(*town, QUICK, TWO_RATES)[0]
    assert (cluster.n_events, cluster.relative_risk) == (8, pytest.approx(36.0))
    assert cluster.llr == pytest.approx(sum(isotonic_score(count, 0.5, TWO_RATES) for count in (5, 3)), abs=1e-6)
    assert cluster.llr < 8 * math.log(10) - 9


def test_a_known_tower_says_less_than_a_count_between_it_and_the_others():
    # Nine buildings in ten expect two events, one expects 40; three times as high the count 40 is unlikely for both.
    mixture = RateMixture(np.array([1.0, 20.0]), np.array([0.9, 0.1]))
    tower, between = (LikelihoodRatioTable(np.full(1, 2.0), mixture).of(np.array([count]))[0] for count in (40, 15))
    assert tower == between
    assert tower < -math.log(0.1) + math.log(20)


def test_the_luck_of_one_large_tower_does_not_hide_a_cluster_of_small_ones():
    # 100 towers of 20 firms, 200 m apart, two events each, and one of 2,000 firms far off with 400. Five near each
    # other have eight each, which is beyond rates of half to twice the mean; the large one's doubled rate is not.
    points = np.array([(200.0 * x, 200.0 * y) for x in range(10) for y in range(10)] + [(9_000.0, 0.0)])
    population = np.array([20.0] * 100 + [2_000.0])
    hot = np.flatnonzero(np.hypot(*(points - points[44]).T) <= 200.0)
    counts = np.array([2] * 100 + [400])
    counts[hot] = 8
    look = ScanSettings(200.0, 199)
    assert set(scan(counts, population, points, look, TWO_RATES)[0].rows) == set(hot)


def test_well_known_towers_are_no_cluster_and_a_pocket_between_them_is():
    # 900 towers of 20 firms, 60 m apart, two events each on average; nine anywhere have 20 times the rate. Five near
    # each other have eight events each.
    points = np.array([(60.0 * x, 60.0 * y) for x in range(30) for y in range(30)])
    rng = np.random.default_rng(2)
    counts = rng.poisson(2.0, 900)
    counts[rng.choice(900, 9, replace=False)] += 40
    look = ScanSettings(200.0, 199)
    assert scan(counts, np.full(900, 20.0), points, look)[0].p_value > 0.05
    hot = np.flatnonzero(np.hypot(*(points - points[435]).T) <= 60.0)
    counts[hot] = 8
    found = scan(counts, np.full(900, 20.0), points, look)[0]
    assert found.p_value <= 0.01
    assert set(hot) <= set(found.rows)
    assert found.n_raised >= 5


def test_a_pocket_along_a_road_is_found_which_fills_no_circle():
    # 900 towers of 20 firms, 60 m apart, two events each but eight at the 13 of 720 m of a road aslant among them.
    points = np.array([(60.0 * x, 60.0 * y) for x in range(30) for y in range(30)])
    angle = math.radians(30.0)
    away = (points - points[435]) @ np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    hot = np.flatnonzero((np.abs(away[:, 0]) <= 360.0) & (np.abs(away[:, 1]) <= 30.0))
    counts = np.random.default_rng(1).poisson(1.0, 900)
    counts[hot] += 4
    found = scan(counts, np.full(900, 20.0), points, ScanSettings(400.0, 199))[0]
    assert found.p_value <= 0.01
    assert len(set(found.rows) & set(hot.tolist())) >= 0.8 * len(hot)
    assert len(set(found.rows) - set(hot.tolist())) <= 0.5 * len(hot)


def city(rng, n=400, firms=25.0):
    """Buildings at 100 to the square kilometre, towers of many sizes."""
    points = rng.uniform(0.0, 1000.0 * math.sqrt(n / 100), (n, 2))
    return points, np.ceil(rng.lognormal(math.log(firms), 0.8, n))


def share_of_false_alarms(make_counts, n_runs=100, *, is_poisson=False):
    alarms = 0
    for seed in range(n_runs):
        rng = np.random.default_rng(seed)
        points, population = city(rng)
        settings, null = ScanSettings(400.0, 99, seed=seed), ONE_RATE if is_poisson else None
        alarms += scan(make_counts(rng, population), population, points, settings, null)[0].p_value <= 0.05
    return alarms / n_runs


# Of 100 runs at a level of 0.05, more than 10 have a chance of 0.01.
@pytest.mark.slow
def test_chance_alone_makes_no_cluster():
    assert share_of_false_alarms(lambda rng, pop: rng.multinomial(800, pop / pop.sum())) <= 0.10


@pytest.mark.slow
def test_rates_that_differ_from_tower_to_tower_make_no_cluster():
    assert share_of_false_alarms(gamma) <= 0.10


def gamma(rng, pop):
    rate = pop * rng.gamma(2.0, 0.5, len(pop))
    return rng.multinomial(800, rate / rate.sum())


def log_normal(rng, pop):
    rate = pop * rng.lognormal(0.0, 1.2, len(pop))
    return rng.multinomial(800, rate / rate.sum())


def with_towers(rng, pop):
    rate = pop * np.where(rng.random(len(pop)) < 0.01, 20.0, 1.0)
    return rng.multinomial(800, rate / rate.sum())


@pytest.mark.parametrize("make_counts", [log_normal, with_towers])
def test_rates_with_a_heavy_tail_make_no_cluster(make_counts):
    # Of 20 runs at a level of 0.05, more than 4 have a chance of 0.003; with a Gamma alone there are 15 and more.
    assert share_of_false_alarms(make_counts, 20) <= 0.2


def test_the_textbook_null_makes_clusters_of_rates_that_differ():
    assert share_of_false_alarms(gamma, 20, is_poisson=True) >= 0.9


@pytest.mark.slow
def test_a_planted_cluster_of_five_times_the_rate_is_found():
    recalls, precisions = [], []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        points, population = city(rng, 1000)
        planted = set(np.argsort(np.hypot(*(points - points[rng.integers(1000)]).T))[:10].tolist())
        rate = population * np.where(np.isin(np.arange(1000), list(planted)), 5.0, 1.0)
        found = scan(rng.multinomial(2000, rate / rate.sum()), population, points, ScanSettings(500.0, 99, seed=seed))
        listed = {row for c in found if c.p_value <= 0.05 for row in c.rows}
        recalls.append(len(listed & planted) / 10)
        precisions.append(len(listed & planted) / max(1, len(listed)))
    assert np.mean(recalls) >= 0.9
    assert np.mean(precisions) >= 0.9


def test_two_clusters_are_found_apart():
    rng = np.random.default_rng(7)
    points, population = city(rng, 1000)
    centres = (points - 500).astype(float), (points - 2600).astype(float)
    planted = [set(np.argsort(np.hypot(*c.T))[:10].tolist()) for c in centres]
    rate = population * np.where(np.isin(np.arange(1000), list(planted[0] | planted[1])), 8.0, 1.0)
    found = scan(rng.multinomial(2000, rate / rate.sum()), population, points, QUICK)
    listed = [set(c.rows) for c in found if c.p_value <= 0.05]
    assert len(listed) == 2
    assert all(any(len(t & p) >= 8 for t in listed) for p in planted)


def test_clusters_share_no_building():
    rng = np.random.default_rng(3)
    points, population = city(rng, 200)
    counts = rng.poisson(rng.gamma(0.3, 10.0, 200))
    found = scan(counts, population, points, ScanSettings(400.0, 99, alpha=1.0))
    rows = [row for c in found for row in c.rows]
    assert len(found) > 3
    assert len(rows) == len(set(rows))


def test_the_same_seed_gives_the_same_p():
    rng = np.random.default_rng(1)
    points, population = city(rng, 100)
    counts = rng.poisson(0.05 * population)
    first, second = (scan(counts, population, points, QUICK) for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("counts", "population", "points"),
    [
        pytest.param([], [], [], id="no building"),
        pytest.param([0, 0], [5, 5], [(0, 0), (9, 9)], id="no event"),
        pytest.param([4], [5], [(0, 0)], id="one building"),
        pytest.param([4, 1, 0], [5, 5, 5], [(0, 0)] * 3, id="all at one point"),
        pytest.param([4, 1], [0, 0], [(0, 0), (9, 9)], id="no firm anywhere"),
    ],
)
def test_where_nothing_can_be_found_there_is_no_cluster(counts, population, points):
    found = scan(np.array(counts, np.int64), np.array(population, float), np.array(points, float).reshape(-1, 2), QUICK)
    assert found == ()


def test_buildings_with_no_firm_are_no_part_of_a_cluster():
    population, points = np.array([5.0, 0.0, 5.0, 90.0]), np.array([[0, 0], [10, 0], [30, 40], [1e4, 0]])
    found = scan(np.array([5, 9, 3, 2]), population, points, QUICK, ONE_RATE)
    assert (found[0].rows, found[0].n_events) == ((0, 2), 8)


@pytest.mark.parametrize(
    ("counts", "population", "points", "message"),
    [
        pytest.param([1], [1.0, 2.0], [(0, 0), (1, 1)], "shape of population", id="shapes"),
        pytest.param([-1, 1], [1.0, 2.0], [(0, 0), (1, 1)], "counts must be >= 0", id="below 0"),
        pytest.param([1, 1], [1.0, math.nan], [(0, 0), (1, 1)], "population must be finite", id="NaN firms"),
        pytest.param([1, 1], [1.0, 1.0], [(0, 0), (1, math.nan)], "points_m must be finite", id="NaN place"),
    ],
)
def test_what_cannot_be_is_refused(counts, population, points, message):
    with pytest.raises(ValueError, match=message):
        scan(np.array(counts), np.array(population), np.array(points, float), QUICK)
