"""What the log knows of editions, approvals and handouts: `audit verify`, and what the commands ask of it first."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sweep.audit.audit_log import AuditLog, log_of_scenario
from sweep.day.journal.journal_entry import Report
from sweep.day.journal.journal_file import open_journal
from sweep.day.journal.journal_heads import JOURNAL_FACT, head_text

pytestmark = pytest.mark.usefixtures("prepared_once")

Run = Any  # these two are of conftest.py
Planned = Any
Json = dict[str, Any]


@pytest.fixture(scope="module")
def approved_once(planned: Planned, sweep: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of all editions, with one that D07 approved."""
    out = tmp_path_factory.mktemp("on_record") / "out"
    shutil.copytree(planned.folder.parent.parent, out)
    result = sweep("approve", out / "tiny" / planned.folder.name, "--by", "D07")
    assert result.exit_code == 0, result.output
    return out


@pytest.fixture
def out(approved_once: Path, tmp_path: Path) -> Path:
    """A copy for one test."""
    return Path(shutil.copytree(approved_once, tmp_path / "out"))


@pytest.fixture
def draft(planned: Planned, tmp_path: Path) -> Path:
    """The edition as the run left it."""
    shutil.copytree(planned.folder.parent.parent, tmp_path / "draft")
    return tmp_path / "draft" / "tiny" / planned.folder.name


@pytest.fixture
def edition(out: Path, planned: Planned) -> Path:
    return out / "tiny" / str(planned.folder.name)


@pytest.fixture
def verified(sweep: Run) -> Callable[..., tuple[int, set[str]]]:
    """Exit code and codes of the faults of `audit verify`."""

    def verify(out: Path, *arguments: object) -> tuple[int, set[str]]:
        result = sweep("audit", *arguments, "--out", out, "--json")
        answer = json.loads(result.stdout)
        faults = answer.get("issues", []) + [f for log in answer.get("logs", ()) for f in log["faults"]]
        return int(result.exit_code), {f["code"] for f in faults}

    return verify


def heads(out: Path) -> list[str]:
    """`n:hash` of each line."""
    lines = (out / "_audit" / "tiny.jsonl").read_text(encoding="utf-8").splitlines()
    return [f"{e['n']}:{e['hash']}" for e in map(json.loads, lines)]


def read(path: Path) -> Json:
    return dict(json.loads(path.read_text(encoding="utf-8")))


def write(path: Path, content: Json) -> None:
    path.write_text(json.dumps(content), encoding="utf-8")


def listed_again(edition: Path, name: str, content: str) -> None:
    """A file changed, and the manifest made to agree."""
    (edition / name).write_text(content, encoding="utf-8")
    manifest = read(edition / "manifest.json")
    data = (edition / name).read_bytes()
    manifest["outputs"][name] = {"sha256": hashlib.sha256(data).hexdigest(), "n_bytes": len(data)}
    write(edition / "manifest.json", manifest)


def forged(edition: Path, head: str, **changes: str) -> None:
    """An approval written by hand, with the plan's hash and the head of some line."""
    sha256 = hashlib.sha256((edition / "plan.json").read_bytes()).hexdigest()
    content = {"plan_id": edition.name, "plan_sha256": sha256, "by": "commander", "at": "2026-09-15T08:00:00+08:00"}
    write(edition / "approval.json", content | {"audit_head": head} | changes)


def test_what_is_on_record_is_sound(out: Path, edition: Path, verified: Any, sweep: Run, planned: Planned) -> None:
    assert verified(out) == (0, set()) == verified(out, "tiny")
    assert sweep("check", planned.scenario, edition).exit_code == 0


def test_a_journal_that_is_not_what_the_log_noted_is_told(out: Path, verified: Any) -> None:
    path, at = out / "_board" / "tiny" / "2026-09-16.jsonl", "2026-09-16T14:00:00+08:00"
    said = Report("d:1", "message", "T01", at, 50_000, {"to": "desk", "text": "ok"})
    with open_journal(path) as journal:
        journal.append([said], at)
        log_of_scenario(out, "tiny").append(
            at, "P001", "board closed", {JOURNAL_FACT: head_text(path.stem, journal.head)}
        )
    assert verified(out) == (0, set())
    path.unlink()
    with open_journal(path) as journal:
        journal.append([replace(said, body={"to": "desk", "text": "no"})], at)
    assert verified(out) == (3, {"S815"})


@pytest.mark.parametrize("name", ["tiny", "tinny", "../../../etc", "_audit", "a b", "x" * 65])
def test_a_named_log_that_is_not_there_is_a_fault(out: Path, verified: Any, name: str) -> None:
    if name == "tiny":
        shutil.rmtree(out / "_audit")
    code, faults = verified(out, name)
    assert (code != 0, faults & {"S806", "S808"} != set()) == (True, True)
    assert not list(out.parent.glob("etc*")) and not (out / "_audit" / "tinny.lock").exists()


def test_a_log_that_was_removed_is_missed_by_the_editions(out: Path, verified: Any) -> None:
    shutil.rmtree(out / "_audit")
    code, faults = verified(out)
    assert code == 3 and faults >= {"S806", "S816"}


def test_showing_a_log_that_is_not_there_is_refused(out: Path, sweep: Run) -> None:
    result = sweep("audit", "tinny", "--show", "--out", out)
    assert (result.exit_code, "S806" in result.stderr) == (2, True)


def test_an_edition_that_no_line_wrote_is_named(draft: Path, verified: Any) -> None:
    other = draft.parent / "0123456789ab"
    shutil.copytree(draft, other)
    write(other / "manifest.json", read(other / "manifest.json") | {"plan_id": other.name})
    assert verified(draft.parent.parent) == (3, {"S817"})


def test_a_draft_whose_plan_was_changed_is_told_and_may_be_judged_again(
    draft: Path, sweep: Run, verified: Any, planned: Planned
) -> None:
    plan = read(draft / "plan.json")
    stop = plan["routes"][0]["stops"][0]
    stop["arrive_s"] += 1
    write(draft / "plan.json", plan)
    assert verified(draft.parent.parent, "tiny") == (3, {"S818"})
    checked = json.loads(sweep("check", planned.scenario, draft, "--json").stdout)
    assert "C29" not in {v["rule_id"] for v in checked["violations"]}


@pytest.mark.parametrize("n", [1, 2], ids=["of the run", "of the approval"])
def test_an_approval_by_hand_with_the_head_of_a_line_does_not_hold(
    out: Path, edition: Path, verified: Any, sweep: Run, planned: Planned, n: int
) -> None:
    forged(edition, heads(out)[n - 1])
    assert verified(out)[0] == 3 and "S816" in verified(out)[1]
    assert "approval.json" in _where(sweep, planned, edition)
    for command in (
        ("release", planned.scenario, edition, "--class", "public"),
        ("orders", edition, "--seal"),
        ("results", planned.scenario, edition, edition / "plan.json"),
        ("export", edition, "--format", "csv", "--out", out),
    ):
        result = sweep(*command)
        assert (result.exit_code, "S816" in result.stderr) == (3, True), command
    assert {p.name for p in out.joinpath("tiny").iterdir()} == {edition.name}


@pytest.mark.parametrize("key", ["by", "at", "plan_id"])
def test_an_approval_that_says_other_than_its_line_does_not_hold(
    edition: Path, sweep: Run, planned: Planned, key: str
) -> None:
    other = {"by": "D08", "at": "2026-09-15T08:00:00+08:00", "plan_id": "0123456789ab"}
    write(edition / "approval.json", read(edition / "approval.json") | {key: other[key]})
    assert "approval.json" in _where(sweep, planned, edition)


def test_an_approval_of_the_edition_before_does_not_hold(
    out: Path, edition: Path, sweep: Run, planned: Planned, verified: Any
) -> None:
    """The same plan planned anew is a draft again; the approval that was put back is older than the run."""
    kept = (edition / "approval.json").read_bytes()
    assert sweep("run", planned.scenario, "--out", out).exit_code == 0
    assert not (edition / "approval.json").exists()
    (edition / "approval.json").write_bytes(kept)
    assert "approval.json" in _where(sweep, planned, edition)
    assert "S816" in verified(out)[1]


def test_the_mark_of_an_approval_must_be_in_every_page(edition: Path, sweep: Run, planned: Planned) -> None:
    page = (edition / "map.html").read_text(encoding="utf-8")
    listed_again(edition, "map.html", page.replace("Approved by D07", "Approved by D99"))
    assert "map.html" in _where(sweep, planned, edition)


def test_an_approval_without_approved_pages_is_named(
    draft: Path, edition: Path, sweep: Run, planned: Planned, verified: Any
) -> None:
    for name in ("map.html", "manifest.json"):
        shutil.copyfile(draft / name, edition / name)
    assert "map.html" in _where(sweep, planned, edition)


def test_a_page_that_was_changed_together_with_the_manifest_is_found(
    out: Path, edition: Path, sweep: Run, planned: Planned, verified: Any
) -> None:
    order = f"teams/{min((edition / 'teams').iterdir()).name}"
    # Not a time of day: the mark of the approval holds one, too.
    page = (edition / order).read_text(encoding="utf-8")
    assert "<h2>" in page
    listed_again(edition, order, page.replace("<h2>", "<h2>14:00 "))
    assert _where(sweep, planned, edition) == {"manifest.json"}
    assert verified(out) == (3, {"S818"})
    result = sweep("release", planned.scenario, edition, "--class", "public")
    assert (result.exit_code, "S818" in result.stderr) == (3, True)


def test_a_draft_that_says_it_is_approved_is_found(draft: Path, sweep: Run, planned: Planned) -> None:
    page = (draft / "map.html").read_text(encoding="utf-8")
    start = page.index("<!--mark:badge-->") + len("<!--mark:badge-->")
    end = page.index("<!--/mark-->", start)
    listed_again(draft, "map.html", f"{page[:start]}<b>APPROVED</b>{page[end:]}")
    assert "map.html" in _where(sweep, planned, draft)


def test_an_order_that_nobody_wrote_is_found(edition: Path, sweep: Run, planned: Planned) -> None:
    shutil.copyfile(edition / "teams" / "T01.html", edition / "teams" / "T99.html")
    assert "teams/T99.html" in _where(sweep, planned, edition)


def test_what_the_log_did_not_see_written_is_not_approved(draft: Path, sweep: Run) -> None:
    listed_again(draft, "map.html", (draft / "map.html").read_text(encoding="utf-8") + " ")
    result = sweep("approve", draft, "--by", "D07")
    assert (result.exit_code, "S818" in result.stderr) == (3, True)
    assert len(heads(draft.parent.parent)) == 1


def test_a_plan_with_breaches_whose_manifest_hides_them_is_not_approved(draft: Path, sweep: Run) -> None:
    manifest = read(draft / "manifest.json")
    write(draft / "manifest.json", manifest | {"n_violations": 0, "seed": 2})
    result = sweep("approve", draft, "--by", "D07")
    assert (result.exit_code, "S818" in result.stderr) == (3, True)


def test_a_handout_that_was_changed_together_with_its_manifest_is_found(
    out: Path, edition: Path, sweep: Run, planned: Planned
) -> None:
    assert sweep("release", planned.scenario, edition, "--class", "market_regulation").exit_code == 0
    folder = edition.parent / f"{edition.name}.market_regulation"
    assert sweep("check", planned.scenario, folder).exit_code == 0
    name = next(n for n in read(folder / "manifest.json")["outputs"] if n.endswith(".html"))
    page = (folder / name).read_text(encoding="utf-8")
    (folder / name).write_text(page + " ", encoding="utf-8")
    assert _where(sweep, planned, folder) == {name}
    listed_again(folder, name, page + " ")
    assert _where(sweep, planned, folder) == {"manifest.json"}


def test_the_line_comes_before_what_it_is_about(
    edition: Path, out: Path, planned: Planned, sweep: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No line can be written: then there is no output either, of any command that makes one."""
    head = out / "_audit" / "tiny.head.json"
    n_bytes = read(head)["n_bytes"]
    head.write_text(head.read_text(encoding="utf-8").replace(f" {n_bytes}", f" {n_bytes + 1}"), encoding="utf-8")
    before = set(out.rglob("*"))
    for command in (
        ("run", planned.scenario, "--out", out, "--set", "seed=2"),
        ("release", planned.scenario, edition, "--class", "public"),
        ("orders", edition, "--seal"),
        ("replan", edition, "--at", "14:20", "--iterations", "5"),
    ):
        result = sweep(*command)
        assert (result.exit_code, "S813" in result.stderr) == (2, True), command
    assert set(out.rglob("*")) - before <= {out / "_audit" / "tiny.lock"}


def test_a_clock_that_was_set_back_is_told_and_no_fault(
    out: Path, edition: Path, sweep: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    AuditLog(out / "_audit", "tiny").append("2001-01-01T08:00:00+08:00", "D07", "close", {})
    result = sweep("audit", "tiny", "--out", out, "--lang", "en")
    assert (result.exit_code, "S819" in result.output) == (0, True)
    answer = json.loads(sweep("audit", "tiny", "--out", out, "--json").stdout)
    assert [n["code"] for n in answer["logs"][0]["notes"]] == ["S819"]


def _where(sweep: Run, planned: Planned, folder: Path) -> set[str]:
    """Where `check` finds a breach of C29."""
    result = sweep("check", planned.scenario, folder, "--json")
    found = json.loads(result.stdout)["violations"]
    assert result.exit_code == (3 if found else 0)
    return {v["where"] for v in found if v["rule_id"] == "C29"}
