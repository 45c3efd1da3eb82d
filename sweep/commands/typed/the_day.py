"""The day itself: what has begun stays, and the rest is planned again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sweep.commands.terminal.call import Call, command, group, help_text
from sweep.commands.terminal.deferred import deferred_imports
from sweep.commands.terminal.exits import Exit
from sweep.commands.typed.options import By, OwnIterations, OwnSeed, OwnTimeLimit, PlanPath

with deferred_imports():
    from sweep.commands import replan
    from sweep.plan import solve

app = group("the_day")


@command(app, "replan", "replan", example="sweep replan out/quancheng/PLAN_ID --at 14:20 --events events.json")
def _replan(
    call: Call,
    plan: PlanPath,
    at: Annotated[str, typer.Option(help=help_text("at"), metavar="HH:MM")],
    events: Annotated[Path | None, typer.Option(help=help_text("events"), metavar="EVENTS.json")] = None,
    price: Annotated[float | None, typer.Option(help=help_text("price"), min=0.0, max=1e9)] = None,
    call_reserve: Annotated[bool, typer.Option("--call-reserve", help=help_text("call_reserve"))] = False,
    seed: OwnSeed = 1,
    time_limit: OwnTimeLimit = 1.5,
    iterations: OwnIterations = None,
    by: By = None,
) -> Exit:
    settings = solve.Settings(seed, time_limit, iterations)
    return replan.replan_command(
        call.voice, plan, at, events, call.actor(by), settings, price, call_reserve=call_reserve
    )
