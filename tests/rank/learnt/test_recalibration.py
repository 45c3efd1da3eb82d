"""What was predicted of past checks beside what they found, and chances that follow it where that is asked for."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import logit

from sweep.rank.learnt.recalibration import recalibrated, record_of, rule_record
from sweep.rank.learnt.training_data import FEATURES, TrainingChecks
from sweep.scenario.rank_settings import Rank

RULE = FEATURES.index("rule")


def past(p, find, group=None, is_case=(True,), weights=None) -> TrainingChecks:
    """Checks of which the rule said p; all else is unknown."""
    features = np.zeros((len(p), len(FEATURES)))
    features[:, RULE] = logit(p)
    n = len(p)
    return TrainingChecks(
        features,
        np.asarray(find, np.bool_),
        np.arange(float(n)),
        np.zeros(n, np.int64) if group is None else group,
        np.array(is_case),
        np.ones(n) if weights is None else weights,
    )


def test_a_record_on_paper():
    # Garwood's 90 % for 10 events: 5.4254 to 16.9622, of 20 predicted.
    record = record_of(100, 10, 20.0)
    assert record is not None
    assert (record.ratio, record.low, record.high) == pytest.approx((0.5, 0.27127, 0.84811), abs=1e-5)


@pytest.mark.parametrize(("n_finds", "predicted"), [(9, 20.0), (12, 0.5)], ids=["nine finds", "nothing predicted"])
def test_what_rests_on_too_little_is_no_record(n_finds, predicted):
    assert record_of(500, n_finds, predicted) is None


def test_the_rules_record_is_of_case_checks_and_of_what_a_check_detects():
    # 40 case checks of 0.5: 40 x 0.5 x 0.8 = 16 predicted; what drawn checks found is not in it.
    group = np.repeat([0, 1], 40)
    find = np.concatenate([np.arange(40) < 12, np.arange(40) < 30])
    record = rule_record(past(np.full(80, 0.5), find, group, is_case=(True, False)), 0.8)
    assert record is not None
    assert (record.n_checks, record.n_finds, record.predicted) == (40, 12, pytest.approx(16.0))


def test_without_case_checks_the_record_is_of_all():
    record = rule_record(past(np.full(80, 0.5), np.arange(80) < 12, is_case=(False,)), 0.8)
    assert record is not None
    assert record.n_checks == 80


def test_recalibrated_chances_are_those_that_past_checks_found():
    # The rule says 0.05 to 0.8, half of that is found.
    rng = np.random.default_rng(9)
    p = rng.uniform(0.05, 0.8, 3_000)
    checks = past(p, rng.random(3_000) < p / 2.0)
    today = past(np.array([0.1, 0.4, 0.7]), [0, 0, 0]).features
    assert recalibrated(checks, today).p_find == pytest.approx([0.05, 0.2, 0.35], abs=0.03)


def test_ten_finds_move_the_level_and_hardly_the_slope():
    # 10 of 60 found where 0.5 was said of each second and 0.2 of the others: the level follows, the order stays.
    checks = past(np.tile([0.5, 0.2], 30), np.tile([1, 0, 0, 0, 0, 0], 10))
    low, high = recalibrated(checks, past(np.array([0.2, 0.5]), [0, 0]).features).p_find
    assert low < high
    assert (low + high) / 2 == pytest.approx(10 / 60, abs=0.03)


def test_drawn_checks_speak_for_all_that_they_were_drawn_from():
    # 200 case checks of which a half is found, 200 drawn ones, each for 20 others, of which a tenth is.
    group, find = np.repeat([0, 0], 200), np.concatenate([np.arange(200) % 2 == 0, np.arange(200) % 10 == 0])
    weights = np.repeat([1.0, 20.0], 200)
    p, today = np.full(400, 0.3), past(np.array([0.3]), [0]).features
    alike = recalibrated(past(p, find, group), today).p_find[0]
    weighed = recalibrated(past(p, find, group, weights=weights), today).p_find[0]
    assert alike == pytest.approx(0.3, abs=0.01)
    # (200 x 0.5 + 4,000 x 0.1) / 4,200.
    assert weighed == pytest.approx(500 / 4_200, abs=0.01)


@pytest.fixture(scope="module")
def overrated(make_ranking):
    """Fresh leads at five of 40 buildings, and 120 past case checks after leads of which 12 found something."""
    leads = [{"building_id": f"B{k % 40 + 1}", "age": 61.0 + 2 * k, "lead_type": "call_room"} for k in range(120)]
    fresh = [{"building_id": f"B{k}", "age": 2.0, "lead_type": "call_room"} for k in range(1, 6)]
    visits = [
        {"building_id": f"B{k % 40 + 1}", "age": 60.0 + 2 * k, "outcome": "nothing" if k % 10 else "find"}
        for k in range(120)
    ]
    return lambda on, more=(): make_ranking([10] * 40, [*leads, *fresh, *more], visits, settings=Rank(recalibrate=on))


def test_chances_follow_past_checks_only_where_that_is_asked_for(overrated):
    as_told, set_right = overrated(False), overrated(True)
    record = as_told.record
    assert record is not None
    assert record == set_right.record
    assert record.high < 1.0
    assert set_right.table["p_find"].max() < 0.85 * as_told.table["p_find"].max()
    assert set_right.verdict.scored_by == as_told.verdict.scored_by == "rule"
    # Twelve finds: 1 / sqrt(12).
    assert set_right.doubt == pytest.approx(12**-0.5)


def test_the_order_stays_and_a_lead_more_still_lowers_no_building(overrated):
    as_told, set_right = overrated(False), overrated(True)
    assert set_right.table["building_id"].tolist()[:5] == as_told.table["building_id"].tolist()[:5]
    before = set_right.table.set_index("building_id")
    after = overrated(True, [{"building_id": "B9", "age": 1.0}]).table.set_index("building_id")
    assert after.loc["B9", "rank"] <= before.loc["B9", "rank"]
    assert (before["rank_with_lead"] <= before["rank"]).all()


def test_terms_of_recalibrated_values_add_up(overrated):
    ranking = overrated(True)
    value = ranking.table.set_index("building_id")["value"]
    for building_id in ("B1", "B20"):
        assert sum(t.value for t in ranking.terms[building_id]) == pytest.approx(value[building_id])
