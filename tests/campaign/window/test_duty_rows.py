"""The duty calendar as it lies on the disk: in any encoding that the other tables may have."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from geodata.errors import InputError
from sweep.campaign.campaign_settings import Campaign
from sweep.campaign.model.duty_roster import DutyRow
from sweep.campaign.window.load_campaign import duty_rows

TEXT = "person_id,day,from,until,leave\nP1,周三,,,请假\n"
CAMPAIGN = Campaign(name="tiny", first_day=date(2026, 9, 16), last_day=date(2026, 12, 31))


def rows_of(folder: Path, content: bytes) -> tuple[DutyRow, ...]:
    (folder / "duty.csv").write_bytes(content)
    return duty_rows(CAMPAIGN.model_copy(update={"folder": folder}), ["P1"])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_duty_calendar_is_read_in_the_encodings_of_the_other_tables(tmp_path: Path, encoding: str) -> None:
    assert rows_of(tmp_path, TEXT.encode(encoding)) == (DutyRow("P1", None, 2, None),)


def test_bytes_that_are_no_text_are_told(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        rows_of(tmp_path, TEXT.encode() + b"\xff\xff\n")
    assert [(i.code, i.where) for i in caught.value.issues] == [("G110", "duty.csv")]


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf"], ids=["nothing", "BOM"])
def test_a_duty_calendar_without_a_header_is_reported(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(InputError):
        rows_of(tmp_path, content)


def test_a_duty_calendar_that_is_no_regular_file_is_reported(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "duty.csv")
    with pytest.raises(InputError, match="G131"):
        duty_rows(CAMPAIGN.model_copy(update={"folder": tmp_path}), ["P1"])
