"""`sweep rank`: the ranking alone, with its tables."""

from dataclasses import asdict
from pathlib import Path

from sweep.jobs.run_scenario import rank_only
from sweep.publish.facts.ranking_facts import ranking_facts
from sweep.scenario.scenario import Scenario
from sweep.terminal.exit_codes import Exit
from sweep.terminal.output import Voice, issue_json
from sweep.terminal.progress import run_progress


def rank_command(scenario: Scenario, voice: Voice, out: Path) -> Exit:
    """Rank buildings and clusters and write the two tables."""
    with run_progress(voice) as watch:
        ranked, files = rank_only(scenario, out, watch)
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
    for line in ranking_facts(ranked.facts, texts):
        voice.line("ranking.line", text=line)
    voice.notes(ranked.notes)
    voice.line("command.written", files=tuple(str(f) for f in files))
    if voice.as_json:
        notes = [issue_json(note, texts) for note in ranked.notes]
        facts = {"ranking": asdict(ranked.facts), "n_clusters": len(ranked.clusters)}
        voice.json({"files": [str(f) for f in files], **facts, "notes": notes})
    return Exit.DONE
