"""A county's window: all days of its campaign that are planned at once, with mobile teams on each of them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from geodata.errors import InputError, Issue
from geodata.regular_file import is_present
from sweep.campaign.campaign_file import load_campaign
from sweep.campaign.campaign_settings import FILE_NAME, Campaign
from sweep.campaign.records import CampaignRecord
from sweep.campaign.window.load_campaign import Loaded, load_for
from sweep.campaign.window.plan_campaign import load_before
from sweep.campaign.window.plan_window import Planned, plan_window
from sweep.campaign.window.travel_matrix import Ground, make_ground
from sweep.campaign.window.unreported_visits import taken_as_made, without_results
from sweep.plan.solve import Settings
from sweep.province.model.worker_messages import Job
from sweep.province.records import Curve, Point
from sweep.province.run.earlier_windows import Held, held_of
from sweep.province.run.reinforced_county import Task, mobile_people, refuse_mobile_ids
from sweep.province.run.value_curve import Drawn, limits_of
from sweep.records.pins import Pin
from sweep.records.plan import Plan, Route


def load_window(
    folder: Path, overrides: Mapping[str, str], sites: Sequence[str], approved: Mapping[str, str]
) -> Loaded:
    """
    A county's campaign from the province's day on, with what was approved and is not reported yet taken as made.

    Parameters
    ----------
    sites
        Linked buildings, which no window visits: what starts together with another county is of one day.
    approved
        Editions' folders by day, as in `Job.approved`.

    Raises
    ------
    InputError
        S967 if there is no campaign of the scenario, S991 if a person's id is like a mobile one's, and with the faults
        of all files.
    """
    if not is_present(folder / FILE_NAME):
        raise InputError([Issue("S967", str(folder / FILE_NAME))])
    campaign = load_campaign(folder)
    if (folder / campaign.scenario).resolve() != folder.resolve():
        raise InputError([Issue("S967", f"{FILE_NAME} scenario")])
    loaded = load_for(campaign, date.fromisoformat(overrides["day"]), overrides)
    refuse_mobile_ids(loaded.persons, "roster")
    pins = tuple(Pin("never", b, "province.toml links", "links") for b in sites)
    loaded = replace(loaded, inputs=replace(loaded.inputs, pins=(*loaded.inputs.pins, *pins)))
    folders = {date.fromisoformat(day): Path(edition) for day, edition in approved.items()}
    return taken_as_made(loaded, without_results(loaded, folders))


def draw_window_curve(loaded: Loaded, job: Job) -> Drawn:
    """
    The curve of a county's window: its points are windows with 0, 1, 2 ... mobile teams on each day.

    With fewer teams than days which are out bind to it a county is not planned: those points are as the first other.

    Raises
    ------
    InputError
        If not even its own people can be planned.
    """
    ground, held = make_ground(loaded), held_of(job, loaded)
    n_most = max(job.n_mobile, held.n_mobile)
    limits = limits_of(loaded.scenario, job.share / (n_most + 1 - held.n_mobile))
    points: list[Point] = []
    plans: list[Plan] = []
    for n_mobile in range(held.n_mobile, n_most + 1):
        task = Task(job.mobile, n_mobile)
        try:
            made = planned_window(loaded, ground, task, limits, held, plans[-1].routes if plans else ())
        except InputError:
            if not plans:
                raise
            # One more than the county can use.
            break
        plan = made.plan
        points.append(Point(n_mobile, most_teams(plan), made.value, made.bound, members_max=plan.members_max))
        plans.append(plan)
    n = held.n_mobile
    whole = (*(replace(points[0], n_mobile=k) for k in range(n)), *points)
    return Drawn(Curve(job.county_id, whole, n_held=n), (*(n * plans[:1]), *plans))


def planned_window(
    loaded: Loaded, ground: Ground, task: Task, limits: Settings, held: Held, start: Sequence[Route] = ()
) -> Planned:
    """
    The window with mobile teams, which are in the county on each of its days; days that are out are held.

    With each of them one team more goes out on each day, if the people who are there make so many; else their people
    go along with others. Limits of duty hold for them as for everybody.

    Raises
    ------
    InputError
        If no teams can be composed.
    """

    def planned(n_more: int) -> Planned:
        made = reinforced_window(loaded, task, n_more)
        return plan_window(made, ground, limits, held.published, load_before(held.record, made), start=start)

    for n_more in range(task.n_mobile, 0, -1):
        try:
            return planned(n_more)
        except InputError:
            continue
    return planned(0)


def reinforced_window(loaded: Loaded, task: Task, n_more: int) -> Loaded:
    """The campaign with the people of mobile teams, and so many teams more on each day."""
    until = loaded.campaign.window(loaded.today)[1] + timedelta(days=1)
    people = mobile_people(loaded.persons, loaded.bases, until, task)
    n_own = loaded.scenario.teams.n_teams
    scenario = loaded.scenario if n_own is None else loaded.scenario.with_teams(n_own + n_more)
    return replace(
        loaded,
        campaign=_with_more(loaded.campaign, n_more),
        scenario=scenario,
        persons={**loaded.persons, **people},
    )


def n_more_by(record: CampaignRecord, loaded: Loaded, task: Task) -> int:
    """Teams that a window has sent beside the county's own with its mobile people; 0 where nothing says how many."""
    if not record.days:
        return 0
    # The last day is the least likely to be held from an earlier window, with the teams of that.
    day = record.days[-1]
    own = loaded.campaign.n_teams_on(day.day) or loaded.scenario.teams.n_teams
    n_teams = len(day.teams) // (1 + (loaded.scenario.teams.mode == "squads"))
    return 0 if own is None else min(task.n_mobile, max(0, n_teams - own))


def _with_more(campaign: Campaign, n_more: int) -> Campaign:
    n_teams, by_day = campaign.teams.n_teams, campaign.teams.by_day
    update = {
        "n_teams": None if n_teams is None else n_teams + n_more,
        "by_day": {day: n + n_more for day, n in by_day.items()},
    }
    return campaign.model_copy(update={"teams": campaign.teams.model_copy(update=update)})


def most_teams(plan: Plan) -> int:
    """Teams of the day that has most, the reserve included."""
    return max(sum(t.day == k for t in plan.teams) for k in {t.day for t in plan.teams})
