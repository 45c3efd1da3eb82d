"""`sweep validate`: check of a scenario's inputs: repaired cells, quarantined rows, contradictions."""

from __future__ import annotations

from dataclasses import asdict

from geodata.errors import grouped
from geodata.message_catalogue import Texts
from sweep.terminal.command_decorator import CommandCall, command, group
from sweep.terminal.deferred_imports import deferred_imports
from sweep.terminal.exit_codes import Exit
from sweep.terminal.options import ScenarioPath
from sweep.terminal.output import issue_json, issues_for_console
from sweep.terminal.progress import run_progress

with deferred_imports():
    from sweep.inputs import load_inputs, row_losses
    from sweep.jobs.stages import input_contradictions, rank_day

app = group("prepare")


def match_text(texts: Texts, key: str) -> str:
    """Return the name of a match method; `key` is table and method, such as `leads.name`."""
    table, kind = key.split(".", 1)
    return f"{texts(f'command.table.{table}')}{texts('list.colon')}{texts(f'match.{kind}')}"


@command(app, "validate", sets=True, example="sweep validate scenarios/quancheng")
def _validate(call: CommandCall, scenario: ScenarioPath) -> Exit:
    """Read, clean and match the inputs; print repairs, quarantined rows, and contradictions that exclude any plan."""
    read, voice = call.scenario(scenario), call.voice
    with run_progress(voice) as on_progress:
        on_progress("read", None)
        inputs = load_inputs.load_inputs(read)
        on_progress("rank", None)
        ranked = rank_day.rank(read, inputs)
        on_progress("select", None)
        clashes, notes = input_contradictions.input_issues(read, inputs, ranked)
    texts = voice.texts
    header = [texts(f"command.column.{c}") for c in ("table", "file", "rows", "used", "quarantined")]
    rows = [(i.table, i.file, i.n_rows, i.n_used, i.n_quarantined) for i in inputs.files]
    voice.table(texts("command.valid"), header, [tuple(map(str, row)) for row in rows])
    for file in inputs.files:
        for key, headers in (("personal", file.personal_columns), ("ignored", file.ignored_columns)):
            if headers:
                voice.line(f"command.columns.{key}", file=file.file, n=len(headers), headers=tuple(headers[:20]))
    counts = [(texts(f"repair.{k}"), str(n)) for k, n in sorted(inputs.repairs.items())]
    counts += [(match_text(texts, k), str(n)) for k, n in sorted(inputs.matches.items()) if n]
    voice.table(texts("command.counts"), [texts("command.column.what"), texts("command.column.n")], counts)
    quarantined = row_losses.quarantine_issues(inputs.quarantine)
    header = [texts(f"command.column.{c}") for c in ("code", "where", "what", "fix")]
    # Causes of quarantine that a table shows; the JSON and quarantine.csv have all.
    groups = grouped(issues_for_console(quarantined, voice.out))[:50]
    lines = [(g.first.code, g.place(texts), g.first.what(texts), g.first.fix(texts)) for g in groups]
    if lines:
        voice.table(texts("command.set_aside", n=len(quarantined)), header, lines)
    voice.notes(notes)
    if voice.as_json:
        files = [{k: v for k, v in asdict(i).items() if k != "sha256"} for i in inputs.files]
        content = {"inputs": files, "repairs": inputs.repairs, "matches": inputs.matches}
        content["notes"] = [issue_json(note, texts) for note in notes]
        issues = [issue_json(i, texts) for i in clashes]
        voice.json({"issues": issues, **content, "quarantine": [issue_json(i, texts) for i in quarantined]})
    elif clashes:
        voice.errors(clashes)
    return Exit.BAD_INPUT if clashes else Exit.DONE
