"""What a log says of what was published."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from geodata.regular_file import read_regular
from sweep.audit.chain import Json
from sweep.publish.archive.edition_json import MANIFEST
from sweep.publish.archive.fingerprint import edition_sha256
from sweep.publish.edition import Edition
from sweep.records.province import ProvinceEdition

type Facts = dict[str, Json]


def edition_facts(edition: Edition, folder: Path) -> Facts:
    """What a log says of an edition that stands in a folder: what it was made from, its bytes, the rules it breaks."""
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


def province_facts(edition: ProvinceEdition, folder: Path) -> Facts:
    """What a log says of an edition of a province; the hashes of its counties' are in that of its own."""
    return {
        "plan_id": str(json.loads(read_regular(folder / MANIFEST))["plan_id"]),
        "day": edition.day,
        "code": edition.code,
        "n_counties": len(edition.counties),
        "n_planned": len(edition.planned),
        "edition_sha256": edition_sha256(folder),
    }
