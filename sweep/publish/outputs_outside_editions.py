"""Registry of everything that the program writes, except the files inside an edition: place and retention period."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from geodata.datum.datum_names import BD09, GCJ02
from sweep.audit.retention_period import (
    closing_days,
    comparison_day,
    day_in_name,
    last_day,
    ledger_day,
    manifest_day,
    plan_day,
    study_day,
)


@dataclass(frozen=True, slots=True)
class OutputKind:
    """Kind of file or folder that a command writes."""

    key: str
    """Catalogue key: `output.<key>.for` names the readers, `output.<key>.is` the content."""
    root: Literal["out", "follow_up", "board", "log", "cache", "chosen"]
    """
    `out`: out/<scenario>/; `follow_up`: the scenario's folder of results; `board`: out/_board/<scenario>/; `log`:
    out/_audit/; `cache`: the user's cache; `chosen`: a path given by the user.
    """
    name: str
    """
    Path below the root; a folder ends in /. `<plan>` is the id of a plan, `<datum>` a datum of exported layers, `*` any
    part of a name.
    """
    kept: Literal["edition_days", "results_days"] | None = None
    """Key of [retention] with the number of days for which it is kept; None: `sweep purge` never removes it."""
    day_of: Callable[[Path], date | None] = manifest_day
    """Function that returns the day from which the retention period counts, given the path; None: unknown."""
    days_of_rows: Callable[[Path], Mapping[int, date | None]] | None = None
    """Function that returns the day of each row, for tables whose rows expire one by one; else None."""

    def matches(self, name: str) -> bool:
        """Whether a path (POSIX, relative to this kind's root) is of this kind or in a folder of this kind."""
        parts = re.split(r"(<\w+>|\*)", self.name)
        known = {"<plan>": "[0-9a-f]{12}", "<datum>": f"(?:{GCJ02}|{BD09})", "<scenario>": "[^/]+", "*": "[^/]+"}
        pattern = "".join(known.get(part) or re.escape(part) for part in parts)
        return re.fullmatch(pattern + (".*" if pattern.endswith("/") else ""), name) is not None

    def existing_paths(self, root: Path) -> Iterator[Path]:
        """Yield the existing paths of this kind in the folder `root`; symbolic links are skipped and not followed."""
        for path in sorted(root.glob(re.sub(r"<\w+>", "*", self.name).rstrip("/"))):
            is_folder = self.name.endswith("/")
            name = path.relative_to(root).as_posix() + "/" * is_folder
            is_linked = any(p.is_symlink() for p in (path, *path.parents[: name.rstrip("/").count("/") + 1]))
            if not is_linked and path.is_dir() == is_folder and self.matches(name):
                yield path


WRITTEN = (
    OutputKind("edition_folder", "out", "<plan>/", "edition_days"),
    OutputKind("market_regulation", "out", "<plan>.market_regulation/", "edition_days"),
    OutputKind("property", "out", "<plan>.property/", "edition_days"),
    OutputKind("public", "out", "<plan>.public/", "edition_days"),
    OutputKind("sealed", "out", "<plan>.orders/", "edition_days", plan_day),
    OutputKind("filing", "out", "<plan>.filing/", "edition_days", plan_day),
    OutputKind("passphrases", "out", "<plan>.passphrases/", "edition_days", plan_day),
    OutputKind("exports", "out", "exports/*-<plan>.*", "edition_days", plan_day),
    OutputKind("exports", "out", "exports/*-<plan>-<datum>.*", "edition_days", plan_day),
    OutputKind("comparison", "out", "comparison.csv", "edition_days", comparison_day),
    OutputKind("comparison", "out", "comparison.html", "edition_days", comparison_day),
    OutputKind("ranking", "out", "rank/", "edition_days", study_day),
    OutputKind("whatif", "out", "whatif/", "edition_days", study_day),
    OutputKind("backtest", "out", "backtest/", "edition_days", study_day),
    OutputKind("campaign", "out", "campaign/", "edition_days", study_day),
    OutputKind("replay", "out", "replay/", "edition_days", study_day),
    OutputKind("county_results", "out", "results/*/", "edition_days", study_day),
    OutputKind("results", "follow_up", "results-<plan>.csv", "results_days", last_day),
    OutputKind("closings", "follow_up", "closed.csv", "results_days", last_day, closing_days),
    OutputKind("ledger", "follow_up", "ledger.xlsx", "results_days", ledger_day),
    OutputKind("journal", "board", "*.jsonl", "results_days", day_in_name),
    OutputKind("journal", "out", "journals/*.jsonl", "results_days", day_in_name),
    OutputKind("journal_end", "board", "*.torn", "results_days", day_in_name),
    OutputKind("places", "board", "*.places.json", "edition_days", day_in_name),
    OutputKind("log", "log", "<scenario>.*"),
    OutputKind("chosen_problem", "chosen", "FILE.json"),
    OutputKind("chosen_plan", "chosen", "FILE.plan.json"),
    OutputKind("chosen_proof", "chosen", "FILE.plan.proof.json"),
    OutputKind("chosen_scenario", "chosen", "NAME/"),
    OutputKind("cache", "cache", "*/"),
)
"""All outputs other than files of an edition; an output whose day another output determines comes after it."""
