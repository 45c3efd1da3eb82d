"""`sweep campaign plan` and `advance`; `sweep check` and `sweep explain` of a planned campaign."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geodata.errors import InputError, Issue
from geodata.message_catalogue import Texts, load_texts
from sweep.audit.actor import Actor
from sweep.terminal.command_decorator import CommandCall, command, group, help_text
from sweep.terminal.deferred_imports import deferred_imports
from sweep.terminal.exit_codes import Exit
from sweep.terminal.options import By, Iterations, Out, Seed, TimeLimit, solver_keys
from sweep.terminal.output import Output, breach_json, issue_json
from sweep.terminal.progress import run_progress

with deferred_imports():
    from sweep.audit import audit_log
    from sweep.campaign import read_campaign_file
    from sweep.campaign.check import check_campaign
    from sweep.campaign.cli import compare, replay
    from sweep.campaign.pages import campaign_sentences
    from sweep.campaign.window import check_campaign_against_log, load_campaign, plan_campaign, window_proof
    from sweep.disk import atomic_files
    from sweep.inputs import police_only_data
    from sweep.plan import defer_interrupt
    from sweep.publish.archive import edition_hash
    from sweep.publish.facts import names_and_reasons

if TYPE_CHECKING:
    from sweep.campaign.campaign_settings import Campaign
    from sweep.campaign.records import CampaignRecord
    from sweep.campaign.window.plan_campaign import CampaignOutcome
    from sweep.publish.edition import Edition
    from sweep.scenario.scenario import Scenario

app = group("plan")
campaign_app = group("plan", "campaign")
app.add_typer(campaign_app, rich_help_panel=app.rich_help_panel)

CampaignPath = Annotated[Path, typer.Argument(help=help_text("campaign_folder"), metavar="CAMPAIGN")]


RULE_TEXT = "campaign.rule."


def check_command(voice: Output, folder: Path, overrides: Mapping[str, str], planned: Path) -> Exit:
    """Run `sweep check` of the campaign in `folder`, whose plan is in `planned`: all days, then each published day."""
    campaign, scenario = _campaign(voice, folder, overrides)
    judged = check_campaign.check_days(campaign, _folder_of_record(planned, scenario).parent.parent, overrides)
    hard, soft = judged.violations, judged.soft_violations
    texts = voice.texts
    if voice.as_json:
        content: dict[str, object] = {"planned_on": judged.record.planned_on.isoformat(), "bound": judged.bound}
        content["are_figures_judged"] = judged.are_figures_judged
        content |= {"violations": [breach_json(v) for v in hard], "shortfalls": [breach_json(v) for v in soft]}
        voice.json(content)
    rows = [(v, False) for v in hard] + [(v, True) for v in soft]
    if rows:
        header = [texts(f"campaign.check.col.{c}") for c in ("rule", "where", "detail")]
        shown = [
            (
                # The text of a rule over days; for a rule of single days, its title.
                f"{v.rule_id} {texts(key if (key := RULE_TEXT + v.rule_id) in texts else f'rule.{v.rule_id}.title')}"
                + (f" ({texts('campaign.check.soft')})" if is_soft else ""),
                names_and_reasons.with_names(v.where, judged.names),
                names_and_reasons.with_names(str(v.values.get("detail", "")), judged.names),
            )
            for v, is_soft in rows
        ]
        voice.table(texts("campaign.check.title"), header, shown)
    if judged.bound != "wrong":
        voice.line(f"campaign.bound.{judged.bound}")
    if not judged.are_figures_judged:
        voice.line("campaign.check.other_inputs")
    if not hard:
        n = sum(key.startswith(RULE_TEXT) for key in texts.keys())  # noqa: SIM118 - no mapping
        voice.line("campaign.check.ok", n=n)
    return Exit.RULE_BROKEN if hard else Exit.DONE


def explain_command(voice: Output, folder: Path, overrides: Mapping[str, str], planned: Path, building: str) -> Exit:
    """
    Print the planned day of a building (id or name) with reason, due date and costs of earlier days.

    `planned`: path of the campaign's plan.
    """
    campaign, scenario = _campaign(voice, folder, overrides)
    place = _folder_of_record(planned, scenario)
    record = check_campaign_against_log.planned_record(place)
    loaded = load_campaign.load_for(campaign, record.planned_on, overrides)
    if building not in {*record.due, *record.last_looks} | {v.building_id for d in record.days for v in d.visits}:
        building = load_campaign.building_id(loaded, building)
    sooner = window_proof.earlier_day_costs(place, record, building)
    n_withheld = sum(building in police_only_data.under_investigation(loaded.inputs, d.day) for d in record.days)
    rest = scenario.select.cooldown_days
    lines = campaign_sentences.explanation(record, building, voice.texts, sooner, rest, n_withheld)
    if building in loaded.inputs.unreachable:
        lines.insert(0, voice.texts("reason.NO_ROAD.what"))
    for line in lines:
        voice.line("whatif.line", text=line)
    if voice.as_json:
        days = {day.isoformat(): swap and asdict(swap) for day, swap in sooner.items()}
        voice.json({"building_id": building, "lines": lines, "sooner": days})
    return Exit.DONE


def _campaign(voice: Output, folder: Path, overrides: Mapping[str, str]) -> tuple[Campaign, Scenario]:
    campaign = read_campaign_file.load_campaign(folder, voice.texts)
    scenario = load_campaign.scenario_of(campaign, campaign.first_day, overrides)
    voice.texts = load_texts(scenario.lang)
    return campaign, scenario


def _folder_of_record(planned: Path, scenario: Scenario) -> Path:
    place = compare.campaign_place(planned).absolute()
    if place.parent.name != scenario.name:
        raise InputError([Issue("S918", str(planned))])
    return place


def _plan_window(
    voice: Output, plan: Callable[..., CampaignOutcome], out: Path, scenario: Scenario, actor: Actor
) -> Exit:
    """Plan, log and report a window; `plan` is `plan_campaign` with all its arguments except the callbacks."""
    log = audit_log.log_of_scenario(out, scenario.name)
    log.refuse_damaged()
    atomic_files.refuse_unwritable(log.folder)

    def enter(edition: Edition, folder: Path) -> None:
        actor.log(log, "run", edition_hash.edition_facts(edition, folder))

    def enter_window(record: CampaignRecord, files: Mapping[str, str]) -> None:
        actor.log(log, check_campaign_against_log.ACT, check_campaign_against_log.campaign_facts(record, files))

    with defer_interrupt.record_interrupt(), run_progress(voice) as on_progress:
        outcome = plan(on_progress=on_progress, enter=enter, enter_window=enter_window)
    return _report(voice, outcome)


def _report(voice: Output, outcome: CampaignOutcome) -> Exit:
    record, texts = outcome.record, voice.texts
    voice.notes(outcome.void)
    rows = [
        (
            texts.day(d.day),
            str(d.n_teams_out),
            str(d.n_stay),
            str(len(d.visits)),
            campaign_sentences.day_finds_text(record, d, texts),
            d.plan_id or "-",
        )
        for d in record.days
    ]
    parts = ("teams", "stay", "visits", "value")
    keys = ("campaign.days", *(f"campaign.day.{part}" for part in parts), "command.row.plan")
    voice.table(texts("campaign.title", name=record.name), [texts(k) for k in keys], rows)
    n = sum(len(d.visits) for d in record.days)
    finds = campaign_sentences.finds_text(record, texts)
    voice.line("campaign.done", n=n, days=len(record.days), finds=finds, gap=texts.percent_at_most(record.gap))
    for sentence in campaign_sentences.level_sentences(record, texts):
        voice.line("whatif.line", text=sentence)
    if record.moves:
        frozen = [m for m in record.moves if m.is_frozen]
        voice.line("campaign.moved", n=len(record.moves), frozen=len(frozen))
        if frozen:
            header = [texts(f"campaign.col.{c}") for c in ("building", "before", "after", "why")]
            changes = [
                (m.building_id, *campaign_sentences.move_places(m, texts), campaign_sentences.move_reason(m, texts))
                for m in frozen
            ]
            voice.table(texts("campaign.moves.published"), header, changes)
    voice.notes(outcome.notes)
    voice.line("command.written", files=tuple(map(str, outcome.files)))
    voice.json(_report_json(record, outcome, texts))
    if outcome.violations:
        voice.breaches(outcome.violations)
        return Exit.RULE_BROKEN
    return Exit.DONE


def _report_json(record: CampaignRecord, outcome: CampaignOutcome, texts: Texts) -> dict[str, object]:
    return {
        "name": record.name,
        "planned_on": record.planned_on.isoformat(),
        "finds": record.finds and record.finds.model_dump(),
        "level": [part.model_dump() for part in record.level],
        "value": record.value,
        "bound": record.bound,
        "gap": record.gap,
        "n_visits": sum(len(d.visits) for d in record.days),
        "plan_ids": [d.plan_id for d in record.days if d.plan_id],
        "n_moves": len(record.moves),
        "n_moves_frozen": sum(m.is_frozen for m in record.moves),
        "void": [issue_json(i, texts) for i in outcome.void],
        "notes": [issue_json(i, texts) for i in outcome.notes],
        "violations": [breach_json(v) for v in outcome.violations],
        "files": [str(f) for f in outcome.files],
    }


def _day(text: str | None, option: str) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InputError([Issue("S922", option, {"got": text[:40]})]) from error


@command(campaign_app, "plan", sets=True, example="sweep campaign plan scenarios/quancheng_campaign", changes=("out",))
def _plan(
    call: CommandCall,
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
    overrides, actor = call.overrides({**given, "lang": call.lang}), call.actor(by, given)
    campaign, scenario = _campaign(call.voice, campaign_folder, overrides)
    named = _day(day, "--from")
    first, is_named = named or campaign.first_day, named is not None
    plan = partial(
        plan_campaign.plan_campaign, campaign, first, out, overrides, is_strict=strict, may_precede_last=is_named
    )
    return _plan_window(call.voice, plan, out, scenario, actor)


@command(
    campaign_app, "advance", sets=True, example="sweep campaign advance scenarios/quancheng_campaign", changes=("out",)
)
def _advance(
    call: CommandCall,
    campaign_folder: CampaignPath,
    day: Annotated[str | None, typer.Option("--day", help=help_text("campaign_day"), metavar="YYYY-MM-DD")] = None,
    out: Out = Path("out"),
    seed: Seed = None,
    time_limit: TimeLimit = None,
    iterations: Iterations = None,
    by: By = None,
) -> Exit:
    given = solver_keys(seed, time_limit, iterations)
    overrides, actor = call.overrides({**given, "lang": call.lang}), call.actor(by, given)
    campaign, scenario = _campaign(call.voice, campaign_folder, overrides)
    record = check_campaign_against_log.planned_record(out / scenario.name / plan_campaign.FOLDER)
    today = _day(day, "--day") or check_campaign.next_day(record)
    plan = partial(plan_campaign.plan_campaign, campaign, today, out, overrides)
    return _plan_window(call.voice, plan, out, scenario, actor)


@command(
    campaign_app,
    "replay",
    sets=True,
    example="sweep campaign replay scenarios/quancheng_campaign --policy planner,fixed_intervals --seeds 2",
    changes=("out",),
)
def _replay(
    call: CommandCall,
    campaign_folder: CampaignPath,
    policy: Annotated[str, typer.Option(help=help_text("campaign_policy"), metavar="NAME,...")] = "all",
    seeds: Annotated[int, typer.Option(help=help_text("campaign_seeds"), min=1, max=1_000)] = 1,
    weeks: Annotated[int | None, typer.Option(help=help_text("campaign_weeks"), min=1, max=10_000)] = None,
    out: Out = Path("out"),
    iterations: Iterations = None,
) -> Exit:
    overrides = call.overrides({"solver.iterations": iterations, "lang": call.lang})
    return replay.replay_command(call.voice, campaign_folder, overrides, policy, seeds, weeks, out)
