"""What happens nearby: read from close by where events repeat there, and by the rule where nothing is gained."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sweep.rank.rate.nearby import Plane, Sightings, fit_nearby, nearby_rates
from sweep.scenario.rank import Rank
from tests.constants import varied

N = 200
# Forty blocks of five buildings, 100 m from each other; blocks are 600 m apart, so that the rule sees three of them.
POINTS = np.column_stack([600.0 * (np.arange(N) // 5) + 100.0 * (np.arange(N) % 5), np.zeros(N)])
PLANE = Plane(POINTS, np.full(N, 1_000.0), 700.0)


def sightings(rows, age_days) -> Sightings:
    k = len(rows)
    return Sightings(np.asarray(rows, np.int64), np.asarray(age_days, float), np.full(k, 30.0), np.full(k, 0.3))


def repeating(seed=1) -> Sightings:
    """Each first event is followed within some days by three in the same block."""
    rng = np.random.default_rng(seed)
    block, age = rng.integers(0, 40, 250), rng.uniform(5.0, 365.0, 250)
    rows = np.repeat(5 * block, 4) + rng.integers(0, 5, 1_000)
    return sightings(rows, np.maximum(np.repeat(age, 4) - np.tile([0.0, 2.0, 4.0, 6.0], 250), 0.1))


def anywhere(seed=1) -> Sightings:
    rng = np.random.default_rng(seed)
    return sightings(rng.integers(0, N, 1_000), rng.uniform(0.1, 365.0, 1_000))


def test_where_events_repeat_close_by_fresh_ones_there_are_read():
    nearby = fit_nearby(repeating(), PLANE)
    share = dict(zip(nearby.names, nearby.shares, strict=True))
    assert nearby.is_used and nearby.gain > 0.02
    assert share["near_7"] > 0.3
    assert sum(nearby.shares) == pytest.approx(1.0)


def test_where_nothing_repeats_the_rule_stands():
    assert not fit_nearby(anywhere(), PLANE).is_used


@pytest.mark.parametrize("n", [0, 1, 30], ids=["none", "one", "thirty"])
def test_few_events_leave_the_rule(n):
    nearby = fit_nearby(sightings(np.arange(n), np.linspace(1.0, 300.0, n)), PLANE)
    assert (nearby.is_used, nearby.n_judged, nearby.shares[0]) == (False, 0, 1.0)


def test_events_that_visits_have_answered_in_full_foretell_nothing():
    # All of the last half-year are answered, so that no fortnight of it has an event that counts.
    events = anywhere()
    answered = replace(events, share=np.where(events.age_days < 180.0, 0.0, events.share))
    nearby = fit_nearby(answered, PLANE)
    assert (nearby.is_used, nearby.n_events, nearby.shares[0]) == (False, 0, 1.0)


def test_visits_that_miss_nothing_leave_a_ranking(make_ranking):
    # All but the last place were visited a day ago; its leads of late are answered by nobody, and are old.
    leads = [{"building_id": f"B{1 + k % 19}", "age": 1.0 + k % 300} for k in range(300)]
    leads += [{"building_id": "B20", "age": 100.0 + 20.0 * k} for k in range(7)]
    visits = [{"building_id": f"B{k + 1}", "age": 0.5} for k in range(19)]
    table = make_ranking([10] * 20, leads, visits, settings=varied(Rank(), detection_share=1.0)).table
    assert table["building_id"].iloc[0] == "B20"


def test_all_readings_come_to_the_total_that_is_given():
    assert PLANE.exposure @ nearby_rates(repeating(), PLANE, 3.0) == pytest.approx([3.0] * 4)


def test_one_more_event_of_its_own_is_in_no_reading_of_a_place():
    events, rng = repeating(), np.random.default_rng(2)
    more = sightings(np.append(events.rows, 7), np.append(events.age_days, 1.0))
    far = int(rng.integers(100, N))  # shares no neighbour with the place
    before, after = (nearby_rates(some, PLANE, 3.0) for some in (events, more))
    assert after[7] / after[far] == pytest.approx(before[7] / before[far], rel=0.02)
    assert after[8, 0] / after[far, 0] > 1.02 * before[8, 0] / before[far, 0]


def test_the_ranking_reads_it_unless_the_settings_leave_it_to_the_rule(make_ranking):
    events = repeating()
    leads = [{"building_id": f"B{1 + r}", "age": float(a)} for r, a in zip(events.rows, events.age_days, strict=True)]
    fitted = make_ranking([20] * N, leads, points=[tuple(p) for p in POINTS])
    rule_alone = varied(Rank(), fit_nearby=False)
    by_rule = make_ranking([20] * N, leads, points=[tuple(p) for p in POINTS], settings=rule_alone)
    assert fitted.nearby is not None and fitted.nearby.is_used
    assert (by_rule.nearby, by_rule.added.any()) == (None, False)
    # The rates are those of the mixture: the rule's share of its own, and what is added.
    own, rule = (r.table.set_index("building_id")["rate"].sort_index() for r in (fitted, by_rule))
    added = (fitted.added * 30_000.0)[np.argsort(fitted.table["building_id"].to_numpy(str), kind="stable")]
    assert own.to_numpy() == pytest.approx(fitted.nearby.rule_share * rule.to_numpy() + added)
    assert (fitted.table["rank_with_lead"] <= fitted.table["rank"]).all()
