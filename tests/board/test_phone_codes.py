"""The inspection code on a team's page, in a real browser: shown at the door, and reported with its time."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, expect

from geodata.message_catalogue import load_texts
from sweep.board.board_state import Board
from sweep.board.changes.handlers import activate_plan
from sweep.board.results_intake.handlers import COLUMNS, results_rows
from tests.board.asking import Wall, published
from tests.board.stubs import tried_again
from tests.board.windows import enrol, window
from tests.publish.orders.test_inspection_codes import FIRST, SECOND, with_codes
from tests.publish.small_edition import small_edition

pytestmark = pytest.mark.enable_socket


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["zh_CN", "en"])
def test_a_code_is_shown_with_its_picture_and_its_time_reaches_the_results(
    browser: Browser, day: tuple[Board, str, Wall], lang: str
) -> None:
    board, address, _ = day
    edition = with_codes(tried_again(small_edition()), without=SECOND)
    activate_plan(board, published(replace(edition, plan_id="c0de" + edition.plan_id[4:]), board.out).name, "P001")
    phone, texts = window(browser, address, 390), load_texts(lang)
    phone.page.goto(f"{address}/login")
    phone.choose(texts.html_lang)
    expect(phone.page.locator("html")).to_have_attribute("lang", texts.html_lang)
    enrol(phone, board, "T2")
    coded, bare = phone.page.locator(f"#row-{FIRST}"), phone.page.locator(f"#row-{SECOND}")
    expect(coded.locator("code")).to_have_text(f"JC-V2-{FIRST[-4:]}", timeout=15_000)
    box = coded.locator("svg").bounding_box()
    # Large enough for a camera at arm's length, and inside of the page.
    assert box is not None
    assert box["width"] >= 140
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390
    expect(bare.locator(".warn")).to_have_text(texts("codes.door.none"))
    name = texts("column.is_code_shown")
    coded.get_by_role("button", name=re.compile(f"^{name} ")).first.click()
    expect(coded.get_by_label(texts("column.code_shown_at"), exact=True)).to_have_value(re.compile(r"^\d\d:\d\d$"))
    bare.get_by_label(texts("column.no_code_reason"), exact=True).fill("紧急")
    phone.shoot(f"codes-{lang}")
    expect(phone.page.locator("#banner[data-n='0'][data-kind=sent]")).to_be_visible(timeout=15_000)
    phone.page.wait_for_timeout(1_500)
    expect(phone.page.locator("#banner[data-n='0'][data-kind=sent]")).to_be_visible(timeout=15_000)
    rows = {r["uscc"]: r for r in (dict(zip(COLUMNS, row, strict=True)) for row in results_rows(board.live.state))}
    assert rows[FIRST]["is_code_shown"] == "yes"
    assert re.fullmatch(r"\d\d:\d\d", rows[FIRST]["code_shown_at"])
    assert rows[SECOND]["no_code_reason"] == "紧急"
    assert phone.faults == []
    phone.context.close()
