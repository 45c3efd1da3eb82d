"""`sweep rules`: the rule book as a table on the terminal, as JSON, or as a page of the docs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Annotated

import typer

from geodata.message_catalogue import Texts
from sweep.terminal.command_decorator import CommandCall, command, group, help_text
from sweep.terminal.deferred_imports import deferred_imports
from sweep.terminal.exit_codes import Exit

with deferred_imports():
    from sweep.publish.report import rule_compliance
    from sweep.rulebook import numbered_rules as book
    from sweep.scenario import scenario


app = group("judge")


COLUMNS = ("id", "title", "force", "basis", "parameters", "stages")
PAGE = "docs/rules.md"


@command(app, "rules", example="sweep rules")
def _rules(
    call: CommandCall,
    markdown: Annotated[bool, typer.Option("--markdown", help=help_text("markdown"))] = False,
) -> Exit:
    """Print the rule book as a table, as JSON, or as Markdown."""
    voice = call.voice
    if markdown:
        print(rules_page(voice.texts), end="")  # noqa: T201 - a page goes to a file as it is
    elif voice.as_json:
        voice.json({"rules": [rule_json(rule, voice.texts) for rule in book.BOOK.values()]})
    else:
        header = [voice.texts(f"rules.column.{c}") for c in COLUMNS]
        voice.table(voice.texts("rules.title"), header, [rule_row(rule, voice.texts) for rule in book.BOOK.values()])
    return Exit.DONE


def rule_row(rule: book.Rule, texts: Texts) -> tuple[str, ...]:
    """Return the table cells of one rule, one for each of `COLUMNS`."""
    content = rule_json(rule, texts)
    parameters = "; ".join(f"{k} = {json.dumps(v, ensure_ascii=False)}" for k, v in defaults_of(rule).items())
    stages = texts.listed(texts(f"stage.{s}") for s in rule.stages)
    return (
        rule.rule_id,
        str(content["title"]),
        texts(f"force.{rule.force}"),
        str(content["basis"]),
        parameters or "-",
        stages,
    )


def rule_json(rule: book.Rule, texts: Texts) -> dict[str, object]:
    """Return one rule for `sweep rules --json`: id, title, force, basis, stages, and its settings' defaults."""
    return {
        "id": rule.rule_id,
        "title": texts(f"rule.{rule.rule_id}.title"),
        "force": str(rule.force),
        "is_switchable": rule.is_switchable,
        "basis": texts(f"rule.{rule.rule_id}.basis"),
        "parameters": defaults_of(rule),
        "stages": [str(s) for s in rule.stages],
    }


def defaults_of(rule: book.Rule) -> dict[str, object]:
    """Return the default of each scenario setting that the rule uses, by key of scenario.toml."""
    # A scenario without settings; its day does not matter.
    return rule_compliance.parameter_values(rule, scenario.Scenario(name="defaults", day=date(2026, 1, 5)).all_settings)


def rules_page(texts: Texts) -> str:
    """Return the rule book as a Markdown page: docs/rules.md without its list of tests."""
    head = [texts(f"rules.column.{c}") for c in COLUMNS]
    rows = [rule_row(rule, texts) for rule in book.BOOK.values()]
    off = "\n".join(("```toml", "[rules.off]", 'C18 = "' + texts("rules.off_example") + '"', "```"))
    parts = (
        f"# {texts('rules.title')}",
        texts("rules.page_intro"),
        _table(head, rows),
        f"## {texts('rules.page_off')}",
        texts("rules.page_off_text"),
        off,
    )
    return "\n\n".join(parts) + "\n"


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines)
