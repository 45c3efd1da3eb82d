"""Jobs `sweep campaign plan` and `advance`: plan the window, publish its days, write the record."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from geodata.atomic_writes import change
from geodata.errors import Code, InputError, Issue, Value
from geodata.message_catalogue import Texts, load_texts
from sweep.audit.retention_period import STUDY
from sweep.campaign.campaign_settings import Campaign
from sweep.campaign.model.campaign_warnings import campaign_notes
from sweep.campaign.model.duty_roster import Duty
from sweep.campaign.pages.campaign_page import campaign_page
from sweep.campaign.record.carried_facts import committed_on, sent_before
from sweep.campaign.record.promises_caps_duties import worst_classes
from sweep.campaign.record.window_record import make_record
from sweep.campaign.records import FILE_NAME, CampaignRecord, campaign_json
from sweep.campaign.window.check_campaign_against_log import BEFORE, read_record, refuse_unrecorded_window
from sweep.campaign.window.compose_daily_teams import Load
from sweep.campaign.window.daily_editions import publish_days, read_published
from sweep.campaign.window.load_campaign import LoadedCampaign, load_for, scenario_of
from sweep.campaign.window.plan_window import FrozenDay, PlannedWindow, plan_window
from sweep.campaign.window.travel_and_day_problem import make_travel_matrix
from sweep.campaign.window.unreported_visits import editions_without_results, with_unreported
from sweep.campaign.window.window_proof import certificate_files
from sweep.disk.atomic_files import refuse_unwritable, write_files
from sweep.jobs.stages.run_progress import ProgressCallback
from sweep.plan.jit_warmup import PLANNER
from sweep.plan.solve import Settings
from sweep.publish.archive.manifest import study_json
from sweep.publish.edition import Edition
from sweep.publish.write_edition import Enter
from sweep.records.plan import Violation

FOLDER, PAGE = "campaign", "campaign.html"

type EnterWindow = Callable[[CampaignRecord, Mapping[str, str]], None]
"""Takes the record of a window, and every file of the campaign's folder by name."""


@dataclass(frozen=True, slots=True)
class CampaignOutcome:
    """Result of planning a window: its record, notes and violations, the folder of campaign.json, the files written."""

    record: CampaignRecord
    folder: Path
    files: tuple[Path, ...]
    notes: tuple[Issue, ...]
    """Notes, as on promises beyond capacity and caps reached."""
    violations: tuple[Violation, ...]
    """Violations in the editions of the days."""
    void: tuple[Issue, ...] = ()
    """Approvals that are no longer valid."""


def plan_campaign(
    campaign: Campaign,
    today: date,
    out: Path,
    overrides: Mapping[str, str] | None = None,
    on_progress: ProgressCallback | None = None,
    enter: Enter | None = None,
    enter_window: EnterWindow | None = None,
    *,
    is_strict: bool = False,
    may_precede_last: bool = False,
) -> CampaignOutcome:
    """
    Plan the window from `today`, publish its next days (`freeze_days`), and write record and page.

    Days published by an earlier window stay, or are changed at a price. A second plan of the same day replaces the
    first.

    Parameters
    ----------
    enter_window
        Logs the window before its files replace those of the previous one; None: no log.
    may_precede_last
        Whether `today` may precede the day from which the last window was planned.

    Raises
    ------
    InputError
        S649 if `today` precedes that day without `may_precede_last`; S818 if the audit log recorded another
        campaign.json; with `is_strict` S914 if the promises exceed the window's capacity. Also if the inputs cannot be
        used, a day has no people on duty, or a published day cannot be read.
    OSError
        If `out` is not writable.
    """
    report: ProgressCallback = on_progress or (lambda _step, _progress: None)
    PLANNER.begin()
    scenario = scenario_of(campaign, today, overrides)
    place = out / scenario.name / FOLDER
    refuse_unwritable(place)
    report("read", None)
    before = read_before(place, today)
    refuse_unrecorded_window(place)
    if before is not None and today < before.planned_on and not may_precede_last:
        days = {"day": today.isoformat(), "planned_on": before.planned_on.isoformat()}
        raise InputError([Issue("S649", str(place / FILE_NAME), days)])
    loaded = load_for(campaign, today, overrides)
    late = tuple(editions_without_results(loaded, out / scenario.name))
    loaded = with_unreported(loaded, late)
    published = read_published(out, scenario.name, published_ids(before, today))
    travel_matrix = make_travel_matrix(loaded)
    report("plan", None)
    solver = loaded.scenario.solver
    limits = Settings(loaded.scenario.seed, solver.time_limit_s, solver.iterations)
    planned = plan_window(
        loaded, travel_matrix, limits, published, load_before(before, loaded), lambda p: report("plan", p)
    )
    report("publish", None)
    return publish_window(planned, before, out, enter, late, enter_window, is_strict=is_strict)


def publish_window(
    planned: PlannedWindow,
    before: CampaignRecord | None,
    out: Path,
    enter: Enter | None = None,
    late: Sequence[FrozenDay] = (),
    enter_window: EnterWindow | None = None,
    *,
    is_strict: bool = False,
) -> CampaignOutcome:
    """
    Publish the window's next days (`freeze_days`), and write its record and page to `out`.

    Parameters
    ----------
    before
        Record of the previous window, from which changes are listed; None without one.
    late
        Past days without results, which count as done.
    enter_window
        Logs the window before its files replace those of the previous one; None: no log.

    Raises
    ------
    InputError
        With `is_strict` S914 if the promises exceed the window's capacity.
    OSError
        If `out` is not writable.
    """
    loaded = planned.loaded
    place = out / loaded.scenario.name / FOLDER
    as_planned = {d.day: d for d in planned.days}
    # Before the days are published again, which restores a missing edition if nothing else has changed.
    notes = (
        *_input_notes(loaded, before, late, place.parent),
        *campaign_notes(loaded.campaign, make_record(planned, as_planned, {}, before)),
    )
    if is_strict and (broken := [i for i in notes if i.code == Code.PROMISE_BEYOND_CAPACITY]):
        raise InputError(broken)
    # A published day stays published if the freeze becomes shorter.
    out_already = {p.day for p in planned.published}
    wanted = [d for d in planned.window.days if d <= loaded.freeze_until or d in out_already]
    complete = list[tuple[Edition, Path]]()
    with change(place.parent):
        committed = committed_on(loaded, before)
        made = publish_days(planned, wanted, out, committed, lambda edition, fresh: complete.append((edition, fresh)))
        days = as_planned | {day: e.plan for day, e in made.items()}
        record = make_record(planned, days, {day: e.plan_id for day, e in made.items()}, before)
        files = _files(planned, record, before)
        paths = write_files(files, place, place.parent)
        # The last step, so that no log has an edition of a window that could not be written.
        if enter is not None:
            for edition, fresh in complete:
                enter(edition, fresh)
        if enter_window is not None:
            enter_window(record, files)
    violations = tuple(v for e in made.values() for v in e.violations)
    return CampaignOutcome(record, place, paths, notes, violations, tuple(_lapsed_approvals(record, place.parent)))


def _files(planned: PlannedWindow, record: CampaignRecord, before: CampaignRecord | None) -> dict[str, str]:
    files = {
        FILE_NAME: campaign_json(record),
        PAGE: page_of(planned.loaded, record, load_texts(planned.loaded.scenario.lang)),
        STUDY: study_json(FOLDER, planned.loaded.scenario.name, planned.loaded.scenario.day),
        **certificate_files(planned),
    }
    return files if before is None else {**files, BEFORE: campaign_json(before)}


def page_of(loaded: LoadedCampaign, record: CampaignRecord, texts: Texts) -> str:
    """Return the HTML of campaign.html for a planned window."""
    inputs, places = loaded.inputs, loaded.buildings.values()
    return campaign_page(record, places, worst_classes(loaded), inputs.streets, inputs.division_names, texts)


def read_before(place: Path, today: date) -> CampaignRecord | None:
    """
    Return the record with which today's plan is compared; None if the campaign has no record.

    This is the last record. If the last record was made today, it is the one before it, so that all of today's changes
    are reported.

    Raises
    ------
    InputError
        S921 if a record cannot be read.
    """
    last = read_record(place)
    if last is None or last.planned_on != today:
        return last
    older = read_record(place, BEFORE)
    return last if older is None or older.planned_on > today else older


def published_ids(before: CampaignRecord | None, today: date) -> dict[date, str]:
    """Return the plan ids of the editions of today and later that record `before` names as published, by day."""
    days = before.days if before else ()
    return {d.day: d.plan_id for d in days if d.plan_id is not None and d.day >= today}


def _input_notes(
    loaded: LoadedCampaign, before: CampaignRecord | None, late: Iterable[FrozenDay], editions: Path
) -> Iterator[Issue]:
    """
    Yield S999 for each published day without its edition's folder, and S657 for each past day without results.

    S673 if the roster marks people as off duty: the mark applies on the roster's day only.
    """
    for day, plan_id in published_ids(before, loaded.today).items():
        if not (editions / plan_id).is_dir():
            yield Issue("S999", str(editions / plan_id), {"day": day.isoformat()})
    for p in late:
        yield Issue("S657", str(editions / p.plan_id), {"day": p.day.isoformat(), "n": len(p.visits)})
    for on in {row.day for row in loaded.off_on_day if row.day is not None}:
        yield Issue("S673", "roster", {"n": len(loaded.off_on_day), "day": on.isoformat()})


def _lapsed_approvals(record: CampaignRecord, editions: Path) -> Iterator[Issue]:
    now = {d.day: d.plan_id for d in record.days}
    for x in record.void:
        shown: dict[str, Value] = {"day": x.day.isoformat(), "plan": x.plan_id, "new": now.get(x.day) or "-"}
        yield Issue("S658", str(editions / x.plan_id), {**shown, "teams": x.team_ids})


def load_before(before: CampaignRecord | None, loaded: LoadedCampaign) -> Load:
    """Return the duties of the four weeks before today, by person id, from `before` and the facts that it carries."""
    plan = loaded.scenario.plan
    load: Load = {}
    for part in sent_before(before, loaded.today):
        for i in part.member_ids:
            load.setdefault(i, []).append(Duty(part.day, plan.shift_start_s, plan.shift_end_s))
    return load
