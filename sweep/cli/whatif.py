"""`sweep whatif`: plans of a scenario for every combination of values of some settings (grid)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geodata.errors import Issue
from geodata.message_catalogue import Texts, load_texts
from sweep.terminal.command_decorator import CommandCall, command, group, help_text
from sweep.terminal.deferred_imports import deferred_imports
from sweep.terminal.exit_codes import Exit
from sweep.terminal.options import Iterations, Out, ScenarioPath, Seed, TimeLimit, solver_keys
from sweep.terminal.output import Output, issue_json
from sweep.terminal.progress import solver_line

with deferred_imports():
    from sweep.audit import retention_period
    from sweep.disk import atomic_files
    from sweep.jobs import whatif
    from sweep.plan import defer_interrupt
    from sweep.publish import table_columns
    from sweep.publish.archive import manifest
    from sweep.publish.facts import names_and_reasons
    from sweep.publish.studies import whatif_page
    from sweep.scenario import load_scenario

if TYPE_CHECKING:
    from sweep.plan.solve import SolveProgress
    from sweep.scenario.scenario import Scenario

app = group("plan")


def _report(
    voice: Output,
    curves: Sequence[whatif_page.GridCurve],
    points: Sequence[whatif_page.GridPoint],
    files: Sequence[Path],
    refused: Sequence[Issue],
    *,
    stopped: bool,
) -> None:
    texts = voice.texts
    keys = list(points[0].values)
    if voice.as_json:
        knees = [
            {"curve": c.name, "knee": c.knee, "before": c.before, "beyond": c.beyond, "highest": c.highest}
            for c in curves
        ]
        voice.json(
            {
                "points": [asdict(p) | {"gap": p.gap} for p in points],
                "knees": knees,
                "refused": [issue_json(i, texts) for i in refused],
                "cut_short": stopped,
                "files": [str(f) for f in files],
            }
        )
    columns = ("teams", "value", "due", "objective", "bound", "gap", "visits", "leads", "buildings", "rules")
    header = [*keys, *(texts(f"whatif.column.{c}") for c in columns)]
    voice.table(texts("whatif.title"), header, [_row(p, texts) for p in points])
    for issue in refused:
        what, fix = issue.what(texts), issue.fix(texts)
        voice.line("command.note", code=issue.code, where=issue.place(texts), what=what, fix=fix)
    key = names_and_reasons.setting_name(keys[0], texts)
    for curve in curves:
        name = whatif_page.curve_name(curve, texts)
        name += texts("list.colon") if name else ""
        if curve.knee is None:
            voice.line("whatif.line", text=name + texts("whatif.no_knee"))
        else:
            before, beyond = texts.number(curve.before, 4), texts.number(curve.beyond, 4)
            text = texts("whatif.knee", key=key, at=curve.knee, before=before, beyond=beyond)
            voice.line("whatif.line", text=name + text)
        if curve.highest is not None:
            voice.line("whatif.line", text=name + texts("whatif.highest", key=key, at=curve.highest))
    if stopped:
        voice.line("whatif.cut_short", n=len(points))
    voice.line("command.written", files=tuple(str(f) for f in files))


def _row(p: whatif_page.GridPoint, texts: Texts) -> tuple[str, ...]:
    return (
        *p.values.values(),
        str(p.n_teams),
        texts.number(p.value, 3),
        f"{p.n_due_reached} / {p.n_due}",
        texts.number(p.objective, 3),
        texts.number(p.bound, 3),
        texts.percent(p.gap, 1),
        f"{p.n_served} / {p.n_visits}",
        texts.percent(p.lead_share, 1),
        str(p.n_buildings_reached),
        " ".join(p.rules_broken) or "-",
    )


@command(
    app,
    "whatif",
    sets=True,
    example="sweep whatif scenarios/quancheng --grid teams.n_teams=8,10,12",
    changes=("out",),
)
def _whatif(
    call: CommandCall,
    scenario: ScenarioPath,
    grid: Annotated[list[str], typer.Option("--grid", help=help_text("grid"), metavar="SECTION.KEY=A,B,C")],
    out: Out = Path("out"),
    seed: Seed = None,
    time_limit: TimeLimit = None,
    iterations: Iterations = None,
) -> Exit:
    """
    Plan the scenario for each combination of values in `grid`, or read its stored plan; print and write the results.

    The result includes the knee of each curve: the value beyond which more of a setting adds little.
    """
    voice, asked = call.voice, whatif.parse_grid(grid)
    overrides = call.overrides({**solver_keys(seed, time_limit, iterations), "lang": call.lang})
    read = load_scenario.load_scenario(scenario, overrides, voice.texts)
    voice.texts = texts = load_texts(read.lang)
    place = out / read.name / "whatif"
    atomic_files.refuse_unwritable(place)

    def at(values: Mapping[str, str]) -> Scenario:
        return load_scenario.load_scenario(scenario, {**overrides, **values}, texts)

    with defer_interrupt.record_interrupt() as is_interrupted, voice.bar() as report:

        def on_progress(n_done: int, n: int, inside: SolveProgress | None) -> None:
            text = texts("whatif.progress", n=min(n_done + 1, n), all=n)
            share = inside.share if inside else 0.0
            report((n_done + share) / max(1, n), f"{text}  {solver_line(inside, voice)}" if inside else text)

        points, refused = whatif.run_grid(at, asked, place, on_progress, is_interrupted)
    stopped = is_interrupted()
    if not points:
        voice.line("whatif.cut_short", n=0)
        return Exit.STOPPED
    curves = whatif_page.curves_of(points)
    pages = {
        "whatif.html": whatif_page.whatif_page(read.name, curves, texts, read.rules.off),
        "whatif.csv": table_columns.rows_csv(whatif_page.whatif_rows(points)),
        retention_period.STUDY: manifest.study_json("whatif", read.name, read.day),
    }
    files = atomic_files.write_files(pages, place, place.parent)
    _report(voice, curves, points, files, refused, stopped=stopped)
    return Exit.STOPPED if stopped else Exit.DONE
