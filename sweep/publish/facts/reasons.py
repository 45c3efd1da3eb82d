"""Why a building or a firm is on a list, as a person reads it (C29)."""

from __future__ import annotations

from geodata.texts import Texts
from sweep.publish.edition import Edition
from sweep.publish.facts.wording import label
from sweep.records.visits import TargetReason


def reason_sentences(edition: Edition, visit_id: str, uscc: str, texts: Texts) -> list[str]:
    """
    The reasons of one firm of a visit, or of its building where `uscc` is empty.

    Parameters
    ----------
    edition
        Holds the reasons.
    visit_id, uscc
        The visit, and the firm of it.
    texts
        The language.
    """
    own = (r for r in edition.reasons.get(visit_id, ()) if r.uscc == uscc)
    return [_sentence(r, texts) for r in own]


def _sentence(reason: TargetReason, texts: Texts) -> str:
    track = str(reason.values.get("track", ""))
    return texts(f"why.{reason.code}", **{**reason.values, "track": label(texts, f"track.{track}", track)})
