"""Labels beside a rank: significance, refusal where leads repeat, and that no label moves a rank."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from geodata.errors import InputError
from geodata.message_catalogue import load_texts
from sweep.rank.rate.refuse_repeated_leads import refuse_repeats
from sweep.rank.significance.building_labels import _at_buildings, label_buildings
from sweep.rank.significance.overdispersed_counts import exceedance_q
from sweep.rank.significance.scan_statistic import ScanCluster
from sweep.scenario.rank_settings import Rank
from tests.constants import varied

N_FIRMS = [20] * 30
# Ten leads each at three neighbours, one at every fifth of the others.
HOT = [{"building_id": b, "age": 1.5 + 3 * k} for b in ("B10", "B11", "B12") for k in range(10)]
LEADS = HOT + [{"building_id": f"B{k}", "age": 8.0} for k in range(1, 31, 5)]
QUICK = varied(Rank(), scan_radius_m=300.0, scan_simulations=99, first_k=3, bootstrap_draws=50)


@pytest.fixture(scope="module")
def labelled(make_ranking):
    ranking = make_ranking(N_FIRMS, LEADS)
    labels = label_buildings(ranking, QUICK, seed=1)
    return ranking.table.join(labels).set_index("building_id")


def test_a_cluster_stands_at_its_buildings_and_nowhere_else(make_ranking):
    # Among 30 buildings a tenth with high counts is no rarity; among 100 it is.
    others = [{"building_id": f"B{k}", "age": 8.0} for k in range(1, 101, 10)]
    ranking = make_ranking([20] * 100, HOT + others)
    labelled = ranking.table.join(label_buildings(ranking, QUICK, seed=1)).set_index("building_id")
    inside = labelled[labelled["scan_cluster"].notna()]
    assert sorted(inside.index) == ["B10", "B11", "B12"]
    assert set(inside["scan_cluster"]) == {"S01"}
    assert inside["scan_p"].nunique() == 1
    assert inside["scan_p"].iloc[0] <= 0.05
    # 31 events among 3 of 100 like towers, 9 among the others: (31 / 3) / (9 / 97) = 111.4.
    assert inside["scan_relative_risk"].tolist() == pytest.approx([111.4] * 3, abs=0.05)


def test_a_window_with_one_raised_building_is_a_tower_and_no_cluster():
    of = (((2, 4), 1), ((0, 1), 2))
    alone, pair = (ScanCluster(rows, 100.0, 9, 1.0, 9.0, 8.0, 0.01, n_raised) for rows, n_raised in of)
    labels, _, p_values = _at_buildings((alone, pair), "S", 5)
    assert labels.tolist() == ["S02", "S02", "T01", None, "T01"]
    assert p_values[[0, 1, 2, 4]].tolist() == [0.01] * 4


def test_the_first_are_those_with_leads(labelled):
    chances = labelled["p_first_k"].sort_values()
    assert set(chances.index[-3:]) == {"B10", "B11", "B12"}
    assert chances.iloc[-3] > 0.7 > 0.3 > chances.iloc[-4]
    assert labelled["p_first_k"].sum() == pytest.approx(3.0)


def test_without_a_test_there_is_no_cluster_and_no_q(make_ranking):
    labels = label_buildings(make_ranking(N_FIRMS, LEADS), QUICK, seed=1, is_tested=False)
    assert labels[["scan_cluster", "scan_relative_risk", "scan_p", "exceedance_q"]].isna().all(axis=None)
    assert labels["p_first_k"].sum() == pytest.approx(3.0)


def test_no_simulation_is_no_cluster(make_ranking):
    settings = varied(QUICK, scan_simulations=0)
    labels = label_buildings(make_ranking(N_FIRMS, LEADS), settings, seed=1)
    assert labels["scan_cluster"].isna().all()


@pytest.mark.parametrize(
    ("n_firms", "leads"), [pytest.param([], [], id="no building"), pytest.param([10, 0], [], id="no lead")]
)
def test_labels_of_nothing(n_firms, leads, make_ranking):
    labels = label_buildings(make_ranking(n_firms, leads), QUICK, seed=1)
    assert len(labels) == len(n_firms)
    assert labels["scan_cluster"].isna().all()


def test_q_on_paper():
    # Poisson, for the counts vary no more: 4 towers at mean 1.5, counts 2, 2, 1, 1.
    # P(>= 2) = 1 - e^-1.5 x 2.5 = 0.44217, P(>= 1) = 0.77687. BH: 0.44217 x 4/2 = 0.88435, but no more than the next,
    # 0.77687 x 4/4.
    q = exceedance_q(np.array([2, 2, 1, 1, 7]), np.array([5.0, 5.0, 5.0, 5.0, 0.0]))
    assert q[:4] == pytest.approx([0.77687] * 4, abs=1e-5)
    assert np.isnan(q[4])


def test_q_holds_false_discoveries_down():
    rng = np.random.default_rng(1)
    shares = []
    for _ in range(100):
        firms = np.ceil(rng.lognormal(3.0, 0.8, 500))
        rate = rng.gamma(4.0, 0.1 / 4.0, 500)
        rate[:10] *= 12.0
        is_listed = exceedance_q(rng.poisson(rate * firms), firms) <= 0.05
        shares.append(is_listed[10:].sum() / max(1, is_listed.sum()))
    assert np.mean(shares) <= 0.06


def test_repeats_without_an_event_id_are_refused_with_the_mend(make_leads, now):
    leads = make_leads([{"building_id": f"B{k}", "age": 1.0} for k in range(10) for _ in range(2)])
    with pytest.raises(InputError) as caught:
        refuse_repeats(leads, now, 365.0)
    texts = load_texts("en")
    issue = caught.value.issues[0]
    assert issue.what(texts).startswith("20 leads without an event id look like 10 events")
    assert "event_id" in issue.fix(texts)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"event_id": "E"}, id="with an event id"),
        pytest.param({"lead_source": "discovered"}, id="discovered"),
        pytest.param({"building_id": None}, id="at no building"),
        pytest.param({"age": 400.0}, id="too old"),
        pytest.param({"age": -1.0}, id="in the future"),
    ],
)
def test_repeats_that_do_not_count_are_no_fault(change, make_leads, now):
    refuse_repeats(make_leads([{} | change for _ in range(20)]), now, 365.0)


def test_a_day_is_a_day_in_china(make_leads, now):
    # 23:30 and 00:30 by the clock of Shanghai are two days, in UTC one.
    ages = [timedelta(days=2, minutes=30 * sign) / timedelta(days=1) for sign in (-1, 1)]
    refuse_repeats(make_leads([{"age": age} for age in ages]), now, 365.0)


def test_two_leads_by_chance_on_one_day_are_no_fault(make_leads, now):
    refuse_repeats(make_leads([{"age": 1.0}] + [{"age": k + 1.0} for k in range(19)]), now, 365.0)


def test_no_lead_is_no_fault(make_leads, now):
    refuse_repeats(make_leads([]), now, 365.0)
