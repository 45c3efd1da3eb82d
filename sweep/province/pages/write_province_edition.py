"""Atomic writing of a province's edition with its counties' editions inside, and its workbook province.xlsx."""

import json
import os
import shutil
from collections.abc import Callable, Mapping
from datetime import date
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
from sweep.province.pages.province_numbers import SummaryFigures, city_figures
from sweep.province.pages.province_page import province_page, start_at
from sweep.province.records import CountyOutcome, CountyPlan, ProvinceEdition
from sweep.publish.archive.edition_hash import Facts, edition_sha256
from sweep.publish.archive.edition_json_file import MANIFEST
from sweep.publish.archive.manifest import sha256_manifest
from sweep.publish.workbook.sheet_rows import day_share
from sweep.publish.workbook.write_xlsx import Column, Kind, WorkbookSheet, workbook

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
    """Return manifest.json: hashes of a province's files and of its counties' editions, without their approvals."""
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
    """Return id, day, county counts and hash of a province's edition in `folder`, as facts for the audit log."""
    return {
        "plan_id": str(json.loads(read_regular(folder / MANIFEST))["plan_id"]),
        "day": edition.day,
        "code": edition.code,
        "n_counties": len(edition.counties),
        "n_planned": len(edition.planned),
        "edition_sha256": edition_sha256(folder),
    }


# Columns under `province.col.` common to counties and cities, named as their figures without `n_`.
_FIGURES: tuple[tuple[str, Kind], ...] = (
    *(("teams", "whole"), ("value", "number"), ("bound", "number"), ("share", "share")),
    *(("leads_reached", "whole"), ("leads", "whole"), ("buildings_reached", "whole"), ("buildings", "whole")),
    *(("served", "whole"), ("visits", "whole")),
)


def province_workbook(edition: ProvinceEdition, texts: Texts) -> bytes:
    """Return province.xlsx with counties, cities, value curves and linked actions; equal editions give equal bytes."""
    sheets = [_counties(edition, texts), _cities(edition, texts), _curves(edition, texts), _links(edition, texts)]
    return workbook(sheets, date.fromisoformat(edition.day), f"{edition.name} {edition.day}")


def _columns(texts: Texts, *columns: tuple[str, Kind]) -> tuple[Column, ...]:
    width: dict[Kind, float] = {"text": 20, "wrap": 60}
    return tuple(Column(texts(f"province.col.{key}"), kind, width.get(kind, 12)) for key, kind in columns)


def _figures(of: SummaryFigures | CountyPlan) -> tuple[object, ...]:
    own = {"value": of.value, "bound": of.bound, "share": of.share}
    return tuple(own[name] if name in own else getattr(of, f"n_{name}") for name, _ in _FIGURES)


def _counties(edition: ProvinceEdition, texts: Texts) -> WorkbookSheet:
    first: tuple[tuple[str, Kind], ...] = (("county", "text"), ("id", "text"), ("city", "text"), ("mobile", "whole"))
    last: tuple[tuple[str, Kind], ...] = (("gain", "number"), ("plan", "text"), ("why", "wrap"))

    def row(c: CountyOutcome) -> tuple[object, ...]:
        county_id = c.county.county_id
        sent = edition.allocation.n_mobile.get(county_id) if c.plan else None
        figures = _figures(c.plan) if c.plan else (None,) * len(_FIGURES)
        why = " ".join(f"{i.code} {i.place(texts)} {i.what(texts)}" for i in c.issues)
        plan_id = " ".join(name.rpartition("/")[2] for name in county_editions(c))
        city = edition.cities[c.county.city_id]
        return (c.name, county_id, city, sent, *figures, edition.allocation.gains.get(county_id), plan_id, why)

    columns = _columns(texts, *first, *_FIGURES, *last)
    return WorkbookSheet(texts("province.by_county"), columns, tuple(row(c) for c in edition.counties))


def _cities(edition: ProvinceEdition, texts: Texts) -> WorkbookSheet:
    first: tuple[tuple[str, Kind], ...] = (("city", "text"), ("planned", "whole"), ("n_counties", "whole"))
    last: tuple[tuple[str, Kind], ...] = (("mobile", "whole"), ("low", "whole"), ("high", "whole"))
    rows = [(f.name, f.n_planned, f.n_counties, *_figures(f), f.n_mobile, f.low, f.high) for f in city_figures(edition)]
    return WorkbookSheet(texts("province.by_city"), _columns(texts, *first, *_FIGURES, *last), tuple(rows))


def _curves(edition: ProvinceEdition, texts: Texts) -> WorkbookSheet:
    columns = _columns(
        texts, ("county", "text"), ("id", "text"), ("mobile", "whole"), ("teams", "whole"), ("value", "number"),
        ("bound", "number"), ("due", "number"), ("costs", "number"), ("must_missed", "whole"),
    )  # fmt: skip
    rows = [
        (c.name, c.county.county_id, p.n_mobile, p.n_teams, of.finds, p.bound, of.due, of.costs, of.must_missed)
        for c in edition.counties
        for p in (c.curve.points if c.curve else ())
        for of in (p.objective,)
    ]
    return WorkbookSheet(texts("province.curves"), columns, tuple(rows))


def _links(edition: ProvinceEdition, texts: Texts) -> WorkbookSheet:
    known = {c.county.county_id: c for c in edition.counties}
    rows = []
    for link, start in zip(edition.links, edition.starts, strict=True):
        why = texts(f"province.unmade.{start.why}", where=start.where) if start.why else ""
        for site in link.sites:
            at = start_at(known[site.county_id], site.building_id)
            clock = None if at is None or why else day_share(at)
            rows.append((link.link_id, known[site.county_id].name, site.building_id, clock, why))
    columns = _columns(
        texts, ("link", "text"), ("county", "text"), ("building", "text"), ("start", "clock"), ("why", "wrap")
    )
    return WorkbookSheet(texts("province.links"), columns, tuple(rows))
