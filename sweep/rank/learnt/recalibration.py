"""Record of past forecasts against outcomes, and recalibration of the rule by past outcomes (Platt scaling)."""

import numpy as np
from scipy.special import expit, gammaincinv

from geodata.array_types import Float64s
from sweep.rank.learnt.learnt_model import Learnt, fit_checks
from sweep.rank.learnt.training_data import FEATURES, TrainingChecks
from sweep.records.ranking import FEWEST_FINDS, PredictionRecord

_RULE = np.array([feature == "rule" for feature in FEATURES])


def rule_record(checks: TrainingChecks, detection_share: float) -> PredictionRecord | None:
    """Return predicted and actual finds of the rule on case checks, or on all checks if none is of the case track."""
    is_case = checks.is_case[checks.group]
    chosen = is_case if is_case.any() else np.ones(len(is_case), np.bool_)
    p = rule_chances(checks, detection_share)
    return record_of(int(chosen.sum()), int(checks.is_find[chosen].sum()), float(p[chosen].sum()))


def rule_chances(checks: TrainingChecks, detection_share: float) -> Float64s:
    """Return the P(find) that the rule gave each check on the morning of the check, shape (m,)."""
    return np.asarray(expit(checks.features[:, _RULE][:, 0]) * detection_share)


def of_rule(checks: TrainingChecks) -> TrainingChecks:
    """Return the checks with the rule's log-odds as the only feature that is not 0."""
    return checks.only(_RULE)


def record_of(n_checks: int, n_finds: int, predicted: float) -> PredictionRecord | None:
    """Return predicted and actual finds with Garwood's 90 % interval (1936); None below ten finds or one predicted."""
    if n_finds < FEWEST_FINDS or predicted < 1.0:
        return None
    low, high = gammaincinv(n_finds, 0.05), gammaincinv(n_finds + 1, 0.95)
    return PredictionRecord(n_checks, n_finds, predicted, float(low) / predicted, float(high) / predicted)


def recalibrated(checks: TrainingChecks, features: Float64s) -> Learnt:
    """
    Recalibrate the rule's log-odds by a logistic regression without other features (Platt scaling).

    Weights and averaging over teams as in `sweep.rank.learnt.learnt_model.fit_checks`. The slope starts from 1 and
    stays >= 0, so that the order of buildings is kept.

    References
    ----------
    Platt 1999, Probabilistic outputs for support vector machines.
    """
    return Learnt(fit_checks(of_rule(checks)), np.where(_RULE, features, 0.0), checks.is_find)
