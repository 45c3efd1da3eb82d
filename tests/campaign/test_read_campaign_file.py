"""campaign.toml: what it says, and every fault of it at once, by key."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from geodata.errors import InputError
from sweep.campaign.campaign_settings import Campaign, Promise
from sweep.campaign.read_campaign_file import load_campaign
from sweep.scenario.scenario import Scenario

HEAD = 'name = "tiny"\nfirst_day = 2026-09-16\nlast_day = 2026-12-31\n'


def written(folder: Path, text: str) -> Path:
    (folder / "campaign.toml").write_text(text, encoding="utf-8")
    return folder


def faults(folder: Path, text: str) -> list[tuple[str, str]]:
    with pytest.raises(InputError) as caught:
        load_campaign(written(folder, text))
    return [(i.code, i.where) for i in caught.value.issues]


def test_promises_stand_shortest_first_and_the_window_ends_with_the_campaign(tmp_path: Path) -> None:
    campaign = load_campaign(written(tmp_path, HEAD + "[promises]\nall = 1095\n[promises.credit_class]\nD = 180\n"))
    assert campaign.ordered_promises == (Promise("credit_class", "D", 180), Promise("all", "", 1095))
    assert campaign.window(date(2026, 9, 16)) == (date(2026, 9, 16), date(2026, 10, 13))
    assert campaign.window(date(2026, 12, 28))[1] == date(2026, 12, 31)


def test_a_days_own_number_of_teams_goes_before_its_weekdays_and_that_before_all(tmp_path: Path) -> None:
    by_day = 'by_day = {tue = 3, "2026-09-22" = 2}\n'
    campaign = load_campaign(written(tmp_path, HEAD + "[teams]\nn_teams = 4\n" + by_day))
    days = [date(2026, 9, 22), date(2026, 9, 29), date(2026, 9, 30)]
    assert [campaign.n_teams_on(d) for d in days] == [2, 3, 4]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("name =", ("S102", "")),
        (HEAD + "window_week = 3\n", ("S103", "window_week")),
        (HEAD + 'weekdays = ["tues"]\n', ("S104", "weekdays.0")),
        ('name = "tiny"\nfirst_day = 2026-09-16\n', ("S105", "last_day")),
        (HEAD.replace("2026-12-31", "2026-09-01"), ("S104", "campaign.toml")),
        (HEAD + "days = [2026-09-16, 2026-09-16]\n", ("S903", "campaign.toml days[1]")),
        (HEAD + "days = [2027-01-05]\n", ("S904", "campaign.toml days[0]")),
        (HEAD + "[teams.by_day]\nTuesday = 3\n", ("S104", "teams.by_day")),
        (HEAD + "[teams.by_day]\n2026-9-22 = 3\n", ("S104", "teams.by_day")),
        (HEAD + "[teams.by_day]\n2027-01-05 = 3\n", ("S904", "campaign.toml teams.by_day.2027-01-05")),
        (HEAD + "[promises]\ncredit_class = 5\n", ("S915", "campaign.toml promises.credit_class")),
        (HEAD + "n_finds_min = 5\n", ("S620", "n_finds_min")),
    ],
    ids=[
        "no TOML",
        "unknown key",
        "no weekday",
        "missing",
        "ends first",
        "twice",
        "outside",
        "teams of no day",
        "teams of a day written otherwise",
        "teams of a day outside",
        "no table",
        "no quota",
    ],
)
def test_a_fault_is_named_by_its_key(tmp_path: Path, text: str, fault: tuple[str, str]) -> None:
    code, where = fault
    found = faults(tmp_path, text)
    assert [c for c, _ in found] == [code]
    assert where in found[0][1]


def test_without_a_file_the_fault_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        load_campaign(tmp_path)
    assert [i.code for i in caught.value.issues] == ["S901"]


def test_a_lead_that_falls_due_weighs_more_than_a_published_visit_for_a_promise() -> None:
    campaign = Campaign(name="tiny", first_day=date(2026, 9, 14), last_day=date(2026, 12, 31))
    scenario = Scenario(name="tiny", day=date(2026, 9, 14))
    assert campaign.freeze_price + campaign.promise_weight < scenario.plan.due_weight
