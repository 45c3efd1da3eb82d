"""Findings of reading and cleaning: errors, data of each file, quarantined rows, repaired cells."""

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from geodata.clean.table_cleaner import Cleaned
from geodata.errors import Code, InputError, Issue, MessageValue, first_items, toml_line
from geodata.raw_table import Column, RawTable
from geodata.read.column_aliases import ALIASES
from sweep.inputs.row_losses import is_accepted, losses, lost_by_code, lost_rows
from sweep.records.input_files import InputFile

# Tables whose quarantine and repairs an edition shows, in order. Investigations are excluded (C26).
SHOWN = (
    "buildings",
    "firms",
    "leads",
    "roster",
    "bases",
    "history",
    "other_inspections",
    "districts",
    "street_lines",
    "water",
)


class FindingsCollector:
    """
    Collector of errors, repairs and quarantined rows of a scenario's files, so that all are reported at once.

    `accepted`: losses of rows that the scenario accepts (`data.accept_losses`).
    """

    def __init__(self, issues: Sequence[Issue] = (), accepted: Sequence[str] = ()) -> None:
        self.issues = list(issues)
        self.files: list[InputFile] = []
        self.rows: dict[str, pd.DataFrame] = {}
        """File, row number, and label in the raw table, of each row of a clean table; by table name."""
        self.cleaned: dict[str, Cleaned] = {}
        self.accepted = accepted
        self.losses: list[Issue] = []
        """Warnings on losses of rows that the scenario accepts."""
        self.hints: list[Issue] = []
        """Warnings (G119) on unread columns that resemble a missing column."""
        self.unread: list[Issue] = []
        """Notes (G136) on all unread columns, one for each file."""

    def attempt[T](self, work: Callable[[], T]) -> T | None:
        """Return the result of `work`; None after an InputError, whose issues are collected."""
        try:
            return work()
        except InputError as error:
            self.issues += error.issues
            return None

    def stop_if_faulty(self) -> None:
        """
        Raise InputError with the collected errors, if there are any.

        Raises
        ------
        InputError
            With all errors so far, warnings on headers that resemble a missing column, and notes on unread headers.
        """
        if self.issues:
            raise InputError([*self.issues, *self.hints], self.unread)

    def clean(
        self, raw: RawTable | None, clean_table: Callable[[RawTable], Cleaned], companion: RawTable | None = None
    ) -> Cleaned | None:
        """
        Return one table cleaned, None for a missing one; collect its errors, files, row numbers and lost rows.

        Unread columns of `companion`, a second file of the table, are collected too.
        """
        if raw is None:
            return None
        cleaned = clean_table(raw)
        self.cleaned[raw.name] = cleaned
        self.issues += cleaned.issues
        rows = self.rows[raw.name] = row_places(raw, cleaned.rows)
        for table in (*raw.sources, *(companion.sources if companion else ())):
            hints = _unread(table)
            self.hints += [hint for hint in hints if hint.code == Code.LIKELY_COLUMN]
            self.issues += [hint for hint in hints if hint.code == Code.LIKELY_RECUSALS]
            self.unread += _ignored(table)
            n_used = None if table.name != raw.name else int(rows["file"].eq(table.file).sum())
            self.files.append(_file_of(table, cleaned, n_used))
        for table in (raw, companion) if companion else (raw,):
            self._note_losses(table, cleaned)
        return cleaned

    def _note_losses(self, raw: RawTable, cleaned: Cleaned) -> None:
        # A table whose errors stop the run reports its rows already.
        found = [] if cleaned.issues else [(s, i) for s in raw.sources for i in losses(s, cleaned.quarantine)]
        lost = sum((lost_by_code(source, cleaned.quarantine) for source in raw.sources), Counter())
        if found and is_accepted(raw.name, lost, self.accepted):
            self.losses += [issue for _, issue in found]
            self.losses += [Issue("G134", raw.file, {"table": raw.name})] if raw.name in self.accepted else []
        elif found:
            files = dict.fromkeys(source.file for source, _ in found)
            rows = [row for s in raw.sources if s.file in files for row in lost_rows(s, cleaned.quarantine)]
            self.issues += [*(issue for _, issue in found), *rows]

    def quarantine(self) -> pd.DataFrame:
        """Return the quarantined rows, with the columns `geodata.clean.table_cleaner.QUARANTINE_COLUMNS`."""
        return pd.concat([c.quarantine for c in self._shown()], ignore_index=True)

    def repairs(self) -> dict[str, int]:
        """Return the number of repaired cells or rows, by kind."""
        return dict(sum((Counter(c.repairs) for c in self._shown()), Counter()))

    def _shown(self) -> list[Cleaned]:
        return [self.cleaned[name] for name in SHOWN if name in self.cleaned]


def row_places(raw: RawTable, labels: Column) -> pd.DataFrame:
    """Return `file`, `row` and `label` of each row of a clean table; `labels`: the index label in `raw` of each."""
    label = labels.to_numpy(dtype=np.int64)
    at = np.searchsorted(raw.starts, label) - 1
    files = pd.Series([part.file for part in raw.sources], dtype="str").iloc[at].reset_index(drop=True)
    return pd.DataFrame({"file": files, "row": label - np.array(raw.starts)[at], "label": label})


def _unread(raw: RawTable) -> list[Issue]:
    """Return an issue for each header that resembles a missing column: error G135 for `recusals`, else warning G119."""
    constants = raw.section.replace("columns", "constants", 1)
    return [
        Issue(
            Code.LIKELY_RECUSALS if column == "recusals" else Code.LIKELY_COLUMN,
            raw.file,
            {
                "header": header,
                "column": column,
                "section": raw.section,
                "line": toml_line(column, header),
                **({"constants": constants} if column == "recusals" else {}),
            },
        )
        for column, header in raw.look_alikes.items()
        if column not in raw.frame
    ]


def _ignored(raw: RawTable) -> list[Issue]:
    """Return a warning (G136) with the columns of a file that were not read, if its table lacks optional columns."""
    lacking = tuple(column for column in ALIASES[raw.name] if column not in raw.frame and column != "geometry")
    facts: dict[str, MessageValue] = {
        "headers": first_items(raw.ignored_columns, 20),
        "lacking": lacking,
        "section": raw.section,
    }
    return [Issue("G136", raw.file, facts)] if raw.ignored_columns and lacking else []


def _file_of(raw: RawTable, cleaned: Cleaned, n_used: int | None) -> InputFile:
    n_bad = int((cleaned.quarantine["file"] == raw.file).sum())
    return InputFile(
        table=raw.name,
        file=raw.file,
        sha256=raw.sha256,
        n_rows=raw.n_rows,
        n_used=raw.n_rows - n_bad if n_used is None else n_used,
        n_quarantined=n_bad,
        personal_columns=raw.dropped_columns,
        ignored_columns=raw.ignored_columns,
    )
