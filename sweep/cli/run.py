"""`sweep run`: planning of a scenario, publication of the edition, and its log entry."""

from __future__ import annotations

import shlex
import webbrowser
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geodata.errors import InputError, Issue
from geodata.message_catalogue import Texts
from sweep.audit.actor import Actor
from sweep.terminal.command_decorator import CommandCall, command, group, help_text
from sweep.terminal.deferred_imports import deferred_imports
from sweep.terminal.exit_codes import Exit
from sweep.terminal.options import By, Iterations, Seed, TimeLimit, solver_keys
from sweep.terminal.output import Output, breach_json, issue_json
from sweep.terminal.progress import finds_line, run_progress

with deferred_imports():
    from sweep.audit import audit_log
    from sweep.cli import solve_problem_file
    from sweep.disk import atomic_files
    from sweep.jobs import run_scenario
    from sweep.plan import defer_interrupt, solve
    from sweep.province.cli import run_and_init
    from sweep.province.model import load_province
    from sweep.publish.archive import edition_hash
    from sweep.publish.facts import edition_traffic_light, plan_summary, price_and_track_texts

if TYPE_CHECKING:
    from sweep.jobs.stages.run_progress import ProgressCallback
    from sweep.publish.edition import Edition
    from sweep.scenario.scenario import Scenario

app = group("plan")


# Files of an edition that a person opens; those in every edition come first.
TO_OPEN = ("map.html", "report.html", "teams/T01.html", "buildings.csv", "unserved.csv")
PAGES = TO_OPEN[:2]


def run_command(
    scenario: Scenario,
    voice: Output,
    out: Path,
    actor: Actor,
    problem_out: Path | None = None,
    *,
    is_opened: bool = False,
) -> Exit:
    """
    Plan a scenario, publish the edition and log the run; return the exit code.

    `problem_out`: additional file for the problem, or None; `is_opened`: whether map and report open in a browser.
    """
    log = audit_log.log_of_scenario(out, scenario.name)
    log.refuse_damaged()
    atomic_files.refuse_unwritable(log.folder)
    if problem_out is not None:
        atomic_files.refuse_unwritable(problem_out.parent)

    def enter(edition: Edition, folder: Path) -> None:
        actor.log(log, "run", edition_hash.edition_facts(edition, folder))

    with defer_interrupt.record_interrupt() as is_interrupted, run_progress(voice) as on_progress:
        outcome = run_scenario.run(scenario, out, _with_notice(on_progress, voice, is_interrupted), problem_out, enter)
    result = report_outcome(voice, outcome, is_interrupted=is_interrupted())
    for page in PAGES if is_opened else ():
        path = (outcome.folder / page).resolve()
        if not webbrowser.open(path.as_uri()):
            voice.line("command.not_opened", path=path)
    return result


def _with_notice(on_progress: ProgressCallback, voice: Output, is_interrupted: Callable[[], bool]) -> ProgressCallback:
    is_shown = False

    def watched(step: str, inside: solve.SolveProgress | None) -> None:
        nonlocal is_shown
        if is_interrupted() and not is_shown:
            is_shown = True
            voice.status_line("command.cutting_short")
        on_progress(step, inside)

    return watched


def report_outcome(voice: Output, outcome: run_scenario.RunOutcome, *, is_interrupted: bool = False) -> Exit:
    """
    Print the result of a run; return the exit code, which shows whether the plan keeps every rule.

    `is_interrupted`: whether Ctrl-C ended the search early, which is then reported.
    """
    edition = outcome.edition
    voice.json(outcome_json(outcome, voice.texts))
    voice.table(voice.texts("command.done", name=edition.scenario.name), ("", ""), summary_rows(outcome, voice.texts))
    if is_interrupted:
        voice.line("command.cut_short")
    verdict = edition_traffic_light.assess(edition)
    voice.state(verdict.state)
    voice.notes([*verdict.reasons, *(n for n in edition.notes if n not in verdict.reasons)])
    voice.line("command.next_steps")
    for line in next_commands(outcome):
        voice.line("command.next_step", command=line)
    if not edition.violations:
        return Exit.DONE
    voice.breaches(edition.violations, edition)
    return Exit.RULE_BROKEN


def summary_rows(outcome: run_scenario.RunOutcome, texts: Texts) -> list[tuple[str, str]]:
    """Return (label, value) for each line of the table that sums up a run."""
    edition = outcome.edition
    plan, total = edition.plan, edition.coverage[0]
    n_served = len(edition.visits) - len(plan.unserved)
    rows = [
        ("plan", edition.plan_id),
        ("day", texts.day(edition.scenario.day)),
        ("teams", texts("command.teams", n=len(plan.teams), reserve=sum(t.is_reserve for t in plan.teams))),
        ("visits", texts("command.of", n=n_served, all=len(edition.visits))),
        ("drawn", str(edition.draw.n_drawn)),
        ("leads", texts("command.of", n=total.n_leads_reached, all=total.n_leads)),
        ("due", _due_text(edition, texts)),
        ("finds", finds_line(plan, texts)),
        ("tracks", price_and_track_texts.tracks_text(edition, texts)),
        ("violations", str(len(edition.violations))),
        ("repairs", str(sum(edition.repairs.values()))),
        ("quarantined", str(len(edition.quarantine))),
        ("folder", str(outcome.folder)),
        ("files", _files(outcome, texts)),
    ]
    return [(texts(f"command.row.{key}"), value) for key, value in rows]


def _due_text(edition: Edition, texts: Texts) -> str:
    figures = plan_summary.plan_summary(edition)
    late = price_and_track_texts.late_text(figures.n_due_late, texts)
    reached = texts("command.of", n=figures.n_due_reached, all=figures.n_due) + late
    missed = price_and_track_texts.missed_due(edition, texts)
    return (
        texts("command.due_missed", reached=reached, missed=texts("objective.and").join(missed)) if missed else reached
    )


def _files(outcome: run_scenario.RunOutcome, texts: Texts) -> str:
    written = {str(f.relative_to(outcome.folder)) for f in outcome.files}
    shown = [name for name in TO_OPEN if name in written]
    return texts("command.files", files=tuple(shown), n=len(written) - len(shown))


def next_commands(outcome: run_scenario.RunOutcome) -> list[str]:
    """Return the commands that usually follow: explain a building, check the plan, approve it if it may be approved."""
    edition, folder = outcome.edition, str(outcome.folder)
    place, here = edition.scenario.folder, Path.cwd()
    scenario = str(place.relative_to(here) if place.is_relative_to(here) else place)
    visit_ids = [u.visit_id for u in edition.plan.unserved] or list(edition.visits)
    explain = [["explain", scenario, folder, edition.visits[k].building_id] for k in visit_ids[:1]]
    approve = [["approve", folder, "--by", "ID"]] if edition_traffic_light.assess(edition).state != "red" else []
    commands = [*explain, ["check", scenario, folder], *approve]
    return [shlex.join(["sweep", *command]) for command in commands]


def outcome_json(outcome: run_scenario.RunOutcome, texts: Texts) -> dict[str, Any]:
    """Return the result of a run for `sweep run --json`: figures of the plan, its state, violations and files."""
    edition = outcome.edition
    plan, total, figures = edition.plan, edition.coverage[0], plan_summary.plan_summary(edition)
    verdict = edition_traffic_light.assess(edition)
    return {
        "plan_id": edition.plan_id,
        "scenario": edition.scenario.name,
        "day": edition.scenario.day.isoformat(),
        "status": plan.status,
        "value": plan.value,
        "due": plan.due,
        "costs": plan.costs,
        "objective": plan.total,
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
        "n_due": figures.n_due,
        "n_due_reached": figures.n_due_reached,
        "state": verdict.state,
        "reasons": [issue_json(reason, texts) for reason in verdict.reasons],
        "n_quarantined": len(edition.quarantine),
        "violations": [breach_json(v) for v in edition.violations],
        "folder": str(outcome.folder),
        "files": [str(f) for f in outcome.files],
    }


@command(
    app,
    "run",
    sets=True,
    example="sweep run scenarios/quancheng --set teams.n_teams=10",
    changes=("out", "problem_out"),
)
def _run(
    call: CommandCall,
    scenario: Annotated[Path, typer.Argument(help=help_text("run_scenario"), metavar="SCENARIO")],
    out: Annotated[Path | None, typer.Option(help=help_text("run_out"))] = None,
    problem_out: Annotated[Path | None, typer.Option(help=help_text("problem_out"), metavar="FILE")] = None,
    start: Annotated[Path | None, typer.Option(help=help_text("start"), metavar="PLAN.json")] = None,
    engine: Annotated[str | None, typer.Option(help=help_text("engine"), metavar="local|dask")] = None,
    scheduler: Annotated[str | None, typer.Option(help=help_text("scheduler"), metavar="tls://HOST:PORT")] = None,
    workers: Annotated[int | None, typer.Option(help=help_text("workers"), min=1, max=10_000)] = None,
    campaign: Annotated[bool, typer.Option("--campaign", help=help_text("province_campaign"))] = False,
    seed: Seed = None,
    time_limit: TimeLimit = None,
    iterations: Iterations = None,
    by: By = None,
    is_opened: Annotated[bool, typer.Option("--open", help=help_text("open"))] = False,
) -> Exit:
    of_scenario: dict[str, object] = {"--set": call.sets, "--accept-losses": call.accepted, "--open": is_opened}
    of_scenario |= {"--problem-out": problem_out}
    of_province = {"--engine": engine, "--scheduler": scheduler, "--workers": workers, "--campaign": campaign}
    if scenario.suffix == ".json":
        _refuse({**of_scenario, **of_province, "--by": by}, scenario)
        settings = solve.Settings(1 if seed is None else seed, 20.0 if time_limit is None else time_limit, iterations)
        return solve_problem_file.plan_command(call.voice, scenario, out, settings, start)
    out = out or Path("out")
    if load_province.is_province(scenario):
        _refuse({**of_scenario, "--start": start, "--seed": seed is not None}, scenario)
        return run_and_init.province_command(
            call.voice,
            scenario,
            out,
            engine=engine or "local",
            scheduler=scheduler,
            n_workers=workers,
            is_campaign=campaign,
            limits={"time_limit_s": time_limit, "iterations": iterations},
            lang=call.lang,
            actor=call.actor(by, {"limits.time_limit_s": time_limit, "limits.iterations": iterations}),
        )
    _refuse({**of_province, "--start": start}, scenario)
    given = solver_keys(seed, time_limit, iterations)
    read = call.scenario(scenario, given)
    actor = call.actor(by, {**given, "lang": call.lang})
    return run_command(read, call.voice, out, actor, problem_out, is_opened=is_opened)


def _refuse(options: Mapping[str, object], path: Path) -> None:
    if given := [option for option, value in options.items() if value]:
        raise InputError(Issue("S966", option, {"problem": str(path)}) for option in given)
