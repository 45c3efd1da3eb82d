"""Which windows of earlier days a province holds, and that each is the one that was found."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from geodata.errors import InputError, Issue
from sweep.campaign.records import campaign_json
from sweep.campaign.window.load_campaign import LoadedCampaign
from sweep.province.pages.province_json import province_json, read_province_edition
from sweep.province.records import ProvinceEdition
from sweep.province.run import published_windows
from sweep.province.run.published_windows import published_window_of, windows_before
from tests.campaign.model.small_record import record
from tests.province.model.test_worker_messages import JOB
from tests.province.pages.small_province import small_province, windows_of

DAY = date(2026, 9, 16)


@pytest.fixture(autouse=True)
def unrecorded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Editions without manifest and log: that these are asked for is tested with the commands."""
    monkeypatch.setattr(published_windows, "open_province_edition", read_province_edition)


def write(home: Path, name: str, edition: ProvinceEdition) -> None:
    (home / name).mkdir()
    (home / name / "province.json").write_text(province_json(edition), encoding="utf-8")


def test_a_county_that_was_at_fault_the_day_before_is_held_to_its_last_window(tmp_path: Path) -> None:
    first = windows_of(small_province(6))
    fault = replace(first.counties[0], state="at_fault", plan=None, issues=(Issue("G101", "leads.csv"),))
    write(tmp_path, "first", first)
    write(tmp_path, "second", replace(first, day="2026-09-17", counties=(fault, *first.counties[1:])))
    before = windows_before(tmp_path, date(2026, 9, 18))
    assert Path(before["c000"].folder) == tmp_path / "first" / "counties" / "c000"
    assert Path(before["c001"].folder) == tmp_path / "second" / "counties" / "c001"
    # The last two have no plan in either; nothing of a day is before it.
    assert set(before) == {"c000", "c001", "c002", "c003"}
    assert windows_before(tmp_path, DAY) == {}


def test_what_was_approved_last_for_each_day_that_is_over_is_known(tmp_path: Path) -> None:
    first = windows_of(small_province(6))  # of 2026-09-17 and 2026-09-22
    write(tmp_path, "first", first)
    write(tmp_path, "second", replace(first, day="2026-09-17"))
    later = windows_before(tmp_path, date(2026, 9, 18))
    assert later["c000"].approved == {}
    plan = first.counties[0].plan
    assert plan is not None and plan.window is not None
    ids = [d.plan_id for d in plan.window.out]
    for name in ("first", "second"):
        for plan_id in ids:
            day = tmp_path / name / "counties" / "c000" / plan_id
            day.mkdir(parents=True)
            (day / "approval.json").write_text("{}", encoding="utf-8")
    last = tmp_path / "second" / "counties" / "c000"
    assert windows_before(tmp_path, date(2026, 9, 18))["c000"].approved == {"2026-09-17": str(last / ids[0])}
    # After four weeks nobody waits for it any more.
    assert windows_before(tmp_path, date(2026, 10, 16))["c000"].approved == {"2026-09-22": str(last / ids[1])}
    (last / ids[0] / "approval.json").unlink()
    before = windows_before(tmp_path, date(2026, 9, 18))["c000"].approved
    assert before == {"2026-09-17": str(tmp_path / "first" / "counties" / "c000" / ids[0])}


def test_a_window_that_an_older_version_has_written_is_held_and_another_is_not(tmp_path: Path) -> None:
    content = json.loads(campaign_json(record((), DAY)))
    del content["expected"]
    text = json.dumps(content)
    (tmp_path / "c000" / "campaign").mkdir(parents=True)
    (tmp_path / "c000" / "campaign" / "campaign.json").write_text(text, encoding="utf-8")
    loaded = cast("LoadedCampaign", SimpleNamespace(today=DAY))
    job = replace(JOB, before=str(tmp_path / "c000"), before_sha256=hashlib.sha256(text.encode()).hexdigest())
    held = published_window_of(job, loaded)
    assert held.record is not None and held.record.planned_on == DAY
    with pytest.raises(InputError, match="S964"):
        published_window_of(replace(job, before_sha256="0" * 64), loaded)
