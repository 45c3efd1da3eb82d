"""`sweep rank`: ranking of buildings and clusters without a plan; `sweep backtest`: its out-of-time validation."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from geodata.message_catalogue import Texts
from sweep.terminal.command_decorator import CommandCall, command, group
from sweep.terminal.deferred_imports import deferred_imports
from sweep.terminal.exit_codes import Exit
from sweep.terminal.options import Out, ScenarioPath
from sweep.terminal.output import issue_json
from sweep.terminal.progress import run_progress

with deferred_imports():
    from sweep.jobs import run_scenario
    from sweep.jobs.backtest import backtest
    from sweep.publish.facts import ranking_model_sentences
    from sweep.publish.studies import backtest_page

if TYPE_CHECKING:
    import pandas as pd

app = group("prepare")

# The terminal is too narrow for all measures with intervals: finds.csv and the page have them.
SHOWN_OF_CHECKS = ("auc_within", "slope", "brier", "first_half")
# Measures on the terminal, with their decimals; summary.csv has all.
SHOWN = {"hit_5": 3, "pai_1": 2, "pai_5": 2, "pei_5": 3, "recall_hours": 3, "pai_effort": 2, "ndcg": 3, "gini": 3}


@command(app, "rank", sets=True, example="sweep rank scenarios/quancheng", changes=("out",))
def _rank(call: CommandCall, scenario: ScenarioPath, out: Out = Path("out")) -> Exit:
    """Rank buildings and clusters, write a table of each, and print the best clusters."""
    read, voice = call.scenario(scenario), call.voice
    with run_progress(voice) as on_progress:
        ranked, files = run_scenario.rank_only(read, out, on_progress)
    texts = voice.texts
    has_leads = any(c.n_leads for c in ranked.clusters)
    columns = ("rank", "buildings", "hours", *(("leads", "rate") if has_leads else ()), "finds", "per_hour")
    header = [texts(f"command.column.{c}") for c in columns]
    rows = []
    for c in ranked.clusters[:15]:
        rate, low, high = (texts.number(x, 2) for x in (c.lead_rate, c.lead_rate_low, c.lead_rate_high))
        of_leads = (str(c.n_leads), f"{rate} ({low}-{high})") if has_leads else ()
        finds = texts.number(c.expected_finds, 2), texts.number(c.finds_per_hour, 3)
        rows.append((c.cluster_id, str(len(c.building_ids)), texts.number(c.team_hours, 1), *of_leads, *finds))
    if rows:
        voice.table(texts("command.clusters"), header, rows)
    for line in ranking_model_sentences.ranking_facts(ranked.facts, texts):
        voice.line("ranking.line", text=line)
    voice.notes(ranked.notes)
    voice.line("command.written", files=tuple(str(f) for f in files))
    if voice.as_json:
        notes = [issue_json(note, texts) for note in ranked.notes]
        facts = {"ranking": asdict(ranked.facts), "n_clusters": len(ranked.clusters)}
        voice.json({"files": [str(f) for f in files], **facts, "notes": notes})
    return Exit.DONE


@command(app, "backtest", sets=True, example="sweep backtest scenarios/quancheng", changes=("out",))
def _backtest(call: CommandCall, scenario: ScenarioPath, out: Out = Path("out")) -> Exit:
    """Compare the ranking of past days with simpler rankings, by later leads and finds; write tables and a page."""
    read, voice = call.scenario(scenario), call.voice
    with run_progress(voice) as on_progress:
        judged = backtest.backtest_scenario(read, on_progress)
    files = backtest.write_backtest(judged, read, out, voice.texts)
    if voice.as_json:
        voice.json(verdict_json(judged, files))
        return Exit.DONE
    texts = voice.texts
    if judged.has_leads:
        header = [texts("command.column.method"), *(texts(f"command.measure.{m}") for m in SHOWN)]
        title = texts("command.backtest", n=judged.windows["day"].nunique())
        voice.table(title, header, measure_rows(judged, texts), has_parts=True)
    few = backtest_page.too_few_finds(judged.finds, texts)
    for line in (*few, *ranking_model_sentences.verdict_sentences(judged.scored, texts)):
        voice.line("ranking.line", text=line)
    if judged.finds["n_finds"].max() > 0:
        header = [texts(f"command.column.{c}") for c in ("method", "checks", "found", *SHOWN_OF_CHECKS)]
        voice.table(texts("command.backtest_checks"), header, check_rows(judged.finds, texts))
    for line in backtest_page.gap_sentences(judged.fairness, texts):
        voice.line("ranking.line", text=line)
    voice.line("command.written", files=tuple(str(f) for f in files))
    return Exit.DONE


def measure_rows(judged: backtest_page.BacktestResult, texts: Texts) -> list[tuple[str, ...]]:
    """Return one row of texts for each ranking method: its name, and each measure of `SHOWN` with its interval."""
    table = judged.summary.set_index(["method", "measure"])
    return [
        (
            texts(f"command.method.{key}"),
            *(_interval(table.loc[(key, m)][["mean", "low", "high"]], digits, texts) for m, digits in SHOWN.items()),
        )
        for key in dict.fromkeys(judged.summary["method"])
    ]


def check_rows(areas: pd.DataFrame, texts: Texts) -> list[tuple[str, ...]]:
    """
    Return one row of texts per ranking method: name, numbers of visits and finds, measures of `SHOWN_OF_CHECKS`.

    `areas`: the table `finds` of a backtest, a row per method. A measure for which there are too few finds is `-`.
    """
    return [
        (
            texts(f"command.method.{row['method']}"),
            str(row["n_checks"]),
            str(row["n_finds"]),
            _interval((row[f"auc_within{end}"] for end in ("", "_low", "_high")), 3, texts),
            *(_number(float(row[name]), backtest_page.CHECK_DIGITS[name], texts) for name in SHOWN_OF_CHECKS[1:]),
        )
        for row in areas.to_dict("records")
    ]


def verdict_json(judged: backtest_page.BacktestResult, files: Sequence[Path]) -> dict[str, object]:
    """
    Return a backtest for `sweep backtest --json`: files, numbers of buildings and leads, verdict, tables of measures.

    A measure without data is null.
    """
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
    return mean if low == "-" else f"{mean} [{low}, {high}]"


def _number(value: float, digits: int, texts: Texts) -> str:
    return "-" if math.isnan(value) else texts.number(value, digits)
