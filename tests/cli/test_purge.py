"""`sweep purge` (C30): what is past its time goes, nothing else does, and the log names what went."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from geodata.clock_times import ZONE
from sweep.audit import actor
from sweep.audit.audit_log import AuditLog
from sweep.publish.outputs_outside_editions import WRITTEN
from tests.kills import call, left_over

pytestmark = pytest.mark.slow

Run = Any  # of conftest.py
RESULTS = "results-aaaaaaaaaaaa.csv"


def edition(folder: Path, plan_id: str, day: str, name: str | None = None) -> Path:
    path = folder / (name or plan_id)
    path.mkdir(parents=True)
    manifest = {"plan_id": plan_id, "day": day, "outputs": {}}
    (path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (path / "teams").mkdir()
    (path / "teams" / "A.html").write_text("order", encoding="utf-8")
    return path


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A scenario with 100 days of retention, and editions of several days, as of 2026-10-01."""
    scenario = tmp_path / "tiny"
    (scenario / "follow_up").mkdir(parents=True)
    toml = 'name = "tiny"\nday = 2026-09-16\nlang = "en"\n[retention]\nedition_days = 100\nresults_days = 366\n'
    (scenario / "scenario.toml").write_text(toml, encoding="utf-8")
    (scenario / "leads.csv").write_text("lead_id\n", encoding="utf-8")
    (scenario / "follow_up" / RESULTS).write_text("visit_id,visited_on\nV1,2025-09-01T00:00:00+08:00\n", "utf-8")
    (scenario / "follow_up" / "results-bbbbbbbbbbbb.csv").write_text("visit_id,visited_on\nV1,2026-06-01\n", "utf-8")
    out = tmp_path / "out" / "tiny"
    edition(out, "aaaaaaaaaaaa", "2026-06-22")  # kept until 2026-09-30
    edition(out, "aaaaaaaaaaaa", "2026-06-22", "aaaaaaaaaaaa.public")
    edition(out, "bbbbbbbbbbbb", "2026-06-23")  # kept until 2026-10-01
    (out / "exports").mkdir()
    for plan_id in ("aaaaaaaaaaaa", "bbbbbbbbbbbb"):
        for ending in (".xlsx", "-gcj02.csv"):
            (out / "exports" / f"tiny-{plan_id}{ending}").write_bytes(b"x")
    return tmp_path


def written(place: Path) -> Iterator[tuple[str, str]]:
    """Root and path of every file that the commands wrote."""
    roots = {"log": place / "out" / "_audit", "out": place / "out" / "tiny", "follow_up": place / "plain" / "follow_up"}
    for root, folder in roots.items():
        yield from ((root, p.relative_to(folder).as_posix()) for p in sorted(folder.rglob("*")) if p.is_file())


def test_nothing_is_written_that_is_not_in_the_registry_and_all_of_it_is_written(used: Path) -> None:
    files = list(written(used))
    assert [f for f in files if not any(k.root == f[0] and k.matches(f[1]) for k in WRITTEN)] == []
    # The results of counties are a province's (tests/cli/test_province.py), journals the board's (tests/board).
    others = {"county_results", "journal"}
    own = [k for k in WRITTEN if k.root in ("out", "follow_up", "log") and k.key not in others]
    assert [k.name for k in own if not any(k.root == root and k.matches(name) for root, name in files)] == []
    assert {p.name for p in (used / "out").iterdir()} == {"_audit", "tiny"}


def test_after_every_command_the_logs_are_sound(used: Path, sweep: Run) -> None:
    result = sweep("audit", "--out", used / "out")
    assert result.exit_code == 0, result.output


def test_nothing_that_is_written_is_open_to_others_if_the_umask_says_so(used: Path) -> None:
    paths = [p for part in ("out", "own", "scenarios", "cache", "plain/follow_up") for p in (used / part).rglob("*")]
    assert len(paths) > 60
    assert [str(p) for p in paths if p.stat().st_mode & 0o077] == []


def test_whatever_is_old_goes_and_inputs_and_log_stay(
    used: Path, sweep: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Path(shutil.copytree(used, tmp_path / "used"))
    inputs = {p.name for p in (place / "plain").iterdir()}

    class Later(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return datetime(2030, 1, 1, tzinfo=ZONE)

    monkeypatch.setattr(actor, "datetime", Later)
    result = sweep("purge", place / "plain", "--out", place / "out", "--yes")
    assert result.exit_code == 0, result.output
    assert {root for root, _ in written(place)} == {"log"}
    assert {p.name for p in (place / "plain").iterdir()} == inputs
    assert [p.name for p in (place / "out" / "tiny").iterdir() if p.name != "exports"] == []
    assert sweep("audit", "--out", place / "out").exit_code == 0


@pytest.mark.slow
def test_of_a_purge_that_is_killed_at_any_step_nothing_is_left_after_the_next(place: Path, tmp_path: Path) -> None:
    arguments = ("purge", "tiny", "--out", "out", "--today", "2026-10-01", "--by", "K01", "--yes")
    out = place / "out" / "tiny"
    (out / "aaaaaaaaaaaa.orders").mkdir()
    (out / "aaaaaaaaaaaa.orders" / "orders.pdf").write_bytes(b"x")
    closed(place, OF_A, ON_THE_LAST_DAY)
    # The benchmark `disk.kills` goes through all of them, for every command.
    for n in range(0, 400, 5):
        again = Path(shutil.copytree(place, tmp_path / f"again{n}", ignore=shutil.ignore_patterns("again*")))
        named = [again / a if a in ("tiny", "out") else a for a in arguments]
        code = call(named, kill_at=n).code
        after = call(named)
        assert after.code == 0, (n, after.text)
        left = {name for name in everything(again) if "aaaaaaaaaaaa" in name}
        assert (left, left_over(again)) == (set(), []), n
        closings = (again / "tiny" / "follow_up" / "closed.csv").read_text(encoding="utf-8")
        assert closings.splitlines()[1:] == [ON_THE_LAST_DAY], n
        assert AuditLog(again / "out" / "_audit", "tiny").faults() == [], n
        if code == 0:
            break
    assert (code, n > 60) == (0, True)


def everything(place: Path) -> set[str]:
    return {p.relative_to(place).as_posix() for p in place.rglob("*") if p.is_file() and "_audit" not in p.parts}


def purge(sweep: Run, place: Path, *options: str) -> Any:
    return sweep(
        "purge", place / "tiny", "--out", place / "out", "--today", "2026-10-01", "--by", "K01", "--json", *options
    )


@pytest.mark.rule("C30", "found")
def test_without_yes_it_only_lists(sweep: Run, place: Path) -> None:
    before = everything(place)
    reply = json.loads(purge(sweep, place).stdout)
    assert everything(place) == before
    assert (reply["is_done"], {(Path(d["path"]).name, d["kept_until"]) for d in reply["due"]}) == (
        False,
        {
            ("aaaaaaaaaaaa", "2026-09-30"),
            ("aaaaaaaaaaaa.public", "2026-09-30"),
            ("tiny-aaaaaaaaaaaa.xlsx", "2026-09-30"),
            ("tiny-aaaaaaaaaaaa-gcj02.csv", "2026-09-30"),
            (RESULTS, "2026-09-02"),
        },
    )


def test_what_is_past_its_time_goes_and_the_log_says_so(sweep: Run, place: Path) -> None:
    before = everything(place)
    assert purge(sweep, place, "--yes").exit_code == 0
    gone = before - everything(place)
    assert gone == {n for n in before if "aaaaaaaaaaaa" in n}
    log = (place / "out" / "_audit" / "tiny.jsonl").read_text(encoding="utf-8").splitlines()
    logged = [(e["act"], e["who"], e["facts"]["path"]) for e in map(json.loads, log)]
    assert sorted(logged) == [
        ("purge", "K01", "aaaaaaaaaaaa"),
        ("purge", "K01", "aaaaaaaaaaaa.public"),
        ("purge", "K01", RESULTS),
        ("purge", "K01", "tiny-aaaaaaaaaaaa-gcj02.csv"),
        ("purge", "K01", "tiny-aaaaaaaaaaaa.xlsx"),
    ]
    (verified,) = json.loads(sweep("audit", "--out", place / "out", "--json").stdout)["logs"]
    # The edition that is left is made by hand, and no line wrote it; the log itself is sound.
    assert {f["code"] for f in verified["faults"]} == {"S817", "S818"}


def closed(place: Path, *rows: str) -> Path:
    path = place / "tiny" / "follow_up" / "closed.csv"
    path.write_text("\n".join(["recheck_id,closed_on,by,reason", *rows, ""]), encoding="utf-8")
    return path


# With 366 days and as of 2026-10-01: what was closed by 2025-09-29 goes, unless the results that opened it stand.
OF_A = 'R-aaaaaaaaaaaa-B1-F1,2025-09-02,K01,"seen, on ""photographs"""'
OF_B = "R-bbbbbbbbbbbb-B1-F2,2025-09-03,K01,'=seen"
OF_C = "R-cccccccccccc-B1-F3,2025-09-29,K01,the firm is gone"
ON_THE_LAST_DAY = "R-dddddddddddd-B1-F4,2025-09-30,K01,the firm is gone"


def test_the_journal_of_a_day_goes_by_the_day_that_it_is_named_for(sweep: Run, place: Path) -> None:
    journals = place / "out" / "_board" / "tiny"
    journals.mkdir(parents=True)
    for name in ("2025-09-29.jsonl", "2025-09-29.torn", "2025-09-30.jsonl", "2026-09-16.jsonl"):
        (journals / name).write_text("{}\n", encoding="utf-8")
    options = ("--out", place / "out", "--by", "P01", "--today", "2026-10-01", "--yes")
    assert sweep("purge", place / "tiny", *options).exit_code == 0
    assert sorted(p.name for p in journals.glob("2*")) == ["2025-09-30.jsonl", "2026-09-16.jsonl"]


def test_each_closing_goes_by_its_own_age_and_none_before_the_results_that_it_closes(sweep: Run, place: Path) -> None:
    path = closed(place, OF_A, OF_B, OF_C, ON_THE_LAST_DAY)
    content = path.read_bytes()
    due = json.loads(purge(sweep, place).stdout)["due"]
    assert path.read_bytes() == content
    (closings,) = (d for d in due if d["path"] == str(path))
    assert (closings["rows"], closings["day"], closings["kept_until"]) == ([2, 4], "2025-09-02", "2026-09-03")
    assert purge(sweep, place, "--yes").exit_code == 0
    assert path.read_text(encoding="utf-8").splitlines()[1:] == [OF_B, ON_THE_LAST_DAY]
    log = (place / "out" / "_audit" / "tiny.jsonl").read_text(encoding="utf-8").splitlines()
    facts = [e["facts"] for e in map(json.loads, log) if e["facts"]["path"] == "closed.csv"]
    assert [f["rows"] for f in facts] == [2]
    assert json.loads(purge(sweep, place, "--yes").stdout)["due"] == []


def test_a_table_of_closings_that_are_all_old_goes_whole(sweep: Run, place: Path) -> None:
    path = closed(place, OF_A, OF_C)
    assert purge(sweep, place, "--yes").exit_code == 0
    assert not path.exists()


@pytest.mark.parametrize("day", ["soon", "9999-12-31"])
def test_a_closing_without_a_day_stays_and_is_reported(sweep: Run, place: Path, day: str) -> None:
    path = closed(place, OF_C, f"R-1,{day},K01,edited")
    result = purge(sweep, place, "--yes")
    reported = [issue["where"] for issue in json.loads(result.stdout)["undated"]]
    assert (result.exit_code, reported) == (2, [f"{path} row 3"])
    assert path.read_text(encoding="utf-8").splitlines()[1:] == [f"R-1,{day},K01,edited"]


@pytest.mark.parametrize(
    "rows", [("", OF_C, ON_THE_LAST_DAY), (ON_THE_LAST_DAY, "", OF_C), ("", ON_THE_LAST_DAY, OF_C)]
)
def test_a_blank_line_moves_no_closing_into_the_place_of_another(
    sweep: Run, place: Path, rows: tuple[str, ...]
) -> None:
    path = closed(place, *rows)
    assert purge(sweep, place, "--yes").exit_code == 0
    assert path.read_text(encoding="utf-8").splitlines()[1:] == [ON_THE_LAST_DAY]


def test_a_closing_with_cells_too_few_stays_and_hinders_nothing(sweep: Run, place: Path) -> None:
    path = closed(place, OF_C, "R-1,2026-09-30")
    assert purge(sweep, place, "--yes").exit_code == 0
    assert path.read_text(encoding="utf-8").splitlines()[1:] == ["R-1,2026-09-30"]


def test_closings_that_a_spreadsheet_saved_in_gb18030_go_by_their_own_age(sweep: Run, place: Path) -> None:
    fresh = "R-dddddddddddd-楼一-二层201,2025-09-30,K01,已迁出"
    path = closed(place, OF_C, fresh)
    path.write_text(path.read_text(encoding="utf-8"), encoding="gb18030")
    assert purge(sweep, place, "--yes").exit_code == 0
    assert path.read_text(encoding="utf-8-sig").splitlines()[1:] == [fresh]


def test_a_second_time_there_is_nothing_to_do(sweep: Run, place: Path) -> None:
    purge(sweep, place, "--yes")
    assert json.loads(purge(sweep, place, "--yes").stdout)["due"] == []


@pytest.mark.parametrize("kind", ["link", "no manifest", "another plan", "file", "no day", "not JSON"])
def test_nothing_but_the_programs_own_folders_is_touched(sweep: Run, place: Path, kind: str) -> None:
    out, elsewhere = place / "out" / "tiny", edition(place / "elsewhere", "cccccccccccc", "2020-01-01")
    path = out / "cccccccccccc"
    if kind == "link":
        path.symlink_to(elsewhere, target_is_directory=True)
    elif kind == "file":
        path.write_text("mine", encoding="utf-8")
    else:
        edition(out, "cccccccccccc", "2020-01-01")
        manifest = {
            "no manifest": None,
            "another plan": '{"plan_id": "dddddddddddd", "day": "2020-01-01"}',
            "no day": '{"plan_id": "cccccccccccc"}',
            "not JSON": "{",
        }[kind]
        (path / "manifest.json").unlink()
        if manifest:
            (path / "manifest.json").write_text(manifest, encoding="utf-8")
    purge(sweep, place, "--yes")
    assert path.exists() and (elsewhere / "teams" / "A.html").is_file()


def undated(place: Path, kind: str) -> Path:
    """An edition or a table of results whose day is not known."""
    path = edition(place / "out" / "tiny", "cccccccccccc", "2020-01-01")
    manifest = path / "manifest.json"
    if kind == "missing":
        manifest.unlink()
    elif kind == "renamed":
        return path.rename(path.with_name("old plan"))
    elif kind == "renamed handout":
        return path.rename(path.with_name("cccccccccccc.public.old"))
    elif kind == "results":
        shutil.rmtree(path)
        path = place / "tiny" / "follow_up" / "results-cccccccccccc.csv"
        path.write_text("visit_id,visited_on\nV1,9999-12-31\n", encoding="utf-8")
    else:
        day = {"last day": "9999-12-31", "far day": "2126-09-16", "no day": "soon"}[kind]
        manifest.write_text(json.dumps({"plan_id": path.name, "day": day}), encoding="utf-8")
    return path


UNDATED = ["missing", "renamed", "renamed handout", "results", "last day", "far day", "no day"]


@pytest.mark.parametrize("is_done", [False, True], ids=["dry", "yes"])
@pytest.mark.parametrize("kind", UNDATED)
def test_what_has_no_day_is_reported_and_the_rest_is_purged(sweep: Run, place: Path, kind: str, is_done: bool) -> None:
    path = undated(place, kind)
    result = purge(sweep, place, *["--yes"] * is_done)
    reply = json.loads(result.stdout)
    assert (result.exit_code, [(i["code"], i["where"]) for i in reply["undated"]]) == (2, [("S836", str(path))])
    assert path.exists()
    assert {Path(d["path"]).name for d in reply["due"]} >= {"aaaaaaaaaaaa", "aaaaaaaaaaaa.public", RESULTS}
    assert (place / "out" / "tiny" / "aaaaaaaaaaaa").exists() != is_done


def test_what_has_no_day_is_printed_with_its_remedy(sweep: Run, place: Path) -> None:
    undated(place, "renamed")
    result = sweep("purge", place / "tiny", "--out", place / "out", "--today", "2026-10-01", "--by", "K01")
    assert (result.exit_code, "S836" in result.stderr, "old plan" in result.stderr) == (2, True, True)


def test_an_edition_folder_that_is_a_link_elsewhere_is_left_alone(sweep: Run, place: Path) -> None:
    (place / "out" / "tiny").rename(place / "real")
    (place / "out" / "tiny").symlink_to(place / "real", target_is_directory=True)
    purge(sweep, place, "--yes")
    assert (place / "real" / "aaaaaaaaaaaa").is_dir()


@pytest.mark.parametrize("today", ["2126-01-01", "soon"])
def test_a_day_to_come_is_refused(sweep: Run, place: Path, today: str) -> None:
    result = sweep("purge", place / "tiny", "--out", place / "out", "--today", today, "--yes")
    assert (result.exit_code, "S832" in result.stderr) == (2, True)


def test_the_inputs_of_the_scenario_stay(sweep: Run, place: Path) -> None:
    purge(sweep, place, "--yes")
    assert {"tiny/leads.csv", "tiny/scenario.toml"} <= everything(place)
