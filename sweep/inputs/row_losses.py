"""CLEAN: detection of files that lose too many rows to be representative."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from geodata.errors import Code, Issue, MessageValue, Redacted, Value
from geodata.raw_table import RawTable, as_text
from geodata.vocabulary.category_words import WORDS

# Not counted as losses: repeated rows, future leads, files of other buildings, and leave.
_NO_LOSS = frozenset({"G203", Code.DATE_IN_FUTURE, "G222", "G234"})
# Columns of outcomes for the ranking, which would be biased without all rows of one outcome.
_OUTCOME_COLUMNS = (("history", "outcome"),)


def losses(raw: RawTable, quarantine: pd.DataFrame) -> list[Issue]:
    """
    Return an issue for each limit of lost rows that a file exceeds.

    G228: the file loses more than a tenth of its rows. G229 and G330: the history of visits has three or more rows with
    the same outcome and loses them all. The reason is an unknown word for the outcome (G229), or errors in other
    columns only (G330).

    Parameters
    ----------
    quarantine
        `geodata.clean.table_cleaner.QUARANTINE_COLUMNS`; it may contain rows of other files.
    """
    lost = _lost(raw, quarantine)
    n, reasons = len(lost), lost_by_code(raw, quarantine)
    entries = ", ".join(json.dumps(f"{raw.name} {code} {k}") for code, k in reasons.most_common())
    found = []
    # Permitted share of lost rows.
    if n > 0.1 * raw.n_rows:
        facts: dict[str, MessageValue] = {
            "table": raw.name,
            "n": n,
            "n_rows": raw.n_rows,
            "percent": round(100 * n / raw.n_rows),
            "reasons": tuple(f"{code} ×{k}" for code, k in reasons.most_common()),
            "entries": entries,
        }
        found.append(Issue(Code.ROWS_LOST, raw.file, facts))
    return [*found, *_lost_outcomes(raw, lost, entries)]


def lost_rows(raw: RawTable, quarantine: pd.DataFrame) -> list[Issue]:
    """
    Return an issue with the reason of each lost row of a file: each quarantined row, with exceptions.

    Repeated rows, future leads, unknown building files and people on leave count only if no row is usable.
    """
    return quarantine_issues(_lost(raw, quarantine))


def lost_by_code(raw: RawTable, quarantine: pd.DataFrame) -> Counter[str]:
    """Return the number of lost rows of a file (see `lost_rows`) by issue code of the reason, for `is_accepted`."""
    return Counter(map(str, _lost(raw, quarantine)["code"]))


def is_accepted(table: str, n_lost: Mapping[str, int], entries: Sequence[str]) -> bool:
    """
    Return whether the scenario accepts a table's losses.

    Parameters
    ----------
    n_lost
        Number of lost rows, by issue code of the reason.
    entries
        Entries of `data.accept_losses`. The entry `TABLE` accepts all losses of this table; the entry
        `TABLE CODE COUNT` accepts at most COUNT lost rows with the issue code CODE.
    """
    seen: Counter[str] = Counter()
    for name, *reason in (entry.split() for entry in entries):
        if name == table and not reason:
            return True
        if name == table:
            seen[reason[0]] += int(reason[1])
    return all(n <= seen[code] for code, n in n_lost.items())


def quarantine_issues(quarantine: pd.DataFrame) -> list[Issue]:
    """Return an issue for each row of the quarantine, in order: the reason why the row cannot be used."""
    private = quarantine.get("private", quarantine["values"]).fillna(quarantine["values"])
    columns = zip(quarantine["code"], quarantine["where"], quarantine["values"], private, strict=True)
    return [Issue(code, where, Redacted(json.loads(shown), json.loads(own))) for code, where, shown, own in columns]


def _lost(raw: RawTable, quarantine: pd.DataFrame) -> pd.DataFrame:
    """Return the lost rows of a file: quarantined rows that count as losses, or all of them if no row can be used."""
    quarantined = quarantine[quarantine["file"].eq(raw.file)]
    return quarantined if len(quarantined) == raw.n_rows else quarantined[~quarantined["code"].isin(_NO_LOSS)]


def _lost_outcomes(raw: RawTable, lost: pd.DataFrame, entries: str) -> Iterator[Issue]:
    for table, column in _OUTCOME_COLUMNS:
        if raw.name != table or column not in raw.frame:
            continue
        own, known = raw.own_words.get(column, {}), WORDS[table, column]
        words = as_text(raw.frame[column]).str.strip().dropna()
        kinds = words.map({word: known.get(own.get(word, word).lower(), word) for word in words.unique()})
        is_lost = pd.Series(words.index.isin(lost["row"]), index=words.index)
        for kind, of_kind in is_lost.groupby(kinds):
            # One or two rows with a word are typing errors.
            if of_kind.all() and len(of_kind) >= 3:
                header, word = raw.headers.get(column, column), words[kinds.eq(kind)].iloc[0]
                facts: dict[str, Value] = {"table": table, "column": header, "value": word, "n": len(of_kind)}
                facts["entries"] = entries
                causes = (json.loads(v).get("column", "") for v in lost.loc[lost["row"].isin(of_kind.index), "values"])
                through = tuple(cause for cause, _ in Counter(map(str, causes)).most_common() if cause)
                if header in through:
                    yield Issue(Code.OUTCOME_LOST, raw.file, facts)
                else:
                    yield Issue(Code.OUTCOME_LOST_BY_OTHERS, raw.file, {**facts, "through": through})
