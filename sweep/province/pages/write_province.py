"""An edition of a province onto disk, whole or not at all, with the editions of its counties in it."""

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
"""Takes the folder that an edition is complete in."""


def write_province(
    edition: ProvinceEdition, places: Mapping[str, Path], out: Path, texts: Texts, enter: Enter | None = None
) -> Path:
    """
    Write an edition to `out`/<province>/<id>/, `manifest.json` last.

    One that stands there already stays as it is, with the approvals of its counties, and is the newest again.

    Parameters
    ----------
    places
        Where the edition of each planned county lies, or its window, by county id; its files are linked, or copied
        where the disk knows no links, so that what is done to the one later is not done to the other.
    enter
        Called once all is written and before it stands in its place, as by `sweep.publish.write_edition.write_edition`.

    Raises
    ------
    OSError
        If it cannot be written; nothing is there then.
    """
    folder = out / edition.name / edition_id(edition)
    contents = {
        PAGE: province_page(edition, texts).encode(),
        JSON: province_json(edition).encode(),
        WORKBOOK: province_workbook(edition, texts),
    }
    text = _manifest_json(edition, folder.name, contents, places)
    if (folder / MANIFEST).is_file() and read_regular(folder / MANIFEST) == text.encode():
        # What was run last is the newest, which `latest` and the windows of the next day go by.
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
    """What is written; of the counties' editions the hash that an approval leaves as it is."""
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
