"""CLEAN: a file of which so much cannot be used that what is left would mislead."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from geodata.clean.column_parsers.category_words import WORDS
from geodata.errors import Issue, Named, Redacted, Value
from geodata.raw_table import RawTable, as_text

# Nothing is lost with a repeated row, a lead of a day to come, the file of a building that is not here, or leave.
_NO_LOSS = frozenset({"G203", "G212", "G222", "G234"})
# Answers that the ranking learns from: without all rows of one of them it would learn the others only.
_ANSWERS = (("history", "outcome"),)


def losses(raw: RawTable, quarantine: pd.DataFrame) -> list[Issue]:
    """
    What a file loses beyond what a plan can do without; empty if it is little.

    That is more than a tenth of its rows, or all of them (G228), or all rows of one answer, because its word is not
    known (G229) or through other columns (G330).

    Parameters
    ----------
    quarantine
        `geodata.clean.table_cleaner.QUARANTINE_COLUMNS`; rows of other files may stand in it.
    """
    lost = _lost(raw, quarantine)
    n, reasons = len(lost), lost_by_code(raw, quarantine)
    entries = ", ".join(json.dumps(f"{raw.name} {code} {k}") for code, k in reasons.most_common())
    found = []
    # Share of a file's rows that may be lost.
    if n > 0.1 * raw.n_rows:
        facts: dict[str, Named] = {
            "table": raw.name,
            "n": n,
            "n_rows": raw.n_rows,
            "percent": round(100 * n / raw.n_rows),
            "reasons": tuple(f"{code} ×{k}" for code, k in reasons.most_common()),
            "entries": entries,
        }
        found.append(Issue("G228", raw.file, facts))
    return [*found, *_answers(raw, lost, entries)]


def lost_rows(raw: RawTable, quarantine: pd.DataFrame) -> list[Issue]:
    """Why each lost row of a file cannot be used, and each row if none is left; parameters as of `losses`."""
    return quarantine_issues(_lost(raw, quarantine))


def lost_by_code(raw: RawTable, quarantine: pd.DataFrame) -> Counter[str]:
    """Number of lost rows of a file, by reason; parameters as of `losses`."""
    return Counter(map(str, _lost(raw, quarantine)["code"]))


def is_accepted(table: str, lost: Mapping[str, int], entries: Sequence[str]) -> bool:
    """
    Whether losses are among those that the scenario accepts.

    Parameters
    ----------
    entries
        `data.accept_losses`: a table alone covers all of its losses, `TABLE CODE COUNT` that many rows of one reason.
    """
    seen: Counter[str] = Counter()
    for name, *reason in (entry.split() for entry in entries):
        if name == table and not reason:
            return True
        if name == table:
            seen[reason[0]] += int(reason[1])
    return all(n <= seen[code] for code, n in lost.items())


def quarantine_issues(quarantine: pd.DataFrame) -> list[Issue]:
    """Why each row of the quarantine cannot be used, in its order."""
    private = quarantine.get("private", quarantine["values"]).fillna(quarantine["values"])
    columns = zip(quarantine["code"], quarantine["where"], quarantine["values"], private, strict=True)
    return [Issue(code, where, Redacted(json.loads(shown), json.loads(own))) for code, where, shown, own in columns]


def _lost(raw: RawTable, quarantine: pd.DataFrame) -> pd.DataFrame:
    """The rows that are lost: all that are set aside where none is left, else those whose reason is a loss."""
    aside = quarantine[quarantine["file"].eq(raw.file)]
    return aside if len(aside) == raw.n_rows else aside[~aside["code"].isin(_NO_LOSS)]


def _answers(raw: RawTable, lost: pd.DataFrame, entries: str) -> Iterator[Issue]:
    for table, column in _ANSWERS:
        if raw.name != table or column not in raw.frame:
            continue
        own, known = raw.own_words.get(column, {}), WORDS[table, column]
        words = as_text(raw.frame[column]).str.strip().dropna()
        kinds = words.map({word: _kind(word, own, known) for word in words.unique()})
        is_lost = pd.Series(words.index.isin(lost["row"]), index=words.index)
        for kind, of_kind in is_lost.groupby(kinds):
            # One or two rows of a word are slips of the pen.
            if of_kind.all() and len(of_kind) >= 3:
                header, word = raw.headers.get(column, column), words[kinds.eq(kind)].iloc[0]
                facts: dict[str, Value] = {"table": table, "column": header, "value": word, "n": len(of_kind)}
                facts["entries"] = entries
                through = _through(lost[lost["row"].isin(of_kind.index)])
                if header in through:
                    yield Issue("G229", raw.file, facts)
                else:
                    yield Issue("G330", raw.file, {**facts, "through": through})


def _through(lost: pd.DataFrame) -> tuple[str, ...]:
    """The columns that rows are lost through, the most frequent first."""
    columns = (str(json.loads(values).get("column", "")) for values in lost["values"])
    return tuple(column for column, _ in Counter(columns).most_common() if column)


def _kind(word: str, own: Mapping[str, str], known: Mapping[str, str]) -> str:
    """The category of a word; an unknown word is one of its own."""
    return known.get(own.get(word, word).lower(), word)
