"""Clusters as capped stars: on paper, against a greedy that counts every star again, and what must always hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import gamma

from sweep.rank.clusters.clusters import form_clusters, greedy_stars, value_bound

RADIUS_M, CAP_H = 300.0, 12.0
# The first call compiles.
unhurried = settings(deadline=None)


def stars(value, hours, points, *, radius=RADIUS_M, cap=CAP_H, n=30):
    return greedy_stars(
        np.array(value, np.float64),
        np.array(hours, np.float64),
        np.array(points, np.float64).reshape(len(value), 2),
        radius,
        cap,
        n,
    )


def plain_greedy(value, hours, points, radius, cap, n_clusters):
    """The best of all stars, again and again, each counted again from what is free."""
    free, found = set(range(len(value))), []
    while len(found) < n_clusters:
        best, best_rows = 0.0, []
        for cx, cy in points:
            left, rows = cap, []
            near = [j for j in free if np.hypot(points[j][0] - cx, points[j][1] - cy) <= radius and value[j] > 0]
            for j in sorted(near, key=lambda j: (-value[j] / hours[j], j)):
                if hours[j] <= left:
                    left -= hours[j]
                    rows.append(j)
            total = sum(value[j] for j in rows)
            if total > best:
                best, best_rows = total, rows
        if not best_rows:
            break
        best_rows = plain_swaps(best_rows, free, value, hours, points, radius, cap)
        free -= set(best_rows)
        found.append(best_rows)
    return found


def plain_swaps(rows, free, value, hours, points, radius, cap):
    """The cluster once no swap gains: one in, those too far out, then the worst per hour, then filled."""

    def is_near(a, b):
        return sum((p - q) ** 2 for p, q in zip(points[a], points[b], strict=True)) <= 4 * radius**2

    def by_rate(some):
        return sorted(some, key=lambda j: (-value[j] / hours[j], j))

    pool, rows, gained = by_rate(j for j in free if value[j] > 0 and is_near(j, rows[0])), list(rows), True
    while gained:
        gained = False
        for j in pool:
            if j in rows:
                continue
            kept = by_rate(k for k in rows if is_near(j, k))
            while kept and sum(hours[k] for k in (j, *kept)) > cap:
                kept.pop()
            if hours[j] > cap:
                continue
            kept.append(j)
            for k in pool:
                fits = sum(hours[i] for i in (k, *kept)) <= cap
                if k not in kept and fits and all(is_near(k, i) for i in kept):
                    kept.append(k)
            if sum(value[k] for k in kept) > sum(value[k] for k in rows):
                rows, gained = kept, True
    return by_rate(rows)


@st.composite
def towns(draw):
    # Whole numbers: sums are exact, so that ties are ties for both.
    n = draw(st.integers(0, 12))
    return tuple(
        draw(st.lists(part, min_size=n, max_size=n))
        for part in (
            st.integers(0, 9),
            st.integers(1, 9),
            st.tuples(st.integers(0, 6).map(lambda x: 100 * x), st.integers(0, 2).map(lambda y: 100 * y)),
        )
    )


@pytest.mark.slow
@unhurried
@given(towns(), st.integers(1, 15), st.integers(1, 6))
def test_clusters_equal_a_greedy_that_counts_every_star_and_swap_again(town, cap, n):
    value, hours, points = town
    assert stars(value, hours, points, cap=float(cap), n=n) == plain_greedy(value, hours, points, RADIUS_M, cap, n)


def test_a_star_that_gains_when_a_building_is_taken_is_counted_again():
    # Cap 6 h, radius 100 m, one line: A at 0 (v 50, 1 h), B at 100 (v 60, 5 h), C at 150 and D at 160 (v 33, 3 h each),
    # F at 310 (v 62, 6 h). A's star is A + B = 110. That of C is B alone, 60, for 5 h leave C and D no room; with B
    # gone it is C + D = 66, which is more than F.
    points = [(0, 0), (100, 0), (150, 0), (160, 0), (310, 0)]
    found = stars([50, 60, 33, 33, 62], [1, 5, 3, 3, 6], points, radius=100.0, cap=6.0)
    assert found == [[0, 1], [2, 3], [4]]


@unhurried
@given(towns(), st.integers(1, 15))
def test_clusters_keep_within_hours_and_two_radii_across_and_share_no_building(town, cap):
    value, hours, points = town
    found = stars(value, hours, points, cap=float(cap))
    taken = [row for rows in found for row in rows]
    assert len(taken) == len(set(taken))
    assert all(sum(hours[row] for row in rows) <= cap for rows in found)
    for rows in found:
        assert all(np.hypot(*np.subtract(points[a], points[b])) <= 2 * RADIUS_M for a in rows for b in rows)


@unhurried
@given(towns())
def test_with_room_for_all_every_building_of_worth_is_in_a_cluster(town):
    value, hours, points = town
    taken = {row for rows in stars(value, hours, points, n=len(value) + 1) for row in rows}
    assert taken == {k for k, v in enumerate(value) if v > 0}


@pytest.mark.parametrize(
    ("value", "hours", "points", "found"),
    [
        pytest.param([], [], [], [], id="no building"),
        pytest.param([0], [1], [(0, 0)], [], id="one of no worth"),
        pytest.param([2], [1], [(0, 0)], [[0]], id="one building"),
        pytest.param([2], [12.5], [(0, 0)], [], id="too large for any cluster"),
        pytest.param([2], [12], [(0, 0)], [[0]], id="just the cap"),
        pytest.param([2, 2], [1, 1], [(0, 0), (300, 0)], [[0, 1]], id="just the radius, a tie"),
        pytest.param([2, 3], [1, 1], [(0, 0), (601, 0)], [[1], [0]], id="too far apart"),
        pytest.param([2, 3], [1, 1], [(0, 0), (600, 0)], [[1, 0]], id="two radii apart, no building between"),
        # No building has both others within 300 m; all are within 600 m of each other.
        pytest.param([3, 2, 1], [1, 1, 1], [(0, 0), (350, 0), (175, 303)], [[0, 1, 2]], id="a triangle"),
        pytest.param([1, 4, 2], [6, 6, 6], [(0, 0)] * 3, [[1, 2], [0]], id="all at one point"),
    ],
)
def test_small_towns(value, hours, points, found):
    assert stars(value, hours, points) == found


def test_no_more_clusters_than_asked_for():
    assert len(stars([1, 2, 3], [1, 1, 1], [(0, 0), (1000, 0), (2000, 0)], n=2)) == 2


@pytest.mark.parametrize(("value", "hours"), [(1.0, 0.0), (1.0, np.nan), (np.nan, 1.0)])
def test_values_and_hours_that_cannot_be_are_refused(value, hours):
    with pytest.raises(ValueError, match="value must be finite and hours > 0"):
        stars([value], [hours], [(0, 0)])


def test_clusters_stand_in_order_of_finds_per_hour(make_ranking):
    ranking = make_ranking(
        [20, 20, 20], [{"building_id": "B3"}, {"building_id": "B1"}, {"building_id": "B1"}],
        points=[(0, 0), (5_000, 0), (10_000, 0)],
    )  # fmt: skip
    clusters = form_clusters(ranking, RADIUS_M, CAP_H, 30)
    assert [(c.cluster_id, c.rank, c.building_ids) for c in clusters] == [
        ("C01", 1, ("B1",)),
        ("C02", 2, ("B3",)),
        ("C03", 3, ("B2",)),
    ]


def test_a_cluster_adds_up_its_buildings(make_ranking):
    ranking = make_ranking(
        [20, 30, 40], [{"building_id": "B1"}, {"building_id": "B2"}, {"building_id": "B2"}],
        points=[(0, 0), (30, 40), (9_000, 0)], hours=[1.0, 2.0, 1.0],
    )  # fmt: skip
    cluster = next(c for c in form_clusters(ranking, RADIUS_M, CAP_H, 30) if "B1" in c.building_ids)
    value = ranking.table.set_index("building_id")["value"]
    assert (cluster.n_leads, cluster.n_firms, cluster.team_hours) == (3, 50, 3.0)
    assert cluster.diameter_m == pytest.approx(50.0)
    assert cluster.expected_finds == pytest.approx(value["B1"] + value["B2"])
    assert cluster.finds_per_hour == pytest.approx((value["B1"] + value["B2"]) / 3)


def test_a_lone_building_has_no_diameter(make_ranking):
    assert form_clusters(make_ranking([20], [{}]), RADIUS_M, CAP_H, 30)[0].diameter_m == 0.0


def test_the_rate_of_a_cluster_is_that_of_its_leads_and_firms_together(make_ranking):
    # Prior x likelihood over a grid of rates; counts and exposure in units of the dispersion.
    leads = [{"building_id": "B1"}, {"building_id": "B2"}]
    ranking = make_ranking([20, 30, 400], leads, points=[(0, 0), (9, 0), (9e3, 0)])
    cluster = next(c for c in form_clusters(ranking, RADIUS_M, CAP_H, 30) if "B1" in c.building_ids)
    rows = ranking.table.set_index("building_id").loc[["B1", "B2"]]
    rates = np.linspace(1e-9, 0.02, 200_001)
    log_prior = gamma.logpdf(rates, ranking.prior.shape, scale=ranking.prior.mean_rate / ranking.prior.shape)
    n, e = rows[["decayed_leads", "exposure_firm_days"]].sum() / ranking.prior.dispersion
    log_weight = log_prior + n * np.log(rates) - rates * e
    weight = np.exp(log_weight - log_weight.max())
    assert cluster.lead_rate == pytest.approx((rates * weight).sum() / weight.sum() * 30_000, rel=1e-3)
    below = weight.cumsum() / weight.sum()
    assert cluster.lead_rate_low == pytest.approx(rates[np.searchsorted(below, 0.05)] * 30_000, rel=0.01)
    assert cluster.lead_rate_high == pytest.approx(rates[np.searchsorted(below, 0.95)] * 30_000, rel=0.01)


@pytest.mark.parametrize("n_firms", [pytest.param([], id="no building"), pytest.param([20, 30], id="no lead")])
def test_without_leads_there_is_no_cluster(n_firms, make_ranking):
    assert form_clusters(make_ranking(n_firms), RADIUS_M, CAP_H, 30) == ()


@pytest.mark.parametrize(
    "spread_m", [pytest.param(600.0, id="in nine cells"), pytest.param(3e6, id="in widened cells")]
)
def test_stars_of_any_places_equal_a_greedy_that_counts_every_star_again(spread_m):
    rng = np.random.default_rng(7)
    value, hours = rng.integers(0, 9, 60).astype(float), rng.integers(1, 9, 60).astype(float)
    points = rng.uniform(0.0, spread_m, (60, 2))
    points[::3] = points[0] + rng.uniform(0.0, 500.0, (20, 2))
    assert stars(value, hours, points, n=9) == plain_greedy(
        value.tolist(), hours.tolist(), points.tolist(), RADIUS_M, CAP_H, 9
    )


@pytest.mark.parametrize(
    ("hours_total", "bound"),
    [
        pytest.param(0.0, 0.0, id="no hours"),
        pytest.param(2.0, 8.0, id="the best per hour, 8 in 2 h"),
        pytest.param(3.0, 11.0, id="and a third of the next, 9 in 3 h"),
        pytest.param(99.0, 18.0, id="all"),
    ],
)
def test_the_bound_pours_hours_into_the_best_per_hour(hours_total, bound):
    value, hours = np.array([9.0, 8.0, 1.0, 0.0]), np.array([3.0, 2.0, 5.0, 1.0])
    assert value_bound(value, hours, hours_total) == pytest.approx(bound)


@unhurried
@given(towns(), st.integers(1, 15), st.integers(1, 4))
def test_no_clusters_hold_more_than_the_bound(town, cap, n):
    value, hours, points = town
    held = sum(value[row] for rows in stars(value, hours, points, cap=float(cap), n=n) for row in rows)
    assert held <= value_bound(np.array(value, float), np.array(hours, float), float(cap * n)) + 1e-9
