"""`sweep run`: a scenario planned, published and logged."""

import shlex
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from geodata.message_catalogue import Texts
from sweep.audit.actor import Actor
from sweep.audit.audit_log import log_of_scenario
from sweep.disk.atomic_files import refuse_unwritable
from sweep.jobs.run_scenario import Outcome, run
from sweep.jobs.stages.progress_steps import Watch
from sweep.plan.interrupt import noted_interrupt
from sweep.plan.solve import Progress
from sweep.publish.archive.edition_hash import edition_facts
from sweep.publish.edition import Edition
from sweep.publish.facts.assessment import assess
from sweep.publish.facts.summary import plan_summary
from sweep.scenario.scenario import Scenario
from sweep.terminal.exit_codes import Exit
from sweep.terminal.output import Voice, breach_json, issue_json
from sweep.terminal.progress import finds_line, run_progress

# Files of an edition that a person opens, those that every edition has first.
TO_OPEN = ("map.html", "report.html", "teams/T01.html", "buildings.csv", "unserved.csv")
PAGES = TO_OPEN[:2]


def run_command(
    scenario: Scenario,
    voice: Voice,
    out: Path,
    actor: Actor,
    problem_out: Path | None = None,
    *,
    is_opened: bool = False,
) -> Exit:
    """Plan a scenario, publish the edition, and add the run to the log; then open map and report if wanted."""
    log = log_of_scenario(out, scenario.name)
    log.refuse_damaged()
    refuse_unwritable(log.folder)
    if problem_out is not None:
        refuse_unwritable(problem_out.parent)

    def enter(edition: Edition, folder: Path) -> None:
        actor.log(log, "run", edition_facts(edition, folder))

    with noted_interrupt() as is_cut_short, run_progress(voice) as watch:
        outcome = run(scenario, out, _with_word(watch, voice, is_cut_short), problem_out, enter)
    result = report_outcome(voice, outcome, is_cut_short=is_cut_short())
    for page in PAGES if is_opened else ():
        path = (outcome.folder / page).resolve()
        if not webbrowser.open(path.as_uri()):
            voice.line("command.not_opened", path=path)
    return result


def _with_word(watch: Watch, voice: Voice, is_cut_short: Callable[[], bool]) -> Watch:
    """The watch, with a word as soon as Ctrl-C ends the search: the plan is published all the same."""
    is_said = False

    def watched(step: str, inside: Progress | None) -> None:
        nonlocal is_said
        if is_cut_short() and not is_said:
            is_said = True
            voice.aside("command.cutting_short")
        watch(step, inside)

    return watched


def report_outcome(voice: Voice, outcome: Outcome, *, is_cut_short: bool = False) -> Exit:
    """Print what a run made and what to know of it; the exit code says whether its plan keeps every rule."""
    edition = outcome.edition
    voice.json(outcome_json(outcome, voice.texts))
    voice.table(voice.texts("command.done", name=edition.scenario.name), ("", ""), summary_rows(outcome, voice.texts))
    if is_cut_short:
        voice.line("command.cut_short")
    assessment = assess(edition)
    voice.state(assessment.state)
    voice.notes([*assessment.reasons, *(n for n in edition.notes if n not in assessment.reasons)])
    voice.line("command.next_steps")
    for command in next_commands(outcome):
        voice.line("command.next_step", command=command)
    if not edition.violations:
        return Exit.DONE
    voice.breaches(edition.violations)
    return Exit.RULE_BROKEN


def summary_rows(outcome: Outcome, texts: Texts) -> list[tuple[str, str]]:
    """Label and value of each line of the closing table."""
    edition = outcome.edition
    plan, total, summary = edition.plan, edition.coverage[0], plan_summary(edition)
    n_served = len(edition.visits) - len(plan.unserved)
    rows = [
        ("plan", edition.plan_id),
        ("day", texts.day(edition.scenario.day)),
        ("teams", texts("command.teams", n=len(plan.teams), reserve=sum(t.is_reserve for t in plan.teams))),
        ("visits", texts("command.of", n=n_served, all=len(edition.visits))),
        ("drawn", str(edition.draw.n_drawn)),
        ("leads", texts("command.of", n=total.n_leads_reached, all=total.n_leads)),
        ("due", texts("command.of", n=summary.n_due_reached, all=summary.n_due)),
        ("finds", finds_line(plan, texts)),
        ("violations", str(len(edition.violations))),
        ("repairs", str(sum(edition.repairs.values()))),
        ("quarantined", str(len(edition.quarantine))),
        ("folder", str(outcome.folder)),
        ("files", _files(outcome, texts)),
    ]
    return [(texts(f"command.row.{key}"), value) for key, value in rows]


def _files(outcome: Outcome, texts: Texts) -> str:
    """Names of the files that a person opens, and the number of the others."""
    written = {str(f.relative_to(outcome.folder)) for f in outcome.files}
    shown = [name for name in TO_OPEN if name in written]
    return texts("command.files", files=tuple(shown), n=len(written) - len(shown))


def next_commands(outcome: Outcome) -> list[str]:
    """Commands that usually follow a run: explain a building, check the plan, approve it."""
    edition, folder = outcome.edition, str(outcome.folder)
    place, here = edition.scenario.folder, Path.cwd()
    scenario = str(place.relative_to(here) if place.is_relative_to(here) else place)
    visit_ids = [u.visit_id for u in edition.plan.unserved] or list(edition.visits)
    explain = [["explain", scenario, folder, edition.visits[k].building_id] for k in visit_ids[:1]]
    commands = [*explain, ["check", scenario, folder], ["approve", folder, "--by", "ID"]]
    return [shlex.join(["sweep", *command]) for command in commands]


def outcome_json(outcome: Outcome, texts: Texts) -> dict[str, Any]:
    """The closing table for machines."""
    edition = outcome.edition
    plan, total, summary = edition.plan, edition.coverage[0], plan_summary(edition)
    assessment = assess(edition)
    return {
        "plan_id": edition.plan_id,
        "scenario": edition.scenario.name,
        "day": edition.scenario.day.isoformat(),
        "status": plan.status,
        "value": plan.value,
        "bound": plan.bound,
        "bound_any_teams": plan.bound_any_teams,
        "gap": plan.gap,
        "n_iterations": plan.n_iterations,
        "n_teams": len(plan.teams),
        "n_reserve": sum(t.is_reserve for t in plan.teams),
        "n_visits": len(edition.visits),
        "n_served": len(edition.visits) - len(plan.unserved),
        "n_drawn": edition.draw.n_drawn,
        "n_leads": total.n_leads,
        "n_leads_reached": total.n_leads_reached,
        "n_due": summary.n_due,
        "n_due_reached": summary.n_due_reached,
        "state": assessment.state,
        "reasons": [issue_json(reason, texts) for reason in assessment.reasons],
        "n_quarantined": len(edition.quarantine),
        "violations": [breach_json(v) for v in edition.violations],
        "folder": str(outcome.folder),
        "files": [str(f) for f in outcome.files],
    }
