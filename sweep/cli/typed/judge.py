"""The plan is judged: by the rules, visit by visit, beside other plans, and at last by who approves it."""

from pathlib import Path
from typing import Annotated

import typer

from sweep.terminal.command_decorator import Call, Storing, command, group, help_text, required
from sweep.terminal.deferred import deferred_imports
from sweep.terminal.exit_codes import Exit
from sweep.terminal.options import Iterations, JudgedPath, Out, OutOfPlan, PlanPath, ScenarioPath

with deferred_imports():
    from sweep.campaign.cli import campaign
    from sweep.campaign.cli import compare as campaign_compare
    from sweep.cli import approve, check, compare, explain, rules
    from sweep.plan import solve
    from sweep.province.model import load_province

app = group("judge")


@command(app, "check", sets=True, example="sweep check scenarios/quancheng out/quancheng/PLAN_ID")
def _check(call: Call, scenario: ScenarioPath, plan: JudgedPath) -> Exit:
    if scenario.suffix == ".json":
        return check.check_bound_command(call.voice, scenario, plan)
    if load_province.is_province(scenario):
        return check.check_province_command(call.voice, scenario, plan)
    if campaign_compare.is_campaign(plan, scenario):
        return campaign.check_command(call.voice, scenario, call.overrides({"lang": call.lang}), plan)
    return check.check_command(call.scenario(scenario), call.voice, plan)


@command(app, "explain", sets=True, example="sweep explain scenarios/quancheng out/quancheng/PLAN_ID B0007")
def _explain(
    call: Call,
    scenario: ScenarioPath,
    plan: JudgedPath,
    building: Annotated[str | None, typer.Argument(help=help_text("building"), metavar="[BUILDING]")] = None,
    time_limit: Annotated[float, typer.Option(help=help_text("time_limit_each"), min=0.0, max=604_800.0)] = 0.5,
    iterations: Iterations = None,
) -> Exit:
    if campaign_compare.is_campaign(plan, scenario):
        asked = required(building, "BUILDING", "explain")
        return campaign.explain_command(call.voice, scenario, call.overrides({"lang": call.lang}), plan, asked)
    read = call.scenario(scenario)
    settings = solve.Settings(read.seed, time_limit, iterations)
    return explain.explain_command(read, call.voice, plan, building, settings)


@command(
    app,
    "compare",
    example="sweep compare out/quancheng/PLAN_ID out/quancheng/OTHER_PLAN_ID",
    changes=("out",),
)
def _compare(
    call: Call,
    plans: Annotated[list[Path], typer.Argument(help=help_text("plans"), metavar="PLAN...")],
    out: Out = Path("out"),
) -> Exit:
    if len(plans) == 2 and all(map(campaign_compare.is_campaign, plans)):
        return campaign_compare.compare_command(call.voice, plans[0], plans[1], out)
    return compare.compare_command(call.voice, plans, out, call.lang)


@command(app, "rules", example="sweep rules")
def _rules(
    call: Call,
    markdown: Annotated[bool, typer.Option("--markdown", help=help_text("markdown"))] = False,
) -> Exit:
    return rules.rules_command(call.voice, as_page=markdown)


@command(
    app, "approve", example="sweep approve out/quancheng/PLAN_ID --by C001", changes=("plan",), storing=Storing.APPROVE
)
def _approve(
    call: Call,
    plan: PlanPath,
    by: Annotated[str, typer.Option("--by", help=help_text("by_approver"), metavar="ID")],
    out: OutOfPlan = Path("out"),  # noqa: ARG001 - where `latest` is looked for
) -> Exit:
    return approve.approve_command(call.voice, plan, call.actor(by))
