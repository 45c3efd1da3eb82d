"""The jobs of a campaign for scripts; `sweep.campaign` re-exports them. No audit log records what they write."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from geodata.message_catalogue import load_texts
from sweep.api.progress import OnProgress, reporter
from sweep.campaign.check.check_campaign import CheckedCampaign, check_days, next_day
from sweep.campaign.read_campaign_file import load_campaign
from sweep.campaign.window.check_campaign_against_log import planned_record, read_record
from sweep.campaign.window.load_campaign import scenario_of
from sweep.campaign.window.plan_campaign import FOLDER, CampaignOutcome, plan_campaign


def plan(
    folder: Path | str,
    out: Path | str = "out",
    *,
    today: date | None = None,
    settings: Mapping[str, str] | None = None,
    on_progress: OnProgress | None = None,
) -> CampaignOutcome:
    """
    Plan the window of a campaign, publish its next days (`freeze_days`), and write campaign.json and campaign.html.

    Parameters
    ----------
    folder
        Folder with campaign.toml.
    out
        Folder of all editions.
    today
        Day from which the window is planned; None: the campaign's first day.
    settings
        Values of scenario.toml by dotted key, in TOML's notation.
    on_progress
        Called with the share that is done, in [0, 1], and a text.

    Raises
    ------
    InputError
        If the inputs cannot be used.
    OSError
        If nothing can be written to `out`.
    """
    campaign = load_campaign(Path(folder))
    day = today or campaign.first_day
    report = reporter(on_progress, load_texts(scenario_of(campaign, day, settings).lang))
    return plan_campaign(campaign, day, Path(out), settings, report, may_precede_last=today is not None)


def advance(
    folder: Path | str,
    out: Path | str = "out",
    *,
    today: date | None = None,
    settings: Mapping[str, str] | None = None,
    on_progress: OnProgress | None = None,
) -> CampaignOutcome:
    """
    Plan the window of a campaign again from a later morning, with the data received since.

    Parameters
    ----------
    today
        The morning; None: the day after the first sweep day of the last window.

    Other parameters and errors are those of `plan`; InputError too if no window is planned yet.
    """
    campaign = load_campaign(Path(folder))
    scenario = scenario_of(campaign, campaign.first_day, settings)
    # A window that a script has planned is in no audit log; `plan_campaign` refuses one that differs from its entry.
    record = planned_record(Path(out) / scenario.name / FOLDER, read_record)
    report = reporter(on_progress, load_texts(scenario.lang))
    return plan_campaign(campaign, today or next_day(record), Path(out), settings, report)


def check(folder: Path | str, out: Path | str = "out", *, settings: Mapping[str, str] | None = None) -> CheckedCampaign:
    """
    Check all planned days of a campaign together, and each published day alone, independently of the planner.

    Parameters are those of `plan`.

    Returns
    -------
    CheckedCampaign
        Campaign record, with `violations` of hard rules and `soft_violations`.

    Raises
    ------
    InputError
        If the inputs cannot be used, or no window is planned yet.
    """
    return check_days(load_campaign(Path(folder)), Path(out), settings)
