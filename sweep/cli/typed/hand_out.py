"""What is handed out: orders for teams, files for other programs, and what readers outside the police get."""

from pathlib import Path
from typing import Annotated

import typer

from sweep.terminal.command_decorator import Call, Storing, command, group, help_text
from sweep.terminal.deferred import deferred_imports
from sweep.terminal.exit_codes import Exit
from sweep.terminal.options import By, Out, OutElsewhere, PlanPath, ScenarioPath

with deferred_imports():
    from sweep.cli import export, orders, release

app = group("hand_out")


@command(app, "orders", example="sweep orders out/quancheng/PLAN_ID --seal", changes=("plan", "out"))
def _orders(
    call: Call,
    plan: PlanPath,
    seal: Annotated[bool, typer.Option("--seal", help=help_text("seal"))] = False,
    pdf: Annotated[bool, typer.Option("--pdf", help=help_text("pdf"))] = False,
    passphrase_file: Annotated[Path | None, typer.Option(help=help_text("passphrase_file"), metavar="FILE")] = None,
    out: OutElsewhere = None,
    by: By = None,
) -> Exit:
    return orders.orders_command(
        call.voice,
        plan,
        call.actor(by),
        seal=seal,
        pdf=pdf,
        passphrase_file=passphrase_file,
        lang=call.lang,
        out=out,
    )


@command(
    app,
    "release",
    sets=True,
    example="sweep release scenarios/quancheng out/quancheng/PLAN_ID --class property",
    storing=Storing.HOLD,
    changes=("plan", "out"),
)
def _release(
    call: Call,
    scenario: ScenarioPath,
    plan: PlanPath,
    class_: Annotated[list[str], typer.Option("--class", help=help_text("class"), metavar="CLASS")],
    out: OutElsewhere = None,
    by: By = None,
) -> Exit:
    return release.release_command(call.scenario(scenario), call.voice, plan, class_, call.actor(by), out)


@command(app, "export", example="sweep export out/quancheng/PLAN_ID --format xlsx --format gpx", changes=("out",))
def _export(
    call: Call,
    plan: PlanPath,
    format_: Annotated[list[str], typer.Option("--format", "-f", help=help_text("format"), metavar="FORMAT")],
    out: Out = Path("out"),
    scenario: Annotated[Path | None, typer.Option(help=help_text("judge_by"), metavar="SCENARIO")] = None,
    datum: Annotated[str, typer.Option(help=help_text("export_datum"), metavar="DATUM")] = "wgs84",
) -> Exit:
    return export.export_command(call.voice, plan, format_, out, scenario, call.lang, datum)
