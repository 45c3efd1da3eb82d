"""Atomic writing of a province's edition, with the editions of its counties inside."""

import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from geodata.atomic_writes import fresh_folder
from geodata.message_catalogue import Texts
from geodata.regular_file import read_regular
from sweep.province.pages.province_json import (
    CAMPAIGN,
    JSON,
    PAGE,
    WORKBOOK,
    county_editions,
    county_folder,
    edition_id,
    province_json,
)
from sweep.province.pages.province_page import province_page
from sweep.province.pages.province_workbook import province_workbook
from sweep.province.records import ProvinceEdition
from sweep.publish.archive.edition_hash import Facts, edition_sha256
from sweep.publish.archive.edition_json import MANIFEST
from sweep.publish.archive.manifest import sha256_manifest

type Enter = Callable[[Path], None]
"""Callback with the folder of the complete edition."""


def write_province(
    edition: ProvinceEdition, places: Mapping[str, Path], out: Path, texts: Texts, enter: Enter | None = None
) -> Path:
    """
    Write an edition to `out`/<province>/<id>/, `manifest.json` last.

    An existing edition stays unchanged, with the approvals of its counties, and becomes the newest again.

    Parameters
    ----------
    places
        Folder of each planned county's edition or window, by county id; its files are hard-linked, or copied if the
        disk does not support links.
    enter
        Called when all files are written and before the folder is moved into place, as in
        `sweep.publish.write_edition.write_edition`.

    Raises
    ------
    OSError
        If it cannot be written; nothing is left then.
    """
    folder = out / edition.name / edition_id(edition)
    contents = {
        PAGE: province_page(edition, texts).encode(),
        JSON: province_json(edition).encode(),
        WORKBOOK: province_workbook(edition, texts),
    }
    text = _manifest_json(edition, folder.name, contents, places)
    if (folder / MANIFEST).is_file() and read_regular(folder / MANIFEST) == text.encode():
        # The last run is the newest, which `latest` and the next day's windows use.
        os.utime(folder / JSON)
        return folder
    with fresh_folder(folder) as fresh:
        for name, content in contents.items():
            (fresh / name).write_bytes(content)
        for county in edition.planned:
            _link_all(places[county.county.county_id], fresh / county_folder(county))
        (fresh / MANIFEST).write_bytes(text.encode())
        if enter is not None:
            enter(fresh)
    return folder


def _manifest_json(
    edition: ProvinceEdition, plan_id: str, contents: Mapping[str, bytes], places: Mapping[str, Path]
) -> str:
    """Manifest of the province; counties' editions have the hash that an approval does not change."""
    windows = {
        f"{county_folder(c)}/{CAMPAIGN}/{file.name}": read_regular(file)
        for c in edition.planned
        for file in sorted((places[c.county.county_id] / CAMPAIGN).glob("*"))
    }
    content = {
        "plan_id": plan_id,
        "province": edition.name,
        "day": edition.day,
        "code": edition.code,
        "outputs": sha256_manifest({**contents, **windows}),
        "editions": {name: sha256 for c in edition.planned for name, sha256 in county_editions(c).items()},
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1) + "\n"


def _link_all(source: Path, target: Path) -> None:
    try:
        shutil.copytree(source, target, copy_function=os.link)
    except (OSError, shutil.Error):
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target)


def province_facts(edition: ProvinceEdition, folder: Path) -> Facts:
    """Return the facts of a province's edition for the audit log; its own hash covers those of its counties."""
    return {
        "plan_id": str(json.loads(read_regular(folder / MANIFEST))["plan_id"]),
        "day": edition.day,
        "code": edition.code,
        "n_counties": len(edition.counties),
        "n_planned": len(edition.planned),
        "edition_sha256": edition_sha256(folder),
    }
