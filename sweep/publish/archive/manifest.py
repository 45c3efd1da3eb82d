"""Serialisation of manifest.json: inputs, settings and output files of an edition, with their hashes."""

import hashlib
import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from importlib import metadata
from pathlib import PurePath
from typing import Any

from sweep.publish.edition import Edition

_LIBRARIES = (
    *("folium", "geopandas", "numba", "numpy", "ortools", "osmium", "osrm-bindings", "pandas", "pyogrio", "pyproj"),
    *("scipy", "shapely", "xlsxwriter", "xstatic-leaflet"),
)


def manifest_json(edition: Edition, outputs: dict[str, bytes], carried: Sequence[str] = ()) -> str:
    """
    Return the manifest as JSON. It has no time of writing, so that equal scenarios give equal manifests.

    `outputs`: bytes of each file by name; `carried`: names of the orders that a re-plan did not change.
    """
    content = {
        "plan_id": edition.plan_id,
        "day": edition.scenario.day.isoformat(),
        "seed": edition.scenario.seed,
        "settings": edition.scenario.model_dump(mode="json"),
        "inputs": [asdict(i) for i in edition.inputs],
        "outputs": sha256_manifest(outputs),
        **({"carried_over": sorted(carried)} if carried else {}),
        "n_violations": len(edition.violations),
        "travel_method": edition.travel_method,
        "versions": {
            "python": platform.python_version(),
            "sweep": _version("sweep"),
            **{name: _version(name) for name in _LIBRARIES},
        },
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1) + "\n"


def parse_manifest(content: bytes) -> dict[str, Any] | None:
    """Parse a manifest.json of an edition or handout; None if it is malformed or names files outside its folder."""
    try:
        manifest = json.loads(content)
        outputs, day = manifest["outputs"], date.fromisoformat(manifest["day"])
        kinds = ((manifest["plan_id"], str), (manifest.get("n_violations", 0), int), (day, date), (outputs, dict))
        lists = (manifest.get("carried_over", []), *((listed["sha256"],) for listed in outputs.values()))
        names = [*(name for some in lists for name in some), *outputs]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    is_formed = all(isinstance(value, kind) for value, kind in kinds) and all(isinstance(n, str) for n in names)
    return manifest if is_formed and not any(map(_is_unsafe_path, outputs)) else None


def _is_unsafe_path(name: str) -> bool:
    return "\0" in name or PurePath(name).is_absolute() or ".." in PurePath(name).parts


def study_json(study: str, scenario: str, day: date) -> str:
    """Return study.json for a study: its kind, scenario, and the day from which its retention period counts (C30)."""
    content = {"study": study, "scenario": scenario, "day": day.isoformat()}
    return json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1) + "\n"


def sha256_manifest(files: Mapping[str, bytes]) -> dict[str, dict[str, object]]:
    """Return the SHA-256 and the size of each file, by file name, from the files' bytes."""
    return {name: {"sha256": hashlib.sha256(data).hexdigest(), "n_bytes": len(data)} for name, data in files.items()}


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"
