"""What leads and investigations say stays in their own files: a fault names row and column, and not the words."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from geodata.errors import Issue

HIDDEN = "…"
# An id, a date or a number is no text; nor is a word so short that it can only be a kind of lead or a state.
_PLAIN = re.compile(r"[0-9A-Za-z:+./_ -]{1,32}|.{1,8}")
# Facts of a fault that come from the catalogue and not from the row.
_OF_CATALOGUE = ("column", "allowed", "nearest", "check", "datum", "section")


def without_texts(quarantine: pd.DataFrame) -> pd.DataFrame:
    """The quarantine of leads without their texts: no address, and no long words in any column."""
    return quarantine.assign(
        values=[_redacted(text, _OF_CATALOGUE) for text in quarantine["values"]],
        content=[_redacted(text, ()) for text in quarantine["content"]],
        private=quarantine["values"],
    )


def without_cells(issue: Issue) -> Issue:
    """A fault of a row without what the row says."""
    return replace(issue, values={k: v if k in _OF_CATALOGUE else HIDDEN for k, v in issue.values.items()})


def _redacted(text: str, always: tuple[str, ...]) -> str:
    cells: Mapping[str, object] = json.loads(text)
    # The line that maps a word says no more than the word.
    always = (*always, "line") if "line" in cells and _is_plain("value", cells["value"]) else always
    shown = {k: v if k in always or _is_plain(k, v) else HIDDEN for k, v in cells.items()}
    return json.dumps(shown, ensure_ascii=False, sort_keys=True)


def _is_plain(column: str, value: object) -> bool:
    return column != "address" and (not isinstance(value, str) or _PLAIN.fullmatch(value) is not None)
