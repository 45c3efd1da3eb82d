"""`sweep campaign plan` and `advance`; `sweep check` and `sweep explain` of a planned campaign."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path

from geodata.errors import InputError, Issue
from geodata.message_catalogue import Texts, load_texts
from sweep.audit.actor import Actor
from sweep.audit.audit_log import log_of_scenario
from sweep.campaign.campaign_file import load_campaign
from sweep.campaign.campaign_settings import Campaign
from sweep.campaign.check.check_campaign import check_days, next_day
from sweep.campaign.cli.compare import campaign_place
from sweep.campaign.pages.campaign_sentences import (
    day_finds_text,
    explanation,
    finds_text,
    level_sentences,
    move_places,
    move_reason,
)
from sweep.campaign.records import FILE_NAME, CampaignRecord
from sweep.campaign.window.audit_record import ACT, campaign_facts, open_record
from sweep.campaign.window.load_campaign import building_id, scenario_of
from sweep.campaign.window.plan_campaign import FOLDER, Outcome, plan_campaign
from sweep.campaign.window.window_proof import sooner_days
from sweep.disk.atomic_files import refuse_unwritable
from sweep.plan.interrupt import noted_interrupt
from sweep.publish.archive.edition_hash import edition_facts
from sweep.publish.edition import Edition
from sweep.scenario.scenario import Scenario
from sweep.terminal.exit_codes import Exit
from sweep.terminal.output import Voice, breach_json, issue_json
from sweep.terminal.progress import run_progress

RULE_TEXT = "campaign.rule."


def plan_command(
    voice: Voice,
    folder: Path,
    overrides: Mapping[str, str],
    day: str | None,
    out: Path,
    actor: Actor,
    *,
    is_strict: bool = False,
) -> Exit:
    """Plan the window from a day; with `is_strict` a promise that cannot be kept is bad input."""
    campaign, scenario = _campaign(voice, folder, overrides)
    named = _day(day, "--from")
    asked = {"is_strict": is_strict, "may_go_back": named is not None}
    return _plan(voice, campaign, scenario.name, named or campaign.first_day, overrides, out, actor, **asked)


def advance_command(
    voice: Voice, folder: Path, overrides: Mapping[str, str], day: str | None, out: Path, actor: Actor
) -> Exit:
    """Plan the window anew from this morning, on what has come in, and tell what has moved."""
    campaign, scenario = _campaign(voice, folder, overrides)
    record = _record(out / scenario.name / FOLDER)
    today = _day(day, "--day") or next_day(record)
    return _plan(voice, campaign, scenario.name, today, overrides, out, actor)


def check_command(voice: Voice, folder: Path, overrides: Mapping[str, str], planned: Path) -> Exit:
    """Judge all planned days together, and each published day by itself."""
    campaign, scenario = _campaign(voice, folder, overrides)
    judged = check_days(campaign, _place(planned, scenario).parent.parent, overrides)
    hard, soft = judged.violations, judged.shortfalls
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
                f"{v.rule_id} {_rule_text(v.rule_id, texts)}"
                + (f" ({texts('campaign.check.soft')})" if is_soft else ""),
                v.where,
                str(v.values.get("detail", "")),
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


def explain_command(voice: Voice, folder: Path, overrides: Mapping[str, str], planned: Path, building: str) -> Exit:
    """Say why a building, by id, name or part of it, is on its day and not sooner, and when its turn comes."""
    campaign, scenario = _campaign(voice, folder, overrides)
    place = _place(planned, scenario)
    record = _record(place)
    if building not in {*record.due, *record.last_looks} | {v.building_id for d in record.days for v in d.visits}:
        building = building_id(campaign, record.planned_on, building, overrides)
    sooner = sooner_days(place, record, building)
    lines = explanation(record, building, voice.texts, sooner, scenario.select.cooldown_days)
    for line in lines:
        voice.line("whatif.line", text=line)
    if voice.as_json:
        days = {day.isoformat(): swap and asdict(swap) for day, swap in sooner.items()}
        voice.json({"building_id": building, "lines": lines, "sooner": days})
    return Exit.DONE


def _rule_text(rule_id: str, texts: Texts) -> str:
    """What a rule asks over days; of one that is of a day alone, its title."""
    key = RULE_TEXT + rule_id
    return texts(key if key in texts else f"rule.{rule_id}.title")


def _campaign(voice: Voice, folder: Path, overrides: Mapping[str, str]) -> tuple[Campaign, Scenario]:
    campaign = load_campaign(folder, voice.texts)
    scenario = scenario_of(campaign, campaign.first_day, overrides)
    voice.texts = load_texts(scenario.lang)
    return campaign, scenario


def _place(planned: Path, scenario: Scenario) -> Path:
    """The folder of campaign.json; S918 if it is another scenario's."""
    place = campaign_place(planned).absolute()
    if place.parent.name != scenario.name:
        raise InputError([Issue("S918", str(planned))])
    return place


def _record(place: Path) -> CampaignRecord:
    record = open_record(place)
    if record is None:
        raise InputError([Issue("S918", str(place / FILE_NAME))])
    return record


def _plan(
    voice: Voice,
    campaign: Campaign,
    scenario_name: str,
    today: date,
    overrides: Mapping[str, str],
    out: Path,
    actor: Actor,
    *,
    is_strict: bool = False,
    may_go_back: bool = False,
) -> Exit:
    log = log_of_scenario(out, scenario_name)
    log.refuse_damaged()
    refuse_unwritable(log.folder)

    def enter(edition: Edition, folder: Path) -> None:
        actor.log(log, "run", edition_facts(edition, folder))

    def enter_window(record: CampaignRecord, files: Mapping[str, str]) -> None:
        actor.log(log, ACT, campaign_facts(record, files))

    with noted_interrupt(), run_progress(voice) as watch:
        outcome = plan_campaign(
            campaign, today, out, overrides, watch, enter, enter_window, is_strict=is_strict, may_go_back=may_go_back
        )
    return _report(voice, outcome)


def _report(voice: Voice, outcome: Outcome) -> Exit:
    record, texts = outcome.record, voice.texts
    voice.notes(outcome.void)
    rows = [
        (
            texts.day(d.day),
            str(d.n_teams_out),
            str(d.n_stay),
            str(len(d.visits)),
            day_finds_text(record, d, texts),
            d.plan_id or "-",
        )
        for d in record.days
    ]
    parts = ("teams", "stay", "visits", "value")
    keys = ("campaign.days", *(f"campaign.day.{part}" for part in parts), "command.row.plan")
    voice.table(texts("campaign.title", name=record.name), [texts(k) for k in keys], rows)
    n = sum(len(d.visits) for d in record.days)
    finds = finds_text(record, texts)
    voice.line("campaign.done", n=n, days=len(record.days), finds=finds, gap=texts.percent(record.gap))
    for sentence in level_sentences(record, texts):
        voice.line("whatif.line", text=sentence)
    if record.moves:
        frozen = [m for m in record.moves if m.is_frozen]
        voice.line("campaign.moved", n=len(record.moves), frozen=len(frozen))
        if frozen:
            header = [texts(f"campaign.col.{c}") for c in ("building", "before", "after", "why")]
            changes = [(m.building_id, *move_places(m, texts), move_reason(m, texts)) for m in frozen]
            voice.table(texts("campaign.moves.published"), header, changes)
    voice.notes(outcome.notes)
    voice.line("command.written", files=tuple(map(str, outcome.files)))
    voice.json(_report_json(record, outcome, texts))
    if outcome.violations:
        voice.breaches(outcome.violations)
        return Exit.RULE_BROKEN
    return Exit.DONE


def _report_json(record: CampaignRecord, outcome: Outcome, texts: Texts) -> dict[str, object]:
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
