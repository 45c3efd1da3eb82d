"""`sweep codes`: inspections are filed with a platform, and its codes come back to the orders."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from pydantic import ValidationError

from geodata.message_catalogue import load_texts
from geodata.regular_file import read_regular_text
from sweep.audit.audit_log import log_of_edition
from sweep.day.event_records import DayLog
from sweep.publish.archive.check_editions_against_log import approval_on_record_of, edition_breaches, open_edition
from sweep.publish.archive.edition_hash import edition_facts
from sweep.publish.archive.plans_before_changes import BEFORE_NAME
from sweep.publish.edition import Edition
from sweep.publish.facts.platform_filings import filings_of
from sweep.publish.write_edition import write_edition
from sweep.scenario.law_and_form_settings import Codes, Form
from tests.cli import platform
from tests.cli.platform import Row
from tests.publish.small_edition import FIRMS, small_edition
from tests.recorded import write_with_log

Run = Any
PLAN_ID = "0123456789ab"


def written(place: Path, codes: Codes | None = None, form: Form | None = None) -> Path:
    """The small edition with its log: teams T/1 and T2 inspect two firms each, at V1 and V2."""
    edition = small_edition()
    scenario = edition.scenario.model_copy(update={"codes": codes or Codes(), "form": form or Form()})
    return write_with_log(replace(edition, plan_id=PLAN_ID, scenario=scenario), place / "small" / PLAN_ID, "en")


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("made"))


@pytest.fixture
def copied(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made.parent.parent, tmp_path / "out")) / "small" / PLAN_ID


@pytest.fixture
def table(copied: Path, sweep: Run) -> Path:
    """The filing table of an edition of its own."""
    result = sweep("codes", "file", copied, "--lang", "en")
    assert result.exit_code == 0, result.output
    return copied.with_name(f"{PLAN_ID}.filing") / "filing.csv"


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_each_firm_is_filed_once_for_each_authority_that_inspects_it(table: Path) -> None:
    rows = platform.filed(table)
    # Two visits with two firms each, and two authorities.
    assert {(r["visit_id"], r["uscc"], r["authority"]) for r in rows} == {
        (v, u, a) for v in ("V1", "V2") for u in FIRMS for a in ("Police", "Market regulation")
    }
    assert len(rows) == 8
    assert {r["lead_department"] for r in rows} == {"Police"}
    # The certified members of each team; the auxiliary is none.
    assert {(r["visit_id"], r["authority"]): r["officers"] for r in rows} == {
        ("V1", "Police"): "T/1P1 T/1P2",
        ("V1", "Market regulation"): "T/1M1 T/1M2",
        ("V2", "Police"): "T2P1 T2P2",
        ("V2", "Market regulation"): "T2M1 T2M2",
    }
    assert {(r["filing_state"], r["task_code"]) for r in rows} == {("new", "")}
    assert {r["start_at"] for r in rows if r["visit_id"] == "V1"} == {"2026-09-16T13:40:00+08:00"}


def test_no_lead_and_no_seed_of_the_draw_is_filed(table: Path) -> None:
    text = table.read_text(encoding="utf-8-sig")
    assert "L1" not in text
    assert "seed-1" not in text


def test_the_workbook_holds_the_same_rows(table: Path) -> None:
    (sheet,) = openpyxl.load_workbook(table.with_suffix(".xlsx")).worksheets
    assert [c.value or "" for c in sheet[2]][:4] == list(platform.filed(table)[0].values())[:4]
    # Items and addresses are longer than any column: they are read whole, not cut at the next cell.
    assert all(cell.alignment.wrap_text for cell in sheet[2])


def test_the_platforms_headers_are_written_and_read_back(tmp_path: Path, sweep: Run) -> None:
    own = {"task_code": "JCM", "uscc": "TYSHXYDM"}
    folder = written(tmp_path, Codes(columns=own))
    assert sweep("codes", "file", folder).exit_code == 0
    there = folder.with_name(f"{PLAN_ID}.filing") / "filing.csv"
    assert set(own.values()) <= set(platform.filed(there)[0])
    text = there.read_text("utf-8-sig").replace("JCM", "task_code").replace("TYSHXYDM", "uscc")
    there.write_text(text, "utf-8")
    back = platform.answer(there, tmp_path / "back.csv")
    back.write_text(back.read_text("utf-8-sig").replace("task_code", "JCM").replace("uscc", "TYSHXYDM"), "utf-8")
    result = sweep("codes", "import", folder, back)
    assert result.exit_code == 0, result.output
    # Two firms at V1 and two at V2, for either authority.
    assert len(open_edition(folder).codes) == 8


def test_the_items_are_filed_under_their_names_on_the_published_list(tmp_path: Path, sweep: Run) -> None:
    (visit, *_) = small_edition().visits.values()
    names = {item: f"{n}. 清单事项" for n, item in enumerate(Form().items, 1)}
    folder = written(tmp_path, form=Form(published=names))
    assert sweep("codes", "file", folder).exit_code == 0
    rows = platform.filed(folder.with_name(f"{PLAN_ID}.filing") / "filing.csv")
    filed = {r["inspection_item"] for r in rows if r["visit_id"] == visit.visit_id and r["authority"] == "公安"}
    assert filed == {"、".join(names[i] for i in visit.items if i in Form().police)}


def test_an_item_without_a_name_on_the_published_list_may_not_be_checked() -> None:
    with pytest.raises(ValidationError, match="scope_match have no name"):
        Form(market_regulation=("scope_match",), police=("closed_door",), published={"closed_door": "1. 开门"})
    assert Form(market_regulation=(), police=("closed_door",), published={"closed_door": "1. 开门"}).items


def test_the_reason_to_inspect_a_firm_again_is_filed_with_it(tmp_path: Path, sweep: Run) -> None:
    (first, second), reason = FIRMS, "a complaint about new staff"
    folder = written(tmp_path, Codes(repeat_reasons={first: reason}))
    assert sweep("codes", "file", folder).exit_code == 0
    rows = platform.filed(folder.with_name(f"{PLAN_ID}.filing") / "filing.csv")
    assert {(r["uscc"], r["repeat_reason"]) for r in rows} == {(first, reason), (second, "")}


def test_the_codes_of_the_platform_are_kept_with_the_edition_logged_and_no_reason_to_approve_again(
    copied: Path, table: Path, sweep: Run, tmp_path: Path
) -> None:
    assert sweep("approve", copied, "--by", "D07").exit_code == 0
    before = bytes_of(copied)
    result = sweep("codes", "import", copied, platform.answer(table, tmp_path / "back.csv"), "--json", "--by", "C02")
    assert result.exit_code == 0, result.output
    edition = open_edition(copied)
    assert edition.codes.keys() == filings_of(edition).keys()
    assert json.loads(result.stdout)["n_without"] == 0
    after = bytes_of(copied)
    changed = {name for name in after if after[name] != before.get(name)}
    assert {"edition.json", "manifest.json"} <= changed
    assert all(name.startswith("teams/") for name in changed - {"edition.json", "manifest.json"})
    lines = [
        json.loads(line)
        for line in read_regular_text(copied.parent.parent / "_audit" / f"{copied.parent.name}.jsonl").splitlines()
    ]
    assert [(e["act"], e["who"]) for e in lines[-2:]] == [("approve", "D07"), ("codes", "C02")]
    assert lines[-1]["facts"]["n"] == len(edition.codes)
    # The approval holds, and nothing differs from the log.
    assert approval_on_record_of(copied) is not None
    assert list(edition_breaches(copied)) == []
    again = sweep("codes", "file", copied, "--json")
    assert json.loads(again.stdout)["kept"] == len(edition.codes)


def test_a_code_that_is_changed_by_hand_is_found(copied: Path, table: Path, sweep: Run, tmp_path: Path) -> None:
    assert sweep("codes", "import", copied, platform.answer(table, tmp_path / "back.csv")).exit_code == 0
    text = (copied / "edition.json").read_text("utf-8")
    assert "JC" in text
    (copied / "edition.json").write_text(text.replace('"code": "JC', '"code": "XX', 1), "utf-8")
    assert "S712" in sweep("codes", "file", copied).output


def test_rows_without_a_code_wait_and_a_later_file_adds_the_rest(
    copied: Path, table: Path, sweep: Run, tmp_path: Path
) -> None:
    def half(rows: list[Row]) -> list[Row]:
        return [r if n % 4 < 2 else {**r, "task_code": "", "valid_until": ""} for n, r in enumerate(rows)]

    first = sweep("codes", "import", copied, platform.answer(table, tmp_path / "one.csv", half), "--json")
    n = len(platform.filed(table))
    assert json.loads(first.stdout)["n_without"] == sum(k % 4 >= 2 for k in range(n)) > 0
    second = sweep("codes", "import", copied, platform.answer(table, tmp_path / "two.csv"), "--json")
    assert json.loads(second.stdout)["n_without"] == 0
    assert len(open_edition(copied).codes) == n


def _each(column: str, value: str, n: int = 1) -> Callable[[list[Row]], list[Row]]:
    return lambda rows: [{**r, column: value} if k < n else r for k, r in enumerate(rows)]


def _without(column: str) -> Callable[[list[Row]], list[Row]]:
    return lambda rows: [{k: v for k, v in r.items() if k != column} for r in rows]


OTHER = "91370102MA3000999L"
ODD: dict[str, tuple[str, Callable[[list[Row]], list[Row]]]] = {
    "foreign plan": ("S430", _each("plan_id", "fedcba987654")),
    "all of a foreign plan": ("S430", _each("plan_id", "fedcba987654", 10_000)),
    "unknown visit": ("S431", _each("visit_id", "V9")),
    "wrong firm": ("S432", _each("uscc", OTHER)),
    "wrong authority": ("S433", _each("authority", "street")),
    "code of 201 characters": ("S434", _each("task_code", "x" * 201)),
    "blank inside the code": ("S434", _each("task_code", "JC 1")),
    "control character in the code": ("S434", _each("task_code", "JC\x07")),
    "expired yesterday": ("S435", _each("valid_until", "2026-09-15 23:59")),
    "expires before the visit": ("S435", _each("valid_until", "2026-09-16 00:01")),
    "no code at all": ("S436", _each("task_code", "", 10_000)),
    "one code for two firms": ("S437", _each("task_code", "SAME", 10_000)),
    "only the partner filed": (
        "S438",
        lambda rows: [{**r, "task_code": r["task_code"] * (r["authority"] != "Police")} for r in rows],
    ),
    "the same filing twice, with two codes": ("G202", lambda rows: [*rows, {**rows[0], "task_code": "JC2"}]),
    "no column of codes": ("G1", _without("task_code")),
    "no column of visits": ("G1", _without("visit_id")),
    "no column of firms": ("G1", _without("uscc")),
    "no visit in a row": ("G201", _each("visit_id", "")),
    "no firm in a row": ("G201", _each("uscc", "")),
    "unknown authority": ("G207", _each("authority", "customs")),
    "misspelt credit code": ("G209", _each("uscc", "91370102MA3000045X")),
    "a time that is none": ("G208", _each("valid_until", "soon")),
    "credit code spoilt by a spreadsheet": ("G210", _each("uscc", "9.13701E+17")),
}


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_file_is_refused_with_its_code_and_nothing_is_lost(
    copied: Path, table: Path, sweep: Run, tmp_path: Path, odd: str
) -> None:
    code, change = ODD[odd]
    before = bytes_of(copied)
    result = sweep("codes", "import", copied, platform.answer(table, tmp_path / "back.csv", change))
    assert result.exit_code == 2, result.output
    assert code in result.output
    assert bytes_of(copied) == before


def test_the_file_is_no_table_or_missing(copied: Path, sweep: Run, tmp_path: Path) -> None:
    (tmp_path / "codes.pdf").write_bytes(b"%PDF")
    assert "G105" in sweep("codes", "import", copied, tmp_path / "codes.pdf").output
    assert "G101" in sweep("codes", "import", copied, tmp_path / "none.csv").output
    (tmp_path / "empty.csv").write_bytes(b"")
    assert "G102" in sweep("codes", "import", copied, tmp_path / "empty.csv").output


def test_the_lead_of_a_joint_task_is_the_department_of_the_scenario(tmp_path: Path, sweep: Run) -> None:
    folder = written(tmp_path, Codes(lead="market_regulation"))
    assert sweep("codes", "file", folder, "--lang", "en").exit_code == 0
    rows = platform.filed(folder.with_name(f"{PLAN_ID}.filing") / "filing.csv")
    assert {r["lead_department"] for r in rows} == {"Market regulation"}


def test_a_later_plan_of_the_day_takes_codes_that_were_filed_for_the_earlier_one(
    copied: Path, table: Path, sweep: Run, tmp_path: Path
) -> None:
    # The morning's plan was filed; by the time its codes come, a change has dropped V2.
    morning = open_edition(copied)
    first, second = morning.plan.routes
    text = (copied / "plan.json").read_bytes()
    log = DayLog(at_s=46_800, before_sha256=hashlib.sha256(text).hexdigest(), events=())
    plan = replace(morning.plan, routes=(first, replace(second, stops=())))
    later = replace(morning, plan_id="aaaaaaaaaaaa", plan=plan, log=log)
    folder = copied.with_name("aaaaaaaaaaaa")

    def enter(made: Edition, fresh: Path) -> None:
        log_of_edition(folder).append("2026-09-16T13:00:00+08:00", "P000", "replan", edition_facts(made, fresh))

    write_edition(later, folder, load_texts("en"), {BEFORE_NAME: text}, enter=enter)
    result = sweep("codes", "import", folder, platform.answer(table, tmp_path / "back.csv"))
    assert result.exit_code == 0, result.output
    filed = sweep("codes", "file", folder, "--json")
    counts = {k: v for k, v in json.loads(filed.stdout).items() if k in ("new", "changed", "kept", "cancelled")}
    assert counts == {"new": 0, "changed": 0, "kept": 4, "cancelled": 4}
