"""A published plan edited by hand, as the board does it: judged, priced, saved, and judged by `sweep check`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from geodata.errors import InputError, Issue
from sweep.board.changes.worker import ReplanWorker as Changes
from sweep.board.plan_editing.worker import EditingWorker
from sweep.jobs.replan.load_plan_of_day import read_today
from sweep.publish.archive.check_editions_against_log import approval_on_record_of

Run = Any  # these two are of conftest.py
Planned = Any


@pytest.fixture(scope="module")
def worker() -> EditingWorker:
    return EditingWorker()


@pytest.fixture(scope="module")
def edition(planned: Planned, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the published edition in a folder of editions of its own, with the log that knows it."""
    out = tmp_path_factory.mktemp("edited")
    shutil.copytree(planned.folder.parent.parent / "_audit", out / "_audit")
    return Path(shutil.copytree(planned.folder, out / planned.folder.parent.name / planned.folder.name))


def ask(worker: EditingWorker, edition: Path, do: str, at_s: int | None = None, **more: object) -> dict[str, Any]:
    known: dict[str, Any] = {"begun": [], "reports": []}
    return worker.answer({"do": do, "folder": str(edition), "at_s": at_s, "lang": "en", **known, **more})


def lanes(shown: dict[str, Any]) -> dict[str, list[list[Any]]]:
    """What the page sends back."""
    return {r["team"]: [[s[0], s[1], s[3]] for s in r["stops"] if not s[5]] for r in shown["routes"]}


def without_last(shown: dict[str, Any]) -> tuple[dict[str, list[list[Any]]], str]:
    """The lanes without the last visit of the busiest team, and that visit."""
    layout = lanes(shown)
    visit = max(layout.values(), key=len)[-1][0]
    return {t: [s for s in lane if s[0] != visit] for t, lane in layout.items()}, visit


def test_a_plan_that_nobody_touched_keeps_every_rule_and_costs_nothing(worker: EditingWorker, edition: Path) -> None:
    shown = ask(worker, edition, "open")["shown"]
    assert (shown["violations"], shown["n_moved"], shown["teams"]) == ([], 0, [])
    assert shown["gained"] == pytest.approx(0)
    answer = ask(worker, edition, "save", layout=lanes(shown), name="same", who="P001", at="2026-09-01T09:00:00+08:00")
    assert [i["code"] for i in answer["issues"]] == ["S984"]


def test_a_start_outside_the_window_is_told_with_its_rule_and_is_not_saved(
    worker: EditingWorker, edition: Path
) -> None:
    opened = ask(worker, edition, "open")
    layout = lanes(opened["shown"])
    stop = max(layout.values(), key=len)[-1]
    stop[2] = 86_000
    shown = ask(worker, edition, "judge", layout=layout)
    assert {"P02", "P06"} <= {v["rule"] for v in shown["violations"]}
    assert any(opened["visits"][stop[0]]["name"] in v["text"] for v in shown["violations"])
    answer = ask(worker, edition, "save", layout=layout, name="late", who="P001", at="2026-09-01T09:00:00+08:00")
    assert {i["code"] for i in answer["issues"]} == {"S983"}


def test_a_draft_is_an_edition_of_its_own_that_the_checker_passes(
    sweep: Run, worker: EditingWorker, edition: Path, scenario: Path
) -> None:
    before = {p.name: p.read_bytes() for p in edition.iterdir() if p.is_file()}
    offer = ask(worker, edition, "open")
    layout, visit = without_last(offer["shown"])
    told = ask(worker, edition, "judge", layout=layout)
    assert told["gained"] == pytest.approx(-offer["visits"][visit]["value"])
    assert visit in {left["visit"] for left in told["left"]}
    answer = ask(worker, edition, "save", layout=layout, name="shorter", who="P001", at="2026-09-01T09:00:00+08:00")
    folder = edition.parent / answer["plan_id"]
    draft = json.loads((folder / "draft.json").read_text(encoding="utf-8"))
    assert (draft["name"], draft["of"], draft["by"]) == ("shorter", edition.name, "P001")
    assert {p.name: p.read_bytes() for p in edition.iterdir() if p.is_file()} == before
    assert sweep("check", scenario, folder).exit_code == 0
    log = (edition.parent.parent / "_audit" / f"{edition.parent.name}.jsonl").read_text(encoding="utf-8")
    assert json.loads(log.splitlines()[-1])["act"] == "edit"
    # It is approved as any other, and can be edited again.
    assert sweep("approve", folder, "--by", "C001").exit_code == 0
    assert ask(worker, folder, "open")["shown"]["violations"] == []


def test_on_the_day_what_has_begun_stays_and_the_draft_is_a_change_of_that_moment(
    sweep: Run, worker: EditingWorker, edition: Path, scenario: Path
) -> None:
    routes = ask(worker, edition, "open")["shown"]["routes"]
    at_s = min(s[3] for r in routes for s in r["stops"]) + 60
    shown = ask(worker, edition, "open", at_s)["shown"]
    begun = [s for r in shown["routes"] for s in r["stops"] if s[5]]
    assert (shown["at_s"], shown["violations"], bool(begun)) == (at_s, [], True)
    layout, _ = without_last(shown)
    saved = ask(worker, edition, "save", at_s, layout=layout, name="noon", who="P001", at="2026-09-16T14:00:00+08:00")
    folder = edition.parent / saved["plan_id"]
    assert json.loads((folder / "plan.json").read_text(encoding="utf-8"))["day_log"]["at_s"] == at_s
    assert sweep("check", scenario, folder).exit_code == 0


@pytest.mark.parametrize("is_earnest", [True, False])
def test_a_change_put_in_force_in_earnest_is_approved_by_whoever_does_so(
    edition: Path, tmp_path: Path, is_earnest: bool
) -> None:
    planner = Changes(read_today(edition), tmp_path / "stage")
    held, at_s = held_event(edition)
    at_s += 60 * (not is_earnest)
    asked = asked_of(held) | {"approve": is_earnest}
    diff = planner.answer(asked | {"do": "diff", "at_s": at_s})
    assert diff["at_s"] == at_s
    applied = planner.answer(asked | {"do": "apply", "shown": diff["shown"]})
    assert applied["answers_to"] == 7
    approval = approval_on_record_of(edition.parent / applied["plan_id"])
    assert (approval.by if approval else None) == ("P001" if is_earnest else None)
    # The next change is of the plan that is in force now.
    planner.prepare()
    assert planner.today.folder.name == applied["plan_id"]


def held_event(edition: Path) -> tuple[dict[str, Any], int]:
    """The busiest team held an hour longer than its first stop takes, and a minute after that began."""
    plan = json.loads((edition / "plan.json").read_text(encoding="utf-8"))
    route = max(plan["routes"], key=lambda r: len(r["stops"]))
    minutes = (route["stops"][0]["end_s"] + 3_600) // 60
    held = {"type": "held", "team_id": route["team_id"], "until": f"{minutes // 60:02d}:{minutes % 60:02d}"}
    return held, route["stops"][0]["start_s"] + 60


def asked_of(*events: dict[str, Any]) -> dict[str, Any]:
    """What the board says in a question of both kinds."""
    known = {"events": list(events), "open_events": list(events), "reserve": False, "limit_s": 0.1, "answers_to": 7}
    return {**known, "reports": [], "lang": "en", "who": "P001", "at": "2026-09-16T14:00:00+08:00", "approve": False}


def test_a_change_is_gone_once_another_desk_asked_or_what_it_answers_to_was_taken_back(
    edition: Path, tmp_path: Path
) -> None:
    planner = Changes(read_today(edition), tmp_path / "stage")
    held, at_s = held_event(edition)
    first, second = (planner.answer(asked_of(held) | {"do": "diff", "at_s": at_s + 180}) for _ in range(2))
    ill = {"type": "ill", "person_id": "nobody"}
    for shown, still_open in ((first, [held]), (second, []), (second, [ill])):
        assert planner.answer(asked_of(*still_open) | {"do": "apply", "shown": shown["shown"]}) == {"gone": True}
    # What is noted meanwhile stays open, and hinders nothing.
    assert "plan_id" in planner.answer(asked_of(held, ill) | {"do": "apply", "shown": second["shown"]})


def inside(n: int, team_id: str, visit_id: str, at_s: int) -> dict[str, Any]:
    """A line of the journal as the board sends it."""
    own = {"n": n, "id": f"x:{n}", "kind": "inside", "author": team_id, "client_at": "", "server_at": "", "at_s": at_s}
    return {**own, "body": {"team_id": team_id, "visit_id": visit_id}, "sha256": "", "hash": ""}


def test_a_change_that_takes_a_visit_from_a_team_that_went_inside_meanwhile_is_planned_again(
    edition: Path, tmp_path: Path
) -> None:
    planner = Changes(read_today(edition), tmp_path / "stage")
    plan = json.loads((edition / "plan.json").read_text(encoding="utf-8"))
    route = max(plan["routes"], key=lambda r: len(r["stops"]))
    last = route["stops"][-1]
    # The team is held to the end of its shift, before its last stop: another team gets that, or none.
    held, at_s = {"type": "held", "team_id": route["team_id"], "until": "17:29"}, route["stops"][0]["start_s"] + 120
    shown = planner.answer(asked_of(held) | {"do": "diff", "at_s": at_s})["shown"]
    reports = [inside(1, route["team_id"], last["visit_id"], at_s)]
    asked = asked_of(held) | {"do": "apply", "shown": shown, "reports": reports}
    assert planner.answer(asked) == {"gone": True}
    # Planned again with it, the visit stays where the team is.
    begun = {"type": "begun", "team_id": route["team_id"], "visit_id": last["visit_id"]}
    again = asked_of(held, begun) | {"reports": reports}
    told = planner.answer(again | {"do": "diff", "at_s": at_s})
    applied = planner.answer(again | {"do": "apply", "shown": told["shown"]})
    changed = json.loads((edition.parent / applied["plan_id"] / "plan.json").read_text(encoding="utf-8"))
    stops = next(r["stops"] for r in changed["routes"] if r["team_id"] == route["team_id"])
    assert (stops[-1]["visit_id"], stops[-1]["start_s"]) == (last["visit_id"], last["start_s"])


def test_by_hand_a_visit_that_a_team_has_begun_stays_with_it(worker: EditingWorker, edition: Path) -> None:
    routes = ask(worker, edition, "open")["shown"]["routes"]
    route = max(routes, key=lambda r: len(r["stops"]))
    visit_id, at_s = route["stops"][-1][0], route["stops"][0][3] + 60
    begun = [[route["team"], visit_id]]
    shown = ask(worker, edition, "judge", at_s, layout={}, begun=begun)
    own = next(r["stops"] for r in shown["routes"] if r["team"] == route["team"])
    assert own == [[*s[:5], True] for s in route["stops"]]
    assert shown["violations"] == []


def test_a_change_that_could_not_be_approved_can_be_asked_for_again(
    edition: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise InputError([Issue("S973", "log", {"problem": "full"})])

    planner = Changes(read_today(edition), tmp_path / "stage")
    held, at_s = held_event(edition)
    asked = asked_of(held) | {"approve": True}
    shown = planner.answer(asked | {"do": "diff", "at_s": at_s + 240})["shown"]
    with monkeypatch.context() as patch:
        patch.setattr("sweep.board.changes.worker.approve", refused)
        told = planner.answer(asked | {"do": "apply", "shown": shown})
    assert [i["code"] for i in told["issues"]] == ["S973"]
    assert planner.answer(asked | {"do": "apply", "shown": shown}) == {"gone": True}
    shown = planner.answer(asked | {"do": "diff", "at_s": at_s + 240})["shown"]
    applied = planner.answer(asked | {"do": "apply", "shown": shown})
    assert approval_on_record_of(edition.parent / applied["plan_id"]) is not None


def test_a_disk_that_is_full_is_told_and_the_next_question_is_answered(
    worker: EditingWorker, edition: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    layout, _ = without_last(ask(worker, edition, "open")["shown"])
    monkeypatch.setattr("sweep.board.plan_editing.worker.publish_by_hand", full)
    told = ask(worker, edition, "save", layout=layout, name="full", who="P001", at="2026-09-01T09:00:00+08:00")
    assert [i["code"] for i in told["issues"]] == ["S973"]
    assert ask(worker, edition, "judge", layout=layout)["violations"] == []
