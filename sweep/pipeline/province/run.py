"""The main job of a province: its folder in, its published edition out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from geodata.texts import load_texts
from sweep.disk.files import refuse_unwritable
from sweep.pipeline.province.coordinator import Coordinator, Progress, Watch
from sweep.pipeline.province.engines.engine import Engine
from sweep.pipeline.province.store import EDITION, FOLDER, Store
from sweep.province.province import Province
from sweep.publish.province.write import write_province
from sweep.records.province import ProvinceEdition


@dataclass(frozen=True, slots=True)
class ProvinceOutcome:
    """What a run of a province made."""

    edition: ProvinceEdition
    folder: Path
    n_found: int
    """Results that were there already."""


def run_province(province: Province, out: Path, engine: Engine, watch: Watch) -> ProvinceOutcome:
    """
    Plan a province and publish it to `out`/<province>/<id>/; the results of its counties stay in results/ beside it.

    Parameters
    ----------
    out
        Folder of all editions; on several machines each must have it, and the province's, under the same path.
    engine
        Carries the counties' jobs.
    watch
        Called whenever a county is done.

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

    with engine:
        edition, keys = Coordinator(province, store, engine, counted).run()
    watch(Progress("publish", 0, 1))
    places = {county_id: store.place(key) / EDITION for county_id, key in keys.items()}
    folder = write_province(edition, places, out.resolve(), load_texts(edition.lang))
    return ProvinceOutcome(edition, folder, n_found)
