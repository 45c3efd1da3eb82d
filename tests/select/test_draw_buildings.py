"""The random draw: anyone can draw it again, and every building has the same chance."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from sweep.select.draw_buildings import draw_buildings, pool_sha256, ticket

POOLS = st.sets(st.text("ABCD0123456789", min_size=1, max_size=5), max_size=30)


def drawn(pool, n, seed="s"):
    return [t.building_id for t in draw_buildings(pool, n, seed).tickets if t.is_drawn]


def test_a_ticket_is_the_sha256_of_seed_and_id():
    # printf 'seed|B1' | sha256sum
    assert ticket("seed", "B1") == hashlib.new("sha256", b"seed|B1").hexdigest()
    assert ticket("abc", "B1") != ticket("abd", "B1")


def test_a_chinese_seed_is_hashed_as_utf8():
    assert ticket("泉城", "B1") == hashlib.new("sha256", b"\xe6\xb3\x89\xe5\x9f\x8e|B1").hexdigest()


@given(POOLS, st.integers(0, 40), st.randoms())
def test_same_seed_and_pool_in_any_order_give_the_same_draw(pool, n, random):
    shuffled = list(pool)
    random.shuffle(shuffled)
    assert draw_buildings(shuffled, n, "s") == draw_buildings(sorted(pool), n, "s")


@given(POOLS.filter(bool), st.data())
def test_removing_a_candidate_leaves_the_others_in_order(pool, data):
    gone = data.draw(st.sampled_from(sorted(pool)))
    every = [t.building_id for t in draw_buildings(pool, 3, "s").tickets]
    without = [t.building_id for t in draw_buildings(pool - {gone}, 3, "s").tickets]
    assert without == [b for b in every if b != gone]


@given(POOLS, st.integers(0, 40))
def test_probabilities_add_up_to_the_number_drawn(pool, n):
    draw = draw_buildings(pool, n, "s")
    assert sum(t.inclusion_probability for t in draw.tickets) == pytest.approx(draw.n_drawn)
    assert sum(t.is_drawn for t in draw.tickets) == draw.n_drawn == min(n, len(pool))


@given(POOLS, st.integers(0, 29))
def test_drawing_one_more_keeps_those_drawn(pool, n):
    assert drawn(pool, n) == drawn(pool, n + 1)[:n]


def test_every_building_and_every_place_in_the_order_is_as_likely_over_many_seeds():
    # 6,000 draws of 3 out of 12: 1,500 each, and 500 each in first place. The seeds are fixed, so is the outcome.
    pool = [f"370102-{k:04d}" for k in range(12)]
    times, first = dict.fromkeys(pool, 0), dict.fromkeys(pool, 0)
    for seed in range(6_000):
        winners = drawn(pool, 3, str(seed))
        first[winners[0]] += 1
        for winner in winners:
            times[winner] += 1
    # Inclusion without replacement varies less than multinomial counts, so this is on the safe side of one tail only.
    assert chisquare(list(times.values())).pvalue > 0.01
    assert 0.01 < chisquare(list(first.values())).pvalue < 0.99


def test_a_weighted_sample_mean_is_right_on_average():
    # Values 0..9, mean 4.5; Horvitz-Thompson from 2 of 10 with probability 0.2, over 4,000 seeds: se about 0.03.
    pool = [f"B{k}" for k in range(10)]
    estimates = []
    for seed in range(4_000):
        tickets = draw_buildings(pool, 2, str(seed)).tickets
        estimates.append(sum(int(t.building_id[1:]) / t.inclusion_probability for t in tickets if t.is_drawn) / 10)
    assert sum(estimates) / 4_000 == pytest.approx(4.5, abs=0.12)


@pytest.mark.parametrize(
    ("pool", "n", "winners", "probability"),
    [
        pytest.param([], 3, 0, None, id="no building"),
        pytest.param(["B1"], 0, 0, 0.0, id="none drawn"),
        pytest.param(["B1"], 1, 1, 1.0, id="one building"),
        pytest.param(["B1", "B2"], 5, 2, 1.0, id="more than there are"),
        pytest.param(["B1", "B2", "B3", "B4"], 1, 1, 0.25, id="one of four"),
    ],
)
def test_small_pools(pool, n, winners, probability):
    draw = draw_buildings(pool, n, "s")
    assert draw.n_drawn == winners
    assert {t.inclusion_probability for t in draw.tickets} == ({probability} if pool else set())


def test_a_building_twice_in_the_pool_is_refused():
    with pytest.raises(ValueError, match="in the pool of the draw must be unique"):
        draw_buildings(["B1", "B2", "B1"], 1, "s")


def test_a_negative_number_is_refused():
    with pytest.raises(ValueError, match="n_drawn must be >= 0, got -1"):
        draw_buildings(["B1"], -1, "s")


def test_the_pool_hash_is_of_the_sorted_ids_a_line_each():
    assert pool_sha256(["B2", "B1"]) == hashlib.new("sha256", b"B1\nB2").hexdigest()


@given(POOLS, POOLS)
def test_another_pool_has_another_hash(one, other):
    assert (pool_sha256(one) == pool_sha256(other)) == (one == other)
