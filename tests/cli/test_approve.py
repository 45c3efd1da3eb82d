"""`sweep approve` and `sweep audit`: from a draft to orders that a person stands for, and what shows that they do."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from geodata.message_catalogue import load_texts

pytestmark = pytest.mark.usefixtures("prepared_once")

Run = Any  # these two are of conftest.py
Planned = Any


@pytest.fixture
def edition(planned: Planned, tmp_path: Path) -> Path:
    """A copy of the edition with its log."""
    shutil.copytree(planned.folder.parent.parent, tmp_path / "out")
    return tmp_path / "out" / "tiny" / planned.folder.name


@pytest.fixture
def approved(edition: Path, sweep: Run) -> Path:
    result = sweep("approve", edition, "--by", "D07")
    assert result.exit_code == 0, result.output
    return edition


def pages(edition: Path) -> dict[str, str]:
    return {p.relative_to(edition).as_posix(): p.read_text(encoding="utf-8") for p in edition.rglob("*.html")}


def entries(edition: Path) -> list[dict[str, Any]]:
    lines = (edition.parent.parent / "_audit" / "tiny.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def breaches(sweep: Run, planned: Planned, edition: Path) -> set[tuple[str, str]]:
    result = sweep("check", planned.scenario, edition, "--json")
    found = {(v["rule_id"], v["where"]) for v in json.loads(result.stdout)["violations"]}
    assert result.exit_code == (3 if found else 0)
    return found


def test_a_run_is_logged_with_what_it_was_made_from(planned: Planned, edition: Path) -> None:
    manifest = json.loads((edition / "manifest.json").read_text(encoding="utf-8"))
    (entry,) = entries(edition)
    facts = entry["facts"]
    assert (entry["n"], entry["act"], facts["plan_id"]) == (1, "run", manifest["plan_id"])
    assert set(facts["inputs"].values()) == {i["sha256"] for i in manifest["inputs"]}
    assert (facts["seed"], facts["draw_seed"]) == (1, "tiny-2026-09-16")
    assert facts["overrides"] == {}


@pytest.mark.rule("C29")
def test_every_order_and_map_of_an_unapproved_plan_is_marked(edition: Path) -> None:
    orders = {n: p for n, p in pages(edition).items() if n == "map.html" or n.startswith("teams/")}
    assert len(orders) == 5
    assert all('<div class="watermark"' in p and "DRAFT" in p for p in orders.values())
    assert all("APPROVED" not in p for p in orders.values())


def test_an_approval_is_printed_in_the_language_of_the_plan_unless_another_is_asked_for(
    edition: Path, sweep: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sweep.terminal.command_decorator.HELP", load_texts("zh_CN"))
    assert "is approved by" in sweep("approve", edition, "--by", "D07").output
    assert "批准" in sweep("approve", edition, "--by", "D08", "--lang", "zh").output


def test_an_approved_plan_bears_no_mark_and_says_who_and_when(approved: Path) -> None:
    (_, entry) = entries(approved)
    plan = hashlib.sha256((approved / "plan.json").read_bytes()).hexdigest()
    assert (entry["act"], entry["who"], entry["facts"]["plan_sha256"]) == ("approve", "D07", plan)
    for name, page in pages(approved).items():
        assert '<div class="watermark"' not in page and "DRAFT" not in page, name
        assert "APPROVED" in page and f"Approved by D07 at {entry['at']}" in page, name
        assert plan[:16] in page and entry["hash"][:16] in page, name


def test_an_approval_changes_pages_and_nothing_else(edition: Path, sweep: Run) -> None:
    before = {p.relative_to(edition): p.read_bytes() for p in edition.rglob("*") if p.is_file()}
    sweep("approve", edition, "--by", "D07")
    after = {p.relative_to(edition): p.read_bytes() for p in edition.rglob("*") if p.is_file()}
    changed = {str(n) for n in after if after[n] != before.get(n)}
    assert changed == {"approval.json", "manifest.json", *(str(n) for n in before if n.suffix == ".html")}
    listed = json.loads(after[Path("manifest.json")])["outputs"]
    assert {n: v["sha256"] for n, v in listed.items()} == {
        str(n): hashlib.sha256(c).hexdigest() for n, c in after.items() if str(n) != "manifest.json"
    }


def test_an_approved_plan_breaks_no_rule(approved: Path, sweep: Run, planned: Planned) -> None:
    assert breaches(sweep, planned, approved) == set()


@pytest.mark.rule("C29", "found")
def test_an_approval_of_an_edited_plan_no_longer_holds(approved: Path, sweep: Run, planned: Planned) -> None:
    file = approved / "plan.json"
    plan = json.loads(file.read_text(encoding="utf-8"))
    plan["routes"][0]["return_s"] += 60
    file.write_text(json.dumps(plan), encoding="utf-8")
    assert ("C29", "plan.json") in breaches(sweep, planned, approved)


def test_an_order_edited_after_its_approval_is_named(approved: Path, sweep: Run, planned: Planned) -> None:
    order = min((approved / "teams").iterdir())
    order.write_text(order.read_text(encoding="utf-8").replace("13:", "14:"), encoding="utf-8")
    assert breaches(sweep, planned, approved) == {("C29", f"teams/{order.name}")}


def test_a_draft_mark_taken_off_by_hand_is_named(edition: Path, sweep: Run, planned: Planned) -> None:
    page = (edition / "map.html").read_text(encoding="utf-8")
    start, end = page.index("<!--mark:watermark-->"), page.index("<!--/mark-->")
    page = page[:start] + page[end:]
    (edition / "map.html").write_text(page, encoding="utf-8")
    manifest = json.loads((edition / "manifest.json").read_text(encoding="utf-8"))
    # Even where the manifest is made to agree.
    data = page.encode()
    manifest["outputs"]["map.html"] = {"sha256": hashlib.sha256(data).hexdigest(), "n_bytes": len(data)}
    (edition / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert breaches(sweep, planned, edition) == {("C29", "map.html"), ("C29", "manifest.json")}


def test_a_forged_approval_is_not_in_the_log(edition: Path, sweep: Run, planned: Planned) -> None:
    content = {
        "plan_id": edition.name,
        "plan_sha256": hashlib.sha256((edition / "plan.json").read_bytes()).hexdigest(),
        "by": "D07",
        "at": "2026-09-15T08:00:00+08:00",
        "audit_head": f"2:{'ab' * 32}",
    }
    (edition / "approval.json").write_text(json.dumps(content), encoding="utf-8")
    assert ("C29", "approval.json") in breaches(sweep, planned, edition)
    result = sweep("audit", "--out", edition.parent.parent)
    assert (result.exit_code, "S816" in result.stderr) == (3, True)


def test_what_was_changed_after_it_was_written_is_not_approved(edition: Path, sweep: Run) -> None:
    (edition / "plan.json").write_text("{}", encoding="utf-8")
    (edition / "teams" / "T01.html").unlink()
    result = sweep("approve", edition / "plan.json", "--by", "D07")
    assert (result.exit_code, result.stderr.count("S805")) == (2, 2)
    assert not (edition / "approval.json").exists() and len(entries(edition)) == 1


def test_a_plan_that_breaks_rules_is_not_approved(edition: Path, sweep: Run) -> None:
    manifest = json.loads((edition / "manifest.json").read_text(encoding="utf-8"))
    (edition / "manifest.json").write_text(json.dumps({**manifest, "n_violations": 2}), encoding="utf-8")
    result = sweep("approve", edition, "--by", "D07")
    assert (result.exit_code, "S804" in result.stderr) == (2, True)


@pytest.mark.parametrize("change", [str, str.upper, str.lower], ids=["same", "upper case", "lower case"])
def test_who_made_a_plan_does_not_approve_it(edition: Path, sweep: Run, change: Any) -> None:
    (entry,) = entries(edition)
    result = sweep("approve", edition, "--by", change(entry["who"]))
    assert (result.exit_code, "S823" in result.stderr) == (2, True)
    assert "single_approver" in result.stderr
    assert not (edition / "approval.json").exists() and len(entries(edition)) == 1


@pytest.mark.slow
def test_who_made_a_plan_approves_it_where_the_scenario_allows_it_and_the_report_says_so(
    planned: Planned, sweep: Run, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    assert (
        sweep("run", planned.scenario, "--out", out, "--by", "P01", "--set", "law.single_approver=true").exit_code == 0
    )
    (folder,) = (path for path in (out / "tiny").iterdir() if path.is_dir())
    sentence = load_texts("en")("papers.single_approver")
    assert sentence in (folder / "report.html").read_text(encoding="utf-8")
    assert sentence not in (planned.folder / "report.html").read_text(encoding="utf-8")
    assert sweep("approve", folder, "--by", "P01").exit_code == 0
    assert sweep("check", planned.scenario, folder, "--set", "law.single_approver=true").exit_code == 0


@pytest.mark.parametrize("by", ["", "Zhang San", "13812345678", "138.0013.8001", "110101199003074477", "x" * 65, "a/b"])
def test_only_a_pseudonym_approves(edition: Path, sweep: Run, by: str) -> None:
    result = sweep("approve", edition, "--by", by or " ")
    assert (result.exit_code, "S801" in result.stderr) == (2, True)


def test_a_folder_that_is_no_edition_is_refused(tmp_path: Path, sweep: Run) -> None:
    result = sweep("approve", tmp_path, "--by", "D07")
    assert (result.exit_code, "S803" in result.stderr) == (2, True)


def test_a_handout_is_no_edition_to_approve(planned: Planned, edition: Path, sweep: Run) -> None:
    assert sweep("release", planned.scenario, edition, "--class", "market_regulation").exit_code == 0
    result = sweep("approve", edition.with_name(f"{edition.name}.market_regulation"), "--by", "D07")
    assert (result.exit_code, "S803" in result.stderr) == (2, True)


def test_a_sound_log_is_reported_with_its_end(approved: Path, sweep: Run) -> None:
    out = approved.parent.parent
    logs = json.loads(sweep("audit", "tiny", "--out", out, "--json").stdout)["logs"]
    assert [(log["name"], log["faults"]) for log in logs] == [("tiny", [])]
    assert logs[0]["head"] == f"2:{entries(approved)[-1]['hash']}"
    assert sweep("audit", "tiny", "--out", out, "--head", logs[0]["head"]).exit_code == 0
    shown = json.loads(sweep("audit", "tiny", "--show", "--out", out, "--json").stdout)["logs"][0]["entries"]
    assert [e["act"] for e in shown] == ["run", "approve"]
    assert "approve" in sweep("audit", "tiny", "--show", "--out", out).stdout


def test_a_line_changed_is_found(approved: Path, sweep: Run) -> None:
    log = approved.parent.parent / "_audit" / "tiny.jsonl"
    log.write_text(log.read_text(encoding="utf-8").replace('"D07"', '"D08"'), encoding="utf-8")
    result = sweep("audit", "--out", approved.parent.parent)
    assert (result.exit_code, "line 2" in result.stderr, "Traceback" in result.output) == (3, True, False)
    assert "the log does not match what was written" in result.stderr
    assert "input" not in result.stderr


def test_a_log_removed_with_its_head_is_missed_by_the_approval(approved: Path, sweep: Run) -> None:
    shutil.rmtree(approved.parent.parent / "_audit")
    result = sweep("audit", "--out", approved.parent.parent)
    assert (result.exit_code, "S816" in result.stderr) == (3, True)


def test_nothing_is_planned_on_a_damaged_log(approved: Path, sweep: Run, planned: Planned) -> None:
    out = approved.parent.parent
    (out / "_audit" / "tiny.head.json").unlink()
    result = sweep("run", planned.scenario, "--out", out)
    assert (result.exit_code, "S814" in result.stderr) == (2, True)


def test_no_log_is_a_fault(tmp_path: Path, sweep: Run) -> None:
    result = sweep("audit", "--out", tmp_path)
    assert (result.exit_code, "S806" in result.stderr) == (2, True)


def test_a_noted_end_that_is_none_is_refused(approved: Path, sweep: Run) -> None:
    result = sweep("audit", "tiny", "--out", approved.parent.parent, "--head", "7")
    assert (result.exit_code, "S807" in result.stderr) == (2, True)


def test_a_folder_in_place_of_a_name_is_refused(approved: Path, sweep: Run) -> None:
    result = sweep("audit", approved.parent.resolve(), "--out", approved.parent.parent)
    assert (result.exit_code, "S808" in result.stderr, "Traceback" in result.output) == (2, True, False)
