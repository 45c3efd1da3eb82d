"""P(den) of each building, by the lead model or the learnt model, at present and under hypothetical changes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from geodata.array_types import Float64s
from sweep.rank.learnt.find_level import at_level, past_level
from sweep.rank.learnt.lead_features import CHANCE_MAX, CHANCE_MIN
from sweep.rank.learnt.learnt_model import Learnt, fit_checks
from sweep.rank.learnt.model_acceptance import accept_model, out_of_time_forecasts
from sweep.rank.learnt.training_data import RULE, TrainingChecks, TrainingData, TrainingResult
from sweep.rank.rate.additive_value_terms import value_terms
from sweep.rank.rate.evidence import Evidence, p_den_after_clean_check
from sweep.records.ranking import FEWEST_FINDS, FindLevel, ModelChoice, Term
from sweep.scenario.rank_settings import Rank

# Above this, P(den) approaches 1 asymptotically.
COMPRESSED_FROM = 0.9


@dataclass(frozen=True, slots=True)
class Scores:
    """P(den) of each building, shape (n,): at present, after one more lead, after a visit without a find."""

    scored_by: str
    """Origin of the scores: `rule` (the lead model) or `logistic` (the learnt model)."""
    p_den: Float64s
    """P(den) of each building at present."""
    with_lead: Float64s
    """P(den) after one more lead of the type with the lowest hit share."""
    cleared: Float64s
    """P(den) after a visit that found nothing."""
    common_uncertainty: float
    """Common relative uncertainty: standard deviation / mean of the expected dens."""
    terms: Callable[[Float64s], Mapping[str, tuple[Term, ...]]]
    """Function from the value of each building to the additive terms of that value, by building id."""
    forecasts: pd.DataFrame | None = None
    """Past checks: `day`, `track`, `is_find` and out-of-time forecast `p_find`; None: not available."""


def best_scores(
    known: TrainingData,
    now: datetime,
    evidence: Evidence,
    buildings: pd.DataFrame,
    history: pd.DataFrame,
    since: pd.Timestamp,
    settings: Rank,
) -> tuple[ModelChoice, FindLevel, Scores]:
    """
    Return the choice between lead model and learnt model, and the find level and the scores of the chosen one.

    The level is actual over forecast finds of past checks; P(den) is recalibrated by it. Checks before the first lead
    (`since`; NaT: no leads) do not count for the level: their forecasts had no leads, and today's have.

    `known`: training data of the learnt model; `evidence`: of the rows of `buildings`; `history`: past visits, for the
    share of visits in which a team gets in.
    """
    scores = rule_scores(evidence, buildings, settings)
    past = known.checks(now)
    is_find = past["is_find"].to_numpy(np.bool_)
    verdict = ModelChoice("rule", "few", len(is_find), int(is_find.sum()))
    if verdict.n_finds < FEWEST_FINDS:
        return verdict, past_level(None, history, now), scores
    checks, features = known.at(now)
    training = known.trained(checks, _train)
    verdict = training.verdict
    if training.model is not None:
        learnt, p_find = Learnt(training.model, features, is_find), training.forecasts
        verdict = replace(verdict, explained_by=learnt.explained_by())
        scores = learnt_scores(learnt, scores, buildings, settings, verdict.scored_by)
    else:
        p_find = expit(checks.features[:, RULE]) * settings.detection_share
    forecasts = past.assign(p_find=p_find)
    level = past_level(forecasts[~(forecasts["day"] < since)], history, now)
    return verdict, level, _at_level(replace(scores, forecasts=forecasts), level, settings.detection_share)


def _at_level(scores: Scores, level: FindLevel, detection_share: float) -> Scores:
    """Return the scores with P(find) = P(den) x `detection_share` recalibrated to `level`, if `level.is_applied`."""
    if not level.is_applied:
        return scores
    detection = detection_share or 1.0
    p_den, with_lead, cleared = (
        _p_den(at_level(p * detection, level) / detection) for p in (scores.p_den, scores.with_lead, scores.cleared)
    )
    return replace(scores, p_den=p_den, with_lead=with_lead, cleared=cleared, common_uncertainty=level.error)


def _train(checks: TrainingChecks) -> TrainingResult:
    given = out_of_time_forecasts(checks)
    verdict = accept_model(checks, given)
    return TrainingResult(verdict, fit_checks(checks) if verdict.scored_by == "logistic" else None, given)


def rule_scores(evidence: Evidence, buildings: pd.DataFrame, settings: Rank) -> Scores:
    """
    Return scores by the lead model, which is not trained on past checks.

    P(den) follows from leads and background rates, or from `evidence.mixture_p_den` if it is not None.
    """
    ids = buildings["building_id"]
    chances, with_lead = evidence.chances, evidence.with_lead
    p_den, cleared = chances.p_den, p_den_after_clean_check(evidence, settings.detection_share)
    if evidence.mixture_p_den is not None:
        # One more lead, or a visit, changes the odds as in the rule.
        of_mixture = np.clip(_p_den(evidence.mixture_p_den), CHANCE_MIN, CHANCE_MAX)
        now, more, less = (logit(np.clip(p, CHANCE_MIN, CHANCE_MAX)) for p in (p_den, with_lead, cleared))
        p_den, with_lead, cleared = (expit(logit(of_mixture) + change) for change in (0.0, more - now, less - now))
    return Scores(
        scored_by="rule",
        p_den=p_den,
        with_lead=with_lead,
        cleared=cleared,
        common_uncertainty=evidence.common_uncertainty,
        terms=lambda value: value_terms(ids, evidence.events, chances, evidence.posterior, value=value),
    )


def learnt_scores(learnt: Learnt, rule: Scores, buildings: pd.DataFrame, settings: Rank, scored_by: str) -> Scores:
    """
    Return scores of the model learnt from past checks: P(den) is its P(find) divided by the detection share.

    `rule`: scores by the lead model. Their log-odds are a feature, so that one more lead or a visit without a find
    changes P(find) too. `scored_by`: name of the model, for `Scores`.
    """
    detection = settings.detection_share or 1.0
    now, more, less = (logit(np.clip(p, CHANCE_MIN, CHANCE_MAX)) for p in (rule.p_den, rule.with_lead, rule.cleared))
    p_den, with_lead, cleared = (
        _p_den(p / detection)
        for p in (
            learnt.p_find,
            learnt.after_one_more_lead(np.maximum(more - now, 0.0)),
            learnt.after_clean_check(np.maximum(now - less, 0.0)),
        )
    )
    return Scores(
        scored_by=scored_by,
        p_den=p_den,
        with_lead=with_lead,
        cleared=cleared,
        common_uncertainty=learnt.common_uncertainty,
        terms=lambda value: learnt.terms(buildings["building_id"], value),
    )


def _p_den(share: Float64s) -> Float64s:
    """
    Return P(den) for `share`, P(find) divided by the detection share; values near and above 1 are compressed below 1.

    If they were clipped at 1, such buildings could not rise with another lead, and others would pass them.
    """
    above = np.maximum(share - COMPRESSED_FROM, 0.0) / (1.0 - COMPRESSED_FROM)
    return np.where(share > COMPRESSED_FROM, 1.0 - (1.0 - COMPRESSED_FROM) * np.exp(-above), share)
