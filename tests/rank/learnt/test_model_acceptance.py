"""The model scores only where it is ahead of chance and not behind the rule, on checks that it had not seen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sweep.rank.learnt.learnt_model import fit_checks
from sweep.rank.learnt.model_acceptance import accept_model, out_of_time_forecasts
from sweep.rank.learnt.training_data import FEATURES, SIGNS, TrainingChecks

RULE, OWN, LEADS = (FEATURES.index(kind) for kind in ("rule", "own_finds", "leads"))


def checks(seed, chance, n=700, who=None) -> TrainingChecks:
    """Checks whose features are noise, and finds by a chance of each that a function of the features gives."""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(n, len(FEATURES)))
    find = rng.random(n) < chance(features)
    group = np.zeros(n, np.int64) if who is None else who(rng, n)
    return TrainingChecks(features, find, np.arange(float(n)), group, np.ones(int(group.max()) + 1, bool), np.ones(n))


def judged(past):
    return accept_model(past, out_of_time_forecasts(past))


def odds(z):
    return 1.0 / (1.0 + np.exp(-z))


@pytest.mark.parametrize(("n", "share"), [(99, 0.5), (400, 0.01)], ids=["checks", "finds"])
def test_too_few_checks_or_finds_are_left_to_the_rule(n, share):
    verdict = judged(checks(1, lambda x: np.full(len(x), share), n=n))
    assert (verdict.scored_by, verdict.reason, verdict.model_area) == ("rule", "few", None)


@pytest.mark.parametrize(
    ("find", "day"),
    [
        pytest.param(np.ones(400, bool), np.arange(400.0), id="all find"),
        pytest.param(np.arange(400) < 40, np.arange(400.0), id="no find among the later ones"),
        pytest.param(np.arange(400) % 5 == 0, np.zeros(400), id="all on one day"),
    ],
)
def test_checks_enough_that_cannot_judge_a_model_are_not_called_few(find, day):
    past = replace(checks(1, lambda x: np.full(len(x), 0.5), n=400), is_find=find, day=day)
    verdict = judged(past)
    assert (verdict.scored_by, verdict.reason, verdict.n_checks, verdict.n_finds) == (
        "rule",
        "untested",
        400,
        find.sum(),
    )


def test_where_the_own_past_tells_more_than_leads_the_model_scores():
    verdict = judged(checks(1, lambda x: odds(1.5 * x[:, OWN] - 1.5)))
    assert (verdict.scored_by, verdict.reason) == ("logistic", "ahead")
    assert verdict.model_area > 0.7 > 0.6 > verdict.rule_area


def test_where_finds_have_nothing_to_do_with_anything_the_rule_scores():
    # The area of noise passes for ahead of chance five times in a hundred.
    found = [judged(checks(seed, lambda x: np.full(len(x), 0.1))).scored_by for seed in range(20)]
    assert found.count("rule") >= 17


def test_where_finds_turn_against_leads_the_rule_scores_and_no_slope_follows_them():
    past = checks(1, lambda x: odds(-1.5 * x[:, RULE] - x[:, LEADS] - 2.0))
    verdict = judged(past)
    assert (verdict.scored_by, verdict.reason) == ("rule", "against")
    assert (fit_checks(past).slopes * SIGNS >= 0.0).all()


def test_what_one_team_finds_wherever_it_goes_is_no_merit_of_the_model():
    # Team 1 finds half of the time, the others never; its places differ from theirs in nothing.
    past = checks(1, lambda x: np.full(len(x), 0.5), who=lambda rng, n: rng.integers(0, 4, n))
    past = TrainingChecks(
        past.features, past.is_find & (past.group == 1), past.day, past.group, past.is_case, past.weights
    )  # fmt: skip
    assert judged(past).scored_by == "rule"


def test_a_team_for_every_place_leaves_something_to_judge():
    verdict = judged(checks(1, lambda x: odds(1.5 * x[:, OWN] - 1.5), who=lambda _rng, n: np.arange(n)))
    assert verdict.scored_by == "logistic"
