"""`sweep campaign plan` and `advance`: the window planned, its days published, campaign.json and its page written."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from geodata.atomic_writes import change
from geodata.errors import InputError, Issue, Value
from geodata.message_catalogue import Texts, load_texts
from sweep.audit.retention import STUDY
from sweep.campaign.campaign_settings import Campaign
from sweep.campaign.model.campaign_warnings import campaign_notes
from sweep.campaign.model.duty_roster import Worked
from sweep.campaign.pages.campaign_page import Place, campaign_page
from sweep.campaign.record.campaign_record import make_record
from sweep.campaign.record.campaign_status import worst_classes
from sweep.campaign.record.carried_over import committed_on, sent_before
from sweep.campaign.records import FILE_NAME, CampaignRecord, campaign_json
from sweep.campaign.window.audit_record import BEFORE, read_record, refuse_unrecorded_window
from sweep.campaign.window.daily_editions import publish_days, read_published
from sweep.campaign.window.daily_teams import Load
from sweep.campaign.window.load_campaign import Loaded, load_for, scenario_of
from sweep.campaign.window.plan_window import Planned, Published, plan_window
from sweep.campaign.window.travel_matrix import make_ground
from sweep.campaign.window.unreported_visits import taken_as_made, unreported
from sweep.campaign.window.window_proof import certificate_files
from sweep.disk.atomic_files import refuse_unwritable, write_files
from sweep.jobs.stages.progress_steps import Watch
from sweep.plan.jit_warmup import PLANNER
from sweep.plan.solve import Settings
from sweep.publish.archive.manifest import study_json
from sweep.publish.edition import Edition
from sweep.publish.write_edition import Enter
from sweep.records.plan import Violation

FOLDER, PAGE = "campaign", "campaign.html"

type EnterWindow = Callable[[CampaignRecord, Mapping[str, str]], None]
"""Takes a window's record, and every file of the campaign's folder by name."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What planning a window made."""

    record: CampaignRecord
    folder: Path
    files: tuple[Path, ...]
    notes: tuple[Issue, ...]
    """Promises that no capacity can keep, caps used up, and the like."""
    violations: tuple[Violation, ...]
    """What of the days' editions breaks a rule."""
    void: tuple[Issue, ...] = ()
    """Approvals that no longer hold."""


def plan_campaign(
    campaign: Campaign,
    today: date,
    out: Path,
    overrides: Mapping[str, str] | None = None,
    watch: Watch | None = None,
    enter: Enter | None = None,
    enter_window: EnterWindow | None = None,
    *,
    is_strict: bool = False,
    may_go_back: bool = False,
) -> Outcome:
    """
    Plan the window from a day, publish the days inside the freeze, and write campaign.json and campaign.html.

    What an earlier window has published and is not over stays, or is moved at its price. A second plan on one day takes
    the place of the first.

    Parameters
    ----------
    enter_window
        Enters the window in a log before its files take the place of those before; None: no log knows it.
    may_go_back
        Whether it may be a day before the one that the last window was planned on.

    Raises
    ------
    InputError
        S649 if it is such a day and may not be; S818 if the audit log recorded another campaign.json; if the inputs
        cannot be used, nobody is on duty on a day, or what was published cannot be read; with `is_strict` S914 if the
        promises need more than the window has.
    OSError
        If nothing can be written to `out`.
    """
    report: Watch = watch or (lambda _step, _progress: None)
    PLANNER.begin()
    scenario = scenario_of(campaign, today, overrides)
    place = out / scenario.name / FOLDER
    refuse_unwritable(place)
    report("read", None)
    before = read_before(place, today)
    refuse_unrecorded_window(place)
    if before is not None and today < before.planned_on and not may_go_back:
        days = {"day": today.isoformat(), "planned_on": before.planned_on.isoformat()}
        raise InputError([Issue("S649", str(place / FILE_NAME), days)])
    loaded = load_for(campaign, today, overrides)
    late = tuple(unreported(loaded, out / scenario.name))
    loaded = taken_as_made(loaded, late)
    published = read_published(out, scenario.name, published_ids(before, today))
    ground = make_ground(loaded)
    report("plan", None)
    solver = loaded.scenario.solver
    limits = Settings(loaded.scenario.seed, solver.time_limit_s, solver.iterations)
    planned = plan_window(loaded, ground, limits, published, load_before(before, loaded), lambda p: report("plan", p))
    report("publish", None)
    return publish_window(planned, before, out, enter, late, enter_window, is_strict=is_strict)


def publish_window(
    planned: Planned,
    before: CampaignRecord | None,
    out: Path,
    enter: Enter | None = None,
    late: Sequence[Published] = (),
    enter_window: EnterWindow | None = None,
    *,
    is_strict: bool = False,
) -> Outcome:
    """
    Publish the days of a window that are inside the freeze, and write its campaign.json and campaign.html to `out`.

    Parameters
    ----------
    late
        Days that are over and were taken as made, for nobody has reported yet.

    Raises
    ------
    InputError
        With `is_strict` S914 if the promises need more than the window has.
    OSError
        If nothing can be written to `out`.
    """
    loaded = planned.loaded
    place = out / loaded.scenario.name / FOLDER
    as_planned = {d.day: d for d in planned.days}
    # Before the days are published anew: then it is there again, if nothing else has changed.
    gone = tuple(_gone(before, loaded.today, place.parent))
    notes = (
        *gone,
        *_notes_on(late, place.parent),
        *campaign_notes(loaded.campaign, make_record(planned, as_planned, {}, before)),
    )
    if is_strict and (broken := [i for i in notes if i.code == "S914"]):
        raise InputError(broken)
    # What is out stays so, where fewer days are frozen than were.
    out_already = {p.day for p in planned.published}
    wanted = [d for d in planned.window.days if d <= planned.freeze_until or d in out_already]
    complete = list[tuple[Edition, Path]]()
    with change(place.parent):
        committed = committed_on(loaded, before)
        made = publish_days(planned, wanted, out, committed, lambda edition, fresh: complete.append((edition, fresh)))
        days = as_planned | {day: e.plan for day, e in made.items()}
        record = make_record(planned, days, {day: e.plan_id for day, e in made.items()}, before)
        files = _files(planned, record, before)
        paths = write_files(files, place, place.parent)
        # Only now, so that no log has an edition of a window that could not be written.
        if enter is not None:
            for edition, fresh in complete:
                enter(edition, fresh)
        if enter_window is not None:
            enter_window(record, files)
    violations = tuple(v for e in made.values() for v in e.violations)
    return Outcome(record, place, paths, notes, violations, tuple(_void(record, place.parent)))


def _files(planned: Planned, record: CampaignRecord, before: CampaignRecord | None) -> dict[str, str]:
    files = {
        FILE_NAME: campaign_json(record),
        PAGE: page_of(planned.loaded, record, load_texts(planned.loaded.scenario.lang)),
        STUDY: study_json(FOLDER, planned.loaded.scenario),
        **certificate_files(planned),
    }
    return files if before is None else {**files, BEFORE: campaign_json(before)}


def page_of(loaded: Loaded, record: CampaignRecord, texts: Texts) -> str:
    """The content of campaign.html."""
    worst = worst_classes(loaded)
    places = [
        Place(b.building_id, b.name, b.division_code, worst[i], b.lon, b.lat) for i, b in loaded.buildings.items()
    ]
    return campaign_page(record, places, loaded.inputs.streets, loaded.inputs.division_names, texts)


def read_before(place: Path, today: date) -> CampaignRecord | None:
    """
    The record that what is planned today is held against; None if there is none.

    It is the last one; where that is today's own already, the one that it took the place of, so that what has moved
    since is told whole.

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
    """The editions that are out for days which are not over, by day."""
    days = before.days if before else ()
    return {d.day: d.plan_id for d in days if d.plan_id is not None and d.day >= today}


def _gone(before: CampaignRecord | None, today: date, editions: Path) -> Iterator[Issue]:
    """A note for each day that was published and whose edition is not there any more."""
    for day, plan_id in published_ids(before, today).items():
        if not (editions / plan_id).is_dir():
            yield Issue("S999", str(editions / plan_id), {"day": day.isoformat()})


def _void(record: CampaignRecord, editions: Path) -> Iterator[Issue]:
    """A note for each approval that no longer holds."""
    now = {d.day: d.plan_id for d in record.days}
    for x in record.void:
        shown: dict[str, Value] = {"day": x.day.isoformat(), "plan": x.plan_id, "new": now.get(x.day) or "-"}
        yield Issue("S658", str(editions / x.plan_id), {**shown, "teams": x.team_ids})


def _notes_on(late: Iterable[Published], editions: Path) -> Iterator[Issue]:
    """A note for each day that is over and whose results are not in."""
    for p in late:
        yield Issue("S657", str(editions / p.plan_id), {"day": p.day.isoformat(), "n": len(p.visits)})


def load_before(before: CampaignRecord | None, loaded: Loaded) -> Load:
    """Duties of the four weeks before today, as the windows before had them."""
    plan = loaded.scenario.plan
    load: Load = {}
    for part in sent_before(before, loaded.today):
        for i in part.member_ids:
            load.setdefault(i, []).append(Worked(part.day, plan.shift_start_s, plan.shift_end_s))
    return load
