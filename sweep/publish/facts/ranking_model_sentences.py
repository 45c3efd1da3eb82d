"""Sentences about a ranking: its model, the date of its data, and the value lost by keeping clusters compact."""

from scipy.special import gammaincinv

from geodata.message_catalogue import Texts
from sweep.records.ranking import LEVEL_FINDS, FindLevel, ModelChoice, RankingFacts, has_changed


def ranking_facts(facts: RankingFacts, texts: Texts) -> list[str]:
    """Return sentences on scoring method, actual and expected finds, share of finds in clusters, date of the data."""
    checks, finds = texts.number(facts.n_checks), texts.number(facts.n_finds)
    sentences = [
        *(
            verdict_sentences(facts.verdict, texts)
            or [texts(f"ranking.scored_by.{facts.scored_by}", checks=checks, finds=finds)]
        ),
        *([texts("ranking.memory")] if facts.is_memory_fitted and facts.scored_by == "rule" else []),
        *([level_sentence(facts.level, texts)] if facts.level else []),
        *([texts("ranking.level.changed")] if facts.level and has_changed(facts.level.n_weeks) else []),
        texts("ranking.captured", share=texts.percent(facts.captured_share)),
    ]
    return [*sentences, texts("ranking.data_on", day=facts.data_on)] if facts.data_on else sentences


def verdict_sentences(verdict: ModelChoice | None, texts: Texts) -> list[str]:
    """
    Return sentences on the choice between the lead model and the model trained on past checks; empty for None.

    The last one gives the share of each kind of feature in the ranking by the trained model.
    """
    if verdict is None:
        return []
    areas = (verdict.model_area, verdict.rule_area, verdict.margin)
    model, rule, margin = ("-" if x is None else texts.number(x, 2) for x in areas)
    numbers = {
        "checks": texts.number(verdict.n_checks),
        "finds": texts.number(verdict.n_finds),
        "judged": texts.number(verdict.n_judged),
    }
    sentence = texts(f"ranking.verdict.{verdict.reason}", **numbers, model=model, rule=rule, margin=margin)
    parts = [f"{texts(f'term.{part.key}')} {texts.percent(part.value)}" for part in verdict.explained_by]
    return [sentence, *([texts("ranking.told_by", parts=parts)] if parts else [])]


def level_sentence(level: FindLevel, texts: Texts) -> str:
    """
    Return the sentence that compares expected with actual finds of past checks, with the 90 % interval of their ratio.

    It also says whether expected finds are corrected by this ratio (recalibration).
    """
    shape = level.error**-2
    low, high = (float(gammaincinv(shape, p)) / shape for p in (0.05, 0.95))
    return texts(
        f"ranking.level.{'known' if level.is_applied else 'open'}",
        weeks=level.n_weeks,
        checks=texts.number(level.n_visits),
        predicted=texts.number(level.expected, 1),
        finds=texts.number(level.n_finds),
        needed=LEVEL_FINDS,
        low=texts.number(low, 2),
        high=texts.number(high, 2),
    )
