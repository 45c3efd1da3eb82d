"""What the commands print: progress, faults, one closing table; or the same as JSON."""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich import markup
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from geodata.errors import Issue
from geodata.texts import Texts
from sweep.pipeline.run import STEPS, Outcome, Watch
from sweep.plan.solve import Progress as SolverProgress
from sweep.publish.edition import Edition
from sweep.records import Violation

# A bar's weight: reading and publishing take seconds, the solver its limit.
_SHARES = {"read": 0.1, "rank": 0.05, "select": 0.05, "plan": 0.6, "check": 0.05, "publish": 0.15}

_CONTROL_SIGNS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")


def plain(text: str) -> str:
    """Text from a file as it stands: neither rich's markup nor the terminal's control signs work in it."""
    return markup.escape(_CONTROL_SIGNS.sub("\ufffd", text))


class Voice:
    """
    How a command speaks.

    Parameters
    ----------
    texts
        The language.
    quiet
        No progress and no table; faults are still told.
    as_json
        One JSON object on standard output instead of tables.
    """

    def __init__(self, texts: Texts, *, quiet: bool = False, as_json: bool = False) -> None:
        self.texts, self.quiet, self.as_json = texts, quiet, as_json
        self.out = Console(highlight=False)
        self.err = Console(stderr=True, highlight=False)

    def faults(self, issues: Sequence[Issue], heading: str = "command.faults", **values: object) -> None:
        """
        Tell every fault: code, where, what is wrong, how to mend it.

        Parameters
        ----------
        heading, values
            Key of the sentence above them, and what it names beside their number.
        """
        if self.as_json:
            self.json({"issues": [issue_json(i, self.texts) for i in issues]})
            return
        self.err.print(f"[bold red]{plain(self.texts(heading, n=len(issues), **values))}[/]")
        for issue in issues:
            self.err.print(
                f"  [bold]{issue.code}[/]  {plain(issue.where)}: {plain(issue.what(self.texts))}", soft_wrap=True
            )
            self.err.print(f"        [green]→[/] {plain(issue.fix(self.texts))}", soft_wrap=True)

    def json(self, content: dict[str, Any]) -> None:
        """One JSON object on standard output."""
        sys.stdout.write(json.dumps(content, ensure_ascii=False, indent=1) + "\n")

    def line(self, key: str, **values: object) -> None:
        """One sentence of the catalogue, unless quiet or JSON."""
        if not self.quiet and not self.as_json:
            self.out.print(plain(self.texts(key, **values)), soft_wrap=True)

    def table(self, title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """A table, unless quiet or JSON."""
        if self.quiet or self.as_json:
            return
        table = Table(title=plain(title), title_justify="left")
        for name in header:
            table.add_column(plain(name), overflow="fold")
        for row in rows:
            table.add_row(*(plain(cell) for cell in row))
        self.out.print(table)

    @contextmanager
    def progress(self) -> Iterator[Watch]:
        """A bar over all steps, on standard error, gone when done."""
        with self._bar() as tell:

            def watch(step: str, inside: SolverProgress | None) -> None:
                before = sum(_SHARES[s] for s in STEPS[: STEPS.index(step)])
                share = inside.share if inside else 0.0
                text = self.texts(f"command.step.{step}")
                tell(before + _SHARES[step] * share, f"{text}  {solver_line(inside, self.texts)}" if inside else text)

            yield watch

    @contextmanager
    def solving(self) -> Iterator[Callable[[SolverProgress], None]]:
        """A bar over one solve, on standard error, gone when done."""
        with self._bar() as tell:
            tell(0.0, self.texts("command.step.plan"))
            yield lambda p: tell(p.share, solver_line(p, self.texts))

    @contextmanager
    def grid(self) -> Iterator[Callable[[int, int, SolverProgress | None], None]]:
        """A bar over the points of a grid, on standard error, gone when done."""
        with self._bar() as tell:

            def watch(n_done: int, n: int, inside: SolverProgress | None) -> None:
                text = self.texts("whatif.progress", n=min(n_done + 1, n), all=n)
                share = inside.share if inside else 0.0
                line = f"{text}  {solver_line(inside, self.texts)}" if inside else text
                tell((n_done + share) / max(1, n), line)

            yield watch

    @contextmanager
    def explaining(self) -> Iterator[Callable[[float], None]]:
        """A bar over many small solves, on standard error, gone when done."""
        with self._bar() as tell:
            yield lambda share: tell(share, self.texts("explain.progress"))

    @contextmanager
    def replanning(self) -> Iterator[Callable[[float, float, int], None]]:
        """A bar over one change of the day, on standard error, gone when done."""
        with self._bar() as tell:

            def watch(share: float, value: float, n_changed: int) -> None:
                text = self.texts("replan.progress", value=self.texts.number(value, 2), n=n_changed)
                tell(share, text)

            yield watch

    @contextmanager
    def _bar(self) -> Iterator[Callable[[float, str], None]]:
        if self.quiet or self.as_json:
            yield lambda _share, _text: None
            return
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self.err, transient=True) as bar:
            task = bar.add_task("", total=1.0)
            yield lambda share, text: bar.update(task, completed=share, description=plain(text))

    def outcome(self, outcome: Outcome) -> None:
        """The closing table of a run, or its JSON."""
        edition = outcome.edition
        if self.as_json:
            self.json(outcome_json(outcome))
            return
        self.table(
            self.texts("command.done", name=edition.scenario.name), ("", ""), summary_rows(edition, outcome, self.texts)
        )

    def violations(self, edition: Edition) -> None:
        """Every breach of a plan, on standard error."""
        self.breaches(edition.violations)

    def breaches(self, violations: Sequence[Violation]) -> None:
        """Every breach, on standard error."""
        if self.as_json:
            return
        self.err.print(f"[bold red]{plain(self.texts('command.violations', n=len(violations)))}[/]")
        for v in violations:
            text = self.texts(f"violation.{v.rule_id}", where=v.where, **v.values)
            self.err.print(f"  [bold]{v.rule_id}[/]  {plain(text)}", soft_wrap=True)


def solver_line(p: SolverProgress, texts: Texts) -> str:
    """How far a solve has come; a dash until there is a bound."""
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


def issue_json(issue: Issue, texts: Texts) -> dict[str, str]:
    """A fault for machines."""
    return {"code": issue.code, "where": issue.where, "what": issue.what(texts), "fix": issue.fix(texts)}


def summary_rows(edition: Edition, outcome: Outcome, texts: Texts) -> list[tuple[str, str]]:
    """Label and value of each line of the closing table."""
    plan, total = edition.plan, edition.coverage[0]
    n_served = len(edition.visits) - len(plan.unserved)
    rows = [
        ("plan", edition.plan_id),
        ("day", texts.day(edition.scenario.day)),
        ("teams", texts("command.teams", n=len(plan.teams), reserve=sum(t.is_reserve for t in plan.teams))),
        ("visits", texts("command.of", n=n_served, all=len(edition.visits))),
        ("drawn", str(edition.draw.n_drawn)),
        ("leads", texts("command.of", n=total.n_leads_reached, all=total.n_leads)),
        (
            "finds",
            texts(
                "command.finds",
                value=texts.number(plan.value, 2),
                bound=texts.number(plan.bound, 2),
                gap=texts.percent(plan.gap, 1),
            ),
        ),
        ("violations", str(len(edition.violations))),
        ("repairs", str(sum(edition.repairs.values()))),
        ("quarantined", str(len(edition.quarantine))),
        ("folder", str(outcome.folder)),
        ("files", ", ".join(str(f.relative_to(outcome.folder)) for f in outcome.files)),
    ]
    return [(texts(f"command.row.{key}"), value) for key, value in rows]


def outcome_json(outcome: Outcome) -> dict[str, Any]:
    """The closing table for machines."""
    edition = outcome.edition
    plan, total = edition.plan, edition.coverage[0]
    return {
        "plan_id": edition.plan_id,
        "scenario": edition.scenario.name,
        "day": edition.scenario.day.isoformat(),
        "status": plan.status,
        "value": plan.value,
        "bound": plan.bound,
        "gap": plan.gap,
        "n_iterations": plan.n_iterations,
        "n_teams": len(plan.teams),
        "n_reserve": sum(t.is_reserve for t in plan.teams),
        "n_visits": len(edition.visits),
        "n_served": len(edition.visits) - len(plan.unserved),
        "n_drawn": edition.draw.n_drawn,
        "n_leads": total.n_leads,
        "n_leads_reached": total.n_leads_reached,
        "n_quarantined": len(edition.quarantine),
        "violations": [{"rule_id": v.rule_id, "where": v.where, **v.values} for v in edition.violations],
        "folder": str(outcome.folder),
        "files": [str(f) for f in outcome.files],
    }
