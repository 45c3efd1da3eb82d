"""The `sweep` command: options and help; each command's work is in the file of its name in `sweep/commands/`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from typer.exceptions import TyperException

from sweep.audit.actor import chosen_day
from sweep.commands.approve import approve_command
from sweep.commands.audit import show_command, verify_command
from sweep.commands.backtest import backtest_command
from sweep.commands.check import check_command
from sweep.commands.close import close_command
from sweep.commands.compare import compare_command
from sweep.commands.explain import explain_command
from sweep.commands.export import export_command
from sweep.commands.init import MapChoice, init_command
from sweep.commands.orders import orders_command
from sweep.commands.plan import plan_command
from sweep.commands.purge import purge_command
from sweep.commands.rank import rank_command
from sweep.commands.release import release_command
from sweep.commands.replan import replan_command
from sweep.commands.results import results_command
from sweep.commands.rules import rules_command
from sweep.commands.run import run_command
from sweep.commands.terminal.call import HELP, Call, command, help_text, texts_of
from sweep.commands.terminal.exits import Exit
from sweep.commands.terminal.usage import is_help, speak, typed_language, usage_issue
from sweep.commands.terminal.voice import Voice
from sweep.commands.validate import validate_command
from sweep.commands.whatif import whatif_command
from sweep.plan.solve import Settings

app = typer.Typer(help=help_text("app"), no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

ScenarioPath = Annotated[Path, typer.Argument(help=help_text("scenario"), metavar="SCENARIO")]
PlanPath = Annotated[Path, typer.Argument(help=help_text("plan"), metavar="PLAN")]
Out = Annotated[Path, typer.Option(help=help_text("out"))]
Seed = Annotated[int | None, typer.Option(help=help_text("seed"))]
TimeLimit = Annotated[float | None, typer.Option(help=help_text("time_limit"))]
Iterations = Annotated[int | None, typer.Option(help=help_text("iterations"))]
By = Annotated[str | None, typer.Option("--by", help=help_text("by"), metavar="ID")]


def _solver_keys(seed: int | None, time_limit: float | None, iterations: int | None) -> dict[str, object]:
    return {"seed": seed, "solver.time_limit_s": time_limit, "solver.iterations": iterations}


@command(app, "run", "run", sets=True)
def run(
    call: Call,
    scenario: ScenarioPath,
    out: Out = Path("out"),
    problem_out: Annotated[Path | None, typer.Option(help=help_text("problem_out"), metavar="FILE")] = None,
    seed: Seed = None,
    time_limit: TimeLimit = None,
    iterations: Iterations = None,
    by: By = None,
) -> Exit:
    """Plan a scenario and publish it."""
    given = _solver_keys(seed, time_limit, iterations)
    read = call.scenario(scenario, given)
    return run_command(read, call.voice, out, call.actor(by, {**given, "lang": call.lang}), problem_out)


@command(app, "validate", "validate", sets=True)
def validate(call: Call, scenario: ScenarioPath) -> Exit:
    """Read and clean the inputs, and report what is wrong with them."""
    return validate_command(call.scenario(scenario), call.voice)


@command(app, "rank", "rank", sets=True)
def rank(call: Call, scenario: ScenarioPath, out: Out = Path("out")) -> Exit:
    """Rank buildings and clusters, and write the tables."""
    return rank_command(call.scenario(scenario), call.voice, out)


@command(app, "backtest", "backtest", sets=True)
def backtest(
    call: Call,
    scenario: ScenarioPath,
    points: Annotated[Path | None, typer.Option(help=help_text("points"))] = None,
    places: Annotated[Path | None, typer.Option(help=help_text("places"))] = None,
    out: Out = Path("out"),
) -> Exit:
    """Judge the ranking by what came later."""
    return backtest_command(call.scenario(scenario), call.voice, out, points, places)


@command(app, "plan", "plan_alone")
def plan(
    call: Call,
    problem: Annotated[Path, typer.Argument(help=help_text("problem"), metavar="PROBLEM.json")],
    out: Annotated[Path | None, typer.Option(help=help_text("plan_out"), metavar="FILE")] = None,
    seed: Annotated[int, typer.Option(help=help_text("seed"), min=0, max=2**31 - 1)] = 1,
    time_limit: Annotated[float, typer.Option(help=help_text("time_limit"), min=0.0, max=604_800.0)] = 20.0,
    iterations: Annotated[int | None, typer.Option(help=help_text("iterations"), min=1, max=10**9)] = None,
    start: Annotated[Path | None, typer.Option(help=help_text("start"), metavar="PLAN.json")] = None,
) -> Exit:
    """Solve a problem file alone."""
    return plan_command(call.voice, problem, out, Settings(seed, time_limit, iterations), start)


@command(app, "check", "check", sets=True)
def check(call: Call, scenario: ScenarioPath, plan: PlanPath) -> Exit:
    """Judge a plan, hand-edited or not, from the inputs."""
    return check_command(call.scenario(scenario), call.voice, plan)


@command(app, "explain", "explain", sets=True)
def explain(
    call: Call,
    scenario: ScenarioPath,
    plan: PlanPath,
    building: Annotated[str | None, typer.Argument(help=help_text("building"), metavar="[BUILDING]")] = None,
    time_limit: Annotated[float, typer.Option(help=help_text("time_limit_each"), min=0.0, max=604_800.0)] = 0.5,
    iterations: Annotated[int | None, typer.Option(help=help_text("iterations"), min=1, max=10**9)] = None,
) -> Exit:
    """Say why a building is in the plan, or why not, and what would bring it in."""
    read = call.scenario(scenario)
    return explain_command(read, call.voice, plan, building, Settings(read.seed, time_limit, iterations))


@command(app, "export", "export")
def export(
    call: Call,
    plan: PlanPath,
    format_: Annotated[list[str], typer.Option("--format", "-f", help=help_text("format"), metavar="FORMAT")],
    out: Out = Path("out"),
    scenario: Annotated[Path | None, typer.Option(help=help_text("judge_by"), metavar="SCENARIO")] = None,
) -> Exit:
    """Write a plan in the formats of other programs."""
    return export_command(call.voice, plan, format_, out, scenario, call.lang)


@command(app, "compare", "compare")
def compare(
    call: Call,
    plans: Annotated[list[Path], typer.Argument(help=help_text("plans"), metavar="PLAN...")],
    out: Out = Path("out"),
) -> Exit:
    """Set published plans side by side."""
    return compare_command(call.voice, plans, out, call.lang)


@command(app, "rules", "rules")
def rules(
    call: Call,
    markdown: Annotated[bool, typer.Option("--markdown", help=help_text("markdown"))] = False,
) -> Exit:
    """Print the rule book."""
    return rules_command(call.voice, as_page=markdown)


@command(app, "init", "init")
def init(
    call: Call,
    name: Annotated[str, typer.Argument(help=help_text("name"), metavar="NAME")],
    folder: Annotated[Path, typer.Option(help=help_text("folder"))] = Path("scenarios"),
    osm: Annotated[Path | None, typer.Option(help=help_text("osm"))] = None,
    streets: Annotated[Path | None, typer.Option(help=help_text("streets"))] = None,
    districts: Annotated[Path | None, typer.Option(help=help_text("districts"))] = None,
    district: Annotated[str | None, typer.Option(help=help_text("district"), metavar="CODE")] = None,
    bbox: Annotated[str | None, typer.Option(help=help_text("bbox"), metavar="W,S,E,N")] = None,
    empty: Annotated[bool, typer.Option("--empty", help=help_text("empty"))] = False,
) -> Exit:
    """Make a new scenario folder, empty or on a real map."""
    return init_command(call.voice, name, folder, MapChoice(osm, streets, districts, district, bbox, empty))


@command(app, "approve", "approve")
def approve(
    call: Call,
    plan: Annotated[Path, typer.Argument(help=help_text("plan"), metavar="PLAN")],
    by: Annotated[str, typer.Option("--by", help=help_text("by_approver"), metavar="ID")],
) -> Exit:
    """Approve a plan."""
    return approve_command(call.voice, plan, call.actor(by))


@command(app, "release", "release", sets=True)
def release(
    call: Call,
    scenario: ScenarioPath,
    plan: PlanPath,
    class_: Annotated[list[str], typer.Option("--class", help=help_text("class"), metavar="CLASS")],
    by: By = None,
) -> Exit:
    """Write what readers outside the police are given."""
    return release_command(call.scenario(scenario), call.voice, plan, class_, call.actor(by))


@command(app, "results", "results", sets=True)
def results(
    call: Call,
    scenario: ScenarioPath,
    plan: PlanPath,
    file: Annotated[Path, typer.Argument(help=help_text("results_file"), metavar="FILE")],
    by: By = None,
) -> Exit:
    """Take in what teams found."""
    return results_command(call.scenario(scenario), call.voice, plan, file, call.actor(by))


@command(app, "close", "close")
def close(
    call: Call,
    scenario: ScenarioPath,
    item: Annotated[str, typer.Argument(help=help_text("close_item"), metavar="ITEM")],
    by: Annotated[str, typer.Option("--by", help=help_text("by_closer"), metavar="ID")],
    reason: Annotated[str, typer.Option("--reason", help=help_text("close_reason"), metavar="TEXT")],
    out: Out = Path("out"),
) -> Exit:
    """Close an item without a visit."""
    return close_command(call.scenario(scenario), call.voice, out, item, reason, call.actor(by))


@command(app, "purge", "purge", sets=True)
def purge(
    call: Call,
    scenario: ScenarioPath,
    out: Out = Path("out"),
    yes: Annotated[bool, typer.Option("--yes", help=help_text("purge_yes"))] = False,
    today: Annotated[str | None, typer.Option(help=help_text("today"), metavar="YYYY-MM-DD")] = None,
    by: By = None,
) -> Exit:
    """Remove what is past its time."""
    read, actor = call.scenario(scenario), call.actor(by)
    return purge_command(read, call.voice, out, actor, chosen_day(today, actor), is_done=yes)


@command(app, "orders", "orders")
def orders(
    call: Call,
    plan: Annotated[Path, typer.Argument(help=help_text("plan"), metavar="PLAN")],
    seal: Annotated[bool, typer.Option("--seal", help=help_text("seal"))] = False,
    pdf: Annotated[bool, typer.Option("--pdf", help=help_text("pdf"))] = False,
    passphrase_file: Annotated[Path | None, typer.Option(help=help_text("passphrase_file"), metavar="FILE")] = None,
    by: By = None,
) -> Exit:
    """Write the orders under passphrases, or as one PDF."""
    return orders_command(
        call.voice, plan, call.actor(by), seal=seal, pdf=pdf, passphrase_file=passphrase_file, lang=call.lang
    )


audit_app = typer.Typer(help=help_text("audit"), no_args_is_help=True)
app.add_typer(audit_app, name="audit")


@command(audit_app, "verify", "audit_verify")
def audit_verify(
    call: Call,
    name: Annotated[str | None, typer.Argument(help=help_text("log_name"), metavar="[NAME]")] = None,
    out: Out = Path("out"),
    head: Annotated[str | None, typer.Option(help=help_text("noted"), metavar="N:HASH")] = None,
) -> Exit:
    """Find whatever was done to the logs but adding to them."""
    return verify_command(call.voice, out, name, head)


@command(audit_app, "show", "audit_show")
def audit_show(
    call: Call,
    name: Annotated[str, typer.Argument(help=help_text("log_name"), metavar="NAME")],
    out: Out = Path("out"),
) -> Exit:
    """Print a log."""
    return show_command(call.voice, out, name)


@command(app, "whatif", "whatif", sets=True)
def whatif(
    call: Call,
    scenario: ScenarioPath,
    grid: Annotated[list[str], typer.Option("--grid", help=help_text("grid"), metavar="SECTION.KEY=A,B,C")],
    out: Out = Path("out"),
    seed: Seed = None,
    time_limit: TimeLimit = None,
    iterations: Iterations = None,
) -> Exit:
    """Plan a scenario over a grid of its keys."""
    given = {**_solver_keys(seed, time_limit, iterations), "lang": call.lang}
    return whatif_command(call.voice, scenario, grid, call.overrides(given), out)


@command(app, "replan", "replan")
def replan(
    call: Call,
    plan: PlanPath,
    at: Annotated[str, typer.Option(help=help_text("at"), metavar="HH:MM")],
    events: Annotated[Path | None, typer.Option(help=help_text("events"), metavar="EVENTS.json")] = None,
    price: Annotated[float | None, typer.Option(help=help_text("price"), min=0.0, max=1e9)] = None,
    call_reserve: Annotated[bool, typer.Option("--call-reserve", help=help_text("call_reserve"))] = False,
    seed: Annotated[int, typer.Option(help=help_text("seed"), min=0, max=2**31 - 1)] = 1,
    time_limit: Annotated[float, typer.Option(help=help_text("time_limit"), min=0.0, max=604_800.0)] = 1.5,
    iterations: Annotated[int | None, typer.Option(help=help_text("iterations"), min=1, max=10**9)] = None,
    by: By = None,
) -> Exit:
    """Change a published plan on its day."""
    settings = Settings(seed, time_limit, iterations)
    return replan_command(call.voice, plan, at, events, call.actor(by), settings, price, call_reserve=call_reserve)


speak(app, HELP)


def main() -> None:
    """The entry point of the `sweep` command."""
    arguments = sys.argv[1:]
    voice = Voice(texts_of(typed_language(arguments)), as_json="--json" in arguments)
    try:
        code = app(arguments, standalone_mode=False)
    except TyperException as error:
        if is_help(error):
            typer.echo(error.format_message(), err=True)
        else:
            voice.faults([usage_issue(error, voice.texts)])
        sys.exit(Exit.BAD_INPUT)
    except typer.Abort:
        sys.exit(Exit.STOPPED)
    sys.exit(code if isinstance(code, int) else Exit.DONE)
