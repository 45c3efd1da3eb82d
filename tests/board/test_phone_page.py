"""A team's page in a real browser: what it shows of what the server says, and what it keeps."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from sweep.board import opening
from sweep.board.board import Board
from tests.board.asking import Wall
from tests.board.windows import enrol, window

pytestmark = pytest.mark.enable_socket


def test_a_day_in_earnest_begins_on_a_phone_with_nothing_that_was_played(
    browser: Browser, day: tuple[Board, str, Wall]
) -> None:
    board, address, _ = day
    phone = enrol(window(browser, address, 390), board, "T2")
    phone.page.click("[data-step=left]")
    phone.page.locator("#rows [data-state=vacant]").first.click()
    expect(phone.page.locator("#banner[data-n='0']")).to_be_visible(timeout=15_000)
    board.is_exercise = False
    opening._begin(board, "P001")
    for pressed in ("[data-step=left]", "#rows [data-state=vacant]"):
        expect(phone.page.locator(pressed).first).to_have_attribute("aria-pressed", "false", timeout=15_000)
    expect(phone.page.locator(".step.main")).to_have_attribute("data-step", "left")
    phone.open("phone/")
    expect(phone.page.locator("[data-step=left]")).to_have_attribute("aria-pressed", "false")
    assert phone.faults == []
    phone.context.close()
