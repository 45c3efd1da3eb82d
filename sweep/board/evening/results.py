"""What teams filled in, as the table of results that `sweep results` reads."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from geodata.schema import RESULT_ANSWERS, RESULT_COUNTS
from geodata.texts import Texts
from sweep.day.journal.state import DayState, StopState
from sweep.disk.csv_text import ENCODING, csv_text
from sweep.pipeline.inputs.load import load_inputs
from sweep.pipeline.results import Ledger, accepted_results, keep_results
from sweep.publish.edition import Edition
from sweep.scenario.scenario import Scenario

_ANSWERS = ("unit_state", *(a for a in RESULT_ANSWERS if a != "is_target"), *RESULT_COUNTS, "recheck_on", "remark")
COLUMNS = ("visit_id", "uscc", "unit", *_ANSWERS)


def results_rows(state: DayState) -> list[list[str]]:
    """One row a firm or unit that something was filled in of, and one a building that nobody got into."""
    rows = [[*place[:3], *(said.get(a, "") for a in _ANSWERS)] for place, said in _said(state).items()]
    seen = {row[0] for row in rows} | {v for (_, v), stop in state.stops.items() if _is_entered(stop)}
    for (_, visit_id), stop in sorted(state.stops.items()):
        if stop.outcome in ("locked", "refused") and visit_id not in seen:
            seen.add(visit_id)
            rows.append([visit_id, "", "", stop.outcome, *[""] * (len(_ANSWERS) - 1)])
    return rows


def _said(state: DayState) -> dict[tuple[str, str, str, int], dict[str, str]]:
    """What was typed last of each firm or unit, by visit, firm and unit; what names neither stands by itself."""
    said: dict[tuple[str, str, str, int], dict[str, str]] = {}
    for k, row in enumerate(sorted(state.rows.values(), key=lambda r: r.at_s)):
        uscc, unit = "" if row.row.startswith("+") else row.row, row.unit.strip()
        if filled := {name: value for name, value in row.answers.items() if value}:
            said.setdefault((row.visit_id, uscc, unit, 0 if uscc or unit else k), {}).update(filled)
    return dict(sorted(said.items()))


def _is_entered(stop: StopState) -> bool:
    """Whether a team got in, and did not say afterwards that it was kept out."""
    return stop.outcome == "done" or (stop.outcome is None and stop.inside_s is not None)


def results_text(state: DayState) -> str:
    """The rows as csv, a column for each that has something in it."""
    rows = results_rows(state)
    kept = [k for k, name in enumerate(COLUMNS) if k < 4 or any(row[k] for row in rows)]
    return csv_text([COLUMNS[k] for k in kept], [[row[k] for k in kept] for row in rows])


@dataclass(frozen=True, slots=True)
class Before:
    """What was before the plan in force, on its day."""

    editions: tuple[Edition, ...] = ()
    """Those that the day was run by, the last first."""
    accepted: Collection[str] = ()
    """Plans of which results may have been accepted, by id: they are among those that are accepted now."""


def accept_results_of(
    state: DayState,
    edition: Edition,
    before: Before,
    scenario: Scenario,
    texts: Texts,
    today: date,
    enter: Callable[[int], object],
) -> Ledger:
    """
    Take what was filled in into the ledger, as `sweep results` does with a file.

    Parameters
    ----------
    enter
        Called with the number of rows once all is written and before anybody can see it.

    Raises
    ------
    InputError
        With every fault of the rows; nothing is kept then.
    """
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "board.csv"
        file.write_text(results_text(state), encoding=ENCODING, newline="")
        accepted, _ = accepted_results(edition, [file], today, before.editions)
    inputs, n = load_inputs(scenario), len(accepted.table)
    return keep_results(scenario, inputs, accepted, edition.plan_id, texts, lambda: enter(n), before.accepted)
