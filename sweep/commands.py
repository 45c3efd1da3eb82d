"""What each command does: call the pipeline, speak, and give the exit code."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import pandas as pd

from geodata.errors import InputError, Issue
from geodata.texts import Texts
from sweep.console import Voice, issue_json
from sweep.dossier.actor import Actor, edition_facts, log_of_scenario
from sweep.dossier.approve import edition_folder
from sweep.dossier.release import handout_breaches, is_handout
from sweep.dossier.standing import edition_breaches
from sweep.interrupt import noted_interrupt
from sweep.pipeline.backtest import backtest_scenario, write_verdict
from sweep.pipeline.clashes import input_clashes
from sweep.pipeline.dated import backtest_points
from sweep.pipeline.ground import Ground, rank_district
from sweep.pipeline.inputs import District, load_district
from sweep.pipeline.planning import make_problem
from sweep.pipeline.review import Explanation, review_plan
from sweep.pipeline.run import rank_only, run
from sweep.pipeline.task import make_task
from sweep.publish.edition import Edition, InputFile
from sweep.publish.facts import reason_texts
from sweep.publish.ranking_facts import ranking_facts
from sweep.records import ClusterWay, Violation
from sweep.scenario import Scenario
from sweep.verdict import tell_verdict

DONE, BAD_INPUT, RULE_BROKEN = 0, 2, 3
# Rows set aside that a table shows; the JSON and quarantine.csv have all of them.
MOST_LINES = 50


def run_command(scenario: Scenario, voice: Voice, out: Path, actor: Actor, problem_out: Path | None = None) -> int:
    """Plan, publish and log it."""
    log = log_of_scenario(out, scenario.name)
    log.refuse_damaged()
    with noted_interrupt() as is_cut_short, voice.progress() as watch:
        outcome = run(scenario, out, watch, problem_out)
    actor.log(log, "run", edition_facts(outcome.edition))
    voice.outcome(outcome)
    if is_cut_short():
        voice.line("command.cut_short")
    tell_notes(voice, outcome.edition.notes)
    return _judged(voice, outcome.edition)


def validate_command(scenario: Scenario, voice: Voice) -> int:
    """Read, clean and match; tell what was read, mended, set aside; or what in it contradicts itself."""
    with voice.progress() as watch:
        watch("read", None)
        district = load_district(scenario)
        watch("rank", None)
        ground = rank_district(scenario, district)
        watch("select", None)
        clashes = _clashes(scenario, district, ground)
    texts = voice.texts
    header = [texts(f"command.column.{c}") for c in ("table", "file", "rows", "used", "quarantined")]
    rows = [(i.table, i.file, i.n_rows, i.n_used, i.n_quarantined) for i in district.inputs]
    voice.table(texts("command.valid"), header, [tuple(map(str, row)) for row in rows])
    tell_unread_columns(voice, district.inputs)
    counts = [(texts(f"repair.{k}"), str(n)) for k, n in sorted(district.repairs.items())]
    counts += [(match_text(texts, k), str(n)) for k, n in sorted(district.matches.items()) if n]
    voice.table(texts("command.counts"), [texts("command.column.what"), texts("command.column.n")], counts)
    aside = set_aside(district.quarantine)
    header = [texts(f"command.column.{c}") for c in ("code", "where", "what", "fix")]
    lines = [(i.code, i.where, i.what(texts), i.fix(texts)) for i in aside[:MOST_LINES]]
    if lines:
        voice.table(texts("command.set_aside", n=len(aside)), header, lines)
    tell_notes(voice, ground.notes)
    if voice.as_json:
        inputs = [{k: v for k, v in asdict(i).items() if k != "sha256"} for i in district.inputs]
        told = {"inputs": inputs, "repairs": district.repairs, "matches": district.matches}
        told["notes"] = [issue_json(note, texts) for note in ground.notes]
        issues = [issue_json(i, texts) for i in clashes]
        voice.json({"issues": issues, **told, "quarantine": [issue_json(i, texts) for i in aside]})
    elif clashes:
        voice.faults(clashes)
    return BAD_INPUT if clashes else DONE


def _clashes(scenario: Scenario, district: District, ground: Ground) -> Sequence[Issue]:
    """What lets no plan be made of inputs that are well formed."""
    try:
        problem = make_problem(scenario, ground, make_task(scenario, district, ground))
    except InputError as error:
        return error.issues
    return input_clashes(scenario, district, problem)


def tell_unread_columns(voice: Voice, inputs: Sequence[InputFile]) -> None:
    """The columns of each file that were not read: personal data, or of no use."""
    for file in inputs:
        for key, headers in (("personal", file.personal_columns), ("ignored", file.ignored_columns)):
            if headers:
                voice.line(f"command.columns.{key}", file=file.file, n=len(headers), headers=", ".join(headers[:20]))


def set_aside(quarantine: pd.DataFrame) -> list[Issue]:
    """Why each row of the quarantine cannot be used."""
    columns = zip(quarantine["code"], quarantine["where"], quarantine["values"], strict=True)
    return [Issue(code, where, json.loads(values)) for code, where, values in columns]


def match_text(texts: Texts, key: str) -> str:
    """`leads.name` and the like as words."""
    table, kind = key.split(".", 1)
    return f"{texts(f'command.table.{table}')}: {texts(f'match.{kind}')}"


def rank_command(scenario: Scenario, voice: Voice, out: Path) -> int:
    """Rank buildings and clusters and write the two tables."""
    with voice.progress() as watch:
        ground, files = rank_only(scenario, out, watch)
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
        for c in ground.clusters[:15]
    ]
    voice.table(texts("command.clusters"), header, rows)
    tell_ways(voice, ground.facts.ways)
    for line in ranking_facts(ground.facts, texts):
        voice.line("ranking.line", text=line)
    tell_notes(voice, ground.notes)
    voice.line("command.written", files=", ".join(str(f) for f in files))
    if voice.as_json:
        notes = [issue_json(note, texts) for note in ground.notes]
        facts = {"ranking": asdict(ground.facts), "n_clusters": len(ground.clusters)}
        voice.json({"files": [str(f) for f in files], **facts, "notes": notes})
    return DONE


def tell_ways(voice: Voice, ways: Sequence[ClusterWay]) -> None:
    """Ways to form clusters, side by side."""
    texts = voice.texts
    header = [texts(f"command.column.{c}") for c in ("way", "clusters", "buildings", "finds", "captured", "widest_m")]
    rows = [
        (
            texts(f"command.way.{w.key}"),
            texts.number(w.n_clusters),
            texts.number(w.n_buildings),
            texts.number(w.expected_finds, 2),
            texts.percent(w.captured_share),
            texts.number(round(w.widest_m)),
        )
        for w in ways
    ]
    voice.table(texts("command.ways"), header, rows)


def backtest_command(scenario: Scenario, voice: Voice, out: Path, points: Path | None, places: Path | None) -> int:
    """Judge the ranking out of time, beside simpler ones."""
    if places is not None and points is None:
        raise InputError([Issue("S408", "--places", {"file": str(places)})])
    with voice.progress() as watch:
        verdict = backtest_points(points, places, scenario) if points else backtest_scenario(scenario, watch)
    name = scenario.name if points is None else points.stem
    grain = "buildings" if points is None else "places" if places else "grid"
    files = write_verdict(verdict, out / name / "backtest", name, voice.texts, grain=grain)
    tell_verdict(voice, verdict, files)
    return DONE


def tell_notes(voice: Voice, notes: Sequence[Issue]) -> None:
    """What the ranking cannot tell, and how to mend it."""
    for note in notes:
        voice.line("command.note", code=note.code, what=note.what(voice.texts), fix=note.fix(voice.texts))


def check_command(scenario: Scenario, voice: Voice, plan: Path) -> int:
    """Judge a plan file."""
    if is_handout(plan):
        return _told(voice, handout_breaches(plan, scenario))
    edition = review_plan(scenario, plan)
    return _told(voice, (*edition.violations, *edition_breaches(edition_folder(plan))))


def _told(voice: Voice, violations: Sequence[Violation]) -> int:
    if voice.as_json:
        voice.json({"violations": [{"rule_id": v.rule_id, "where": v.where, **v.values} for v in violations]})
    if violations:
        voice.breaches(violations)
        return RULE_BROKEN
    voice.line("command.no_violation")
    return DONE


def explanation_rows(told: Explanation, texts: Texts) -> list[tuple[str, str]]:
    """Label and value of each line of an explanation."""
    rows = [
        ("rank", texts("command.of", n=told.rank, all=told.n_ranked)),
        ("finds_expected", texts.number(told.value, 3)),
        ("per_hour", texts.number(told.value_per_hour, 3)),
        ("cluster", told.cluster_id or "-"),
        ("rank_with_lead", texts.number(told.rank_with_lead)),
        ("rank_if_cleared", texts.number(told.rank_if_cleared)),
        ("scored_by", texts(f"command.scored_by.{told.scored_by}")),
        ("data_on", told.data_on or "-"),
    ]
    lines = [(texts(f"command.row.{key}"), value) for key, value in rows]
    lines += [(f"  {term_text(texts, t.key)}", texts.number(t.value, 4)) for t in told.terms]
    if told.visit:
        lines.append((texts("command.row.track"), texts(f"track.{told.visit.track}")))
        lines.append((texts("command.row.basis"), ", ".join(told.visit.basis)))
    for team_id, stop in told.stops:
        span = f"{texts.clock(stop.start_s)}-{texts.clock(stop.end_s)}"
        lines.append((texts("command.row.served"), f"{team_id}  {span}"))
    for reason in told.reasons:
        sentence, action = reason_texts(texts, reason, told.visit)
        lines.append((texts("command.row.unserved"), f"{reason.code}: {sentence} {action}"))
    return lines


def term_text(texts: Texts, key: str) -> str:
    """A term of a score as words."""
    kind, _, lead_type = key.partition(".")
    return (
        texts("command.term.leads", kind=texts(f"lead_type.{lead_type}"))
        if lead_type
        else texts(f"command.term.{kind}")
    )


def explanation_json(told: Explanation) -> dict[str, object]:
    """An explanation for machines."""
    return {
        "building_id": told.building.building_id,
        "rank": told.rank,
        "value": told.value,
        "value_per_hour": told.value_per_hour,
        "terms": [{"key": t.key, "value": t.value} for t in told.terms],
        "cluster_id": told.cluster_id,
        "rank_with_lead": told.rank_with_lead,
        "rank_if_cleared": told.rank_if_cleared,
        "scored_by": told.scored_by,
        "data_on": told.data_on,
        "visit_id": told.visit.visit_id if told.visit else None,
        "stops": [{"team_id": t, "start_s": s.start_s, "end_s": s.end_s} for t, s in told.stops],
        "reasons": [{"code": r.code, **r.values} for r in told.reasons],
    }


def _judged(voice: Voice, edition: Edition) -> int:
    if not edition.violations:
        return DONE
    voice.violations(edition)
    return RULE_BROKEN
