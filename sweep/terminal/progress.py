"""How far a run or a solve has come, as bars on standard error."""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from geodata.message_catalogue import Texts
from sweep.jobs.stages.progress_steps import STEPS, Watch
from sweep.plan.solve import Progress as SolverProgress
from sweep.records.plan import Plan
from sweep.terminal.output import Voice

# A bar's weight: reading and publishing take seconds, the solver its limit.
_SHARES = {"read": 0.1, "rank": 0.05, "number": 0.2, "select": 0.05, "plan": 0.4, "check": 0.05, "publish": 0.15}


@contextmanager
def run_progress(voice: Voice) -> Iterator[Watch]:
    """A bar over all steps of a run, gone when done."""
    with voice.bar() as report:

        def watch(step: str, inside: SolverProgress | None) -> None:
            before = sum(_SHARES[s] for s in STEPS[: STEPS.index(step)])
            share = inside.share if inside else 0.0
            text = voice.texts(f"command.step.{step}")
            line = f"{text}  {solver_line(inside, voice)}" if inside else text
            report(before + _SHARES[step] * share, line)

        yield watch


@contextmanager
def solve_progress(voice: Voice) -> Iterator[Callable[[SolverProgress], None]]:
    """A bar over one solve, gone when done."""
    with voice.bar() as report:
        report(0.0, voice.texts("command.step.plan"))
        yield lambda p: report(p.share, solver_line(p, voice))


def solver_line(p: SolverProgress, voice: Voice) -> str:
    """State of a solve, with a dash until there is a bound; on a first run the state of compilation."""
    texts = voice.texts
    if p.compiled < 1.0:
        # Without a terminal each new text is a line of its own: there the share would repeat the line.
        return texts("command.compiling", share=texts.percent(p.compiled) if voice.err.is_terminal else "...")
    is_bound = math.isfinite(p.bound)
    gap = max(0.0, 1.0 - p.value / p.bound) if is_bound and p.bound > 0 else 0.0
    return texts(
        "command.solver",
        value=texts.number(p.value, 2),
        bound=texts.number(p.bound, 2) if is_bound else "-",
        gap=texts.percent(gap, 1) if is_bound else "-",
        n=p.n_served,
        rate=texts.number(p.n_iterations / p.elapsed_s) if p.elapsed_s > 0 else "-",
    )


def finds_line(plan: Plan, texts: Texts) -> str:
    """What a plan is worth and what none can pass; where the limit was too short for a proof, that is said."""
    line = texts(
        "command.finds_unproven" if plan.is_bound_rough else "command.finds",
        value=texts.number(plan.value, 2),
        bound=texts.number(plan.bound, 2),
        gap=texts.percent(plan.gap, 1),
    )
    if plan.bound_any_teams is None or plan.gap_any_teams is None:
        return line
    figures = {"bound": texts.number(plan.bound_any_teams, 2), "gap": texts.percent(plan.gap_any_teams, 1)}
    return texts("command.finds_any", finds=line, **figures)
