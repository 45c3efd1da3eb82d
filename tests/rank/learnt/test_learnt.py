"""The ranking once past checks teach it: when, from what, and what it must not learn from."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from geodata.clock_times import DAY_S
from sweep.rank.den_probabilities import _p_den
from sweep.rank.learnt.learnt_model import fit_checks
from sweep.rank.learnt.past_checks import gather_past
from sweep.rank.learnt.training_data import FEATURES, TrainingChecks, TrainingData
from sweep.rank.rate.answered_leads import SPAN_S
from sweep.rank.rate.lead_model import gather_chances, lead_proneness
from sweep.rank.rate.rate_posterior import fit_prior, local_rates, posterior_rates
from sweep.scenario.rank_settings import Rank

N = 40
RULE = FEATURES.index("rule")
FIRMS = [10 + k % 7 for k in range(N)]


def town(n_checks=120, n_finds=24, seed=2):
    """Checks of towers with and without a lead five days before; most finds where there was one."""
    rng = np.random.default_rng(seed)
    leads, history = [], []
    finds = set(np.linspace(0, n_checks - 1, n_finds).astype(int).tolist())
    for k in range(n_checks):
        building, age = f"B{1 + k % N}", float(10 + 2 * k)
        is_find = k in finds
        if is_find or rng.random() < 0.2:
            leads.append({"building_id": building, "age": age + 5.0, "lead_type": "call_room"})
        history.append({"building_id": building, "age": age, "outcome": "find" if is_find else "nothing"})
    return leads, history


@pytest.mark.parametrize(
    ("n_checks", "n_finds", "scored_by"),
    [(100, 20, "logistic"), (99, 20, "rule"), (100, 19, "rule"), (0, 0, "rule")],
)
def test_the_model_takes_over_at_100_checks_with_20_finds(n_checks, n_finds, scored_by, make_ranking):
    ranking = make_ranking(FIRMS, *town(n_checks, n_finds))
    verdict = ranking.verdict
    assert (verdict.scored_by, verdict.n_checks, verdict.n_finds) == (scored_by, n_checks, n_finds)
    assert set(ranking.table["scored_by"]) == {scored_by}


def test_it_learns_that_leads_lead_to_finds(make_ranking):
    leads, history = town()
    without, with_lead = (make_ranking(FIRMS, leads + more, history) for more in ([], [{"building_id": "B7"}]))
    before, after = (r.table.set_index("building_id").loc["B7", "p_find"] for r in (without, with_lead))
    assert after > 1.2 * before
    assert with_lead.table["value"].between(0.0, 0.85).all()


def test_a_few_drawn_finds_do_not_overturn_what_leads_say(make_ranking):
    # Each drawn visit weighs 300: of twelve at towers with a lead none found anything, of six without one two did.
    leads, history = town()
    named = sorted({lead["building_id"] for lead in leads})
    unnamed = sorted({f"B{k + 1}" for k in range(N)} - set(named))
    drawn = [
        {"building_id": b, "age": 1.0, "outcome": outcome, "track": "routine", "selection_probability": 1 / 300}
        for b, outcome in [
            *((b, "nothing") for b in named[:12]),
            *zip(unnamed[:6], ["find"] * 2 + ["nothing"] * 4, strict=True),
        ]
    ]
    without, with_lead = (make_ranking(FIRMS, leads + more, history + drawn) for more in ([], [{"building_id": "B7"}]))
    before, after = (r.table.set_index("building_id").loc["B7", "p_find"] for r in (without, with_lead))
    assert after > 1.2 * before


def test_no_access_is_no_negative(make_ranking):
    leads, history = town()
    locked = [{"building_id": f"B{1 + k % N}", "age": 3.0 + k, "outcome": "no_access"} for k in range(200)]
    before, after = make_ranking(FIRMS, leads, history), make_ranking(FIRMS, leads, history + locked)
    pd.testing.assert_series_equal(before.table["p_find"], after.table["p_find"])


def test_terms_add_up_to_the_value(make_ranking):
    ranking = make_ranking(FIRMS, *town())
    for building_id, value in zip(ranking.table["building_id"], ranking.table["value"], strict=True):
        assert sum(t.value for t in ranking.terms[building_id]) == pytest.approx(value, abs=1e-9)
    assert [t.key for t in ranking.terms["B1"]] == ["model_base", *(f"model_{f}" for f in dict.fromkeys(FEATURES))]


def test_it_tells_what_spreads_the_places_in_its_order(make_ranking):
    explained_by = make_ranking(FIRMS, *town()).verdict.explained_by
    shares = [term.value for term in explained_by]
    assert sum(shares) == pytest.approx(1.0)
    assert shares == sorted(shares, reverse=True)
    # Finds follow leads in this town, and no place has a kind or an owner.
    assert explained_by[0].key in {"model_rule", "model_leads"}
    assert not {"model_kind_finds", "model_related_finds"} & {term.key for term in explained_by}


def test_the_value_is_what_a_check_finds_if_it_gets_in(make_ranking, make_leads, make_history, now):
    # The model gives finds, and p_find of dens, of which a check finds four of five; one in seven doors stays shut.
    leads, history = town()
    table = make_ranking(FIRMS, leads, history).table.set_index("building_id")
    frame = pd.DataFrame({"building_id": sorted(table.index), "n_firms": 10})
    frame["n_firms"] = [FIRMS[int(b[1:]) - 1] for b in frame["building_id"]]
    points = np.array([[100.0 * (int(b[1:]) - 1), 0.0] for b in frame["building_id"]])
    checks, features = TrainingData(frame, make_leads(leads), make_history(history), points, now, Rank()).at(now)
    p = np.minimum(fit_checks(checks).probability(features) / 0.8, 1.0)
    assert table.loc[frame["building_id"], "p_find"].to_numpy() == pytest.approx(p)
    assert table.loc[frame["building_id"], "value"].to_numpy() == pytest.approx(p * 0.85 * 0.8)


def checks_of(leads, history, make_leads, make_history, now, n=2):
    frame = pd.DataFrame({"building_id": [f"B{k + 1}" for k in range(n)], "n_firms": 10})
    points = np.column_stack([9e3 * np.arange(n), np.zeros(n)])
    return TrainingData(frame, make_leads(leads), make_history(history), points, now, Rank()).at(now)[0]


def test_features_are_those_of_the_morning_of_the_check(make_leads, make_history, now):
    # A check ten days ago; leads 7 days before it (7-day window: 1/2), on its day, and after; a check 30 days before.
    leads = [{"age": 17.0}, {"age": 9.7}, {"age": 2.0}]
    checks = checks_of(leads, [{"age": 9.5}, {"age": 39.8}], make_leads, make_history, now)
    row = checks.features[1]
    assert row[0] == pytest.approx(np.log1p(0.5))
    assert row[1] == pytest.approx(np.log1p(2 ** (-7 / 30)))
    assert row[3] == pytest.approx(np.log(10))
    assert checks.features[0][0] == 0.0


@pytest.mark.parametrize(("hours", "n"), [(0.0, 1), (10.0, 1), (24.0, 2)], ids=["midnight", "morning", "next day"])
def test_of_the_day_itself_no_check_is_known(hours, n, make_leads, make_history, now):
    # Ten days ago at three in the afternoon, and a day before that.
    frame, visits = pd.DataFrame({"building_id": ["B1"], "n_firms": 10}), [{"age": 10 - 15 / 24}, {"age": 11.0}]
    known = TrainingData(frame, make_leads([]), make_history(visits), np.zeros((1, 2)), now, Rank())
    assert len(known.checks(now - timedelta(days=10) + timedelta(hours=hours))) == n


def test_the_last_feature_is_the_log_odds_of_the_rule(make_ranking, make_leads, make_history, now):
    leads = [{"building_id": b, "age": a, "lead_type": t} for b, a, t in (("B1", 3.0, "goip"), ("B1", 9.0, "tip"),
             ("B2", 40.0, "call_room"))]  # fmt: skip
    locked = [{"outcome": "no_access"}]
    table = make_ranking([10, 10], leads, locked, points=[(0, 0), (9e3, 0)]).table.set_index("building_id")
    frame = pd.DataFrame({"building_id": ["B1", "B2"], "n_firms": 10})
    points = np.array([[0.0, 0.0], [9e3, 0.0]])
    past = gather_past(frame, make_leads(leads), make_history(locked), points, np.full(2, 10.0), now, Rank())
    p = table.loc[["B1", "B2"], "p_find"].to_numpy()
    assert past.features_at(np.arange(2), np.zeros(2))[:, -1] == pytest.approx(np.log(p / (1 - p)), abs=0.02)


def test_a_lead_answered_before_the_check_is_not_what_the_check_went_for(make_leads, make_history, now):
    # A lead 20 days ago, case visits 15 and 10 days ago: the second goes to a fifth of the lead, the first to all.
    def rule_at(history):
        return checks_of([{"age": 20.0}], history, make_leads, make_history, now).features[-1][RULE]

    answered = rule_at([{"age": 15.0}, {"age": 10.0}])
    assert answered < rule_at([{"age": 10.0}])
    assert rule_at([{"age": 15.0, "track": "routine"}, {"age": 10.0}]) == rule_at([{"age": 10.0}])


@pytest.mark.parametrize(
    ("history", "n", "weights"),
    [
        pytest.param([{}], 1, [1.0], id="no probability recorded"),
        pytest.param([{"track": "routine", "selection_probability": 0.2}], 1, [5.0], id="drawn with 0.2"),
        pytest.param([{"selection_probability": 0.0}], 1, [1.0], id="a probability that cannot be"),
        pytest.param([{}, {"uscc": "F1"}], 1, [1.0], id="two firms of one visit"),
        pytest.param([{}, {"authority": "police"}], 2, [1.0, 1.0], id="two authorities"),
        pytest.param([{}, {"track": "special"}], 2, [1.0, 1.0], id="two tracks"),
        pytest.param([{"outcome": "no_access"}], 0, [], id="nobody got in"),
        pytest.param([{"track": "stocktake"}, {"track": "investigation"}], 0, [], id="no check"),
        pytest.param([{"age": -1.0}], 0, [], id="in the future"),
        pytest.param([{"building_id": "B9"}], 0, [], id="an unknown building"),
    ],
)
def test_what_counts_as_a_check_and_its_weight(history, n, weights, make_leads, make_history, now):
    checks = checks_of([], history, make_leads, make_history, now)
    assert (len(checks.is_find), checks.weights.tolist()) == (n, weights)


def test_discovered_leads_are_no_feature(make_leads, make_history, now):
    checks = checks_of([{"age": 15.0, "lead_source": "discovered"}], [{}], make_leads, make_history, now)
    assert checks.features[0][:3].tolist() == [0.0, 0.0, 0.0]


def test_the_model_is_of_the_case_track_whoever_goes():
    rng = np.random.default_rng(1)
    features = rng.normal(size=(200, len(FEATURES)))
    # Four of ten case visits find, by either authority, and no drawn one.
    group = np.repeat([0, 1, 2], [50, 50, 100])
    is_find = np.concatenate([np.arange(100) % 5 < 2, np.zeros(100, bool)])
    checks = TrainingChecks(features, is_find, np.arange(200.0), group, np.array([True, True, False]), np.ones(200))
    model = fit_checks(checks)
    assert model.group_shares.tolist() == [0.5, 0.5, 0.0]
    assert model.probability(features).mean() > 0.25


def test_where_the_history_names_teams_each_has_an_effect_of_its_own(make_leads, make_history, now):
    rows = [{"age": 10.0, "team": "J01"}, {"age": 11.0, "team": "J02"}, {"age": 12.0, "team": "J01"}, {"age": 13.0}]
    checks = checks_of([], rows, make_leads, make_history, now)
    # In order of day, oldest first: the authority, J01, J02, J01.
    assert len(checks.is_case) == 3
    assert len({*checks.group.tolist()}) == 3
    assert checks.group[1] == checks.group[3]


def test_with_nothing_to_learn_the_model_stays_at_the_rule():
    # Finds at the rate that the rule says, other features noise: one for the rule's log-odds, next to none for others.
    rng = np.random.default_rng(2)
    features = rng.normal(size=(800, len(FEATURES)))
    is_find = rng.random(800) < 1 / (1 + np.exp(1.0 - features[:, RULE]))
    days, one = np.arange(800.0), np.zeros(800, np.int64)
    model = fit_checks(TrainingChecks(features, is_find, days, one, np.array([True]), np.ones(800)))
    assert model.slopes[RULE] / model.spread[RULE] == pytest.approx(1.0, abs=0.3)
    assert np.abs(np.delete(model.slopes, RULE)).max() < 0.3


def features_in_numpy(past, ago):
    """The features of every building on one day, from the parts of the rule that score."""
    n, age = len(past.population), past.event_ago - ago
    known = (age >= 0) & (age <= past.horizon_days)
    row, age = past.event_row[known], age[known]
    windows = [np.bincount(row, weights=2.0 ** (-age / days), minlength=n) for days in (7.0, 30.0, 90.0)]
    firsts = [past.case_keys[past.case_keys // SPAN_S == r] % SPAN_S / DAY_S for r in range(n)]
    n_visits = [((firsts[r] > ago - 1e-9) & (firsts[r] <= ago + a)).sum() for r, a in zip(row, age, strict=True)]
    fresh = 2.0 ** (-age / past.half_life[known])
    weight = past.share[known] * fresh * (1.0 - past.detection_share) ** np.array(n_visits, float)
    counts = np.bincount(row, weights=weight, minlength=n).astype(float)
    exposure = past.population * past.mean_days
    prior = fit_prior(counts, exposure, weight)
    local = local_rates(counts, exposure, past.points_m, past.radius_m, prior)
    mean = posterior_rates(counts, exposure, local, prior).mean
    proneness = lead_proneness(row, fresh, exposure)
    chances = gather_chances(row, weight, unreported=mean * exposure, prior_odds=local * exposure, proneness=proneness)
    p = np.clip(chances.p_den, 1e-6, 1 - 1e-6)
    size = np.log(np.maximum(past.population, 1.0))
    return np.column_stack([*np.log1p(windows), size, np.log(p / (1 - p))])


def test_the_compiled_features_of_a_morning_are_those_of_all_buildings_on_it(make_leads, make_history, now):
    rng = np.random.default_rng(3)
    leads = [
        {"building_id": f"B{rng.integers(1, 9)}", "age": float(age), "lead_type": str(kind)}
        for age, kind in zip(rng.uniform(0, 500, 120), rng.choice(["goip", "tip", "call_room"], 120), strict=True)
    ]
    visits = [{"building_id": f"B{rng.integers(1, 9)}", "age": float(age)} for age in rng.uniform(0, 300, 40)]
    frame = pd.DataFrame({"building_id": [f"B{k + 1}" for k in range(9)], "n_firms": [0, *range(5, 45, 5)]})
    points = np.column_stack([300.0 * np.arange(9), np.zeros(9)])
    firms = frame["n_firms"].to_numpy(float)
    past = gather_past(frame, make_leads(leads), make_history(visits), points, firms, now, Rank())
    for ago in (0.0, 3.0, 77.5, 250.0, 600.0):
        rows = np.arange(9)
        assert past.features_at(rows, np.full(9, ago)) == pytest.approx(features_in_numpy(past, ago), rel=1e-9)


@pytest.mark.parametrize("n_leads", [80, 400])
def test_many_fresh_leads_on_the_morning_of_a_check_have_log_odds_that_are_a_number(
    n_leads, make_leads, make_history, now
):
    # They make the chance of a den 1 to the last bit, and nothing can be divided by the chance that there is none.
    leads = [{"age": 5.01, "lead_type": "call_room"}] * n_leads
    leads += [{"building_id": f"B{2 + k}", "age": 40.0 + k} for k in range(30)]
    frame = pd.DataFrame({"building_id": [f"B{k + 1}" for k in range(N)], "n_firms": 10})
    points = np.column_stack([9e3 * np.arange(N), np.zeros(N)])
    past = gather_past(frame, make_leads(leads), make_history([]), points, np.full(N, 10.0), now, Rank())
    features = features_in_numpy(past, 5.0)
    assert np.isfinite(features).all()
    assert past.features_at(np.arange(N), np.full(N, 5.0)) == pytest.approx(features, rel=1e-9)


def test_a_chance_that_would_be_above_one_still_rises_with_a_lead():
    share = np.array([0.2, 0.9, 0.95, 1.0, 1.25])
    bent = _p_den(share)
    assert bent[:2].tolist() == [0.2, 0.9]
    # From 0.9 on 1 - 0.1 e^-(x - 0.9) / 0.1.
    assert bent[3] == pytest.approx(1 - 0.1 * np.exp(-1))
    assert (np.diff(bent) > 0).all() and bent[-1] < 1.0
