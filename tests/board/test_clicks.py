"""Presses that the five commonest acts of a day take: of keys and buttons, and choices in a list."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from sweep.board.board_state import Board
from tests.board.asking import Wall
from tests.board.stubs import CHANGED
from tests.board.windows import enrol, sign_in, window

pytestmark = pytest.mark.enable_socket


@dataclass
class Hand:
    """A person at a page, whose presses and choices are counted; what is typed is not."""

    page: Page
    n: int = 0

    def click(self, selector: str) -> None:
        self.n += 1
        self.page.click(selector)

    def key(self, key: str) -> None:
        self.n += 1
        self.page.keyboard.press(key)

    def choose(self, selector: str, value: str) -> None:
        self.n += 1
        field = self.page.locator(selector)
        if field.evaluate("e => e.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


def kinds(board: Board) -> list[str]:
    return [e.kind for e in board.live.journal.entries]


def comes(board: Board, page: Page, kind: str) -> None:
    """Wait until the journal's last entry is of a kind."""
    for _ in range(300):
        if kinds(board)[-1] == kind:
            return
        page.wait_for_timeout(50)
    raise AssertionError(kinds(board))


@pytest.mark.slow
def test_the_commonest_acts_take_one_two_four_two_and_two_presses(
    browser: Browser, day: tuple[Board, str, Wall]
) -> None:
    board, address, _ = day
    phone = Hand(enrol(window(browser, address, 390), board, "T/1").page)
    phone.click("[data-step=left]")
    comes(board, phone.page, "left")
    seen = sign_in(window(browser, address, 1440), "planner", "en")

    def took(kind: str, *presses: tuple[str, ...]) -> int:
        desk = Hand(seen.page)
        for act, *values in presses:
            getattr(desk, act)(*values)
        comes(board, seen.page, kind)
        expect(seen.page.locator("dialog[open]")).to_have_count(0)
        return desk.n

    report = took("arrived", ("click", "#lanes .who"), ("click", "#team [data-report=arrived]"))
    urgent = took(
        "event",
        ("key", "e"),
        ("choose", "#event [name=type]", "urgent"),
        ("choose", "#event [name=building_id]", "B3"),
        ("click", "#event [data-do=event]"),
    )
    seen.page.keyboard.press("m")
    seen.page.fill("#say textarea", "Back by five")
    message = 1 + took("message", ("click", "#say [data-do=say]"))
    replan = took("edition", ("key", "n"), ("click", "#apply"))
    assert board.plan_id == CHANGED
    assert (phone.n, report, urgent, replan, message) == (1, 2, 4, 2, 2)
