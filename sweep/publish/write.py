"""An edition onto disk: whole or not at all, with a manifest of what went in and what came out."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from geodata.texts import Texts
from sweep.publish import tables, watch
from sweep.publish.archive import FILE_NAME as EDITION_NAME
from sweep.publish.archive import MANIFEST, edition_json
from sweep.publish.edition import Edition
from sweep.publish.escape import file_stem
from sweep.publish.facts import team_facts
from sweep.publish.geopackage import write_geopackage
from sweep.publish.manifest import manifest_json
from sweep.publish.maps import map_page
from sweep.publish.orders import order_page
from sweep.publish.plan_file import FILE_NAME, plan_json
from sweep.publish.report import report_page
from sweep.publish.unmatched import unmatched_csv
from sweep.publish.violations import violations_csv


def write_edition(
    edition: Edition, folder: Path, texts: Texts, extra: Mapping[str, bytes] | None = None, carried: Sequence[str] = ()
) -> tuple[Path, ...]:
    """
    Write all files of an edition into a folder, `manifest.json` last; an older edition there is replaced.

    A plan that breaks a rule gets `plan.json` and `violations.csv` only: nothing that could pass for an order.

    Parameters
    ----------
    edition
        What to write.
    folder
        Need not exist; if it does, it must be an earlier edition.
    texts
        The language of the pages.
    extra
        Files by name that go beside the others, or in the place of a page.
    carried
        Those of them that an edition before this one put out, byte for byte.

    Returns
    -------
    tuple of Path
        The files written, in `folder`.

    Raises
    ------
    FileExistsError
        If the folder holds something that is not an edition.
    ValueError
        If a visit is on the investigation track, which no output may show (C26).
    """
    refuse_investigations(edition)
    if folder.exists() and not _is_edition(folder):
        raise FileExistsError(f"{folder} holds no {MANIFEST}: it is not an edition and is not replaced")
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        fresh.chmod(0o755)
        names = _write_all(edition, fresh, texts, extra or {}, carried)
        swap_folder(fresh, folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return tuple(folder / name for name in names)


def refuse_investigations(edition: Edition) -> None:
    """
    Let nothing out of an edition that holds what only the investigators may know (C26).

    Raises
    ------
    ValueError
        If a visit is on the investigation track.
    """
    bad = sorted(v.visit_id for v in edition.visits.values() if v.track == "investigation")
    if bad:
        raise ValueError(f"visits {bad} are on the investigation track and must not be published (C26)")


def _is_edition(folder: Path) -> bool:
    return folder.is_dir() and ((folder / MANIFEST).is_file() or not any(folder.iterdir()))


def swap_folder(fresh: Path, folder: Path) -> None:
    """Put the fresh folder in its place; the old one goes only once the new one stands."""
    if not folder.exists():
        fresh.rename(folder)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{folder.name}.old.", dir=folder.parent))
    old.rmdir()
    folder.rename(old)
    try:
        fresh.rename(folder)
    except OSError:
        old.rename(folder)
        raise
    shutil.rmtree(old)


def _write_all(
    edition: Edition, folder: Path, texts: Texts, extra: Mapping[str, bytes], carried: Sequence[str]
) -> list[str]:
    names = []
    extra = {} if edition.violations else extra
    for name, content in {**_contents(edition, texts), **extra}.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        names.append(name)
    if not edition.violations:
        write_geopackage(edition, folder / "plan.gpkg", texts)
        names.append("plan.gpkg")
    manifest = manifest_json(edition, {name: (folder / name).read_bytes() for name in names}, carried)
    (folder / MANIFEST).write_text(manifest, encoding="utf-8", newline="\n")
    return [*names, MANIFEST]


def _contents(edition: Edition, texts: Texts) -> dict[str, bytes]:
    plan = {FILE_NAME: plan_json(edition, texts).encode("utf-8")}
    if edition.violations:
        return {**plan, "violations.csv": violations_csv(edition, texts).encode(tables.ENCODING)}
    pages = {"map.html": map_page(edition, texts), "report.html": report_page(edition, texts)}
    for team in team_facts(edition):
        pages[f"teams/{file_stem(team.team.team_id)}.html"] = order_page(edition, team, texts)
    csvs = {
        "buildings.csv": tables.buildings_csv(edition),
        "clusters.csv": tables.clusters_csv(edition.clusters),
        "coverage.csv": tables.coverage_csv(edition),
        "draw.csv": watch.draw_csv(edition),
        "draw_firms.csv": watch.draw_firms_csv(edition),
        "draw_officers.csv": watch.draw_officers_csv(edition),
        "prevalence.csv": watch.prevalence_csv(edition),
        "concentration.csv": watch.concentration_csv(edition),
        "unserved.csv": tables.unserved_csv(edition, texts),
        "quarantine.csv": tables.quarantine_csv(edition),
        "unmatched.csv": unmatched_csv(edition, texts),
    }
    return {
        **{name: page.encode("utf-8") for name, page in pages.items()},
        **plan,
        EDITION_NAME: edition_json(edition).encode("utf-8"),
        **{name: text.encode(tables.ENCODING) for name, text in csvs.items()},
    }
