"""What comes after the day: results, items that stay open, the audit log, and what may be kept no longer."""

from pathlib import Path
from typing import Annotated

import typer

from sweep.commands.terminal.call import Call, command, group, help_text
from sweep.commands.terminal.deferred import deferred_imports
from sweep.commands.terminal.exits import Exit
from sweep.commands.typed.options import By, Out, OutOfPlan, PlanPath, ScenarioPath

with deferred_imports():
    from sweep.audit import actor as acting
    from sweep.commands import audit, close, purge, results
    from sweep.commands.wings import day
    from sweep.province import province

app = group("afterwards")


@command(
    app,
    "results",
    sets=True,
    example="sweep results scenarios/quancheng out/quancheng/PLAN_ID results.xlsx",
    changes=("scenario",),
)
def _results(
    call: Call,
    scenario: ScenarioPath,
    plan: PlanPath,
    file: Annotated[list[Path], typer.Argument(help=help_text("results_file"), metavar="FILE...")],
    out: OutOfPlan = Path("out"),  # noqa: ARG001 - where `latest` is looked for
    by: By = None,
) -> Exit:
    return results.results_command(call.scenario(scenario), call.voice, plan, file, call.actor(by))


@command(
    app,
    "close",
    example=f'sweep close scenarios/quancheng ITEM --by C001 --reason "{help_text("close_reason_example")}"',
    changes=("scenario",),
)
def _close(
    call: Call,
    scenario: ScenarioPath,
    item: Annotated[str, typer.Argument(help=help_text("close_item"), metavar="ITEM")],
    by: Annotated[str, typer.Option("--by", help=help_text("by_closer"), metavar="ID")],
    reason: Annotated[str, typer.Option("--reason", help=help_text("close_reason"), metavar="TEXT")],
    out: Out = Path("out"),
) -> Exit:
    return close.close_command(call.scenario(scenario), call.voice, out, item, reason, call.actor(by))


@command(app, "audit", example="sweep audit quancheng")
def _audit(
    call: Call,
    log_name: Annotated[str | None, typer.Argument(help=help_text("log_name"), metavar="[NAME]")] = None,
    out: Out = Path("out"),
    head: Annotated[str | None, typer.Option(help=help_text("noted"), metavar="N:HASH")] = None,
    show: Annotated[bool, typer.Option("--show", help=help_text("audit_show"))] = False,
    journal: Annotated[Path | None, typer.Option(help=help_text("journal"), metavar="JOURNAL")] = None,
    speed: Annotated[float, typer.Option(help=help_text("speed"), min=0.0, max=1e6)] = 0.0,
) -> Exit:
    if journal is not None:
        return day.replay_command(call.voice, journal, speed)
    return audit.audit_command(call.voice, out, log_name, head, is_shown=show)


@command(app, "purge", sets=True, example="sweep purge scenarios/quancheng", changes=("scenario", "out"))
def _purge(
    call: Call,
    scenario: ScenarioPath,
    out: Out = Path("out"),
    yes: Annotated[bool, typer.Option("--yes", help=help_text("purge_yes"))] = False,
    today: Annotated[str | None, typer.Option(help=help_text("today"), metavar="YYYY-MM-DD")] = None,
    by: By = None,
) -> Exit:
    actor = call.actor(by)
    day = acting.chosen_day(today, actor)
    if province.is_province(scenario):
        return purge.purge_province_command(call.voice, scenario, out, actor, day, is_done=yes)
    return purge.purge_command(call.scenario(scenario), call.voice, out, actor, day, is_done=yes)
