"""Windows from earlier editions of a province, whose published days stay unchanged."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from geodata.errors import InputError, Issue
from geodata.read.read_table import sha256_of
from sweep.audit.approval import FILE_NAME as APPROVAL
from sweep.campaign.record.carried_facts import FOUR_WEEKS
from sweep.campaign.records import FILE_NAME, CampaignRecord
from sweep.campaign.window.check_campaign_against_log import read_record
from sweep.campaign.window.daily_editions import read_published
from sweep.campaign.window.load_campaign import LoadedCampaign
from sweep.campaign.window.plan_campaign import published_ids
from sweep.campaign.window.plan_window import FrozenDay
from sweep.province.model.worker_messages import Job
from sweep.province.pages.province_json import CAMPAIGN, JSON, county_folder, read_province_edition
from sweep.province.records import CountyPlan
from sweep.province.run.altered_edition_files import open_province_edition
from sweep.province.run.county_with_mobile_teams import MOBILE_ID


@dataclass(frozen=True, slots=True)
class PreviousWindow:
    """Folder of a county's previous window, with the hash of its campaign.json."""

    folder: str = ""
    """Folder of the county in an edition of the province; empty without a window."""
    sha256: str = ""
    """Hash of the campaign.json in `folder`."""
    approved: Mapping[str, str] = field(default_factory=dict)
    """Folder of the last approved edition of each of the past 28 days, by day."""


def windows_before(home: Path, day: date) -> dict[str, PreviousWindow]:
    """
    Return each county's window in its latest edition before `day`, by county id.

    Each window comes with the approved editions of the county's past days, from all editions of the province in `home`.
    Editions of `day` itself do not count, so that a run on the day can be repeated.

    Raises
    ------
    InputError
        Errors of `open_province_edition` for an edition of an earlier day.
    """
    editions = []
    for file in home.glob(f"*/{JSON}"):
        try:
            edition = read_province_edition(file.parent)
        except InputError:
            # An edition of another version or a damaged one, which `sweep audit` reports.
            continue
        if edition.is_campaign and date.fromisoformat(edition.day) < day:
            open_province_edition(file.parent)
            editions.append((edition.day, file.stat().st_mtime_ns, file.parent, edition))
    # Newer editions replace older ones; a county with errors in the newest keeps its published days.
    before: dict[str, PreviousWindow] = {}
    for _, _, folder, edition in sorted(editions, key=lambda f: f[:2]):
        for county in edition.planned:
            if county.plan is not None:
                own, known = folder / county_folder(county), before.get(county.county.county_id, PreviousWindow())
                approved = {**known.approved, **_approved_in(own, county.plan, day)}
                before[county.county.county_id] = PreviousWindow(str(own), county.plan.edition_sha256, approved)
    return before


def _approved_in(own: Path, plan: CountyPlan, day: date) -> dict[str, str]:
    """Return, by day, the folder of each approved edition of the past 28 days in the county's folder `own`."""
    out = plan.window.out if plan.window else ()
    past = (d for d in out if day - FOUR_WEEKS <= date.fromisoformat(d.day) < day)
    return {d.day: str(own / d.plan_id) for d in past if (own / d.plan_id / APPROVAL).is_file()}


@dataclass(frozen=True, slots=True)
class PublishedWindow:
    """Last record of a county's window (None: first window), and the published days of this window."""

    record: CampaignRecord | None = None
    published: tuple[FrozenDay, ...] = ()

    @property
    def n_mobile(self) -> int:
        """Return the number of mobile teams on the published days: the largest team number in ids of mobile people."""
        return _largest_team_number(i for p in self.published for t in p.plan.teams for i in t.member_ids)


def n_mobile_out(before: PreviousWindow, day: date) -> int:
    """
    Return the number of mobile teams in a county's plans of published days from `day` on.

    This is the largest team number in the ids of mobile people there; 0 without a readable record of the window.
    """
    try:
        record = read_record(Path(before.folder) / CAMPAIGN) if before.folder else None
    except InputError:
        # `sweep audit` reports the error.
        return 0
    if record is None:
        return 0
    out = published_ids(record, day)
    return _largest_team_number(i for d in record.days if d.day in out for t in d.teams for i in t.member_ids)


def _largest_team_number(person_ids: Iterable[str]) -> int:
    numbers = (i.removeprefix(MOBILE_ID).partition("-")[0] for i in person_ids if i.startswith(MOBILE_ID))
    return max(map(int, numbers), default=0)


def published_window_of(job: Job, loaded: LoadedCampaign) -> PublishedWindow:
    """
    Return the last record of a county's window and its published days; empty if `job.before` is not set.

    S964, S921 or S712 if the files in the folder `job.before` do not have the hashes that the job states.
    """
    if not job.before:
        return PublishedWindow()
    folder = Path(job.before)
    record = read_record(folder / CAMPAIGN)
    if record is None or sha256_of(folder / CAMPAIGN / FILE_NAME) != job.before_sha256:
        raise InputError([Issue("S964", job.before)])
    return PublishedWindow(
        record, tuple(read_published(folder.parent, folder.name, published_ids(record, loaded.today)))
    )
