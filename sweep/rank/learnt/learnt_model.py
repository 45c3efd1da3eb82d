"""P(find) of buildings from the logistic regression of past checks; see `sweep.rank.learnt.logistic_regression`."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from geodata.array_types import Bools, Float64s
from sweep.rank.learnt.lead_features import WINDOWS_DAYS
from sweep.rank.learnt.logistic_regression import Logistic, fit_logistic
from sweep.rank.learnt.training_data import FEATURES, IS_INDICATOR, RULE, SIGNS, TrainingChecks
from sweep.rank.rate.additive_value_terms import Terms
from sweep.records.ranking import Term

# With fewer checks or finds, the model is worse than the rule.
CHECKS_MIN, FINDS_MIN = 100, 20


def fit_checks(checks: TrainingChecks) -> Logistic:
    """
    Fit the model of finds on past checks, for the case track.

    Prior slopes are 1 for the lead model's log-odds and 0 otherwise: twenty finds alone would order buildings worse
    than the lead model. Sign constraints keep more leads or finds from lowering a score. Team effects are averaged over
    the case track, which the ranking serves (drawn inspections visit a firm or two and find less), or over all groups
    without case checks.
    """
    group, is_case = _pooled(checks)
    prior_slopes = np.array([1.0 if feature == "rule" else 0.0 for feature in FEATURES])
    model = fit_logistic(
        checks.features,
        checks.is_find,
        group,
        checks.weights,
        prior_slopes=prior_slopes,
        signs=SIGNS,
        marks=IS_INDICATOR,
    )
    shares = model.group_shares * is_case[: len(model.group_shares)]
    return replace(model, group_shares=shares / shares.sum()) if shares.sum() > 0 else model


def _pooled(checks: TrainingChecks) -> tuple[np.ndarray, np.ndarray]:
    """Return the team code of each check, with small teams pooled, and whether each code is of the case track."""
    n = np.bincount(checks.group, minlength=len(checks.is_case))
    # Groups with fewer than ten checks are pooled, since their effects cannot be estimated.
    code = np.where(n >= 10, np.arange(len(n)), len(n) + checks.is_case)
    kept, group = np.unique(code[checks.group], return_inverse=True)
    is_case = np.append(checks.is_case, [False, True])
    return group.astype(np.int64), is_case[kept]


class Learnt:
    """
    P(find) of a check in which the team gets in, for each building today, with each feature's contribution.

    `features`: present features of n buildings; `is_find`: outcomes of the checks on which `model` was fitted.
    """

    def __init__(self, model: Logistic, features: Float64s, is_find: Bools) -> None:
        self.model, self.features, self.base_rate = model, features, float(is_find.mean())
        # Relative standard error of a count of finds.
        self.common_uncertainty = float(is_find.sum()) ** -0.5
        self.p_find = model.probability(features)

    def after_one_more_lead(self, rule_gain: Float64s) -> Float64s:
        """Return P(find) after one more lead, which raises the lead model's log-odds by `rule_gain`, (n,)."""
        changed = self.features.copy()
        n = len(WINDOWS_DAYS)
        changed[:, :n] = np.log1p(np.expm1(changed[:, :n]) + 1.0)
        changed[:, RULE] += rule_gain
        return self.model.probability(changed)

    def after_clean_check(self, rule_loss: Float64s) -> Float64s:
        """Return P(find) after one more clean check, which lowers the lead model's log-odds by `rule_loss`, (n,)."""
        changed = self.features.copy()
        surprise, number = (k for k, kind in enumerate(FEATURES) if kind == "own_clean")
        for k, more in ((surprise, self.base_rate), (number, 1.0)):
            changed[:, k] = np.log1p(np.expm1(changed[:, k]) + 2.0 * more)
        changed[:, RULE] -= rule_loss
        return self.model.probability(changed)

    def explained_by(self) -> tuple[Term, ...]:
        """Return each feature kind's share of all contributions to P(find), by standard deviation, largest first."""
        spread = {kind: float(part.std()) for kind, part in self._parts()[1].items()}
        total = sum(spread.values())
        shares = (Term(f"model_{kind}", x / total) for kind, x in spread.items() if x > 0)
        return tuple(sorted(shares, key=lambda term: -term.value))

    def _parts(self) -> tuple[float, dict[str, Float64s]]:
        """Return P(find) at the mean features, and each kind of feature's contribution to each P(find), shape (n,)."""
        base, parts = self.model.parts(self.features)
        kinds = dict.fromkeys(FEATURES)
        return base, {kind: parts[:, [f == kind for f in FEATURES]].sum(axis=1) for kind in kinds}

    def terms(self, building_ids: Iterable[str], value: Float64s) -> Terms:
        """Return terms that sum to each building's `value`: `model_base`, and `model_<kind>` for a kind of feature."""
        base, parts = self._parts()
        scale = np.divide(value, self.p_find, out=np.zeros_like(value), where=self.p_find > 0)
        names = ("model_base", *(f"model_{kind}" for kind in parts))
        term_values = np.column_stack([np.full(len(value), base), *parts.values()]) * scale[:, None]
        rows = {str(building_id): row for row, building_id in enumerate(building_ids)}
        return Terms(rows, lambda row: zip(names, term_values[row], strict=True))
