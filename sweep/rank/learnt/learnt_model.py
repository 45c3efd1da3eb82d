"""Chances of finds learnt from past checks by logistic regression, once there are enough of them."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from geodata.array_types import Bools, Float64s
from sweep.rank.learnt.lead_features import WINDOWS_DAYS
from sweep.rank.learnt.logistic_regression import Logistic, fit_logistic
from sweep.rank.learnt.training_data import FEATURES, MARKS, SIGNS, Checks
from sweep.rank.rate.value_terms import Terms
from sweep.records.ranking import Term

# Below either, ten to a slope and twenty finds, a model knows less than the rule.
CHECKS_MIN, FINDS_MIN = 100, 20


def fit_checks(checks: Checks) -> Logistic:
    """
    The model of the past checks, of finds by the case track.

    Slopes start from the rule, one for its log-odds and none for the rest, and leave it as far as the finds ask:
    twenty of them alone order buildings worse than the rule does. None may turn against a lead or a find. Who looked
    is averaged over the groups of the case track, which is what a ranking sends (drawn inspections look at a firm or
    two and find less), or over all groups where there is none of it.
    """
    group, is_case = _pooled(checks)
    prior_slopes = np.array([1.0 if feature == "rule" else 0.0 for feature in FEATURES])
    model = fit_logistic(
        checks.features, checks.is_find, group, checks.weights, prior_slopes=prior_slopes, signs=SIGNS, marks=MARKS
    )
    shares = model.group_shares * is_case[: len(model.group_shares)]
    return replace(model, group_shares=shares / shares.sum()) if shares.sum() > 0 else model


def _pooled(checks: Checks) -> tuple[np.ndarray, np.ndarray]:
    """Groups with those of few checks as two, of the case track and of others; and which are of the case track."""
    n = np.bincount(checks.group, minlength=len(checks.is_case))
    # Who made fewer checks than this is one with all others who did: no effect of one or two checks can be told.
    code = np.where(n >= 10, np.arange(len(n)), len(n) + checks.is_case)
    kept, group = np.unique(code[checks.group], return_inverse=True)
    is_case = np.append(checks.is_case, [False, True])
    return group.astype(np.int64), is_case[kept]


class Learnt:
    """P(a check that gets in finds something) of each building today, and what moves it."""

    def __init__(self, model: Logistic, features: Float64s, is_find: Bools) -> None:
        self.model, self.features, self.base_rate = model, features, float(is_find.mean())
        # The level is known as well as a count of so many finds is.
        self.doubt = float(is_find.sum()) ** -0.5
        self.p_find = model.probability(features)

    def with_one_more_lead(self, rule_gain: Float64s) -> Float64s:
        """P(find) of each building if a lead came in today that raises the rule's log-odds by a gain, shape (n,)."""
        changed = self.features.copy()
        n = len(WINDOWS_DAYS)
        changed[:, :n] = np.log1p(np.expm1(changed[:, :n]) + 1.0)
        changed[:, FEATURES.index("rule")] += rule_gain
        return self.model.probability(changed)

    def once_cleared(self, rule_loss: Float64s) -> Float64s:
        """P(find) of each building had a check found nothing today, which takes a loss from the rule's log-odds."""
        changed = self.features.copy()
        surprise, number = (k for k, kind in enumerate(FEATURES) if kind == "own_clean")
        for k, more in ((surprise, self.base_rate), (number, 1.0)):
            changed[:, k] = np.log1p(np.expm1(changed[:, k]) + 2.0 * more)
        changed[:, FEATURES.index("rule")] -= rule_loss
        return self.model.probability(changed)

    def explained_by(self) -> tuple[Term, ...]:
        """What orders the places: how far each kind of feature spreads them, over the sum of all, the most first."""
        spread = {kind: float(part.std()) for kind, part in self._parts()[1].items()}
        total = sum(spread.values())
        shares = (Term(f"model_{kind}", x / total) for kind, x in spread.items() if x > 0)
        return tuple(sorted(shares, key=lambda term: -term.value))

    def _parts(self) -> tuple[float, dict[str, Float64s]]:
        """The probability at the mean of all features, and what each kind of feature adds to it, shape (n,)."""
        base, parts = self.model.parts(self.features)
        kinds = dict.fromkeys(FEATURES)
        return base, {kind: parts[:, [f == kind for f in FEATURES]].sum(axis=1) for kind in kinds}

    def terms(self, building_ids: Iterable[str], value: Float64s) -> Terms:
        """Each value as the base, and what each kind of feature adds to it or takes from it."""
        base, parts = self._parts()
        scale = np.divide(value, self.p_find, out=np.zeros_like(value), where=self.p_find > 0)
        names = ("model_base", *(f"model_{kind}" for kind in parts))
        worth = np.column_stack([np.full(len(value), base), *parts.values()]) * scale[:, None]
        rows = {str(building_id): row for row, building_id in enumerate(building_ids)}
        return Terms(rows, lambda row: zip(names, worth[row], strict=True))
