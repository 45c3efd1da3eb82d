"""Output of a command: progress bars, lines, tables, errors, violations and notes; or one JSON object."""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich import markup
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from geodata.errors import Issue, grouped, toml_of
from geodata.message_catalogue import Texts
from sweep.publish.page.escape import isolate_direction
from sweep.terminal.deferred_imports import deferred_imports

with deferred_imports():
    from sweep.publish.facts import names_and_reasons

if TYPE_CHECKING:
    from sweep.publish.edition import Edition
    from sweep.records.plan import Violation

Report = Callable[[float, str], None]
"""Progress callback: takes the completed share in [0, 1], and a line of text."""

# Seconds between two progress lines when standard error is no terminal.
LINE_EVERY_S = 10.0

_CONTROL_CHARACTERS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")
# JSON escapes the first thirty-two itself. The others occur in strings only, where an escape has the same meaning.
_ESCAPES = {code: f"\\u{code:04x}" for code in (*range(0x7F, 0xA0), *range(0x200E, 0x2010), *range(0x2028, 0x202F))}
_ESCAPES |= {code: f"\\u{code:04x}" for code in (0x61C, *range(0x2066, 0x206A))}


_COLOURS = {"red": "red", "amber": "yellow", "green": "green"}


def plain(text: str) -> str:
    """Return text for the terminal without rich markup, control characters or changes of writing direction."""
    return markup.escape(isolate_direction(_CONTROL_CHARACTERS.sub("\ufffd", text)))


def _table(title: str, header: Sequence[str], rows: Sequence[Sequence[str]], columns: Sequence[int]) -> Table:
    table = Table(title=plain(title), title_justify="left", show_header=any(header))
    for k in columns:
        table.add_column(plain(header[k]), overflow="fold")
    for row in rows:
        table.add_row(*(plain(row[k]) for k in columns))
    return table


class Output:
    """
    Output of a command: in one language, as text or JSON, verbose or quiet.

    Parameters
    ----------
    texts
        Catalogue of the language.
    quiet
        Whether to omit progress and tables; errors are still printed.
    as_json
        Whether to print one JSON object on standard output instead of tables.
    """

    def __init__(self, texts: Texts, *, quiet: bool = False, as_json: bool = False) -> None:
        self.texts, self.quiet, self.as_json = texts, quiet or as_json, as_json
        self.out = Console(highlight=False)
        self.err = Console(stderr=True, highlight=False)

    def errors(
        self,
        issues: Sequence[Issue],
        heading: str = "command.faults",
        notes: Sequence[Issue] = (),
        **values: object,
    ) -> None:
        """
        Print errors with code, place, description and fix; errors of the same cause are printed once.

        Parameters
        ----------
        heading, values
            Catalogue key of the sentence above the errors, and its values other than the number of errors.
        notes
            Notes to print below the errors; not part of the JSON.
        """
        if self.as_json:
            self.json({"issues": [issue_json(i, self.texts) for i in issues]})
            return
        self.err.print(f"[bold red]{plain(self.texts(heading, n=len(issues), **values))}[/]")
        issues = issues_for_console(issues, self.err)
        for group in grouped([*issues, *notes]):
            what, fix = group.first.what(self.texts), group.first.fix(self.texts)
            line = self.texts("command.fault", where=plain(group.place(self.texts)), what=plain(what))
            self.err.print(f"  [bold]{group.first.code}[/]  {line}", soft_wrap=True)
            self.err.print(f"        [green]→[/] {plain(fix)}", soft_wrap=True)
        self._to_paste(issues, self.err)

    def _to_paste(self, issues: Sequence[Issue], console: Console) -> None:
        toml = toml_of(issues)
        if toml:
            console.print(plain(self.texts("command.to_paste")))
            console.print(plain(toml), soft_wrap=True)

    def json(self, content: dict[str, Any]) -> None:
        """Print one JSON object without terminal control characters; do nothing unless JSON is requested."""
        if not self.as_json:
            return
        sys.stdout.write(json.dumps(content, ensure_ascii=False, indent=1).translate(_ESCAPES) + "\n")

    def line(self, key: str, **values: object) -> None:
        """Print the sentence of a catalogue key, unless quiet or JSON is requested."""
        if not self.quiet:
            self.out.print(plain(self.texts(key, **values)), soft_wrap=True)

    def status_line(self, key: str) -> None:
        """Print the sentence of a catalogue key on standard error, unless quiet or JSON is requested."""
        if not self.quiet:
            self.err.print(plain(self.texts(key)), soft_wrap=True)

    def state(self, state: str) -> None:
        """Print the state of an edition (red, amber or green) in its colour, unless quiet or JSON is requested."""
        if not self.quiet:
            self.out.print(f"[bold {_COLOURS[state]}]{plain(self.texts(f'state.{state}'))}[/]")

    def table(
        self, title: str, header: Sequence[str], rows: Sequence[Sequence[str]], *, has_parts: bool = False
    ) -> None:
        """Print a table, unless quiet or JSON; `has_parts`: split a wide table by columns, the first in each part."""
        if self.quiet:
            return
        for part in self._column_parts(header, rows) if has_parts else [range(len(header))]:
            self.out.print(_table(title, header, rows, part))

    def _column_parts(self, header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[Sequence[int]]:
        # Wider than any terminal.
        unbounded, part = self.out.options.update(max_width=10_000), [0]
        for k in range(1, len(header)):
            wider = _table("", header, rows, [*part, k])
            if len(part) > 1 and self.out.measure(wider, options=unbounded).maximum > self.out.width:
                yield part
                part = [0]
            part = [*part, k]
        yield part

    @contextmanager
    def bar(self) -> Iterator[Report]:
        """
        Show a progress bar on standard error; without a terminal, print a line at intervals.

        Yields the callback that reports progress.
        """
        if self.quiet:
            yield lambda _share, _text: None
            return
        if not self.err.is_terminal:
            yield self._lines()
            return
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self.err, transient=True) as bar:
            task = bar.add_task("", total=1.0)
            yield lambda share, text: bar.update(task, completed=share, description=plain(text))

    def _lines(self) -> Report:
        printed_s, printed = time.monotonic(), ""

        def report(share: float, text: str) -> None:
            nonlocal printed_s, printed
            now_s = time.monotonic()
            line = f"{self.texts.percent(share)}  {text}"
            if now_s - printed_s >= LINE_EVERY_S and line != printed:
                printed_s, printed = now_s, line
                self.err.print(plain(line), soft_wrap=True)

        return report

    def breaches(self, violations: Sequence[Violation], edition: Edition | None = None) -> None:
        """Print violations of rules on standard error, with names from `edition` for ids, unless JSON is requested."""
        if self.as_json:
            return
        self.err.print(f"[bold red]{plain(self.texts('command.violations', n=len(violations)))}[/]")
        for v in violations:
            text = plain(names_and_reasons.breach_text(edition, v, self.texts))
            self.err.print(f"  [bold]{v.rule_id}[/]  {text}", soft_wrap=True)

    def notes(self, notes: Sequence[Issue]) -> None:
        """Print notes with their fixes, unless quiet or JSON is requested."""
        for group in grouped(notes):
            place, what, fix = group.place(self.texts), group.first.what(self.texts), group.first.fix(self.texts)
            if not self.quiet:
                note = self.texts("command.note", code=group.first.code, where=place, what=what, fix=fix)
                # Lines in a file or pipe are not wrapped.
                self.out.print(plain(note), soft_wrap=not self.out.is_terminal)
        if not self.quiet:
            self._to_paste(notes, self.out)


def issues_for_console(issues: Sequence[Issue], console: Console) -> Sequence[Issue]:
    """Return the issues, with redacted values restored if the console is a terminal, not a file or pipe."""
    return [issue.on_terminal() for issue in issues] if console.is_terminal else issues


def issue_json(issue: Issue, texts: Texts) -> dict[str, str]:
    """Return `code`, `where`, `what`, `fix` of an issue, and `toml`: lines of scenario.toml that fix it, if any."""
    toml = toml_of([issue])
    content = {"code": issue.code, "where": issue.where, "what": issue.what(texts), "fix": issue.fix(texts)}
    return content | ({"toml": toml} if toml else {})


def breach_json(breach: Violation) -> dict[str, object]:
    """Return a violation as JSON values: `rule_id`, `where`, and the values of its sentence by placeholder."""
    return {"rule_id": breach.rule_id, "where": breach.where, **breach.values}
