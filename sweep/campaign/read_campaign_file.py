"""Reader of campaign.toml; collects the errors of all keys."""

from datetime import date
from pathlib import Path

from pydantic import ValidationError

from geodata.errors import InputError, Issue
from geodata.message_catalogue import Texts, load_texts
from sweep.campaign.campaign_settings import EVERY, FILE_NAME, WEEKDAYS, Campaign
from sweep.scenario.load_scenario import file_at, read_toml, toml_issues


def load_campaign(path: Path, texts: Texts | None = None) -> Campaign:
    """
    Read the campaign of a folder or of a campaign.toml; a bare name is a folder in `SCENARIOS`.

    Raises
    ------
    InputError
        S901 for a missing file, S102 for invalid TOML, S103 for an unknown key, S104 for an invalid value, S105 for a
        missing value, S903 for a day listed twice, S904 for a day outside the campaign, S915 for a promise
        that is neither `all = DAYS` nor a table of days by value.
    """
    texts = texts or load_texts("en")
    file = file_at(path, FILE_NAME)
    tree = read_toml(file, texts, "S901")
    issues = [Issue("S103", "folder", {"nearest": ""})] if tree.pop("folder", None) is not None else []
    try:
        campaign = Campaign.model_validate(tree)
    except ValidationError as error:
        raise InputError([*issues, *toml_issues(error, texts, Campaign, FILE_NAME)]) from error
    issues += [*_day_issues(campaign), *_promise_issues(campaign)]
    if issues:
        raise InputError(issues)
    return campaign.model_copy(update={"folder": file.parent.resolve()})


def _day_issues(campaign: Campaign) -> list[Issue]:
    days, by_day = campaign.days, campaign.teams.by_day
    named = {f"{FILE_NAME} days[{k}]": day for k, day in enumerate(days)}
    twice = [
        Issue("S903", where, {"day": day.isoformat()})
        for k, (where, day) in enumerate(named.items())
        if day in days[:k]
    ]
    named |= {f"{FILE_NAME} teams.by_day.{key}": date.fromisoformat(key) for key in by_day if key not in WEEKDAYS}
    span = {"first": campaign.first_day.isoformat(), "last": campaign.last_day.isoformat()}
    outside = [
        Issue("S904", where, {"day": day.isoformat(), **span})
        for where, day in named.items()
        if not campaign.first_day <= day <= campaign.last_day
    ]
    return twice + outside


def _promise_issues(campaign: Campaign) -> list[Issue]:
    return [
        Issue("S915", f"{FILE_NAME} promises.{key}", {"key": key})
        for key, days in campaign.promises.items()
        if isinstance(days, int) != (key == EVERY)
    ]
