"""Every command that writes, and a scenario with its editions after one call of each."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sweep.publish.orders import print_pdf
from tests.cli import platform

CLASSES = ("market_regulation", "property", "public")
HAS_BROWSER = any(map(shutil.which, print_pdf._NAMES))
_RUN = ("--by", "K01", "--set", "solver.iterations=20")


def use_everything(place: Path, tables: Path, sweep: Callable[..., Any]) -> Path:
    """
    Call every command that writes.

    Parameters
    ----------
    place
        An empty folder: the scenario is copied to `plain` in it, the editions go to `out`.
    tables
        A scenario of plain files.
    sweep
        Calls the command as from a shell.
    """
    shutil.copytree(tables, place / "plain")
    days = [f"2026-{1 + n // 28:02}-{1 + n % 28:02}" for n in range(250)]
    rows = [f"{day},{n % 5 * 200},0" for n, day in enumerate(days)]
    (place / "tips.csv").write_text("\n".join(["date,x_m,y_m", *rows]), encoding="utf-8")
    for name, make in WRITING.items():
        if name == "results":
            write_results(first_edition(place), place / "found.csv")
        if name != "purge":
            result = sweep(*make(place))
            assert result.exit_code == 0, (name, result.output)
    return place


def first_edition(place: Path) -> Path:
    """Return the edition that has no predecessor."""
    return next(p.parent for p in editions(place) if not (p.parent / "before.json").exists())


def second_edition(place: Path) -> Path:
    """Return the edition of the changed day."""
    return next(p.parent for p in editions(place) if (p.parent / "before.json").exists())


def editions(place: Path) -> Iterator[Path]:
    """Return the plan.json of every edition."""
    return iter(sorted((place / "out" / "tiny").glob("*/plan.json")))


def write_results(edition: Path, path: Path) -> None:
    """Write one result of an edition: a firm with a defect to correct."""
    visit, firm = _target(edition)
    path.write_text(f"visit_id,uscc,unit_state,is_rectify\n{visit},{firm},open,yes\n", encoding="utf-8")


def _target(edition: Path) -> tuple[str, str]:
    visits = json.loads((edition / "edition.json").read_text(encoding="utf-8"))["edition"]["visits"]
    plan = json.loads((edition / "plan.json").read_text(encoding="utf-8"))
    served = [visits[s["visit_id"]] for r in plan["routes"] for s in r["stops"]]
    visit = next(v for v in served if v["targets"])
    return visit["visit_id"], visit["targets"][0]


def _close(place: Path) -> tuple[object, ...]:
    edition = first_edition(place)
    visit, firm = _target(edition)
    item = f"R-{edition.name}-{visit.removeprefix('V-')}-{firm}"
    reason = ("--reason", "seen on photographs", "--by", "K03")
    return ("close", place / "plain", item, *reason, "--out", place / "out")


def _release(place: Path) -> tuple[object, ...]:
    return ("release", place / "plain", first_edition(place), *(o for c in CLASSES for o in ("--class", c)))


def _codes_file(place: Path) -> tuple[object, ...]:
    return ("codes", "file", first_edition(place))


def _codes_import(place: Path) -> tuple[object, ...]:
    edition, back = first_edition(place), place / "codes.csv"
    if not back.exists():
        platform.answer(edition.with_name(f"{edition.name}.filing") / "filing.csv", back)
    return ("codes", "import", edition, back, "--by", "K01")


def _orders(place: Path) -> tuple[object, ...]:
    return ("orders", first_edition(place), "--seal", *(("--pdf",) if HAS_BROWSER else ()))


def _export(place: Path) -> tuple[object, ...]:
    formats = (o for f in ("xlsx", "gpkg", "csv") for o in ("--format", f))
    return ("export", first_edition(place), *formats, "--out", place / "out")


def _export_shifted(place: Path) -> tuple[object, ...]:
    return ("export", first_edition(place), "--format", "csv", "--datum", "gcj02", "--out", place / "out")


def _whatif(place: Path) -> tuple[object, ...]:
    grid = ("--grid", "teams.n_teams=3,4", "--iterations", 20)
    return ("whatif", place / "plain", *grid, "--out", place / "out")


def _plan(place: Path) -> tuple[object, ...]:
    return ("run", first_edition(place) / "problem.json", "--out", place / "own" / "plan.json", "--iterations", 20)


def _campaign(place: Path) -> Path:
    """Create a campaign with the name of the scenario in a synthetic city; nothing is published."""
    folder = place / "years"
    if not folder.exists():
        folder.mkdir()
        # The members of the default city's many teams would rotate most of the time.
        people = "n_police = 32\nn_market_regulation = 16\nn_auxiliary = 6\n"
        city = f"seed = 3\nn_buildings = 24\nn_dens = 4\nn_leads = 60\n{people}"
        (folder / "city.toml").write_text(city, encoding="utf-8")
        head = 'name = "tiny"\nday = 2026-09-16\nlang = "en"\n'
        (folder / "scenario.toml").write_text(head, encoding="utf-8")
        days = "first_day = 2026-09-16\nlast_day = 2026-09-30\nwindow_weeks = 1\nfreeze_days = 0\n"
        (folder / "campaign.toml").write_text(f'name = "tiny"\n{days}', encoding="utf-8")
    return folder


WRITING: Mapping[str, Callable[[Path], tuple[object, ...]]] = {
    "run": lambda p: ("run", p / "plain", "--out", p / "out", "--problem-out", p / "own" / "problem.json", *_RUN),
    "replan": lambda p: ("replan", first_edition(p), "--at", "14:30", "--by", "K01", "--iterations", 20),
    "approve": lambda p: ("approve", first_edition(p), "--by", "K02"),
    "release": _release,
    "codes file": _codes_file,
    "codes import": _codes_import,
    "orders": _orders,
    "export": _export,
    "export --datum": _export_shifted,
    "compare": lambda p: ("compare", first_edition(p), second_edition(p), "--out", p / "out"),
    "rank": lambda p: ("rank", p / "plain", "--out", p / "out"),
    "backtest": lambda p: ("backtest", p / "plain", "--set", "backtest.horizon_days=60", "--out", p / "out"),
    "whatif": _whatif,
    "plan": _plan,
    "campaign plan": lambda p: (
        "campaign",
        "plan",
        _campaign(p),
        "--out",
        p / "out",
        "--iterations",
        20,
        "--by",
        "K01",
    ),
    "campaign advance": lambda p: (
        ("campaign", "advance", _campaign(p), "--day", "2026-09-17", "--out", p / "out", "--iterations", 20)
    ),
    "campaign replay": lambda p: (
        ("campaign", "replay", _campaign(p), "--policy", "random", "--weeks", 1, "--iterations", 5, "--out", p / "out")
    ),
    "init": lambda p: ("init", "new", "--folder", p / "scenarios"),
    "results": lambda p: ("results", p / "plain", first_edition(p), p / "found.csv"),
    "close": _close,
    "backup": lambda p: ("backup", p / "whole.tar.gz", "--out", p / "out", "--scenarios", p / "scenarios"),
    "restore": lambda p: ("restore", p / "whole.tar.gz", p / "restored"),
    "purge": lambda p: ("purge", p / "plain", "--out", p / "out", "--yes"),
}
"""Arguments of each command that writes, in the folder of `use_everything`."""
