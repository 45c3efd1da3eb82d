"""The main job of a province: its folder in, its published edition out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geodata.message_catalogue import load_texts
from sweep.disk.atomic_files import refuse_unwritable
from sweep.province.engines.executors import Engine
from sweep.province.model.load_province import Province
from sweep.province.pages.write_province import write_province
from sweep.province.records import ProvinceEdition
from sweep.province.run.check_province import seen_in, shared_people
from sweep.province.run.coordinator import Coordinator, Progress, Watch
from sweep.province.run.earlier_windows import windows_before
from sweep.province.run.result_cache import FOLDER, Store
from sweep.records.plan import Violation

type Enter = Callable[[ProvinceEdition, Mapping[str, Sequence[Mapping[str, Any]]], Path], None]
"""Takes an edition, what the logs of its counties say of theirs by county id, and the folder that all is in."""


@dataclass(frozen=True, slots=True)
class ProvinceOutcome:
    """What a run of a province made."""

    edition: ProvinceEdition
    folder: Path
    n_found: int
    """Results that were there already."""
    violations: tuple[Violation, ...] = ()
    """Breaches between counties: people in the teams of several."""


def run_province(
    province: Province,
    out: Path,
    engine: Engine,
    watch: Watch,
    enter: Enter | None = None,
    *,
    is_campaign: bool = False,
) -> ProvinceOutcome:
    """
    Plan a province and publish it to `out`/<province>/<id>/; the results of its counties stay in results/ beside it.

    Parameters
    ----------
    out
        Folder of all editions; on several machines each must have it, and the province's, under the same path.
    enter
        Called once an edition is complete and before it stands in its place: enters it in the logs.
    is_campaign
        Whether each county's window is planned, by its campaign; days that an earlier day's run has published and that
        are not over are held.

    Raises
    ------
    InputError
        If the engine fails; what is done is found again by the next run.
    OSError
        If `out` cannot be written.
    """
    home = out.resolve() / province.settings.name
    refuse_unwritable(home)
    store = Store(home / FOLDER)
    n_found = 0

    def counted(progress: Progress) -> None:
        nonlocal n_found
        n_found += progress.n_done if progress.is_found else 0
        watch(progress)

    before = windows_before(home, province.settings.day) if is_campaign else {}
    with engine:
        edition, plans = Coordinator(province, store, engine, counted, is_campaign, before).run()
    watch(Progress("publish", 0, 1))
    places = {county_id: store.edition(result) for county_id, result in plans.items()}

    def entered(folder: Path) -> None:
        if enter is not None:
            enter(edition, {county_id: result.logged for county_id, result in plans.items()}, folder)

    folder = write_province(edition, places, out.resolve(), load_texts(edition.lang), entered)
    is_shared = province.settings.person_ids == "province"
    broken = shared_people(province, seen_in(edition, folder)) if is_shared else []
    return ProvinceOutcome(edition, folder, n_found, tuple(broken))
