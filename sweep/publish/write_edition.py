"""Atomic writing of an edition's files, with a manifest of inputs and outputs."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from geodata.atomic_writes import fresh_folder
from geodata.message_catalogue import Texts
from sweep.disk.formula_safe_csv import ENCODING
from sweep.publish.archive.edition_json_file import FILE_NAME as EDITION_NAME
from sweep.publish.archive.edition_json_file import MANIFEST, edition_json
from sweep.publish.archive.manifest import manifest_json
from sweep.publish.archive.plan_json import FILE_NAME, plan_json
from sweep.publish.edition import Edition, refuse_investigations
from sweep.publish.exports.geopackage import write_geopackage
from sweep.publish.facts.team_facts import team_facts
from sweep.publish.map.map_page import map_page
from sweep.publish.orders.order_page import order_page
from sweep.publish.page.escape import file_stem
from sweep.publish.report.report import report_page
from sweep.publish.tables.edition_tables import TABLES, VIOLATIONS, edition_csv

type Enter = Callable[[Edition, Path], None]
"""Callback that gets an edition and the folder of its complete files."""


def write_edition(
    edition: Edition,
    folder: Path,
    texts: Texts,
    extra: Mapping[str, bytes] | None = None,
    carried: Sequence[str] = (),
    enter: Enter | None = None,
) -> tuple[Path, ...]:
    """
    Write all files of an edition, `manifest.json` last, into a folder in place of an older edition; return their paths.

    A plan that breaks a rule gets `plan.json` and `violations.csv` only, so that nothing could pass for an order.

    Parameters
    ----------
    extra
        Further files by name, or replacements of pages.
    carried
        Names of orders in `extra` that a re-plan did not change; each keeps the approval mark of an earlier edition.
    enter
        Called to log the edition, when all files are in a staging folder. If the call fails, the staging folder does
        not replace `folder`, so that every edition in place is in the log.

    Raises
    ------
    FileExistsError
        If the folder holds something that is not an edition.
    ValueError
        If a visit is on the investigation track, which no output may show (C26).
    """
    refuse_investigations(edition)
    is_new = not folder.exists() or (folder.is_dir() and not any(folder.iterdir()))
    if not is_new and not (folder / MANIFEST).is_file():
        raise FileExistsError(f"{folder} holds no {MANIFEST}: it is not an edition and is not replaced")
    with fresh_folder(folder) as fresh:
        names = _write_all(edition, fresh, texts, extra or {}, carried)
        if enter is not None:
            enter(edition, fresh)
    return tuple(folder / name for name in names)


def _write_all(
    edition: Edition, folder: Path, texts: Texts, extra: Mapping[str, bytes], carried: Sequence[str]
) -> list[str]:
    names = []
    extra = {} if edition.violations else extra
    for name, content in {**_contents(edition, texts, extra), **extra}.items():
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


def _contents(edition: Edition, texts: Texts, given: Mapping[str, bytes]) -> dict[str, bytes]:
    plan = plan_json(edition, texts).encode("utf-8")
    if edition.violations:
        return {FILE_NAME: plan, VIOLATIONS: edition_csv(VIOLATIONS, edition, texts).encode(ENCODING)}
    pages = {
        "map.html": map_page(edition, texts).encode("utf-8"),
        "report.html": report_page(edition, texts, hashlib.sha256(plan).hexdigest()).encode("utf-8"),
    }
    for team in team_facts(edition):
        name = f"teams/{file_stem(team.team.team_id)}.html"
        pages[name] = given[name] if name in given else order_page(edition, team, texts).encode("utf-8")
    return {
        **pages,
        FILE_NAME: plan,
        EDITION_NAME: edition_json(edition).encode("utf-8"),
        **{name: edition_csv(name, edition, texts).encode(ENCODING) for name in TABLES if name != VIOLATIONS},
    }
