"""`sweep whatif`: a scenario planned over a grid of its keys."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from geodata.errors import Issue
from geodata.message_catalogue import Texts, load_texts
from sweep.audit.retention import STUDY
from sweep.disk.atomic_files import refuse_unwritable, write_files
from sweep.jobs.whatif import parse_grid, run_grid
from sweep.plan.interrupt import noted_interrupt
from sweep.plan.solve import Progress
from sweep.publish.archive.manifest import study_json
from sweep.publish.facts.names_and_reasons import setting_name
from sweep.publish.studies.whatif_page import Curve, Point, curve_name, curves_of, whatif_csv, whatif_page
from sweep.scenario.load_scenario import load_scenario
from sweep.terminal.exit_codes import Exit
from sweep.terminal.output import Voice, issue_json, sentence
from sweep.terminal.progress import solver_line


def whatif_command(
    voice: Voice, folder: Path, grid_texts: Sequence[str], overrides: Mapping[str, str], out: Path
) -> Exit:
    """Plan every point, or take it from an earlier run; write whatif.html and whatif.csv; name the knee."""
    grid = parse_grid(grid_texts)
    scenario = load_scenario(folder, overrides, voice.texts)
    voice.texts = texts = load_texts(scenario.lang)
    place = out / scenario.name / "whatif"
    refuse_unwritable(place)
    with noted_interrupt() as is_cut_short, _grid_progress(voice) as watch:
        points, refused = run_grid(folder, overrides, grid, place, watch, texts, is_cut_short)
    stopped = is_cut_short()
    if not points:
        voice.line("whatif.cut_short", n=0)
        return Exit.STOPPED
    curves = curves_of(points)
    pages = {
        "whatif.html": whatif_page(scenario.name, curves, texts, scenario.rules.off),
        "whatif.csv": whatif_csv(points),
        STUDY: study_json("whatif", scenario),
    }
    files = write_files(pages, place, place.parent)
    _report(voice, curves, points, files, refused, stopped=stopped)
    return Exit.STOPPED if stopped else Exit.DONE


@contextmanager
def _grid_progress(voice: Voice) -> Iterator[Callable[[int, int, Progress | None], None]]:
    """A bar over the points of a grid, gone when done."""
    with voice.bar() as report:

        def watch(n_done: int, n: int, inside: Progress | None) -> None:
            text = voice.texts("whatif.progress", n=min(n_done + 1, n), all=n)
            share = inside.share if inside else 0.0
            line = f"{text}  {solver_line(inside, voice)}" if inside else text
            report((n_done + share) / max(1, n), line)

        yield watch


def _report(
    voice: Voice,
    curves: Sequence[Curve],
    points: Sequence[Point],
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
    columns = ("teams", "value", "bound", "gap", "visits", "leads", "buildings", "rules")
    header = [*keys, *(texts(f"whatif.column.{c}") for c in columns)]
    voice.table(texts("whatif.title"), header, [_row(p, texts) for p in points])
    for issue in refused:
        what, fix = sentence(issue.what(texts), texts), issue.fix(texts)
        voice.line("command.note", code=issue.code, where=issue.where, what=what, fix=fix)
    key = setting_name(keys[0], texts)
    for curve in curves:
        name = curve_name(curve, texts)
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


def _row(p: Point, texts: Texts) -> tuple[str, ...]:
    return (
        *p.values.values(),
        str(p.n_teams),
        texts.number(p.value, 3),
        texts.number(p.bound, 3),
        texts.percent(p.gap, 1),
        f"{p.n_served} / {p.n_visits}",
        texts.percent(p.lead_share, 1),
        str(p.n_buildings_reached),
        " ".join(p.rules_broken) or "-",
    )
