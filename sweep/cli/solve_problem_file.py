"""Solution of a problem file, for `sweep run PROBLEM.json`."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from geodata.errors import InputError, Issue
from sweep.terminal.deferred_imports import deferred_imports
from sweep.terminal.exit_codes import Exit
from sweep.terminal.output import Output
from sweep.terminal.progress import finds_line, solver_line

with deferred_imports():
    from geodata import regular_file
    from sweep.disk import atomic_files
    from sweep.plan import defer_interrupt, solve
    from sweep.plan.feasible import contradictions
    from sweep.plan.problem import problem_file
    from sweep.publish.archive import plan_json_of_problem_file, read_plan
    from sweep.publish.facts import names_and_reasons
    from sweep.records import bound_proof

if TYPE_CHECKING:
    from sweep.plan.problem.problem import Problem
    from sweep.records.plan import Plan, Route


def plan_command(voice: Output, file: Path, out: Path | None, settings: solve.Settings, start: Path | None) -> Exit:
    """
    Solve a problem file, write plan and proof, and print the result.

    Parameters
    ----------
    out
        File of the plan, next to which the proof is written; None: next to the problem file.
    start
        Plan file whose routes start the search, for a problem with given teams; None: no such plan.
    """
    content = regular_file.read_regular(file)
    problem = problem_file.read_problem(content, file.name)
    target = out or file.with_suffix(".plan.json")
    _refuse(target, file)
    if issues := contradictions.contradictions(problem):
        raise InputError(issues)
    routes = _start_routes(start, problem)
    with defer_interrupt.record_interrupt() as is_interrupted, voice.bar() as report:
        report(0.0, voice.texts("command.step.plan"))
        plan = solve.solve(problem, settings, lambda p: report(p.share, solver_line(p, voice)), routes)
        # A second Ctrl-C could prevent the output, so the files are written first.
        files = {
            target.name: plan_json_of_problem_file.bare_plan_json(
                plan, problem.day, problem_file.problem_sha256(problem)
            )
        }
        if plan.proof is not None:
            files[bound_proof.proof_file(target).name] = bound_proof.named_proof(plan.proof, content)
        written = atomic_files.write_files(files, target.parent)
    _report(voice, problem, plan, written, is_interrupted=is_interrupted())
    return Exit.DONE


def _refuse(target: Path, file: Path) -> None:
    atomic_files.refuse_unwritable(target.parent)
    for path in (target, bound_proof.proof_file(target)):
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if path.exists() and path.samefile(file):
            raise InputError([Issue("S533", str(path))])


def _start_routes(start: Path | None, problem: Problem) -> Sequence[Route]:
    if start is None:
        return ()
    if not problem.teams:
        raise InputError([Issue("S532", str(start))])
    try:
        text = regular_file.read_regular_text(start)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError([Issue("S305", str(start))]) from error
    return read_plan.read_plan_json(text, start.name).routes


def _report(voice: Output, problem: Problem, plan: Plan, files: Sequence[Path], *, is_interrupted: bool) -> None:
    out = {u.visit_id for u in plan.unserved}
    musts = [v.visit_id for v in problem.visits if v.is_must and v.visit_id in out]
    n, texts = len(problem.visits), voice.texts
    if voice.as_json:
        result = {"status": plan.status, "value": plan.value, "due": plan.due, "costs": plan.costs}
        result |= {"objective": plan.total, "bound": plan.bound, "gap": plan.gap}
        result |= {"bound_any_teams": plan.bound_any_teams}
        counts = {"n_visits": n, "n_served": n - len(out), "n_iterations": plan.n_iterations}
        voice.json(
            {**result, **counts, "musts_unserved": musts, "cut_short": is_interrupted, "files": [str(f) for f in files]}
        )
        return
    rows = [
        ("status", texts(f"command.status.{plan.status}")),
        ("value", finds_line(plan, texts)),
        ("visits", texts("command.of", n=n - len(out), all=n)),
        ("musts_unserved", ", ".join(musts) or "-"),
        ("iterations", texts.number(plan.n_iterations)),
        ("files", "\n".join(str(f) for f in files)),
    ]
    voice.table(files[0].stem, ("", ""), [(texts(f"command.row.{key}"), value) for key, value in rows])
    visits = {v.visit_id: v for v in problem.visits}
    lines = [
        (u.visit_id, r.code, names_and_reasons.reason_texts(texts, r, visits[u.visit_id], {})[0])
        for u in plan.unserved
        for r in u.reasons
    ]
    if lines:
        header = [texts(f"command.column.{c}") for c in ("visit", "code", "what")]
        # Unserved visits on the terminal; the file has all.
        voice.table(texts("command.unserved", n=len(out)), header, lines[:50])
    if is_interrupted:
        voice.line("command.cut_short")
