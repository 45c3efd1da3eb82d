"""The rules that a plan breaks: sentences for the report, and violations.csv."""

from __future__ import annotations

from geodata.texts import Texts
from sweep.disk.csv_text import csv_text
from sweep.publish.edition import Edition


def violations_csv(edition: Edition, texts: Texts) -> str:
    """Every rule that the plan breaks."""
    rows = (
        (v.rule_id, v.where, sentence)
        for v, sentence in zip(edition.violations, violation_texts(edition, texts), strict=True)
    )
    return csv_text(("rule_id", "where", "what"), rows)


def violation_texts(edition: Edition, texts: Texts) -> list[str]:
    """The sentence of each violation, in order; an unknown rule is shown by its bare facts."""
    sentences = []
    for violation in edition.violations:
        values: dict[str, object] = {"detail": "", **violation.values, "where": violation.where}
        sentences.append(texts(violation.key, **values) if violation.key in texts else f"{violation.rule_id} {values}")
    return sentences
