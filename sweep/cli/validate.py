"""`sweep validate`: what was read, mended and set aside, and what lets no plan be made."""

from collections.abc import Sequence
from dataclasses import asdict

from geodata.errors import InputError, Issue, grouped
from geodata.message_catalogue import Texts
from sweep.inputs.inputs import Inputs
from sweep.inputs.load import load_inputs
from sweep.inputs.row_losses import quarantine_issues
from sweep.jobs.stages.input_contradictions import input_clashes
from sweep.jobs.stages.plan_day import make_problem
from sweep.jobs.stages.prepared import prepare
from sweep.jobs.stages.rank_day import Ranked, rank
from sweep.jobs.stages.select_day import select
from sweep.records.input_files import InputFile
from sweep.scenario.scenario import Scenario
from sweep.terminal.exit_codes import Exit
from sweep.terminal.output import Voice, issue_json, on_screen
from sweep.terminal.progress import run_progress


def validate_command(scenario: Scenario, voice: Voice) -> Exit:
    """Read, clean and match; report what was read, mended, set aside; or what in it contradicts itself."""
    with run_progress(voice) as watch:
        watch("read", None)
        inputs = load_inputs(scenario)
        watch("rank", None)
        ranked = rank(scenario, inputs)
        watch("select", None)
        clashes, notes = _judged(scenario, inputs, ranked)
    texts = voice.texts
    header = [texts(f"command.column.{c}") for c in ("table", "file", "rows", "used", "quarantined")]
    rows = [(i.table, i.file, i.n_rows, i.n_used, i.n_quarantined) for i in inputs.files]
    voice.table(texts("command.valid"), header, [tuple(map(str, row)) for row in rows])
    report_unread_columns(voice, inputs.files)
    counts = [(texts(f"repair.{k}"), str(n)) for k, n in sorted(inputs.repairs.items())]
    counts += [(match_text(texts, k), str(n)) for k, n in sorted(inputs.matches.items()) if n]
    voice.table(texts("command.counts"), [texts("command.column.what"), texts("command.column.n")], counts)
    aside = quarantine_issues(inputs.quarantine)
    header = [texts(f"command.column.{c}") for c in ("code", "where", "what", "fix")]
    # Causes of rows set aside that a table shows; the JSON and quarantine.csv have all of them.
    groups = grouped(on_screen(aside, voice.out))[:50]
    lines = [(g.first.code, g.where, g.first.what(texts), g.first.fix(texts)) for g in groups]
    if lines:
        voice.table(texts("command.set_aside", n=len(aside)), header, lines)
    voice.notes(notes)
    if voice.as_json:
        files = [{k: v for k, v in asdict(i).items() if k != "sha256"} for i in inputs.files]
        content = {"inputs": files, "repairs": inputs.repairs, "matches": inputs.matches}
        content["notes"] = [issue_json(note, texts) for note in notes]
        issues = [issue_json(i, texts) for i in clashes]
        voice.json({"issues": issues, **content, "quarantine": [issue_json(i, texts) for i in aside]})
    elif clashes:
        voice.faults(clashes)
    return Exit.BAD_INPUT if clashes else Exit.DONE


def _judged(scenario: Scenario, inputs: Inputs, ranked: Ranked) -> tuple[Sequence[Issue], Sequence[Issue]]:
    """Contradictions under which no plan can be made of well-formed inputs; and notes on ranking and visits."""
    try:
        prepared = prepare(scenario, inputs, ranked, select(scenario, inputs, ranked))
        return input_clashes(prepared, make_problem(prepared)), (*ranked.notes, *prepared.offered.notes)
    except InputError as error:
        return error.issues, ranked.notes


def report_unread_columns(voice: Voice, inputs: Sequence[InputFile]) -> None:
    """Print the columns of each file that were not read: personal data, or of no use."""
    for file in inputs:
        for key, headers in (("personal", file.personal_columns), ("ignored", file.ignored_columns)):
            if headers:
                voice.line(f"command.columns.{key}", file=file.file, n=len(headers), headers=tuple(headers[:20]))


def match_text(texts: Texts, key: str) -> str:
    """`leads.name` and the like as words."""
    table, kind = key.split(".", 1)
    return f"{texts(f'command.table.{table}')}{texts('list.colon')}{texts(f'match.{kind}')}"
