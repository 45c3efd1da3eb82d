"""Which firms a visit inspects."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sweep.select.draw_buildings import ticket
from sweep.select.target_firms import active_firms, choose_targets, classes_by_building, n_targets

# Each example makes and validates a table.
unhurried = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def choose(firms, named=(), capped=(), limit=2, seed="s"):
    classes = {u: c for of_building in classes_by_building(firms).values() for u, c in of_building.items()}
    return choose_targets(classes, named, capped, limit, seed, spare_class_a=False)


@pytest.mark.parametrize(
    ("status", "is_active"),
    [
        pytest.param("存续", True, id="存续"),
        pytest.param("在营（开业）企业", True, id="在营"),
        pytest.param("正常", True, id="正常"),
        pytest.param(None, True, id="not known"),
        pytest.param("注销", False, id="注销"),
        pytest.param("已注销", False, id="已注销"),
        pytest.param("吊销，未注销", False, id="吊销"),
        pytest.param("迁出", False, id="迁出"),
    ],
)
def test_firms_known_to_be_closed_are_not_active(status, is_active, make_firms):
    assert len(active_firms(make_firms([{"reg_status": status}]))) == int(is_active)


def test_firms_at_no_building_are_not_active(make_firms):
    assert active_firms(make_firms([{"building_id": None}, {}]))["uscc"].tolist() == ["F01"]


@pytest.mark.parametrize(
    ("n_firms", "share", "most", "n"),
    [
        pytest.param(0, 0.2, 9, 0, id="no firm"),
        pytest.param(1, 0.2, 9, 1, id="one at least"),
        pytest.param(9, 0.2, 9, 1, id="rounded down"),
        pytest.param(10, 0.2, 9, 2, id="two of ten"),
        pytest.param(15, 0.2, 9, 3, id="three of fifteen"),
        pytest.param(7, 1.0, 9, 7, id="all"),
        pytest.param(7, 0.0, 9, 1, id="share 0, one at least"),
        pytest.param(100, 0.2, 2, 2, id="no more than the most"),
    ],
)
def test_the_share_is_rounded_down_one_at_least_and_no_more_than_the_most(n_firms, share, most, n):
    assert n_targets(n_firms, share, most) == n


CLASSES = st.lists(st.sampled_from(["A", "B", "C", "D", None]), max_size=25)
FIRM_SETS = st.sets(st.integers(0, 30).map(lambda k: f"F{k:02d}"), max_size=8)


@unhurried
@given(classes=CLASSES, named=FIRM_SETS, capped=FIRM_SETS, limit=st.integers(0, 9))
def test_no_more_than_the_limit_unless_leads_name_more(classes, named, capped, limit, make_firms):
    firms = make_firms([{"credit_class": c} for c in classes])
    targets = choose(firms, named, capped, limit)
    here = set(firms["uscc"])
    assert len(targets) == len(set(targets)) <= max(len(named & here), limit)
    assert set(targets) <= here
    assert not set(targets) & (capped - named)
    assert targets[: len(named & here)] == tuple(sorted(named & here))


@unhurried
@given(classes=CLASSES.filter(bool), random=st.randoms())
def test_the_order_of_firms_does_not_change_the_targets(classes, random, make_firms):
    rows = [{"uscc": f"F{k:02d}", "credit_class": c} for k, c in enumerate(classes)]
    targets = choose(make_firms(rows))
    random.shuffle(rows)
    assert choose(make_firms(rows)) == targets


def test_a_firm_that_two_leads_name_is_one_target(make_firms):
    assert choose(make_firms([{}] * 5), ["F03", "F03", "F01"]) == ("F01", "F03")


def test_leads_that_name_fewer_than_the_limit_leave_room(make_firms):
    # A limit of two: the one named, and one more.
    targets = choose(make_firms([{}] * 10), ["F07"])
    assert len(targets) == 2
    assert targets[0] == "F07"


def test_named_firms_are_inspected_though_capped(make_firms):
    assert choose(make_firms([{}] * 3), ["F01"], ["F01"], limit=1) == ("F01",)


def test_worse_classes_come_first_and_no_class_between_c_and_b(make_firms):
    firms = make_firms([{"credit_class": c} for c in ("A", None, "B", "D", "C")])
    assert choose(firms, limit=5) == ("F03", "F04", "F01", "F02", "F00")


def test_a_tie_in_class_goes_by_ticket(make_firms):
    targets = choose(make_firms([{"credit_class": "C"}] * 6), limit=6)
    assert list(targets) == sorted(targets, key=lambda u: ticket("s", u))


def test_every_firm_is_as_likely_over_many_seeds(make_firms):
    # 2 of 10 over 1,000 seeds: 200 each, standard deviation sqrt(1000 x 0.2 x 0.8) = 12.6; five of them is 63.
    firms, times = make_firms([{}] * 10), dict.fromkeys((f"F{k:02d}" for k in range(10)), 0)
    for seed in range(1_000):
        for uscc in choose(firms, seed=str(seed)):
            times[uscc] += 1
    assert all(abs(n - 200) < 63 for n in times.values())


def test_no_firm_no_target(make_firms):
    assert choose(make_firms([]), ["F01"]) == ()


def test_classes_of_a_building_keep_the_order_of_the_table_and_none_is_none(make_firms):
    classes = classes_by_building(make_firms([{"credit_class": c} for c in ("B", None, "A")]))
    assert [list(of.items()) for of in classes.values()] == [[("F00", "B"), ("F01", None), ("F02", "A")]]
