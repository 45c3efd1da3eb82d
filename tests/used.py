"""A scenario and its editions after every command that writes has been called once."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sweep.publish.orders import pdf

CLASSES = ("market_regulation", "property", "public")
HAS_BROWSER = any(map(shutil.which, pdf._NAMES))


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
    scenario, out = Path(shutil.copytree(tables, place / "plain")), place / "out"

    def done(*arguments: object) -> Any:
        result = sweep(*arguments, "--json")
        assert result.exit_code == 0, (arguments, result.output)
        return json.loads(result.stdout)

    first = Path(done("run", scenario, "--out", out, "--by", "K01")["folder"])
    second = Path(done("replan", first, "--at", "14:30", "--by", "K01", "--iterations", 50)["folder"])
    done("approve", first, "--by", "K02")
    done("release", scenario, first, *(o for c in CLASSES for o in ("--class", c)))
    done("orders", first, "--seal", *(["--pdf"] if HAS_BROWSER else []))
    done("export", first, *(o for f in ("xlsx", "gpkg", "csv") for o in ("--format", f)), "--out", out)
    done("compare", first, second, "--out", out)
    done("rank", scenario, "--out", out)
    done("backtest", scenario, "--out", out)
    days = [f"2026-{1 + n // 28:02}-{1 + n % 28:02}" for n in range(250)]
    rows = [f"{day},{n % 5 * 200},0" for n, day in enumerate(days)]
    (place / "tips.csv").write_text("\n".join(["date,x_m,y_m", *rows]), encoding="utf-8")
    done("backtest", scenario, "--points", place / "tips.csv", "--out", out)
    done("whatif", scenario, "--grid", "teams.n_teams=3,4", "--iterations", 20, "--out", out)
    write_results(first, place / "found.csv")
    (item,) = done("results", scenario, first, place / "found.csv")["open"]
    done("close", scenario, item["recheck_id"], "--reason", "seen on photographs", "--by", "K03", "--out", out)
    return place


def write_results(edition: Path, path: Path) -> None:
    """One result of an edition: a firm that must put something right."""
    visits = json.loads((edition / "edition.json").read_text(encoding="utf-8"))["edition"]["visits"]
    plan = json.loads((edition / "plan.json").read_text(encoding="utf-8"))
    served = [visits[s["visit_id"]] for r in plan["routes"] for s in r["stops"]]
    visit = next(v for v in served if v["targets"])
    row = f"{visit['visit_id']},{visit['targets'][0]},open,yes"
    path.write_text(f"visit_id,uscc,unit_state,is_rectify\n{row}\n", encoding="utf-8")
