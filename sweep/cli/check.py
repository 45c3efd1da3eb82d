"""`sweep check`: verification of a plan, an edition or a handout against the scenario's inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from geodata.errors import Issue
from geodata.message_catalogue import load_texts
from sweep.terminal.command_decorator import CommandCall, command, group
from sweep.terminal.deferred_imports import deferred_imports
from sweep.terminal.exit_codes import Exit
from sweep.terminal.options import JudgedPath, ScenarioPath
from sweep.terminal.output import Output, breach_json, issue_json

with deferred_imports():
    from geodata import regular_file
    from sweep.campaign.cli import campaign
    from sweep.campaign.cli import compare as campaign_compare
    from sweep.check.bound import recompute_plan_value
    from sweep.jobs import review_and_explain
    from sweep.jobs.verification import check_disclosure, check_proof
    from sweep.plan.problem import problem_file
    from sweep.province.model import load_province
    from sweep.province.run import check_province
    from sweep.publish.archive import check_editions_against_log as check_edition_log
    from sweep.publish.archive import edition_json_file, plan_json, read_plan
    from sweep.publish.facts import names_and_reasons

if TYPE_CHECKING:
    from sweep.publish.edition import Edition
    from sweep.records.plan import Cost, Violation
    from sweep.scenario.scenario import Scenario

app = group("judge")


def check_command(scenario: Scenario, voice: Output, plan: Path) -> Exit:
    """
    Verify a plan file, an edition or a handout against the inputs, and report every violated rule.

    `plan`: the plan file, or the folder of the edition or handout.
    """
    if check_disclosure.is_handout(plan):
        return _report(voice, check_disclosure.handout_breaches(plan, scenario))
    edition, folder = review_and_explain.review_plan(scenario, plan), edition_json_file.edition_folder(plan)
    problem, file = folder / problem_file.FILE_NAME, plan / plan_json.FILE_NAME if plan.is_dir() else plan
    shown = check_proof.check_bound_of_plan(problem, file, is_outside_edition=False)
    violations = (
        *edition.violations,
        *check_edition_log.edition_breaches(folder, may_edit_plan=True),
        *shown.violations,
    )
    # A plan that was changed on its day has visits that are missing in its problem.
    is_whole = not violations and edition.log is None and problem.is_file()
    is_priced = is_whole and scenario.weights.is_set
    costs = _shown_costs(voice, problem, file) if is_priced else None
    # Violations that follow from changed inputs are no errors of the plan.
    changes = tuple(check_edition_log.changes_since(folder, edition)) if violations else ()
    return _report(voice, violations, shown, costs, edition, changes)


def _report(
    voice: Output,
    violations: Sequence[Violation],
    shown: check_proof.BoundCheck | None = None,
    costs: Mapping[str, Cost] | None = None,
    edition: Edition | None = None,
    changes: Sequence[Issue] = (),
) -> Exit:
    if voice.as_json:
        more: dict[str, object] = {} if shown is None else {"bound": shown.status}
        more |= {"bound_any_teams": shown.any_teams_status} if shown is not None and shown.any_teams_status else {}
        more |= {"costs": {key: asdict(cost) for key, cost in costs.items()}} if costs is not None else {}
        more |= {"shortfalls": [breach_json(v) for v in edition.soft_violations]} if edition is not None else {}
        more |= {"notes": [issue_json(change, voice.texts) for change in changes]} if changes else {}
        voice.json({"violations": [breach_json(v) for v in violations], **more})
    voice.notes(changes)
    if violations:
        voice.breaches(violations, edition)
        return Exit.RULE_BROKEN
    voice.line("command.no_violation")
    for v in edition.soft_violations if edition is not None else ():
        voice.line("command.shortfall", rule_id=v.rule_id, text=names_and_reasons.breach_text(edition, v, voice.texts))
    if shown is not None:
        voice.line(f"command.bound.{shown.status}")
    if shown is not None and shown.any_teams_status:
        voice.line(f"command.bound.any_teams.{shown.any_teams_status}")
    return Exit.DONE


def _shown_costs(voice: Output, problem: Path, plan: Path) -> Mapping[str, Cost]:
    """Print the costs of a plan, recomputed from its times, as a table; return them by objective term."""
    texts = voice.texts
    costs = recompute_plan_value.costs_of(regular_file.read_regular(problem), read_plan.read_plan_file(plan))
    rows = [(texts(f"cost.{key}"), texts.number(c.quantity), texts.number(c.price, 6)) for key, c in costs.items()]
    if rows:
        voice.table(texts("cost.title"), [texts(f"cost.column.{name}") for name in ("what", "quantity", "price")], rows)
    return costs


@command(app, "check", sets=True, example="sweep check scenarios/quancheng out/quancheng/PLAN_ID")
def _check(call: CommandCall, scenario: ScenarioPath, plan: JudgedPath) -> Exit:
    """Verify a plan, province or campaign against its inputs; for a problem file, verify the bound of its plan."""
    voice = call.voice
    if scenario.suffix == ".json":
        shown = check_proof.check_bound_of_plan(scenario, plan)
        costs = {} if shown.violations else _shown_costs(voice, scenario, plan)
        return _report(voice, shown.violations, shown, costs)
    if load_province.is_province(scenario):
        # Each county against its own inputs, then the rules between counties.
        province = load_province.load_province(scenario, voice.texts)
        voice.texts = load_texts(province.settings.lang)
        with voice.bar() as report:
            found = check_province.judge_province(province, plan, lambda n, n_all, county: report(n / n_all, county))
        return _report(voice, found)
    if campaign_compare.is_campaign(plan, scenario):
        return campaign.check_command(voice, scenario, call.overrides({"lang": call.lang}), plan)
    return check_command(call.scenario(scenario), voice, plan)
