"""The planner's desk: scenarios run and plans edited from the browser; who may, what is told, what is refused."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from sweep.board.board_state import Board
from sweep.board.runs.run_queue import Runs
from tests.board.asking import Asker, Wall, run_apart
from tests.board.stubs import Editor
from tests.store.world import write_scenario


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    """Three scenarios; a link to a fourth, a folder that is none, and one whose name is a path."""
    for name in ("short", "long", "bad", "..odd"):
        (tmp_path / "scenarios" / name).mkdir(parents=True)
        (tmp_path / "scenarios" / name / "scenario.toml").touch()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "scenario.toml").touch()
    (tmp_path / "scenarios" / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "scenarios" / "empty").mkdir()
    return Runs(tmp_path / "scenarios", tmp_path, "tests.board.stub_run")


def played(runs: Runs, name: str, then: Callable[[], Awaitable[None]]) -> list[dict[str, Any]]:
    """What a run tells of itself, with something done once it has begun to tell."""
    told: list[dict[str, Any]] = []

    async def work() -> None:
        first = asyncio.Event()

        def tell() -> None:
            told.append(runs.view())
            first.set()

        runs.notify = tell
        runs.begin(name, "P001", "en")
        await first.wait()
        await then()
        while runs.is_running:
            await asyncio.sleep(0.01)

    run_apart(work())
    return told


async def nothing() -> None: ...


def test_a_run_tells_how_far_it_is_and_what_it_made(runs: Runs) -> None:
    told = played(runs, "short", nothing)
    assert (told[0]["run"]["share"], told[0]["run"]["text"]) == (0.5, "short P001 en")
    # Once it is over the next may be begun, and the page is told so.
    assert [t["is_running"] for t in (told[0], told[-1])] == [True, False]
    assert (runs.last.state, runs.last.made["plan_id"], runs.last.share) == ("done", "a" * 12, 1.0)  # type: ignore[union-attr]


@pytest.mark.slow
def test_a_scenario_is_run_to_its_end_without_a_store(tmp_path: Path) -> None:
    write_scenario(tmp_path / "scenarios" / "tiny", investigations=False)
    real = Runs(tmp_path / "scenarios", tmp_path / "out", "sweep.cli.board_run_worker")
    told = played(real, "tiny", nothing)
    assert real.last is not None
    assert (real.last.state, real.last.issues) == ("done", ())
    (plan,) = (tmp_path / "out" / "tiny").glob("*/plan.json")
    assert plan.parent.name == real.last.made["plan_id"]
    shares = [t["run"]["share"] for t in told]
    assert shares == sorted(shares)


def test_a_run_that_the_inputs_fail_names_each_fault(runs: Runs) -> None:
    played(runs, "bad", nothing)
    assert runs.last is not None
    assert (runs.last.state, [i["code"] for i in runs.last.issues]) == ("failed", ["S101"])


def test_one_run_goes_on_at_a_time_and_is_cut_short_as_by_ctrl_c(runs: Runs) -> None:
    async def again() -> None:
        with pytest.raises(ValueError, match="name must be a scenario and no run"):
            runs.begin("short", "P001", "en")
        runs.stop_search()

    played(runs, "long", again)
    assert runs.last is not None
    assert runs.last.state == "done"


def test_a_run_ends_with_the_board(runs: Runs) -> None:
    played(runs, "long", runs.close)
    assert runs.last is not None
    assert runs.last.state == "failed"


@pytest.mark.parametrize("before", [None, "short"])
def test_a_run_whose_process_is_still_being_started_ends_with_the_board(runs: Runs, before: str | None) -> None:
    if before is not None:
        played(runs, before, nothing)

    async def work() -> None:
        runs.begin("long", "P001", "en")
        await asyncio.wait_for(runs.close(), 20)

    run_apart(work())
    assert runs.last is not None
    assert (runs.last.scenario, runs.last.state) == ("long", "failed")


def test_nothing_outside_the_folder_is_run(board: Board, runs: Runs) -> None:
    board.runs = runs
    asker = Asker(board).sign_in("planner")
    assert runs.names() == ["bad", "long", "short"]
    text = asker.get("/runs").text
    assert 'value="short"' in text
    assert 'value="link"' not in text
    for name in ("link", "empty", "../elsewhere", "..odd", "", "short/../../elsewhere"):
        assert asker.form("/runs/begin", scenario=name).status == 404
    assert runs.last is None
    assert Asker(board).sign_in("commander").get("/runs").status == 403


@pytest.fixture
def editor(board: Board) -> Editor:
    board.editor = Editor()  # type: ignore[assignment]
    return board.editor  # type: ignore[return-value]


def place(board: Board) -> str:
    return f"/editions/{board.live.edition.scenario.name}/{board.plan_id}/edit"


LAYOUT = {"T/1": [["V1", 0, 49_200]], "T2": []}


def test_what_is_laid_out_goes_to_the_checker_as_it_was_sent(board: Board, editor: Editor) -> None:
    asker = Asker(board).sign_in("planner")
    assert asker.send(f"{place(board)}/judge", {"layout": LAYOUT}).status == 200
    (asked,) = editor.asked
    assert (asked["do"], asked["layout"], Path(asked["folder"]).name) == ("judge", LAYOUT, board.plan_id)


@pytest.mark.parametrize(
    "layout",
    [None, [], {"T2": 1}, {"T2": [["V1", 0]]}, {"T2": [["V1", 0, -1]]}, {"T2": [["V1", True, 1]]}, {"T2": [[1, 0, 1]]}],
    ids=str,
)
def test_what_is_no_layout_is_refused(board: Board, editor: Editor, layout: object) -> None:
    answer = Asker(board).sign_in("planner").send(f"{place(board)}/judge", {"layout": layout})
    assert (answer.status, editor.asked) == (400, [])


@pytest.mark.parametrize("name", ["", " ", "x" * 61, "a\u0007b"], ids=ascii)
def test_a_draft_needs_a_name_that_can_be_read(board: Board, editor: Editor, name: str) -> None:
    answer = Asker(board).sign_in("planner").send(f"{place(board)}/save", {"layout": LAYOUT, "name": name})
    assert (answer.status, editor.asked) == (400, [])


def test_a_draft_is_saved_in_the_name_of_whoever_has_signed_in(board: Board, editor: Editor) -> None:
    content = {"layout": LAYOUT, "name": " north  first ", "who": "somebody"}
    assert Asker(board).sign_in("planner").send(f"{place(board)}/save", content).status == 200
    assert (editor.asked[0]["name"], editor.asked[0]["who"]) == ("north first", "planner")


def test_only_the_plan_in_force_is_edited_as_of_now_and_only_on_its_day(
    board: Board, editor: Editor, wall: Wall
) -> None:
    asker = Asker(board).sign_in("planner")
    for clock in ("13:00", "13:45"):
        wall.set(clock)
        asker.get(f"{place(board)}/plan")
    for day in (15, 17, 30):
        wall.now = wall.now.replace(day=day)
        asker.sign_in("planner").get(f"{place(board)}/plan")
    # The first shift begins at 13:30, and the last is over by midnight.
    assert [q["at_s"] for q in editor.asked] == [None, 49_500, None, None, None]


def test_a_commander_edits_nothing(board: Board, editor: Editor) -> None:
    asker = Asker(board).sign_in("commander")
    assert asker.get(place(board)).status == 403
    assert asker.send(f"{place(board)}/judge", {"layout": LAYOUT}).status == 403
    assert '/edit"' not in asker.get("/editions").text
    assert '/edit"' in Asker(board).sign_in("planner").get("/editions").text


def test_an_edition_that_is_replaced_while_all_are_listed_is_left_out(board: Board) -> None:
    gone = board.out / "weeks" / ("d" * 12)
    gone.mkdir(parents=True)
    (gone / "manifest.json").symlink_to(gone / "not there")
    answer = Asker(board).sign_in("commander").get("/editions")
    assert (answer.status, board.plan_id in answer.text, gone.name in answer.text) == (200, True, False)


def test_the_draft_of_a_plan_is_listed_under_its_name(board: Board, editor: Editor) -> None:
    folder = board.folder_of(board.plan_id).resolve()
    content = {"name": "<b>north</b>", "of": "d" * 12, "by": "P001", "at": "2026-09-16T09:00:00+08:00"}
    (folder / "draft.json").write_text(json.dumps(content), encoding="utf-8")
    try:
        text = Asker(board).sign_in("commander").get("/editions").text
    finally:
        (folder / "draft.json").unlink()
    assert "&lt;b&gt;north" in text
