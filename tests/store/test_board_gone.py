"""A board on a scenario of a store: what it changes is there at once, what it notes waits while the store is away."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from geodata.errors import InputError
from sweep.audit.actor import Actor
from sweep.audit.hash_chain import chain_issues
from sweep.board.application import _heartbeat, follow_approved
from sweep.board.board_state import Board
from sweep.board.open_board import logged_opening, open_board
from sweep.board.plan_editing.worker import EditingWorker
from sweep.day.journal.journal_file import read_journal
from sweep.publish.archive.approve import approve
from sweep.store.board_session import BoardStore, close, open_board_store
from sweep.store.postgres.connections import open_engine
from sweep.store.postgres.postgres_store import PostgresStore
from sweep.store.store_records import Key
from sweep.store.sync.stored_audit_log import next_line
from tests.board.asking import Asker, Wall, run_apart, wanted, with_people
from tests.store.world import World, copy_of, done, sweep

DAY = "2026-09-16"
JOURNAL = Key("drafts", f"journals/{DAY}.jsonl")
APPROVED = Key("approvals", DAY)


@dataclass
class Planner:
    """In the place of the process that plans the rest anew: it leaves out the last stop of a team."""

    board: Board
    n_forgotten: int = 0
    is_ready: bool = True
    n_waiting: int = 0
    arguments: tuple[str, ...] = ("", "")

    async def ask(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        return await asyncio.to_thread(self._ask, asked)

    def _ask(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        folder = self.board.folder_of(self.board.plan_id)
        told = edited(folder, who=asked["who"], at=asked["at"], name="a change")
        made = folder.parent / told["plan_id"]
        if asked["approve"]:
            approve(made, Actor(asked["who"], asked["at"]), is_on_board=True)
        return {**told, "answers_to": self.board.live.state.n}

    async def end_outdated(self) -> None:
        self.n_forgotten += 1

    async def start(self) -> None: ...

    async def close(self) -> None: ...


def edited(folder: Path, **told: str) -> dict[str, Any]:
    """The plan without the last stop of a team, as a draft that is known to the log."""
    plan = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    layout = {
        r["team_id"]: [[s["visit_id"], s.get("slot", 0), s["start_s"]] for s in r["stops"]] for r in plan["routes"]
    }
    longest = max(layout, key=lambda t: len(layout[t]))
    layout[longest] = layout[longest][: len(layout[longest]) - 1]
    asked = {"do": "save", "folder": str(folder), "at_s": None, "begun": [], "reports": [], "lang": "en"}
    return EditingWorker().answer({**asked, "layout": layout, **told})


@dataclass
class Served:
    """A board, who asks it, and the store behind it."""

    board: Board
    kept: BoardStore
    store: PostgresStore

    @property
    def desk(self) -> Asker:
        return Asker(self.board).sign_in("planner")

    @contextmanager
    def cut_off(self) -> Iterator[None]:
        """Nobody answers at the store's address meanwhile."""
        there = self.kept.session.store.engine
        self.kept.session.store.engine = open_engine("postgresql://chief@/world?host=/nowhere")
        try:
            yield
        finally:
            self.kept.session.store.engine = there

    def acts(self) -> list[str]:
        chain = self.store.chain()
        assert chain_issues(chain, "log") == []
        return [json.loads(line)["act"] for line in chain.splitlines()]

    def approved(self) -> str:
        return str(json.loads(self.store.read(APPROVED))["plan_id"])


@pytest.fixture(scope="module")
def approved(world: World, tmp_path_factory: pytest.TempPathFactory) -> World:
    """The world with its plan approved."""
    own = copy_of(world, world.database, "board", tmp_path_factory.mktemp("board"))
    out = own.out.parent / "approver"
    assert sweep("approve", out / "tiny" / own.plan.name, "--by", "D07", store=own.url("chief")).exit_code == 2
    done(sweep("approve", out / "tiny" / own.plan.name, "--by", "D07", store=own.url("chief")))
    return own


@dataclass(frozen=True)
class Own:
    """A database of a test's own, and the folder of its board."""

    world: World
    database: str
    out: Path
    plan_id: str

    def url(self, login: str) -> str:
        return self.world.cluster.url(login, self.database)


@pytest.fixture
def own(approved: World, tmp_path: Path) -> Own:
    return own_of(approved, tmp_path)


def own_of(world: World, folder: Path) -> Own:
    database = f"b{abs(hash(folder)) % 10**9}"
    server = str(world.cluster.folder)
    world.cluster.run("createdb", "-h", server, "-U", "postgres", "-T", world.database, database)
    return Own(world, database, folder / "out", world.plan.name)


def approved_elsewhere(own: Own, *, is_changed: bool) -> str:
    """The plan, or a change of it, approved by somebody on another machine."""
    at = f"{DAY}T12:00:00+08:00"
    with open_board_store(own.url("chief"), "tiny", own.out.parent / "elsewhere") as other:

        def approve_there() -> tuple[str, bool]:
            folder = other.mirror.out / "tiny" / own.plan_id
            if is_changed:
                folder = folder.parent / str(edited(folder, who="P002", at=at, name="theirs")["plan_id"])
            approve(folder, Actor("C002", at))
            return folder.name, True

        return other.session.run(approve_there, is_locked=True)


@contextmanager
def serving(own: Own, wall: Wall | None = None) -> Iterator[Served]:
    """The board as `sweep serve` opens it."""
    url, folder = own.url("chief"), own.out / "_board"
    with open_board_store(url, "tiny", folder) as kept:
        place = kept.mirror.out / "tiny" / own.plan_id
        asked = replace(wanted(place, wall or Wall("13:00")), folder=folder, scenario=kept.mirror.folder)
        with open_board(asked) as board:
            with_people(board).store = kept
            board.planner = Planner(board)  # type: ignore[assignment]
            with logged_opening(board, "P000"):
                yield Served(board, kept, PostgresStore(open_engine(url), "tiny", next_line))
        assert close(kept) == []


@pytest.mark.slow
def test_what_is_put_in_force_is_the_approved_plan_of_the_store_at_once(own: Own) -> None:
    with serving(own) as served:
        before = served.approved()
        assert (before, served.board.is_exercise) == (own.plan_id, False)
        answer = served.desk.send("/desk/apply", {"shown": "aa"})
        assert answer.status == 200, answer.text
        made = answer.json()["plan_id"]
        assert (served.approved(), served.board.plan_id) == (made, made)
        assert Key("editions", f"{made}/plan.json") in served.store.listing()
        assert served.acts()[-2:] == ["edit", "approve"]
    # In the evening the journal is there, too, and the folders in which the board worked are gone.
    kept = (own.out / "_board" / "tiny" / f"{DAY}.jsonl").read_bytes()
    assert served.store.read(JOURNAL) == kept
    assert not served.kept.mirror.folder.exists()
    done(sweep("audit", "tiny", "--out", own.out / "seen", store=own.url("all_auditor")))


@pytest.mark.slow
def test_a_plan_that_somebody_else_approved_meanwhile_is_told_and_stays(own: Own) -> None:
    with serving(own) as served:
        theirs = approved_elsewhere(own, is_changed=True)
        told = served.desk.send("/desk/apply", {"shown": "aa"})
        assert (told.status, [i["code"] for i in told.json()["issues"]]) == (422, ["S987"])
        assert (served.approved(), served.board.plan_id) == (theirs, own.plan_id)
    with serving(own) as again:
        follow_approved(again.board, again.kept.read_approved(again.board.live.edition.scenario.day), "P001")
        assert again.board.plan_id == theirs
        assert [e.kind for e in again.board.live.journal.entries] == ["edition", "edition"]


@pytest.mark.slow
@pytest.mark.parametrize("is_changed", [False, True], ids=["the plan itself", "another in its place"])
def test_what_is_approved_elsewhere_after_a_board_was_opened_the_evening_before_is_run_once_the_day_comes(
    world: World, approved: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_changed: bool
) -> None:
    monkeypatch.setattr("sweep.board.application._TICK_S", 0.01)
    own, wall = own_of(approved if is_changed else world, tmp_path), Wall("20:00")
    wall.now = wall.now.replace(day=15)
    with serving(own, wall) as served:
        board = served.board
        theirs = approved_elsewhere(own, is_changed=is_changed)
        with served.cut_off():
            # An approval that is here counts whether the store answers or not.
            run_apart(beats_until(board, wall, lambda: not board.is_exercise, most_s=0.5))
            assert (board.plan_id, board.is_exercise) == (own.plan_id, not is_changed)
        run_apart(beats_until(board, wall, lambda: (board.plan_id, board.is_exercise) == (theirs, False)))
        assert (board.plan_id, board.is_exercise) == (theirs, False)
        assert board.planner.n_forgotten == int(is_changed)  # type: ignore[union-attr]
        assert {e.author for e in board.live.journal.entries} == {"P000"}


async def beats_until(board: Board, wall: Wall, is_done: Callable[[], bool], most_s: float = 20) -> None:
    """Midnight comes while a board of the evening before runs."""
    wall.now = wall.now.replace(day=15, hour=20)
    beat = asyncio.create_task(_heartbeat(board))
    await asyncio.sleep(0.05)
    wall.set("00:01")
    for _ in range(round(most_s / 0.05)):
        if not is_done():
            await asyncio.sleep(0.05)
    beat.cancel()


def test_while_the_store_is_away_the_day_goes_on_and_what_was_noted_is_brought_after(own: Own) -> None:
    with serving(own) as served:
        desk, n = served.desk, len(served.acts())
        with served.cut_off():
            visit = next(s.visit_id for r in served.board.live.edition.plan.routes for s in r.stops)
            team = next(r.team_id for r in served.board.live.edition.plan.routes if r.stops)
            report = {"id": "abcdefgh", "kind": "left", "body": {"team_id": team, "visit_id": visit}}
            assert desk.send("/desk/reports", report).status == 200
            assert desk.form("/phones", team_id=team).status in (200, 303)
            told = desk.send("/desk/apply", {"shown": "aa"})
            assert (told.status, [i["code"] for i in told.json()["issues"]]) == (422, ["S986"])
            assert (served.board.plan_id, served.board.planner.n_forgotten) == (own.plan_id, 1)  # type: ignore[union-attr]
            assert served.kept.flush_log() is False
        assert len(served.acts()) == n
        waiting = own.out / "_board" / "tiny" / "waiting.lines"
        assert waiting.is_file()
        # Brought once, although nobody knows whether the answer to an earlier try was lost.
        assert served.kept.flush_log() is True
        assert served.acts()[n:] == ["board opened", "board phone code"]
        assert not waiting.exists()
    assert len(read_journal(own.out / "_board" / "tiny" / f"{DAY}.jsonl")) == 2


def test_a_board_that_was_killed_brings_what_it_noted_when_it_is_opened_again(own: Own) -> None:
    with pytest.raises(KeyboardInterrupt), serving(own) as served:
        served.board.log_action("planner", "login", {})
        raise KeyboardInterrupt
    assert "board login" not in served.acts()
    with serving(own) as again:
        assert again.acts().count("board login") == 1
        assert len(again.store.read(JOURNAL).splitlines()) == 1


def test_a_board_on_another_machine_takes_up_the_day_and_two_journals_of_one_day_are_told(own: Own) -> None:
    with serving(own) as first:
        first.kept.fetch()
        journal = first.store.read(JOURNAL)
    elsewhere = replace(own, out=own.out.parent / "elsewhere")
    with serving(elsewhere) as second:
        assert second.board.live.journal.path.read_bytes() == journal
    shutil.rmtree(own.out)
    other = own.out / "_board" / "tiny" / f"{DAY}.jsonl"
    other.parent.mkdir(parents=True)
    other.write_bytes(journal.replace(b"P000", b"P999"))
    with pytest.raises(InputError) as told, serving(own):
        pass
    assert [i.code for i in told.value.issues] == ["S988"]


def test_two_boards_in_one_place_are_refused(own: Own) -> None:
    with serving(own), pytest.raises(InputError) as told, serving(own):
        pass
    assert [i.code for i in told.value.issues] == ["S971"]


def test_results_that_the_desk_accepts_are_in_the_store(own: Own) -> None:
    with serving(own) as served:
        route = next(r for r in served.board.live.edition.plan.routes if r.stops)
        body = {"team_id": route.team_id, "visit_id": route.stops[0].visit_id}
        for kind in ("left", "arrived", "locked"):
            sent = {"id": f"abcdefgh{kind}", "kind": kind, "body": body}
            assert served.desk.send("/desk/reports", sent).status == 200
        answer = served.desk.form("/evening/accept")
        assert answer.status == 303, answer.text
        names = {k.name for k in served.store.listing() if k.kind in ("results", "follow_up")}
        assert names == {f"follow_up/results-{own.plan_id}.csv", "follow_up/ledger.xlsx"}
        assert "results" in served.acts()


def test_serve_takes_the_store_that_is_named_and_tells_one_that_does_not_answer(own: Own, tmp_path: Path) -> None:
    away = f"postgresql://chief@/{own.database}?host={tmp_path}"
    told = sweep("serve", own.out, "--plain", "--store", away, "--scenario", "tiny", "--lang", "en")
    assert (told.exit_code, "S938" in told.output) == (2, True)
    unknown = sweep("serve", own.out, "--plain", "--store", own.url("chief"), "--scenario", "other", "--lang", "en")
    assert (unknown.exit_code, "S941" in unknown.output) == (2, True)
