"""The chances of finds as past checks teach them, once there are enough; see `sweep.rank.learnt.logistic`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from geodata.arrays import Bools, Float64s
from sweep.rank.learnt.checks import FEATURES, WINDOWS_DAYS, Checks, Past
from sweep.rank.learnt.logistic import Logistic, fit_logistic
from sweep.records.ranking import Term

# Below either, ten to a slope and twenty finds, a model knows less than the rule.
CHECKS_MIN, FINDS_MIN = 100, 20


def is_enough(is_find: Bools) -> bool:
    """Whether a model may be fitted: 100 checks with 20 finds."""
    return len(is_find) >= CHECKS_MIN and int(is_find.sum()) >= FINDS_MIN


def fit_checks(checks: Checks) -> Logistic:
    """
    The model of the past checks, of finds by the case track.

    Slopes start from the rule, one for its log-odds and none for the rest, and leave it as far as the finds ask:
    twenty of them alone order buildings worse than the rule does. Who looked is averaged over the groups of the case
    track, which is what a ranking sends; drawn inspections look at a firm or two and find less.
    """
    prior_slopes = np.array([1.0 if feature == "rule" else 0.0 for feature in FEATURES])
    model = fit_logistic(checks.features, checks.is_find, checks.group, checks.weights, prior_slopes=prior_slopes)
    shares = model.group_shares * checks.is_case
    return replace(model, group_shares=shares / shares.sum()) if shares.sum() > 0 else model


class Learnt:
    """
    P(a check that gets in finds something) of each building today, and what moves it.

    Parameters
    ----------
    model
        Model fitted to past checks.
    past
        What is known today.
    """

    def __init__(self, model: Logistic, past: Past) -> None:
        self.model = model
        self.features = past.features(0.0)
        self.p_find = model.probability(self.features)

    def with_one_more_lead(self) -> Float64s:
        """P(find) of each building if a lead came in today, the rates as they are, shape (n,)."""
        changed = self.features.copy()
        n = len(WINDOWS_DAYS)
        changed[:, :n] = np.log1p(np.expm1(changed[:, :n]) + 1.0)
        return self.model.probability(changed)

    def once_cleared(self) -> Float64s:
        """P(find) of each building if it had been checked today, shape (n,)."""
        changed = self.features.copy()
        changed[:, FEATURES.index("last_check")] = 0.0
        return self.model.probability(changed)

    def terms(self, building_ids: Iterable[str], value: Float64s) -> dict[str, tuple[Term, ...]]:
        """Each value as the base, and what each kind of feature adds to it or takes from it."""
        base, parts = self.model.parts(self.features)
        scale = np.divide(value, self.p_find, out=np.zeros_like(value), where=self.p_find > 0)
        kinds = list(dict.fromkeys(FEATURES))
        sums = np.column_stack([parts[:, [f == kind for f in FEATURES]].sum(axis=1) for kind in kinds])
        terms: dict[str, tuple[Term, ...]] = {}
        for building_id, row, one in zip(building_ids, sums * scale[:, None], base * scale, strict=True):
            added = (Term(f"model_{kind}", float(x)) for kind, x in zip(kinds, row, strict=True))
            terms[str(building_id)] = (Term("model_base", float(one)), *added)
        return terms
