"""An edition of a province onto disk, whole or not at all, with the editions of its counties in it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from geodata.staging import fresh_folder
from geodata.texts import Texts
from sweep.publish.archive.edition_json import MANIFEST
from sweep.publish.archive.manifest import sha256_manifest
from sweep.publish.province.content import edition_id, province_json
from sweep.publish.province.names import JSON, PAGE, WORKBOOK, county_folder
from sweep.publish.province.page import province_page
from sweep.publish.province.workbook import province_workbook
from sweep.records.province import ProvinceEdition


def write_province(edition: ProvinceEdition, places: Mapping[str, Path], out: Path, texts: Texts) -> Path:
    """
    Write an edition to `out`/<province>/<id>/, `manifest.json` last.

    Parameters
    ----------
    places
        Where the edition of each planned county lies, by county id; its files are linked, or copied where the disk
        knows no links, so that what is done to the one later is not done to the other.

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
    with fresh_folder(folder) as fresh:
        outputs = sha256_manifest(contents)
        for name, content in contents.items():
            (fresh / name).write_bytes(content)
        for county in edition.planned:
            target = county_folder(county)
            _link_all(places[county.county.county_id], fresh / target)
            manifest = (fresh / target / MANIFEST).read_bytes()
            outputs[f"{target}/{MANIFEST}"] = {
                "sha256": hashlib.sha256(manifest).hexdigest(),
                "n_bytes": len(manifest),
            }
        listed = {"plan_id": folder.name, "province": edition.name, "day": edition.day, "outputs": outputs}
        text = json.dumps({**listed, "code": edition.code}, ensure_ascii=False, sort_keys=True, indent=1) + "\n"
        (fresh / MANIFEST).write_text(text, encoding="utf-8", newline="\n")
    return folder


def _link_all(source: Path, target: Path) -> None:
    try:
        shutil.copytree(source, target, copy_function=os.link)
    except (OSError, shutil.Error):
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target)
