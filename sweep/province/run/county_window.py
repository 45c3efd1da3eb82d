"""Window of a county: all days of its campaign to be planned at once, with mobile teams on each day."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from geodata.errors import InputError, Issue
from geodata.regular_file import is_present
from sweep.campaign.campaign_settings import FILE_NAME
from sweep.campaign.read_campaign_file import load_campaign
from sweep.campaign.records import CampaignRecord
from sweep.campaign.window.load_campaign import LoadedCampaign, load_for
from sweep.campaign.window.plan_campaign import load_before
from sweep.campaign.window.plan_window import PlannedWindow, plan_window
from sweep.campaign.window.travel_and_day_problem import TravelMatrix, make_travel_matrix
from sweep.campaign.window.unreported_visits import with_unreported, without_results
from sweep.jobs.stages.plan_day import limits_of
from sweep.plan.problem.objective import objective
from sweep.plan.solve import Settings
from sweep.province.model.worker_messages import Job
from sweep.province.records import CountyCurve, CurvePoint
from sweep.province.run.county_with_mobile_teams import CountyAssignment, mobile_people, refuse_mobile_ids
from sweep.province.run.published_windows import PublishedWindow, published_window_of
from sweep.records.pins import Pin
from sweep.records.plan import Plan, Route


def load_window(
    folder: Path, overrides: Mapping[str, str], sites: Sequence[str], approved: Mapping[str, str]
) -> LoadedCampaign:
    """
    Read a county's campaign from the province's day on; approved visits without results count as done.

    Parameters
    ----------
    sites
        Ids of buildings of linked actions. No window visits them: counties start together only in plans of one day.
    approved
        Folders of editions by day, as in `Job.approved`.

    Raises
    ------
    InputError
        S967 without a campaign of the scenario, S991 if a person's id has the prefix of mobile people; errors of all
        files.
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
    return with_unreported(loaded, without_results(loaded, folders))


def draw_window_curve(loaded: LoadedCampaign, job: Job) -> tuple[CountyCurve, tuple[Plan, ...]]:
    """
    Return the value curve of a county's window: its value with 0, 1, 2, ... mobile teams on each day, and the plans.

    Published days may already use mobile teams. Points with fewer teams repeat the point with the number in use.

    Raises
    ------
    InputError
        If the county's own people do not suffice for a plan.
    """
    travel_matrix, earlier = make_travel_matrix(loaded), published_window_of(job, loaded)
    n_most = max(job.n_mobile, earlier.n_mobile)
    limits = limits_of(loaded.scenario, job.share / (n_most + 1 - earlier.n_mobile))
    points: list[CurvePoint] = []
    plans: list[Plan] = []
    for n_mobile in range(earlier.n_mobile, n_most + 1):
        task = CountyAssignment(job.mobile, n_mobile)
        try:
            made = planned_window(loaded, travel_matrix, task, limits, earlier, plans[-1].routes if plans else ())
        except InputError:
            if not plans:
                raise
            # One more than the county can use.
            break
        plan = made.plan
        parts = objective(made.window.problem, plan.routes, plan.teams)
        urgencies = [v.urgency for d in made.days for v in d.visits]
        due, n_due = sum(urgencies), sum(urgency > 0 for urgency in urgencies)
        parts = replace(parts, finds=plan.value - due, due=due, n_due=n_due)
        # The bound on the expected finds of any plan of these teams with at least this plan's urgency.
        points.append(CurvePoint(n_mobile, most_teams(plan), parts, plan.bound - due, members_max=plan.members_max))
        plans.append(plan)
    n = earlier.n_mobile
    all_points = (*(replace(points[0], n_mobile=k) for k in range(n)), *points)
    return CountyCurve(job.county_id, all_points, n_held=n), (*(n * plans[:1]), *plans)


def planned_window(
    loaded: LoadedCampaign,
    travel_matrix: TravelMatrix,
    task: CountyAssignment,
    limits: Settings,
    earlier: PublishedWindow,
    start: Sequence[Route] = (),
) -> PlannedWindow:
    """
    Plan the window with the mobile teams of `task` on each of its days; the published days in `earlier` are fixed.

    Each mobile team adds one team per day if the people suffice, else its people, who have duty limits too, join
    other teams. `limits`: seed and limits of the search; `start`: further initial routes, as for `plan_window`.

    Raises
    ------
    InputError
        If no teams can be composed.
    """

    def planned(n_more: int) -> PlannedWindow:
        made = reinforced_window(loaded, task, n_more)
        return plan_window(
            made, travel_matrix, limits, earlier.published, load_before(earlier.record, made), start=start
        )

    for n_more in range(task.n_mobile, 0, -1):
        try:
            return planned(n_more)
        except InputError:
            continue
    return planned(0)


def reinforced_window(loaded: LoadedCampaign, task: CountyAssignment, n_more: int) -> LoadedCampaign:
    """Return the campaign with the people of mobile teams added, and `n_more` further teams on each day."""
    until = loaded.campaign.window(loaded.today)[1] + timedelta(days=1)
    people = mobile_people(loaded.persons, loaded.bases, until, task)
    n_own = loaded.scenario.teams.n_teams
    scenario = loaded.scenario if n_own is None else loaded.scenario.with_teams(n_own + n_more)
    campaign = loaded.campaign
    n_teams, by_day = campaign.teams.n_teams, campaign.teams.by_day
    update = {
        "n_teams": None if n_teams is None else n_teams + n_more,
        "by_day": {day: n + n_more for day, n in by_day.items()},
    }
    return replace(
        loaded,
        campaign=campaign.model_copy(update={"teams": campaign.teams.model_copy(update=update)}),
        scenario=scenario,
        persons={**loaded.persons, **people},
    )


def n_more_by(record: CampaignRecord, loaded: LoadedCampaign, task: CountyAssignment) -> int:
    """
    Return the number of lent mobile teams on the last day of a recorded window; 0 if unknown.

    It is the day's number of teams less the county's own number, at most the number of mobile teams in `task`.
    """
    if not record.days:
        return 0
    # The last day is the least likely to be fixed by an earlier window with other teams.
    day = record.days[-1]
    own = loaded.campaign.n_teams_on(day.day) or loaded.scenario.teams.n_teams
    n_teams = len(day.teams) // (1 + (loaded.scenario.teams.mode == "squads"))
    return 0 if own is None else min(task.n_mobile, max(0, n_teams - own))


def most_teams(plan: Plan) -> int:
    """Return the number of teams on the day with most teams, reserve included."""
    return max(sum(t.day == k for t in plan.teams) for k in {t.day for t in plan.teams})
