"""`sweep check`: a plan, an edition or a handout judged from the inputs."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from geodata.errors import Issue
from geodata.message_catalogue import load_texts
from geodata.regular_file import read_regular
from sweep.check.bound.costs_and_caps import costs_of
from sweep.jobs.judge_plan import review_plan
from sweep.jobs.tampering.check_disclosure import handout_breaches, is_handout
from sweep.jobs.tampering.check_edition_log import changes_since, edition_breaches
from sweep.jobs.tampering.check_proof import Shown, shown_bound
from sweep.plan.problem.problem_file import FILE_NAME as PROBLEM
from sweep.province.model.load_province import load_province
from sweep.province.run.check_province import judge_province
from sweep.publish.archive.edition_json import edition_folder
from sweep.publish.archive.plan_json import FILE_NAME as PLAN
from sweep.publish.archive.read_plan import read_plan_file
from sweep.records.plan import Cost, Violation
from sweep.scenario.scenario import Scenario
from sweep.terminal.exit_codes import Exit
from sweep.terminal.output import Voice, breach_json, issue_json


def check_command(scenario: Scenario, voice: Voice, plan: Path) -> Exit:
    """Judge a plan file, an edition or a handout from the inputs; name every rule that it breaks."""
    if is_handout(plan):
        return _report(voice, handout_breaches(plan, scenario))
    edition, folder = review_plan(scenario, plan), edition_folder(plan)
    problem, file = folder / PROBLEM, plan / PLAN if plan.is_dir() else plan
    shown = shown_bound(problem, file, is_alone=False)
    violations = (*edition.violations, *edition_breaches(folder, may_edit_plan=True), *shown.violations)
    # A plan that was changed on its day has visits that its problem does not know.
    is_whole = not violations and edition.log is None and problem.is_file()
    is_priced = is_whole and scenario.weights.is_set
    costs = _shown_costs(voice, problem, file) if is_priced else None
    # Rules that break because the inputs are others than those of the plan are no fault of it.
    changes = tuple(changes_since(folder, edition)) if violations else ()
    return _report(voice, violations, shown, costs, edition.shortfalls, changes)


def check_province_command(voice: Voice, path: Path, folder: Path) -> Exit:
    """Judge an edition of a province: every county from its own files, and what holds between counties."""
    province = load_province(path, voice.texts)
    voice.texts = load_texts(province.settings.lang)
    with voice.bar() as report:
        found = judge_province(province, folder, lambda n, n_all, county: report(n / n_all, county))
    return _report(voice, found)


def check_bound_command(voice: Voice, problem: Path, plan: Path) -> Exit:
    """Judge the bound of a plan that was made for a problem file alone, and tell what the plan costs."""
    shown = shown_bound(problem, plan)
    costs = {} if shown.violations else _shown_costs(voice, problem, plan)
    return _report(voice, shown.violations, shown, costs)


def _report(
    voice: Voice,
    violations: Sequence[Violation],
    shown: Shown | None = None,
    costs: Mapping[str, Cost] | None = None,
    shortfalls: Sequence[Violation] | None = None,
    changes: Sequence[Issue] = (),
) -> Exit:
    if voice.as_json:
        more: dict[str, object] = {} if shown is None else {"bound": shown.standing}
        more |= {"bound_any_teams": shown.of_any} if shown is not None and shown.of_any else {}
        more |= {"costs": {key: asdict(cost) for key, cost in costs.items()}} if costs is not None else {}
        more |= {"shortfalls": [breach_json(v) for v in shortfalls]} if shortfalls is not None else {}
        more |= {"notes": [issue_json(change, voice.texts) for change in changes]} if changes else {}
        voice.json({"violations": [breach_json(v) for v in violations], **more})
    voice.notes(changes)
    if violations:
        voice.breaches(violations)
        return Exit.RULE_BROKEN
    voice.line("command.no_violation")
    for v in shortfalls or ():
        voice.line("command.shortfall", rule_id=v.rule_id, text=voice.breach(v))
    if shown is not None:
        voice.line(f"command.bound.{shown.standing}")
    if shown is not None and shown.of_any:
        voice.line(f"command.bound.any_teams.{shown.of_any}")
    return Exit.DONE


def _shown_costs(voice: Voice, problem: Path, plan: Path) -> Mapping[str, Cost]:
    """What the plan costs, found again from its times; shown as a table if it is anything."""
    costs, texts = costs_of(read_regular(problem), read_plan_file(plan)), voice.texts
    rows = [(texts(f"cost.{key}"), texts.number(c.quantity), texts.number(c.price, 6)) for key, c in costs.items()]
    if rows:
        voice.table(texts("cost.title"), [texts(f"cost.column.{name}") for name in ("what", "quantity", "price")], rows)
    return costs
