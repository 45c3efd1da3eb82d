"""
Compartments on all that is written (C26): every command on a city with investigations, and every file of it read.

- No file at all: an investigation's number, its firm by code, name or address, and what leads say.
- Only the planner's own files, which show every building of the district: the places under investigation, as any other.
- Orders, exports with stops, handouts: not even those.
"""

from __future__ import annotations

import csv
import json
import re
import shutil
import unicodedata
from pathlib import Path
from typing import Any

import pypdf
import pytest

from sweep.publish.orders import print_pdf
from tests.cli.test_orders import keys_beside, sealed_in
from tests.unsealed import unseal

pytestmark = pytest.mark.slow

Run = Any  # these are of conftest.py
Planned = Any
Grep = Any

CLASSES = ("market_regulation", "property", "public")
FORMATS = ("xlsx", "gpkg", "geojson", "kml", "gpx", "ics", "csv", "parquet", "fgb")
# Files of the police planner that show every building of the district. All else is for others, or shows stops only.
PLANNERS = (
    r"tiny/\w+/(buildings\.csv|clusters\.csv|matched\.csv|edition\.json|map\.html|plan\.gpkg|problem\.json|report\.html)",
    r"tiny/rank/\w+\.csv",
    r"tiny/exports/[\w-]+\.gpkg",
    r"printed/explain-place-\d\.txt",
)
OTHERS = (
    *(rf"tiny/\w+\.{c}/.+" for c in CLASSES),
    r"tiny/\w+\.orders/\w+\.sealed\.html",
    r"tiny/\w+\.orders/\w+\.sealed\.opened\.html",
    r"tiny/\w+/teams/\w+\.html",
    *(rf"tiny/exports/[\w-]+\.{f}" for f in FORMATS if f != "gpkg"),
)


@pytest.fixture(scope="module")
def written(
    secret_edition: Path,
    secret_scenario: Path,
    secret_targets: list[dict[str, str]],
    prepared_once: None,
    sweep: Run,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """All that the commands write, with what they say; sealed orders opened, printed ones as text."""
    folder = tmp_path_factory.mktemp("written")
    scenario = Path(shutil.copytree(secret_scenario, folder / "scenario"))
    out, printed = folder / "out", folder / "out" / "printed"
    shutil.copytree(secret_edition.parent.parent, out)
    edition = out / "tiny" / secret_edition.name
    printed.mkdir()

    def call(name: str, *arguments: object, says: tuple[object, ...] = ((), ("--json",))) -> None:
        for options in says:
            result = sweep(*arguments, *options)  # type: ignore[misc]
            assert result.exit_code == 0, (name, result.output)
            (printed / f"{name}-{len(options)}.txt").write_text(result.output, encoding="utf-8")  # type: ignore[arg-type]

    call("validate", "validate", scenario)
    call("rank", "rank", scenario, "--out", out)
    call("backtest", "backtest", scenario, "--out", out)
    call("check", "check", scenario, edition)
    call("explain", "explain", scenario, edition, "--iterations", 5)
    call("explain-place", "explain", scenario, edition, secret_targets[0]["building_id"], "--iterations", 5)
    call("export", "export", edition, *(x for f in FORMATS for x in ("--format", f)), "--out", out)
    call("compare", "compare", edition, edition, "--out", out)
    call("whatif", "whatif", scenario, "--grid", "teams.n_teams=3,4", "--iterations", 20, "--out", out)
    call("approve", "approve", edition, "--by", "C001", says=((),))
    call("orders", "orders", edition, "--seal", "--by", "C001", says=((),))
    call("replan", "replan", edition, "--at", "14:20", "--events", _held(edition), "--iterations", 20, says=((),))
    call("results", "results", scenario, edition, _found(edition), says=((),))
    call("audit", "audit", "tiny", "--show", "--out", out)
    call("purge", "purge", scenario, "--out", out)
    shutil.copytree(scenario / "follow_up", out / "follow_up")
    _open_sealed(edition)
    if any(map(shutil.which, print_pdf._NAMES)):
        call("pdf", "orders", edition, "--pdf", says=((),))
        orders = edition.parent / f"{edition.name}.orders"
        sheets = pypdf.PdfReader(orders / "orders.pdf").pages
        text = unicodedata.normalize("NFKC", "".join(s.extract_text() for s in sheets)).replace(" ", "")
        (orders / "printed.txt").write_text(text, encoding="utf-8")
    return out


def _held(edition: Path) -> Path:
    """One team is held up for an hour."""
    plan = json.loads((edition / "plan.json").read_text(encoding="utf-8"))
    team = max(plan["routes"], key=lambda r: len(r["stops"]))["team_id"]
    path = edition.parents[2] / "events.json"
    path.write_text(json.dumps({"events": [{"type": "held", "team_id": team, "until": "15:20"}]}), encoding="utf-8")
    return path


def _found(edition: Path) -> Path:
    """One firm was at fault, one door was locked."""
    whole = json.loads((edition / "edition.json").read_text(encoding="utf-8"))["edition"]
    plan = json.loads((edition / "plan.json").read_text(encoding="utf-8"))
    served = sorted({s["visit_id"] for r in plan["routes"] for s in r["stops"]})
    (one, firm), (other, locked) = [(v, u) for v in served for u in whole["visits"][v]["targets"][:1]][:2]
    path = edition.parents[2] / "results.csv"
    rows = f"{one},{firm},open,yes\n{other},{locked},locked,\n"
    path.write_text(f"visit_id,uscc,unit_state,is_rectify\n{rows}", encoding="utf-8")
    return path


def _open_sealed(edition: Path) -> None:
    for key in keys_beside(edition):
        path = edition.parent / f"{edition.name}.orders" / key["file"]
        path.with_suffix(".opened.html").write_text(unseal(sealed_in(path), key["passphrase"]), encoding="utf-8")


@pytest.fixture(scope="module")
def places(secret_targets: list[dict[str, str]], planned: Planned) -> set[str]:
    """Id, name and address of what is under investigation."""
    stops = {s["building_id"]: s for r in planned.plan["routes"] for s in r["stops"]}
    ids = {t["building_id"] for t in secret_targets}
    return ids | {stops[b][k] for b in ids for k in ("building_name", "address")}


def files_with(folder: Path, words: set[str], grep: Grep) -> set[str]:
    return {path.relative_to(folder).as_posix() for path, _ in grep(folder, words)}


def is_any(path: str, patterns: tuple[str, ...]) -> bool:
    return any(re.fullmatch(p, path) for p in patterns)


def test_every_command_left_something_to_read(written: Path) -> None:
    paths = {p.relative_to(written).as_posix() for p in written.rglob("*") if p.is_file()}
    assert [p for p in (*PLANNERS, *OTHERS) if not any(re.fullmatch(p, path) for path in paths)] == []
    assert len([p for p in paths if p.endswith(".opened.html")]) == 4
    assert {"follow_up/ledger.xlsx", "tiny/whatif/whatif.html"} <= paths
    assert len({p.split("/")[1] for p in paths if p.endswith("/plan.json")}) == 2  # replanned once


def test_no_file_holds_an_investigation_or_its_firm(
    written: Path, secret_targets: list[dict[str, str]], planned: Planned, grep: Grep
) -> None:
    uscc = {t["uscc"] for t in secret_targets} - {""}
    (firm,) = [f for f in planned.table("firms") if f["uscc"] in uscc]
    words = {t["investigation_id"] for t in secret_targets} | {firm[k] for k in ("uscc", "firm_name", "reg_address")}
    assert len(words) == 5
    assert files_with(written, words, grep) == set()


def test_no_file_holds_what_leads_say(written: Path, secret_scenario: Path, grep: Grep) -> None:
    # The words are there to be found: each of 94 leads has them, in a column that every command reads.
    assert (secret_scenario / "leads.csv").read_text(encoding="utf-8").count("线人甲") == 94
    assert files_with(written, {"线人甲"}, grep) == set()


def test_places_under_investigation_are_in_the_planners_files_alone(
    written: Path, places: set[str], grep: Grep
) -> None:
    found = files_with(written, places, grep)
    assert sorted(p for p in found if not is_any(p, PLANNERS)) == []
    # The same search finds them where they may be.
    assert {Path(p).name for p in found} >= {"buildings.csv", "map.html", "plan.gpkg", "edition.json"}


def test_the_planners_files_show_them_as_they_would_show_any_other_place(
    written: Path, secret_scenario: Path, secret_targets: list[dict[str, str]], sweep: Run, tmp_path: Path
) -> None:
    closed = Path(shutil.copytree(secret_scenario, tmp_path / "tiny"))
    with (closed / "investigations.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*secret_targets[0], "closed_on"])
        writer.writeheader()
        writer.writerows({**t, "closed_on": "2026-09-13"} for t in secret_targets)
    assert sweep("rank", closed, "--out", tmp_path / "out").exit_code == 0
    for name in ("buildings.csv", "clusters.csv"):
        assert (written / "tiny" / "rank" / name).read_bytes() == (
            tmp_path / "out" / "tiny" / "rank" / name
        ).read_bytes()
    place = json.loads((written / "printed" / "explain-place-1.txt").read_text(encoding="utf-8"))
    # As of any place that was visited within the rest period.
    assert [r["code"] for r in place["reasons"]] == ["VISITED_LATELY"]
    assert re.search("investigat|立案|侦查", json.dumps(place, ensure_ascii=False)) is None
