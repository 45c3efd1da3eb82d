"""Planning of a province from a script; `sweep.province` re-exports `run`. No audit log records what it writes."""

import os
from collections.abc import Callable
from pathlib import Path

from geodata.message_catalogue import load_texts
from sweep.province.engines.executors import LocalEngine
from sweep.province.model.load_province import load_province
from sweep.province.run.coordinator import ProvinceProgress
from sweep.province.run.run_province import ProvinceOutcome, run_province


def run(
    path: Path | str,
    out: Path | str = "out",
    *,
    n_workers: int | None = None,
    is_campaign: bool = False,
    on_progress: Callable[[ProvinceProgress], None] | None = None,
) -> ProvinceOutcome:
    """
    Plan the counties of a province on this machine, with mobile teams between them, and publish the result.

    Parameters
    ----------
    path
        Folder with province.toml.
    out
        Folder of all editions.
    n_workers
        Counties planned at once; None: as many as the machine has cores.
    is_campaign
        Whether the window of each county's campaign is planned, not a single day.
    on_progress
        Called with the step and the counties that are done.

    Raises
    ------
    InputError
        If the inputs cannot be used.
    OSError
        If nothing can be written to `out`.
    """
    engine = LocalEngine(n_workers or os.cpu_count() or 1)
    report = on_progress or (lambda _progress: None)
    return run_province(load_province(Path(path), load_texts("en")), Path(out), engine, report, is_campaign=is_campaign)
