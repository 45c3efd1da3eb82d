"""Hashes of published editions and handouts, and the facts of an edition for the audit log."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from geodata.regular_file import read_regular
from sweep.audit.approval import FILE_NAME as APPROVAL
from sweep.audit.hash_chain import Json
from sweep.publish.archive.edition_json_file import MANIFEST
from sweep.publish.edition import Edition
from sweep.publish.page.render_pages import unmarked


def edition_sha256(folder: Path) -> str:
    """
    Return the hash of an edition on disk, which does not change when the edition is approved.

    It covers the manifest, and the pages without their draft or approval marks; the approval file is excluded. Other
    files are covered by their hashes in the manifest.
    """
    manifest = json.loads(read_regular(folder / MANIFEST))
    outputs = {name: listed for name, listed in manifest["outputs"].items() if name != APPROVAL}
    pages = {name: _page_sha256(folder / name) for name in outputs if name.endswith(".html")}
    return manifest_sha256({**manifest, "outputs": outputs | pages})


def _page_sha256(path: Path) -> str:
    page = read_regular(path).decode("utf-8", "replace") if path.is_file() else ""
    return hashlib.sha256(unmarked(page).encode("utf-8")).hexdigest()


def manifest_sha256(manifest: Mapping[str, Any]) -> str:
    """Return the hash of a manifest, which covers the listed files through their hashes in it."""
    return hashlib.sha256(json.dumps(manifest, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


type Facts = dict[str, Json]


def edition_facts(edition: Edition, folder: Path) -> Facts:
    """
    Return the facts of an edition for the audit log: id, day, seeds, hashes of inputs, settings and files, violations.

    `folder`: folder in which the edition's files are written.
    """
    scenario = edition.scenario
    settings = json.dumps(scenario.model_dump(mode="json"), sort_keys=True)
    return {
        "plan_id": edition.plan_id,
        "day": scenario.day.isoformat(),
        "seed": scenario.seed,
        "draw_seed": edition.draw.seed,
        "inputs": {f"{i.table}:{i.file}": i.sha256 for i in edition.inputs},
        "settings_sha256": hashlib.sha256(settings.encode()).hexdigest(),
        "edition_sha256": edition_sha256(folder),
        "violations": [f"{v.rule_id} {v.where}" for v in edition.violations],
    }
