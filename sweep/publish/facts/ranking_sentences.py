"""Sentences about a ranking: its model, the date of its data, and the value lost by keeping clusters compact."""

from geodata.message_catalogue import Texts
from sweep.records.ranking import ModelChoice, PredictionRecord, RankingFacts


def ranking_facts(facts: RankingFacts, texts: Texts) -> list[str]:
    """Return sentences on the model, the level of finds, the value in compact clusters, and the date of the data."""
    sentences = [
        *(
            verdict_sentences(facts.verdict, texts)
            if facts.verdict
            else [
                texts(
                    f"ranking.scored_by.{facts.scored_by}",
                    checks=texts.number(facts.n_checks),
                    finds=texts.number(facts.n_finds),
                )
            ]
        ),
        *([texts("ranking.memory")] if facts.is_memory_fitted and facts.scored_by == "rule" else []),
        record_sentence(facts.record, texts) if facts.record else texts("ranking.record.none"),
        texts("ranking.captured", share=texts.percent(facts.captured_share)),
    ]
    return [*sentences, texts("ranking.data_on", day=facts.data_on)] if facts.data_on else sentences


def verdict_sentences(verdict: ModelChoice, texts: Texts) -> list[str]:
    """Return sentences on the choice between rule and model, and on the features of the model."""
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


def record_sentence(record: PredictionRecord, texts: Texts) -> str:
    """Return the sentence that compares predicted with actual finds of past checks."""
    key = "high" if record.high < 1.0 else "low" if record.low > 1.0 else "right"
    return texts(
        f"ranking.record.{key}",
        checks=texts.number(record.n_checks),
        predicted=texts.number(record.predicted, 1),
        finds=texts.number(record.n_finds),
        ratio=texts.number(record.ratio, 2),
        low=texts.number(record.low, 2),
        high=texts.number(record.high, 2),
    )
