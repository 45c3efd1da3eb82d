"""The `sweep` command: parse, call, print, exit. 0 done, 2 bad input, 3 the plan breaks a rule."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated

import typer
from typer.exceptions import TyperException

from geodata.errors import InputError, Issue
from geodata.texts import LANGUAGES, Texts, load_texts
from sweep import commands
from sweep.compare_command import compare_command
from sweep.console import Voice
from sweep.dossier import approve as approving
from sweep.dossier import audit as auditing
from sweep.dossier import close as closing
from sweep.dossier import orders as ordering
from sweep.dossier import purge as purging
from sweep.dossier import release as releasing
from sweep.dossier import results as taking_in
from sweep.dossier.actor import chosen_day, present_actor
from sweep.explain_command import explain_command
from sweep.export_command import export_command
from sweep.init_command import MapChoice, init_command
from sweep.plan.solve import Settings
from sweep.plan_command import plan_command
from sweep.refusals import disk_problem
from sweep.replan_command import replan_command
from sweep.rules_command import rules_command
from sweep.scenario import Scenario
from sweep.scenario_file import load_scenario
from sweep.usage import is_help, speak, told_language, usage_issue
from sweep.whatif_command import whatif_command

EXIT_INPUT, EXIT_STOPPED = 2, 130

# Help is shown before any scenario is read: its language is that of the terminal.
_HELP = load_texts("zh_CN" if os.environ.get("LANG", "").startswith("zh") else "en")


def _help(key: str) -> str:
    return _HELP(f"command.help.{key}")


app = typer.Typer(help=_help("app"), no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

ScenarioPath = Annotated[Path, typer.Argument(help=_help("scenario"), metavar="SCENARIO")]
PlanPath = Annotated[Path, typer.Argument(help=_help("plan"), metavar="PLAN")]
Out = Annotated[Path, typer.Option(help=_help("out"))]
Seed = Annotated[int | None, typer.Option(help=_help("seed"))]
TimeLimit = Annotated[float | None, typer.Option(help=_help("time_limit"))]
Iterations = Annotated[int | None, typer.Option(help=_help("iterations"))]
Set = Annotated[list[str] | None, typer.Option("--set", help=_help("set"), metavar="SECTION.KEY=VALUE")]
Lang = Annotated[str | None, typer.Option(help=_help("lang"))]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help=_help("quiet"))]
AsJson = Annotated[bool, typer.Option("--json", help=_help("json"))]
By = Annotated[str | None, typer.Option("--by", help=_help("by"), metavar="ID")]


@app.command(help=_help("run"))
def run(
    scenario: ScenarioPath,
    out: Out = Path("out"),
    problem_out: Annotated[Path | None, typer.Option(help=_help("problem_out"), metavar="FILE")] = None,
    seed: Seed = None,
    time_limit: TimeLimit = None,
    iterations: Iterations = None,
    by: By = None,
    set_: Set = None,
    lang: Lang = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Plan a scenario and publish it."""
    given = {"seed": seed, "solver.time_limit_s": time_limit, "solver.iterations": iterations, "lang": lang}

    def work(scenario: Scenario, voice: Voice) -> int:
        actor = present_actor(by, _overrides(set_, given))
        return commands.run_command(scenario, voice, out, actor, problem_out)

    _work(scenario, given, set_, quiet, as_json, work)


@app.command(help=_help("validate"))
def validate(
    scenario: ScenarioPath, set_: Set = None, lang: Lang = None, quiet: Quiet = False, as_json: AsJson = False
) -> None:
    """Read and clean the inputs, and tell what is wrong with them."""
    _work(scenario, {"lang": lang}, set_, quiet, as_json, commands.validate_command)


@app.command(help=_help("rank"))
def rank(
    scenario: ScenarioPath,
    out: Out = Path("out"),
    set_: Set = None,
    lang: Lang = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Rank buildings and clusters, and write the tables."""
    _work(scenario, {"lang": lang}, set_, quiet, as_json, lambda s, v: commands.rank_command(s, v, out))


@app.command(help=_help("backtest"))
def backtest(
    scenario: ScenarioPath,
    points: Annotated[Path | None, typer.Option(help=_help("points"))] = None,
    places: Annotated[Path | None, typer.Option(help=_help("places"))] = None,
    out: Out = Path("out"),
    set_: Set = None,
    lang: Lang = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Judge the ranking by what came later."""
    given = {"lang": lang}
    _work(scenario, given, set_, quiet, as_json, lambda s, v: commands.backtest_command(s, v, out, points, places))


@app.command(help=_help("plan_alone"))
def plan(
    problem: Annotated[Path, typer.Argument(help=_help("problem"), metavar="PROBLEM.json")],
    out: Annotated[Path | None, typer.Option(help=_help("plan_out"), metavar="FILE")] = None,
    seed: Annotated[int, typer.Option(help=_help("seed"), min=0)] = 1,
    time_limit: Annotated[float, typer.Option(help=_help("time_limit"), min=0.0)] = 20.0,
    iterations: Annotated[int | None, typer.Option(help=_help("iterations"), min=1)] = None,
    start: Annotated[Path | None, typer.Option(help=_help("start"), metavar="PLAN.json")] = None,
    lang: Lang = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Solve a problem file alone."""
    voice = Voice(_texts(lang), quiet=quiet, as_json=as_json)
    settings = Settings(seed, time_limit, iterations)
    raise typer.Exit(_told(voice, lambda: plan_command(voice, problem, out, settings, start)))


@app.command(help=_help("check"))
def check(
    scenario: ScenarioPath,
    plan: PlanPath,
    set_: Set = None,
    lang: Lang = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Judge a plan, hand-edited or not, from the inputs."""
    _work(scenario, {"lang": lang}, set_, quiet, as_json, lambda s, v: commands.check_command(s, v, plan))


@app.command(help=_help("explain"))
def explain(
    scenario: ScenarioPath,
    plan: PlanPath,
    building: Annotated[str | None, typer.Argument(help=_help("building"), metavar="[BUILDING]")] = None,
    time_limit: Annotated[float, typer.Option(help=_help("time_limit_each"), min=0.0)] = 0.5,
    iterations: Annotated[int | None, typer.Option(help=_help("iterations"), min=1)] = None,
    set_: Set = None,
    lang: Lang = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Say why a building is in the plan, or why not, and what would bring it in."""

    def work(s: Scenario, v: Voice) -> int:
        return explain_command(s, v, plan, building, Settings(s.seed, time_limit, iterations))

    _work(scenario, {"lang": lang}, set_, quiet, as_json, work)


@app.command(help=_help("export"))
def export(
    plan: PlanPath,
    format_: Annotated[list[str], typer.Option("--format", "-f", help=_help("format"), metavar="FORMAT")],
    out: Out = Path("out"),
    scenario: Annotated[Path | None, typer.Option(help=_help("judge_by"), metavar="SCENARIO")] = None,
    lang: Lang = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Write a plan in the formats of other programs."""
    voice = Voice(_texts(lang), quiet=quiet, as_json=as_json)
    raise typer.Exit(_told(voice, lambda: export_command(voice, plan, format_, out, scenario, lang)))


@app.command(help=_help("compare"))
def compare(
    plans: Annotated[list[Path], typer.Argument(help=_help("plans"), metavar="PLAN...")],
    out: Out = Path("out"),
    lang: Lang = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Set published plans side by side."""
    voice = Voice(_texts(lang), quiet=quiet, as_json=as_json)
    raise typer.Exit(_told(voice, lambda: compare_command(voice, plans, out, lang)))


@app.command(help=_help("rules"))
def rules(
    lang: Lang = None,
    markdown: Annotated[bool, typer.Option("--markdown", help=_help("markdown"))] = False,
    as_json: AsJson = False,
) -> None:
    """Print the rule book."""
    voice = Voice(_texts(lang), as_json=as_json)
    raise typer.Exit(_told(voice, lambda: rules_command(voice, as_page=markdown)))


@app.command(help=_help("init"))
def init(
    name: Annotated[str, typer.Argument(help=_help("name"), metavar="NAME")],
    folder: Annotated[Path, typer.Option(help=_help("folder"))] = Path("scenarios"),
    osm: Annotated[Path | None, typer.Option(help=_help("osm"))] = None,
    streets: Annotated[Path | None, typer.Option(help=_help("streets"))] = None,
    districts: Annotated[Path | None, typer.Option(help=_help("districts"))] = None,
    district: Annotated[str | None, typer.Option(help=_help("district"), metavar="CODE")] = None,
    bbox: Annotated[str | None, typer.Option(help=_help("bbox"), metavar="W,S,E,N")] = None,
    empty: Annotated[bool, typer.Option("--empty", help=_help("empty"))] = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Make a new scenario folder, empty or on a real map."""
    voice = Voice(_texts(lang), as_json=as_json)
    chosen = MapChoice(osm, streets, districts, district, bbox, empty)
    raise typer.Exit(_told(voice, lambda: init_command(voice, name, folder, chosen)))


@app.command(help=_help("approve"))
def approve(
    plan: Annotated[Path, typer.Argument(help=_help("plan"), metavar="PLAN")],
    by: Annotated[str, typer.Option("--by", help=_help("by_approver"), metavar="ID")],
    lang: Lang = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Approve a plan."""
    voice = Voice(_texts(lang), quiet=quiet, as_json=as_json)
    raise typer.Exit(_told(voice, lambda: approving.approve_command(voice, plan, present_actor(by))))


@app.command(help=_help("release"))
def release(
    scenario: ScenarioPath,
    plan: PlanPath,
    class_: Annotated[list[str], typer.Option("--class", help=_help("class"), metavar="CLASS")],
    by: By = None,
    set_: Set = None,
    lang: Lang = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Write what readers outside the police are given."""

    def work(scenario: Scenario, voice: Voice) -> int:
        actor = present_actor(by, _overrides(set_, {}))
        return releasing.release_command(scenario, voice, plan, class_, actor)

    _work(scenario, {"lang": lang}, set_, quiet, as_json, work)


@app.command(help=_help("results"))
def results(
    scenario: ScenarioPath,
    plan: PlanPath,
    file: Annotated[Path, typer.Argument(help=_help("results_file"), metavar="FILE")],
    by: By = None,
    set_: Set = None,
    lang: Lang = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Take in what teams found."""

    def work(scenario: Scenario, voice: Voice) -> int:
        actor = present_actor(by, _overrides(set_, {}))
        return taking_in.results_command(scenario, voice, plan, file, actor)

    _work(scenario, {"lang": lang}, set_, quiet, as_json, work)


@app.command(help=_help("close"))
def close(
    scenario: ScenarioPath,
    item: Annotated[str, typer.Argument(help=_help("close_item"), metavar="ITEM")],
    by: Annotated[str, typer.Option("--by", help=_help("by_closer"), metavar="ID")],
    reason: Annotated[str, typer.Option("--reason", help=_help("close_reason"), metavar="TEXT")],
    out: Out = Path("out"),
    lang: Lang = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Close an item without a visit."""

    def work(scenario: Scenario, voice: Voice) -> int:
        return closing.close_command(scenario, voice, out, item, reason, present_actor(by))

    _work(scenario, {"lang": lang}, None, quiet, as_json, work)


@app.command(help=_help("purge"))
def purge(
    scenario: ScenarioPath,
    out: Out = Path("out"),
    yes: Annotated[bool, typer.Option("--yes", help=_help("purge_yes"))] = False,
    today: Annotated[str | None, typer.Option(help=_help("today"), metavar="YYYY-MM-DD")] = None,
    by: By = None,
    set_: Set = None,
    lang: Lang = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Remove what is past its time."""

    def work(scenario: Scenario, voice: Voice) -> int:
        actor = present_actor(by, _overrides(set_, {}))
        day = chosen_day(today, actor)
        return purging.purge_command(scenario, voice, out, actor, day, is_done=yes)

    _work(scenario, {"lang": lang}, set_, quiet, as_json, work)


@app.command(help=_help("orders"))
def orders(
    plan: Annotated[Path, typer.Argument(help=_help("plan"), metavar="PLAN")],
    seal: Annotated[bool, typer.Option("--seal", help=_help("seal"))] = False,
    pdf: Annotated[bool, typer.Option("--pdf", help=_help("pdf"))] = False,
    passphrase_file: Annotated[Path | None, typer.Option(help=_help("passphrase_file"), metavar="FILE")] = None,
    by: By = None,
    lang: Lang = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Write the orders under passphrases, or as one PDF."""
    voice = Voice(_texts(lang), quiet=quiet, as_json=as_json)

    def work() -> int:
        return ordering.orders_command(
            voice, plan, present_actor(by), seal=seal, pdf=pdf, passphrase_file=passphrase_file, lang=lang
        )

    raise typer.Exit(_told(voice, work))


audit_app = typer.Typer(help=_help("audit"), no_args_is_help=True)
app.add_typer(audit_app, name="audit")


@audit_app.command("verify", help=_help("audit_verify"))
def audit_verify(
    name: Annotated[str | None, typer.Argument(help=_help("log_name"), metavar="[NAME]")] = None,
    out: Out = Path("out"),
    head: Annotated[str | None, typer.Option(help=_help("noted"), metavar="N:HASH")] = None,
    lang: Lang = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Find whatever was done to the logs but adding to them."""
    voice = Voice(_texts(lang), quiet=quiet, as_json=as_json)
    raise typer.Exit(_told(voice, lambda: auditing.verify_command(voice, out, name, head)))


@audit_app.command("show", help=_help("audit_show"))
def audit_show(
    name: Annotated[str, typer.Argument(help=_help("log_name"), metavar="NAME")],
    out: Out = Path("out"),
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Print a log."""
    voice = Voice(_texts(lang), as_json=as_json)
    raise typer.Exit(_told(voice, lambda: auditing.show_command(voice, out, name)))


@app.command(help=_help("whatif"))
def whatif(
    scenario: ScenarioPath,
    grid: Annotated[list[str], typer.Option("--grid", help=_help("grid"), metavar="SECTION.KEY=A,B,C")],
    out: Out = Path("out"),
    seed: Seed = None,
    time_limit: TimeLimit = None,
    iterations: Iterations = None,
    set_: Set = None,
    lang: Lang = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Plan a scenario over a grid of its keys."""
    given = {"seed": seed, "solver.time_limit_s": time_limit, "solver.iterations": iterations, "lang": lang}
    voice = Voice(_texts(lang), quiet=quiet, as_json=as_json)
    raise typer.Exit(_told(voice, lambda: whatif_command(voice, scenario, grid, _overrides(set_, given), out)))


@app.command(help=_help("replan"))
def replan(
    plan: PlanPath,
    at: Annotated[str, typer.Option(help=_help("at"), metavar="HH:MM")],
    events: Annotated[Path | None, typer.Option(help=_help("events"), metavar="EVENTS.json")] = None,
    price: Annotated[float | None, typer.Option(help=_help("price"), min=0.0)] = None,
    call_reserve: Annotated[bool, typer.Option("--call-reserve", help=_help("call_reserve"))] = False,
    seed: Annotated[int, typer.Option(help=_help("seed"), min=0)] = 1,
    time_limit: Annotated[float, typer.Option(help=_help("time_limit"), min=0.0)] = 1.5,
    iterations: Annotated[int | None, typer.Option(help=_help("iterations"), min=1)] = None,
    by: By = None,
    lang: Lang = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Change a published plan on its day."""
    voice = Voice(_texts(lang), quiet=quiet, as_json=as_json)
    settings = Settings(seed, time_limit, iterations)

    def work() -> int:
        actor = present_actor(by)
        return replan_command(voice, plan, at, events, actor, settings, price, call_reserve=call_reserve)

    raise typer.Exit(_told(voice, work))


def _work(
    folder: Path,
    given: Mapping[str, object],
    set_: list[str] | None,
    quiet: bool,
    as_json: bool,
    command: Callable[[Scenario, Voice], int],
) -> None:
    """Read the scenario with its overrides, run the command on it, and exit."""
    lang = given.get("lang")
    voice = Voice(_texts(str(lang) if lang else None), quiet=quiet, as_json=as_json)

    def work() -> int:
        scenario = load_scenario(folder, _overrides(set_, given), voice.texts)
        voice.texts = load_texts(scenario.lang)
        return command(scenario, voice)

    raise typer.Exit(_told(voice, work))


def _overrides(set_: list[str] | None, given: Mapping[str, object]) -> dict[str, str]:
    """`--set` first, then the options that stand for one key each."""
    pairs = [text.partition("=") for text in set_ or []]
    bad = [key for key, sign, _ in pairs if not sign or not key]
    if bad:
        raise InputError(Issue("S105", f"--set {key}", {"path": key or "SECTION.KEY"}) for key in bad)
    return {k.strip(): v.strip() for k, _, v in pairs} | {k: str(v) for k, v in given.items() if v is not None}


def _texts(lang: str | None) -> Texts:
    # `zh` alone means the Chinese of the mainland.
    lang = "zh_CN" if lang == "zh" else lang
    return load_texts(lang) if lang in LANGUAGES else _HELP


def _told(voice: Voice, work: Callable[[], int]) -> int:
    """The exit code; a fault of the input or the disk is told, not thrown."""
    try:
        return work()
    except InputError as error:
        voice.faults(error.issues)
        return EXIT_INPUT
    except OSError as error:
        voice.faults([Issue("S108", str(error.filename or "-"), {"problem": disk_problem(error, voice.texts)})])
        return EXIT_INPUT
    except KeyboardInterrupt:
        return EXIT_STOPPED


speak(app, _HELP)


def main() -> None:
    """The entry point of the `sweep` command."""
    arguments = sys.argv[1:]
    voice = Voice(_texts(told_language(arguments)), as_json="--json" in arguments)
    try:
        code = app(arguments, standalone_mode=False)
    except TyperException as error:
        if is_help(error):
            typer.echo(error.format_message(), err=True)
        else:
            voice.faults([usage_issue(error, voice.texts)])
        sys.exit(EXIT_INPUT)
    except typer.Abort:
        sys.exit(EXIT_STOPPED)
    sys.exit(code if isinstance(code, int) else 0)
