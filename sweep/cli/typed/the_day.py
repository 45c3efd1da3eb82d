"""The day itself: what has begun stays, and the rest is planned again."""

from pathlib import Path
from typing import Annotated

import typer

from sweep.terminal.command_decorator import Call, Storing, command, group, help_text
from sweep.terminal.deferred import deferred_imports
from sweep.terminal.exit_codes import Exit
from sweep.terminal.options import By, Iterations, Out, OwnSeed, OwnTimeLimit, PlanPath

with deferred_imports():
    from sweep.cli import replan, serve
    from sweep.jobs.replan import command_line_events
    from sweep.plan import solve

app = group("the_day")
serve_app = group("the_day", "serve")
app.add_typer(serve_app, rich_help_panel=app.rich_help_panel)


@command(
    app,
    "replan",
    example="sweep replan out/quancheng/PLAN_ID --at 14:20 --held T03=16:00 --urgent B0003",
    changes=("plan", "out"),
)
def _replan(
    call: Call,
    plan: PlanPath,
    at: Annotated[str, typer.Option(help=help_text("at"), metavar="HH:MM")],
    events: Annotated[Path | None, typer.Option(help=help_text("events"), metavar="EVENTS.json")] = None,
    held: Annotated[list[str] | None, typer.Option(help=help_text("held"), metavar="TEAM=HH:MM")] = None,
    ill: Annotated[list[str] | None, typer.Option(help=help_text("ill"), metavar="PERSON")] = None,
    urgent: Annotated[list[str] | None, typer.Option(help=help_text("urgent"), metavar="BUILDING")] = None,
    out: Annotated[Path | None, typer.Option(help=help_text("replan_out"))] = None,
    price: Annotated[float | None, typer.Option(help=help_text("price"), min=0.0, max=1e9)] = None,
    call_reserve: Annotated[bool, typer.Option("--call-reserve", help=help_text("call_reserve"))] = False,
    seed: OwnSeed = 1,
    time_limit: OwnTimeLimit = 1.5,
    iterations: Iterations = None,
    by: By = None,
) -> Exit:
    settings = solve.Settings(seed, time_limit, iterations)
    return replan.replan_command(
        call.voice,
        plan,
        at,
        events,
        command_line_events.TypedEvents(held or (), ill or (), urgent or ()),
        call.actor(by),
        settings,
        price,
        out,
        call_reserve=call_reserve,
    )


@command(
    serve_app,
    "serve",
    storing=Storing.OWN,
    extra="board",
    example="sweep serve out --host 192.168.0.10 --name board.local",
    changes=("out", "scenario"),
)
def _serve(
    call: Call,
    out: Annotated[Path, typer.Argument(help=help_text("serve_out"), metavar="[OUT]")] = Path("out"),
    host: Annotated[str, typer.Option(help=help_text("host"))] = "127.0.0.1",
    port: Annotated[int, typer.Option(help=help_text("port"), min=0, max=65_535)] = 8_443,
    name: Annotated[list[str] | None, typer.Option(help=help_text("host_name"), metavar="NAME")] = None,
    plain: Annotated[bool, typer.Option("--plain", help=help_text("plain"))] = False,
    demo: Annotated[bool, typer.Option("--demo", help=help_text("demo"))] = False,
    overdue: Annotated[int, typer.Option(help=help_text("overdue"), min=1, max=600)] = 15,
    store: Annotated[str | None, typer.Option(help=help_text("serve_store"), metavar="URL")] = None,
    scenario: Annotated[Path | None, typer.Option(help=help_text("serve_scenario"), metavar="SCENARIO")] = None,
    scenarios: Annotated[Path | None, typer.Option(help=help_text("serve_scenarios"), metavar="FOLDER")] = None,
    by: By = None,
) -> Exit:
    how = serve.Serving(host, port, name or (), plain, demo, overdue, scenario, scenarios, store)
    return serve.serve_command(call.voice, out, how, call.actor(by))


@command(
    serve_app,
    "certificates",
    extra="board",
    example="sweep serve certificates --host 192.168.0.10",
    changes=("out",),
)
def _certificates(
    call: Call,
    host: Annotated[list[str] | None, typer.Option(help=help_text("host_name"), metavar="NAME")] = None,
    port: Annotated[int, typer.Option(help=help_text("port"), min=0, max=65_535)] = 8_443,
    out: Out = Path("out"),
) -> Exit:
    return serve.certificates_command(call.voice, out, host or (), port)


@command(serve_app, "account", extra="board", example="sweep serve account P001 --role planner", changes=("out",))
def _account(
    call: Call,
    name: Annotated[str, typer.Argument(help=help_text("account_name"), metavar="NAME")],
    role: Annotated[str | None, typer.Option(help=help_text("account_role"), metavar="ROLE")] = None,
    close: Annotated[bool, typer.Option("--close", help=help_text("account_close"))] = False,
    out: Out = Path("out"),
    by: By = None,
) -> Exit:
    return serve.account_command(call.voice, out, name, role, call.actor(by), is_closed=close)
