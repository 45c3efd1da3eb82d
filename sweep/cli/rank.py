"""`sweep rank`: ranking of buildings and clusters without a plan, with its tables."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from sweep.terminal.command_decorator import CommandCall, command, group
from sweep.terminal.deferred import deferred_imports
from sweep.terminal.exit_codes import Exit
from sweep.terminal.options import Out, ScenarioPath
from sweep.terminal.output import issue_json
from sweep.terminal.progress import run_progress

with deferred_imports():
    from sweep.jobs import run_scenario
    from sweep.publish.facts import ranking_facts


app = group("prepare")


@command(app, "rank", sets=True, example="sweep rank scenarios/quancheng", changes=("out",))
def _rank(call: CommandCall, scenario: ScenarioPath, out: Out = Path("out")) -> Exit:
    """Rank buildings and clusters, write both tables, and print the first clusters."""
    read, voice = call.scenario(scenario), call.voice
    with run_progress(voice) as on_progress:
        ranked, files = run_scenario.rank_only(read, out, on_progress)
    texts = voice.texts
    header = [
        texts(f"command.column.{c}") for c in ("rank", "buildings", "hours", "leads", "rate", "finds", "per_hour")
    ]
    rows = [
        (
            c.cluster_id,
            str(len(c.building_ids)),
            texts.number(c.team_hours, 1),
            str(c.n_leads),
            f"{texts.number(c.lead_rate, 2)} ({texts.number(c.lead_rate_low, 2)}-{texts.number(c.lead_rate_high, 2)})",
            texts.number(c.expected_finds, 2),
            texts.number(c.finds_per_hour, 3),
        )
        for c in ranked.clusters[:15]
    ]
    voice.table(texts("command.clusters"), header, rows)
    for line in ranking_facts.ranking_facts(ranked.facts, texts):
        voice.line("ranking.line", text=line)
    voice.notes(ranked.notes)
    voice.line("command.written", files=tuple(str(f) for f in files))
    if voice.as_json:
        notes = [issue_json(note, texts) for note in ranked.notes]
        facts = {"ranking": asdict(ranked.facts), "n_clusters": len(ranked.clusters)}
        voice.json({"files": [str(f) for f in files], **facts, "notes": notes})
    return Exit.DONE
