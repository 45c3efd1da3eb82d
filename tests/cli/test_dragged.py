"""A published plan edited in a real browser: a stop dragged to another team, judged, undone, and saved as a draft."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from sweep.board.board_state import Board
from sweep.board.https_server import listen
from sweep.board.open_board import open_board
from sweep.board.plan_editing.worker import EditingWorker
from tests.board.asking import Wall, wanted, with_people
from tests.board.serving import served
from tests.board.windows import Seen, sign_in, window

Planned = Any  # of conftest.py
pytestmark = pytest.mark.enable_socket


class Editor:
    """The process that judges, in this one."""

    def __init__(self) -> None:
        self.worker = EditingWorker()

    async def ask(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        return await asyncio.to_thread(self.worker.answer, asked)

    async def close(self) -> None: ...


@pytest.fixture
def desk(planned: Planned, browser: Browser, tmp_path: Path) -> Iterator[tuple[Board, Seen]]:
    """The page on which the plan is edited, the day before it."""
    out = tmp_path / "out"
    shutil.copytree(planned.folder.parent.parent / "_audit", out / "_audit")
    folder = Path(shutil.copytree(planned.folder, out / "tiny" / planned.folder.name))
    listening = listen("127.0.0.1", 0, (), None)
    wall = Wall("13:00")
    wall.now = wall.now.replace(day=15)
    with open_board(wanted(folder, wall, listening.address)) as board:
        with_people(board).editor = Editor()  # type: ignore[assignment]
        with served(board, listening) as address:
            seen = sign_in(window(browser, address, 1440), "planner", "en")
            seen.page.goto(f"{address}/editions/tiny/{folder.name}/edit")
            seen.page.locator("body[data-drawn]").wait_for(state="attached")
            yield board, seen
            seen.context.close()


def dragged(page: Page, stop: Locator, to: Locator, x_px: float = 0) -> None:
    """Take a stop by its middle and let it go over another lane, so many pixels further on."""
    stop.scroll_into_view_if_needed()
    box, lane = stop.bounding_box(), to.bounding_box()
    assert box is not None
    assert lane is not None
    page.evaluate("delete document.body.dataset.took")
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2 + x_px, lane["y"] + lane["height"] / 2, steps=6)
    page.mouse.up()
    page.locator("body[data-took]").wait_for(state="attached", timeout=15_000)


@pytest.mark.slow
def test_a_stop_is_dragged_to_another_team_and_the_plan_saved_as_a_draft(desk: tuple[Board, Seen]) -> None:
    board, seen = desk
    page, lanes = seen.page, seen.page.locator("#lanes > li")
    expect(page.locator("#save .main")).to_be_disabled()
    n = lanes.count()
    busiest = max(range(n), key=lambda k: lanes.nth(k).locator(".stop").count())
    last = lanes.nth(busiest).locator(".stop").last
    visit, start = last.get_attribute("data-visit"), last.get_attribute("data-start")
    other = lanes.nth((busiest + 1) % n)
    # To another team: told with its verdict and price. Back: nothing is changed, and nothing can be saved.
    dragged(page, last, other)
    expect(other.locator(f"[data-visit='{visit}']")).to_be_visible(timeout=15_000)
    expect(page.locator("#price")).to_contain_text("1")
    page.locator("#undo").click()
    expect(lanes.nth(busiest).locator(f"[data-visit='{visit}'][data-start='{start}']")).to_be_visible(timeout=15_000)
    expect(page.locator("#save .main")).to_be_disabled()
    # Out of the plan: every rule is kept, and it can be saved under a name.
    dragged(page, lanes.nth(busiest).locator(f"[data-visit='{visit}']"), page.locator("#left"))
    expect(page.locator(f"#left [data-visit='{visit}']").first).to_be_visible(timeout=15_000)
    expect(page.locator("#verdict.good")).to_be_visible()
    page.fill("#name", "<b>north</b> first")
    page.click("#save .main")
    link = page.locator("#saved a")
    expect(link).to_be_visible(timeout=30_000)
    plan_id = str(link.get_attribute("href")).split("/")[-2]
    draft = json.loads((board.folder_of(plan_id) / "draft.json").read_text(encoding="utf-8"))
    assert (draft["name"], draft["of"], draft["by"]) == ("<b>north</b> first", board.plan_id, "planner")
    assert ("edit", plan_id) in [(e["act"], e["facts"]["plan_id"]) for e in board.log.entries()]  # type: ignore[index]
    page.goto(f"{seen.address}/editions")
    expect(page.locator("main")).to_contain_text("<b>north</b> first")
    assert seen.faults == []
