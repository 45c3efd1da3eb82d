"""Main job of a province: from its folder to its published edition."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geodata.message_catalogue import load_texts
from sweep.disk.atomic_files import refuse_unwritable
from sweep.province.engines.executors import Engine
from sweep.province.model.load_province import Province
from sweep.province.pages.write_province_edition import write_province
from sweep.province.records import ProvinceEdition
from sweep.province.run.check_province import county_summaries, shared_people
from sweep.province.run.coordinator import Coordinator, ProgressCallback, ProvinceProgress
from sweep.province.run.published_windows import windows_before
from sweep.province.run.result_cache import FOLDER, ResultStore
from sweep.records.plan import Violation

type Enter = Callable[[ProvinceEdition, Mapping[str, Sequence[Mapping[str, Any]]], Path], None]
"""Takes an edition, log facts of its counties' editions by county id, and the folder of all."""


@dataclass(frozen=True, slots=True)
class ProvinceOutcome:
    """Published edition of a province run, with its violations."""

    edition: ProvinceEdition
    folder: Path
    n_cached: int
    """Number of results that existed already."""
    violations: tuple[Violation, ...] = ()
    """Violations between counties: people in teams of several counties."""


def run_province(
    province: Province,
    out: Path,
    engine: Engine,
    on_progress: ProgressCallback,
    enter: Enter | None = None,
    *,
    is_campaign: bool = False,
) -> ProvinceOutcome:
    """
    Plan a province and publish it to `out`/<province>/<id>/; results/ next to it keeps job results for later runs.

    Parameters
    ----------
    out
        Folder of all editions; all machines must have it, and the province's folder, under the same path.
    enter
        Logs an edition after it is complete and before it is moved to its place.
    is_campaign
        Whether the window of each county's campaign is planned, not a single day; future days that earlier runs
        published are fixed.

    Raises
    ------
    InputError
        If the engine fails; the next run reuses completed results.
    OSError
        If `out` is not writable.
    """
    home = out.resolve() / province.settings.name
    refuse_unwritable(home)
    store = ResultStore(home / FOLDER)
    n_cached = 0

    def counted(progress: ProvinceProgress) -> None:
        nonlocal n_cached
        n_cached += progress.n_done if progress.is_cached else 0
        on_progress(progress)

    before = windows_before(home, province.settings.day) if is_campaign else {}
    with engine:
        edition, plans = Coordinator(province, store, engine, counted, is_campaign, before).run()
    on_progress(ProvinceProgress("publish", 0, 1))
    places = {county_id: store.edition(result) for county_id, result in plans.items()}

    def entered(folder: Path) -> None:
        if enter is not None:
            enter(edition, {county_id: result.logged for county_id, result in plans.items()}, folder)

    folder = write_province(edition, places, out.resolve(), load_texts(edition.lang), entered)
    is_shared = province.settings.person_ids == "province"
    broken = shared_people(province, county_summaries(edition, folder)) if is_shared else []
    return ProvinceOutcome(edition, folder, n_cached, tuple(broken))
