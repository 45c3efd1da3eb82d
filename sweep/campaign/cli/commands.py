"""Many days: a window planned in one model and advanced; years replayed."""

from pathlib import Path
from typing import Annotated

import typer

from sweep.terminal.command_decorator import Call, command, group, help_text
from sweep.terminal.deferred import deferred_imports
from sweep.terminal.exit_codes import Exit
from sweep.terminal.options import By, Iterations, Out, Seed, TimeLimit, solver_keys

with deferred_imports():
    from sweep.campaign.cli import campaign, replay

app = group("plan")
campaign_app = group("plan", "campaign")
app.add_typer(campaign_app, rich_help_panel=app.rich_help_panel)

CampaignPath = Annotated[Path, typer.Argument(help=help_text("campaign_folder"), metavar="CAMPAIGN")]


@command(
    campaign_app,
    "plan",
    sets=True,
    example="sweep campaign plan scenarios/quancheng_campaign",
    changes=("out",),
)
def _plan(
    call: Call,
    campaign_folder: CampaignPath,
    day: Annotated[str | None, typer.Option("--from", help=help_text("campaign_from"), metavar="YYYY-MM-DD")] = None,
    out: Out = Path("out"),
    seed: Seed = None,
    time_limit: TimeLimit = None,
    iterations: Iterations = None,
    strict: Annotated[bool, typer.Option("--strict", help=help_text("campaign_strict"))] = False,
    by: By = None,
) -> Exit:
    given = solver_keys(seed, time_limit, iterations)
    overrides = call.overrides({**given, "lang": call.lang})
    return campaign.plan_command(
        call.voice, campaign_folder, overrides, day, out, call.actor(by, given), is_strict=strict
    )


@command(
    campaign_app,
    "advance",
    sets=True,
    example="sweep campaign advance scenarios/quancheng_campaign",
    changes=("out",),
)
def _advance(
    call: Call,
    campaign_folder: CampaignPath,
    day: Annotated[str | None, typer.Option("--day", help=help_text("campaign_day"), metavar="YYYY-MM-DD")] = None,
    out: Out = Path("out"),
    seed: Seed = None,
    time_limit: TimeLimit = None,
    iterations: Iterations = None,
    by: By = None,
) -> Exit:
    given = solver_keys(seed, time_limit, iterations)
    overrides = call.overrides({**given, "lang": call.lang})
    return campaign.advance_command(call.voice, campaign_folder, overrides, day, out, call.actor(by, given))


@command(
    campaign_app,
    "replay",
    sets=True,
    example="sweep campaign replay scenarios/quancheng_campaign --policy planner,fixed_intervals --seeds 2",
    changes=("out",),
)
def _replay(
    call: Call,
    campaign_folder: CampaignPath,
    policy: Annotated[str, typer.Option(help=help_text("campaign_policy"), metavar="NAME,...")] = "all",
    seeds: Annotated[int, typer.Option(help=help_text("campaign_seeds"), min=1, max=1_000)] = 1,
    weeks: Annotated[int | None, typer.Option(help=help_text("campaign_weeks"), min=1, max=10_000)] = None,
    out: Out = Path("out"),
    iterations: Iterations = None,
) -> Exit:
    overrides = call.overrides({"solver.iterations": iterations, "lang": call.lang})
    return replay.replay_command(call.voice, campaign_folder, overrides, policy, seeds, weeks, out)
