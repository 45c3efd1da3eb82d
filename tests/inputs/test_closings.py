"""What was closed without a visit is read as it was written."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given
from hypothesis import strategies as st

from sweep.disk.formula_safe_csv import ENCODING
from sweep.follow.rechecks import ManualClosing
from sweep.inputs.earlier_results import CLOSINGS, closings_csv, follow_up_folder, read_closings
from sweep.scenario.scenario import Scenario

DAY = date(2026, 9, 16)
MARKS = st.text(st.sampled_from("'=+-@＝0 \t\r\n\""))
TEXTS = MARKS | st.text(st.characters(codec="utf-8", exclude_characters="\0"))


@given(TEXTS, TEXTS, TEXTS)
@example("R1", "-Li", "=HYPERLINK(1)")
@example("'+1", "+1", "''=")
def test_closings_are_read_as_they_were_written(recheck_id: str, by: str, reason: str) -> None:
    closing = ManualClosing(recheck_id, DAY, by, reason)
    with TemporaryDirectory() as folder:
        scenario = Scenario(name="a", day=DAY, folder=Path(folder))
        follow_up_folder(scenario).mkdir(parents=True, exist_ok=True)
        (follow_up_folder(scenario) / CLOSINGS).write_bytes(closings_csv([closing]).encode(ENCODING))
        assert read_closings(scenario)[0] == (closing,)


def test_closings_that_a_spreadsheet_saved_in_gb18030_are_read_as_other_tables_are(tmp_path: Path) -> None:
    closing = ManualClosing("R-aaaaaaaaaaaa-楼一-二层201", DAY, "K01", "照片显示已整改")
    scenario = Scenario(name="a", day=DAY, folder=tmp_path)
    follow_up_folder(scenario).mkdir(parents=True)
    (follow_up_folder(scenario) / CLOSINGS).write_bytes(closings_csv([closing]).encode("gb18030"))
    assert read_closings(scenario)[0] == (closing,)
