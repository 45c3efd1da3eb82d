"""`sweep backtest`: the ranking judged by what came later, as tables and a page, on the terminal or as JSON."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

import pandas as pd

from geodata.message_catalogue import Texts
from sweep.jobs.backtest.backtest import backtest_scenario
from sweep.jobs.backtest.write import write_backtest
from sweep.publish.studies.backtest_page import OF_CHECKS, Judged, gap_sentences, rests_on, too_few_finds
from sweep.scenario.scenario import Scenario
from sweep.terminal.exit_codes import Exit
from sweep.terminal.output import Voice
from sweep.terminal.progress import run_progress

# A terminal is too narrow for every figure and its interval: finds.csv and the page have them.
SHOWN_OF_CHECKS = ("auc_within", "slope", "brier", "first_half")
# Measures that the terminal shows, with their decimals; summary.csv has all.
SHOWN = {"hit_5": 3, "pai_1": 2, "pai_5": 2, "pei_5": 3, "recall_hours": 3, "pai_effort": 2, "ndcg": 3, "gini": 3}


def backtest_command(scenario: Scenario, voice: Voice, out: Path) -> Exit:
    """Judge the ranking out of time, beside simpler ones."""
    with run_progress(voice) as watch:
        judged = backtest_scenario(scenario, watch)
    report_verdict(voice, judged, write_backtest(judged, scenario, out, voice.texts))
    return Exit.DONE


def report_verdict(voice: Voice, judged: Judged, files: Sequence[Path]) -> None:
    """Print the tables and where they are written, or one JSON object."""
    if voice.as_json:
        voice.json(verdict_json(judged, files))
        return
    texts = voice.texts
    header = [texts("command.column.method"), *(texts(f"command.measure.{m}") for m in SHOWN)]
    title = texts("command.backtest", n=judged.windows["day"].nunique())
    voice.table(title, header, measure_rows(judged, texts), has_parts=True)
    for line in (*too_few_finds(judged.finds, texts), *rests_on(judged.scored, texts)):
        voice.line("ranking.line", text=line)
    if judged.finds["n_finds"].max() > 0:
        header = [texts(f"command.column.{c}") for c in ("method", "checks", "found", *SHOWN_OF_CHECKS)]
        voice.table(texts("command.backtest_checks"), header, check_rows(judged.finds, texts))
    for line in gap_sentences(judged.fairness, texts):
        voice.line("ranking.line", text=line)
    voice.line("command.written", files=tuple(str(f) for f in files))


def measure_rows(judged: Judged, texts: Texts) -> list[tuple[str, ...]]:
    """One row a method: each measure with its interval."""
    table = judged.summary.set_index(["method", "measure"])
    return [
        (
            texts(f"command.method.{key}"),
            *(_interval(table.loc[(key, m)][["mean", "low", "high"]], digits, texts) for m, digits in SHOWN.items()),
        )
        for key in dict.fromkeys(judged.summary["method"])
    ]


def check_rows(areas: pd.DataFrame, texts: Texts) -> list[tuple[str, ...]]:
    """One row a method: visits, finds, and how well the score orders and sizes them; `-` on fewer than ten finds."""
    return [
        (
            texts(f"command.method.{row['method']}"),
            str(row["n_checks"]),
            str(row["n_finds"]),
            _interval((row[f"auc_within{end}"] for end in ("", "_low", "_high")), 3, texts),
            *(_number(float(row[name]), OF_CHECKS[name], texts) for name in SHOWN_OF_CHECKS[1:]),
        )
        for row in areas.to_dict("records")
    ]


def verdict_json(judged: Judged, files: Sequence[Path]) -> dict[str, object]:
    """The same for machines; a measure that there is nothing to take from is null."""
    parts = {
        "summary": judged.summary,
        "finds": judged.finds,
        "calibration": judged.calibration,
        "fairness": judged.fairness,
    }
    tables = {name: table.astype(object).where(table.notna(), None).to_dict("records") for name, table in parts.items()}
    size = {"n_places": judged.n_places, "n_events": judged.n_events}
    return {"files": [str(f) for f in files], **size, "verdict": judged.scored and asdict(judged.scored), **tables}


def _interval(ends: Iterable[float], digits: int, texts: Texts) -> str:
    mean, low, high = (_number(float(x), digits, texts) for x in ends)
    return mean if mean == "-" else f"{mean} [{low}, {high}]"


def _number(value: float, digits: int, texts: Texts) -> str:
    return "-" if pd.isna(value) else texts.number(value, digits)
