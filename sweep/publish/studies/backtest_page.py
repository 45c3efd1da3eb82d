"""backtest.html: accuracy of the ranking compared with simpler methods, as a page without scripts."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from markupsafe import Markup

from geodata.message_catalogue import Texts
from sweep.publish.charts.svg_shapes import Line, curves, swatch
from sweep.publish.facts.names_and_reasons import district_name, label
from sweep.publish.facts.ranking_model_sentences import verdict_sentences
from sweep.publish.page.escape import fixed_decimals
from sweep.publish.page.render_pages import render_page
from sweep.publish.page.team_colours import team_colour
from sweep.records.ranking import ModelChoice

# Measures of the table, with their decimals.
SHOWN = {
    "hit_1": 3, "hit_5": 3, "hit_10": 3, "pai_1": 2, "pai_5": 2, "pai_10": 2, "pei_1": 3, "pei_5": 3, "pei_10": 3,
    "recall_hours": 3, "pai_effort": 2, "ndcg": 3, "gini": 3,
}  # fmt: skip
# Measures of checks compared with later finds, each with its interval and decimals.
CHECK_DIGITS = {"auc_within": 3, "slope": 2, "intercept": 2, "brier": 3, "first_half": 3, "days_earlier": 1, "swap": 3}


@dataclass(frozen=True, slots=True)
class BacktestResult:
    """Results of a backtest: facts of its time windows, and tables that compare the ranking with simpler methods."""

    name: str
    """Name of the scenario."""
    n_places: int
    """Number of buildings; `n_events`: of reported events; `n_windows`: of origins at which buildings are ranked."""
    n_events: int
    n_windows: int
    lag_days: float
    """Days from the origin, at which the ranking is frozen, to the start of its window."""
    horizon_days: float
    """Length in days of a window, whose events are the outcome for its ranking."""
    hours: float
    """Team-hours available in each window."""
    summary: pd.DataFrame
    """Mean and interval of each measure over all windows, by method."""
    windows: pd.DataFrame
    """Each measure, by method and origin."""
    curves: pd.DataFrame
    """Share of later events caught, by method and by share of buildings or number of team-hours."""
    finds: pd.DataFrame
    """Measures of forecasts against the finds of later checks, one row for each method."""
    calibration: pd.DataFrame
    """Expected and actual finds of checks, by method and class of forecast."""
    scored: ModelChoice | None = None
    """Choice between scoring by rule and by the learnt model, with its reason; None: no choice was made."""
    fairness: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Results by groups of buildings, to judge fairness."""
    district_names: Mapping[str, str] = field(default_factory=dict)
    """Names of divisions by code from the scenario."""
    has_leads: bool = True
    """False: a register of checks only; measures over all places say nothing, since only some are visited."""


@dataclass(frozen=True, slots=True)
class _Span:
    """Mean of a measure of the backtest and the ends of its interval; NaN if unknown."""

    mean: float
    low: float
    high: float


_Spans = Mapping[tuple[str, str], _Span]


@dataclass(frozen=True, slots=True)
class Cell:
    """Cell of a table: mean and interval of a measure as text."""

    mean: str
    interval: str
    is_best: bool
    """Whether no method has a higher mean."""


def backtest_page(judged: BacktestResult, texts: Texts) -> str:
    """Return the page of a backtest; the first method of `judged` is the ranking under test."""
    methods = list(dict.fromkeys(judged.summary["method"]))
    names = {key: label(texts, f"command.method.{key}", key) for key in [*methods, *judged.finds["method"]]}
    rows = judged.summary.to_dict("records")
    spans = {(str(r["method"]), str(r["measure"])): _Span(r["mean"], r["low"], r["high"]) for r in rows}
    return render_page(
        "studies/backtest.html.j2",
        texts,
        judged=judged,
        methods=methods,
        names=names,
        swatches={key: swatch(team_colour(k)) for k, key in enumerate(methods)},
        cells={m: [_cell(spans, methods, key, m) for key in methods] for m in SHOWN},
        own=methods[0],
        figures=_figures(judged, spans, methods, names, texts),
        by_places=_chart(judged.curves, "places", methods, names, texts),
        by_hours=_chart(judged.curves, "hours", methods, names, texts),
        by_window=_window_chart(judged.windows, methods, names, texts),
        finds=judged.finds.to_dict("records"),
        calibration=[row | {"ratio": _ratio(row)} for row in judged.calibration.to_dict("records")],
        fairness=_fairness_rows(judged, texts),
        gaps=gap_sentences(judged.fairness, texts),
        rests_on=[*too_few_finds(judged.finds, texts), *verdict_sentences(judged.scored, texts)],
        number=lambda value, digits: _number(float(value), digits),
        of_checks={m: digits for m, digits in CHECK_DIGITS.items() if judged.finds[m].notna().any()},
        has_drawn=bool(judged.finds["n_drawn"].any()),
        ends=lambda row, name, digits: _interval(_Span(row[name], row[f"{name}_low"], row[f"{name}_high"]), digits),
    )


def too_few_finds(finds: pd.DataFrame, texts: Texts) -> list[str]:
    """Return a sentence if past checks have too few finds to measure forecasts by them; else an empty list."""
    few = finds[finds["auc_within"].isna() & (finds["n_checks"] > 0)]
    counts = {name: texts.number(int(few[name].max())) for name in ("n_checks", "n_finds")} if len(few) else None
    return [texts("backtest.too_few_finds", **counts)] if counts else []


def gap_sentences(fairness: pd.DataFrame, texts: Texts) -> list[str]:
    """
    Return a warning for each building attribute whose groups differ significantly in hits or false alarms.

    `fairness`: a row of results for each attribute, such as the district, and each of its groups of buildings.
    """
    if fairness.empty:
        return []
    gaps = fairness[fairness["is_gap"]].drop_duplicates("attribute")
    return [
        texts(
            "backtest.fair.gap",
            attribute=texts(f"backtest.fair.{row['attribute']}"),
            hits=_number(row["p_hits"], 3),
            alarms=_number(row["p_alarms"], 3),
        )
        for row in gaps.to_dict("records")
    ]


def _fairness_rows(judged: BacktestResult, texts: Texts) -> list[dict[str, Any]]:
    return [
        {
            "attribute": texts(f"backtest.fair.{row['attribute']}"),
            "group": (
                district_name(row["group"], judged.district_names, texts)
                if row["attribute"] == "district"
                else texts(f"backtest.fair.{row['attribute']}.{row['group']}")
            ),
            "checks": row["n_checks"],
            "first": row["n_first"],
            "finds": row["n_finds_first"],
            "expected": _number(row["expected_first"], 1),
            "is_gap": row["is_gap"],
            **{name: _share(row, name) for name in ("hits", "alarms")},
        }
        for row in judged.fairness.to_dict("records")
    ]


def _share(row: Mapping[Any, Any], name: str) -> Cell:
    ends = _interval(_Span(row[name], row[f"{name}_low"], row[f"{name}_high"]), 3)
    return Cell(_number(row[name], 3), ends, is_best=False)


def _figures(
    judged: BacktestResult, spans: _Spans, methods: Sequence[str], names: Mapping[str, str], texts: Texts
) -> list[dict[str, str]]:
    """
    Return the main measures of the first of `methods` as texts, with interval and best other method of each.

    Without leads, the measures compare forecasts with past inspections. `spans`: by (method, measure); `names`: names
    of methods by key.
    """
    decimals, kind = {m: SHOWN[m] for m in ("hit_5", "recall_hours", "pai_1", "pai_effort")}, "measure"
    if not judged.has_leads:
        decimals, kind = {m: CHECK_DIGITS[m] for m in ("auc_within", "slope", "first_half")}, "column"
        rows = judged.finds.to_dict("records")
        spans = {(str(r["method"]), m): _Span(r[m], r[f"{m}_low"], r[f"{m}_high"]) for r in rows for m in decimals}
        methods = [str(r["method"]) for r in rows]
    figures = []
    for measure, digits in decimals.items() if methods else ():
        others = {key: spans[key, measure].mean for key in methods[1:]}
        known = {key: value for key, value in others.items() if not math.isnan(value)}
        # The ideal slope of calibration is 1; of the other measures, more is better.
        merit = {key: -abs(value - 1.0) if measure == "slope" else value for key, value in known.items()}
        best = max(merit, key=lambda key: merit[key], default=None)
        span = spans[methods[0], measure]
        figures.append(
            {
                "title": texts(f"command.{kind}.{measure}"),
                "mean": _number(span.mean, digits),
                "interval": _interval(span, digits),
                "best": f"{names[best]} {_number(known[best], digits)}" if best else "—",
            }
        )
    return figures


def _cell(spans: _Spans, methods: Sequence[str], key: str, measure: str) -> Cell:
    span, digits = spans[key, measure], SHOWN[measure]
    is_best = all(not span.mean < spans[m, measure].mean for m in methods) and not math.isnan(span.mean)
    return Cell(_number(span.mean, digits), _interval(span, digits), is_best)


def _chart(
    table: pd.DataFrame, axis: str, methods: Sequence[str], names: Mapping[str, str], texts: Texts
) -> Markup | None:
    rows = table[table["axis"].eq(axis) & table["caught"].notna()]
    if rows.empty:
        return None
    lines = _lines(rows, ("x", "caught"), methods, names)
    show = (lambda x: texts.percent(x)) if axis == "places" else (lambda x: texts.number(x))
    return curves(lines, texts(f"backtest.axis.{axis}"), texts("backtest.axis.caught"), show, texts)


def _window_chart(
    windows: pd.DataFrame, methods: Sequence[str], names: Mapping[str, str], texts: Texts
) -> Markup | None:
    rows = windows[windows["hit_5"].notna()]
    if rows.empty:
        return None
    lines = _lines(rows, ("day", "hit_5"), methods, names)
    return curves(lines, texts("backtest.axis.day"), texts("backtest.axis.caught"), lambda x: texts.number(x), texts)


def _lines(rows: pd.DataFrame, axes: tuple[str, str], methods: Sequence[str], names: Mapping[str, str]) -> list[Line]:
    lines = []
    for k, key in enumerate(methods):
        x, y = (rows.loc[rows["method"].eq(key), axis].astype(float) for axis in axes)
        lines.append(Line(names[key], team_colour(k), 1.6 if k else 3.5, tuple(zip(x, y, strict=True))))
    return lines


def _ratio(row: Mapping[Any, Any]) -> float:
    return float(row["finds"]) / float(row["expected"]) if row["expected"] else math.nan


def _interval(span: _Span, digits: int) -> str:
    return "" if math.isnan(span.low) else f"{_number(span.low, digits)} – {_number(span.high, digits)}"


def _number(value: float, digits: int) -> str:
    return "—" if math.isnan(value) else fixed_decimals(value, digits)
