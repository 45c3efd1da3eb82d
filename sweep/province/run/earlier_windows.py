"""What a province has published before: windows of an earlier day, whose days that are not over stay as they are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from geodata.errors import InputError, Issue
from geodata.read.read_table import sha256_of
from sweep.audit.approval import FILE_NAME as APPROVAL
from sweep.campaign.record.carried_over import FOUR_WEEKS
from sweep.campaign.records import FILE_NAME, CampaignRecord
from sweep.campaign.window.audit_record import read_record
from sweep.campaign.window.daily_editions import read_published
from sweep.campaign.window.load_campaign import Loaded
from sweep.campaign.window.plan_campaign import published_ids
from sweep.campaign.window.plan_window import Published
from sweep.province.model.worker_messages import Job
from sweep.province.pages.province_json import CAMPAIGN, JSON, county_folder, read_province_edition
from sweep.province.records import CountyPlan
from sweep.province.run.reinforced_county import MOBILE_ID
from sweep.province.run.tampering import open_province_edition


@dataclass(frozen=True, slots=True)
class Before:
    """Where a county's window before this one lies, and the hash of its campaign.json."""

    folder: str = ""
    """The county's folder in an edition; empty if it had no window."""
    sha256: str = ""
    approved: Mapping[str, str] = field(default_factory=dict)
    """The edition that was approved last for each day of the four weeks before that is over, its folder by day."""


def windows_before(home: Path, day: date) -> dict[str, Before]:
    """
    Each county's window in the newest edition of a day before this one that has a plan of it, by county id.

    With each goes what was approved of the county's days that are over, in whichever edition.

    Of a second run on one day the first is not held: until the day is over the newest edition takes its place.

    Raises
    ------
    InputError
        What `open_province_edition` raises for one of an earlier day.
    """
    found = []
    for file in home.glob(f"*/{JSON}"):
        try:
            edition = read_province_edition(file.parent)
        except InputError:
            # It is another version's, or spoilt, and told by `sweep audit`.
            continue
        if edition.is_campaign and date.fromisoformat(edition.day) < day:
            open_province_edition(file.parent)
            found.append((edition.day, file.stat().st_mtime_ns, file.parent, edition))
    # What is newer takes the place of what is older; a county at fault in it keeps its days that are out.
    before: dict[str, Before] = {}
    for _, _, folder, edition in sorted(found, key=lambda f: f[:2]):
        for county in edition.planned:
            if county.plan is not None:
                own, known = folder / county_folder(county), before.get(county.county.county_id, Before()).approved
                approved = {**known, **_approved_in(own, county.plan, day)}
                before[county.county.county_id] = Before(str(own), county.plan.edition_sha256, approved)
    return before


def _approved_in(own: Path, plan: CountyPlan, day: date) -> dict[str, str]:
    """What was approved of a county's window for days that are over and not older than four weeks."""
    out = plan.window.out if plan.window else ()
    past = (d for d in out if day - FOUR_WEEKS <= date.fromisoformat(d.day) < day)
    return {d.day: str(own / d.plan_id) for d in past if (own / d.plan_id / APPROVAL).is_file()}


@dataclass(frozen=True, slots=True)
class Held:
    """What of a county's window is out already."""

    record: CampaignRecord | None = None
    published: tuple[Published, ...] = ()

    @property
    def n_mobile(self) -> int:
        """Mobile teams that days which are out bind to the county."""
        return _n_mobile(i for p in self.published for t in p.plan.teams for i in t.member_ids)


def n_mobile_out(before: Before, day: date) -> int:
    """Mobile teams that days which are out and not over bind to a county, by its record; 0 if that cannot be read."""
    try:
        record = read_record(Path(before.folder) / CAMPAIGN) if before.folder else None
    except InputError:
        # `sweep audit` tells of it.
        return 0
    if record is None:
        return 0
    out = published_ids(record, day)
    return _n_mobile(i for d in record.days if d.day in out for t in d.teams for i in t.member_ids)


def _n_mobile(person_ids: Iterable[str]) -> int:
    """The highest number of a mobile team among the people of some teams."""
    numbers = (i.removeprefix(MOBILE_ID).partition("-")[0] for i in person_ids if i.startswith(MOBILE_ID))
    return max(map(int, numbers), default=0)


def held_of(job: Job, loaded: Loaded) -> Held:
    """The part of a county's window that is out; S964, S921 or S712 if it is not what was published."""
    if not job.before:
        return Held()
    folder = Path(job.before)
    record = read_record(folder / CAMPAIGN)
    if record is None or sha256_of(folder / CAMPAIGN / FILE_NAME) != job.before_sha256:
        raise InputError([Issue("S964", job.before)])
    return Held(record, tuple(read_published(folder.parent, folder.name, published_ids(record, loaded.today))))
