"""What the chances of past mornings came to, beside what the checks found; and chances that are set right by it."""

import numpy as np
from scipy.special import expit, gammaincinv

from geodata.array_types import Float64s
from sweep.rank.learnt.learnt_model import Learnt, fit_checks
from sweep.rank.learnt.training_data import FEATURES, Checks
from sweep.records.ranking import FEWEST_FINDS, Record

_RULE = np.array([feature == "rule" for feature in FEATURES])


def rule_record(checks: Checks, detection_share: float) -> Record | None:
    """The rule's record: of case checks where there are any, for drawn and special ones look at a firm or two."""
    is_case = checks.is_case[checks.group]
    chosen = is_case if is_case.any() else np.ones(len(is_case), np.bool_)
    p = rule_chances(checks, detection_share)
    return record_of(int(chosen.sum()), int(checks.is_find[chosen].sum()), float(p[chosen].sum()))


def rule_chances(checks: Checks, detection_share: float) -> Float64s:
    """Chance of a find that the rule gave each check on its morning, shape (m,)."""
    return np.asarray(expit(checks.features[:, _RULE][:, 0]) * detection_share)


def of_rule(checks: Checks) -> Checks:
    """The same checks, of which the rule's log-odds alone are known."""
    return checks.only(_RULE)


def record_of(n_checks: int, n_finds: int, predicted: float) -> Record | None:
    """The record with Garwood's 90 % interval (1936); None on fewer than ten finds, or less than one predicted."""
    if n_finds < FEWEST_FINDS or predicted < 1.0:
        return None
    low, high = gammaincinv(n_finds, 0.05), gammaincinv(n_finds + 1, 0.95)
    return Record(n_checks, n_finds, predicted, float(low) / predicted, float(high) / predicted)


def recalibrated(checks: Checks, features: Float64s) -> Learnt:
    """
    The chances of finds that the rule's log-odds and nothing else give (Platt).

    Checks weigh 1 / selection probability, and who looked is averaged out, as in `learnt_model.fit_checks`.
    The slope starts from 1 and may not turn, so that the order of chances stays.

    References
    ----------
    Platt 1999, Probabilistic outputs for support vector machines.
    """
    return Learnt(fit_checks(of_rule(checks)), np.where(_RULE, features, 0.0), checks.is_find)
