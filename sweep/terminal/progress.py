"""Progress of a run or a solve, as a bar on standard error."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from geodata.message_catalogue import Texts
from sweep.jobs.stages.run_progress import share_done
from sweep.terminal.deferred_imports import deferred_imports
from sweep.terminal.output import Output

with deferred_imports():
    from sweep.records import plan as plan_records

if TYPE_CHECKING:
    from sweep.jobs.stages.run_progress import ProgressCallback
    from sweep.plan.solve import SolveProgress as SolverProgress
    from sweep.records.plan import Plan


@contextmanager
def run_progress(voice: Output) -> Iterator[ProgressCallback]:
    """Yield a callback that shows the steps of a run in one progress bar."""
    with voice.bar() as report:

        def on_progress(step: str, inside: SolverProgress | None) -> None:
            text = voice.texts(f"command.step.{step}")
            line = f"{text}  {solver_line(inside, voice)}" if inside else text
            report(share_done(step, inside), line)

        yield on_progress


def solver_line(p: SolverProgress, voice: Output) -> str:
    """
    Return a line on the state of a solve: value, bound, gap, number of visits served, iterations per second.

    During compilation, the line shows how much is compiled. An unknown bound is shown as a dash.
    """
    texts = voice.texts
    if p.compiled < 1.0:
        # Without a terminal each new text is a separate line, so the share is omitted to avoid repetition.
        return texts("command.compiling", share=texts.percent(p.compiled) if voice.err.is_terminal else "...")
    is_bound = math.isfinite(p.bound)
    return texts(
        "command.solver",
        value=texts.number(p.value, 2),
        bound=texts.number(p.bound, 2) if is_bound else "-",
        gap=texts.percent(plan_records.short_of(p.bound, p.value), 1) if is_bound else "-",
        n=p.n_served,
        rate=texts.number(p.n_iterations / p.elapsed_s) if p.elapsed_s > 0 else "-",
    )


def finds_line(plan: Plan, texts: Texts) -> str:
    """Return a line with a plan's expected finds, objective, upper bound and gap; a note marks a weak bound."""
    line = texts(
        "command.finds_unproven" if plan.is_bound_rough else "command.finds",
        value=texts.number(plan.value, 2),
        total=texts.number(plan.total, 2),
        bound=texts.number(plan.total_bound, 2),
        gap=texts.percent(plan.gap, 1),
    )
    if plan.bound_any_teams is None or plan.gap_any_teams is None:
        return line
    figures = {"bound": texts.number(plan.bound_any_teams + plan.due, 2), "gap": texts.percent(plan.gap_any_teams, 1)}
    return texts("command.finds_any", finds=line, **figures)
