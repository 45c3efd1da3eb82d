"""Checks that the bill of materials lists each package of an install, with its version and the lock's hashes."""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = "sweep"


def runtime(packages: dict[str, list[dict[str, Any]]]) -> set[str]:
    """Names of all packages that the root needs on any system with all its extras, without its groups."""
    found: set[str] = set()
    # A package and which of its extras are asked for.
    left = [(ROOT, extra) for extra in ("", *packages[ROOT][0].get("optional-dependencies", {}))]
    seen = set(left)
    while left:
        name, extra = left.pop()
        found.add(name)
        for package in packages[name]:
            needs = (
                package.get("optional-dependencies", {}).get(extra, []) if extra else package.get("dependencies", [])
            )
            for need in needs:
                asked = {(need["name"], e) for e in ("", *need.get("extra", []))} - seen
                seen |= asked
                left += asked
    return found - {ROOT}


def main(sbom: Path, lock: Path) -> None:
    """Exit with what is lacking, if anything is."""
    packages: dict[str, list[dict[str, Any]]] = {}
    for package in tomllib.loads(lock.read_text(encoding="utf-8"))["package"]:
        packages.setdefault(package["name"], []).append(package)
    listed = {
        (c["name"], c["version"]): json.dumps(c) for c in json.loads(sbom.read_text(encoding="utf-8"))["components"]
    }
    wanted = {(p["name"], p["version"]): p for name in runtime(packages) for p in packages[name]}
    bad = [f"{name} {version} is not listed" for name, version in wanted.keys() - listed.keys()]
    bad += [f"{name} {version} is listed, but not of the runtime" for name, version in listed.keys() - wanted.keys()]
    for key in wanted.keys() & listed.keys():
        files = [*wanted[key].get("wheels", []), *filter(None, [wanted[key].get("sdist")])]
        hashes = [f["hash"].removeprefix("sha256:") for f in files]
        lacking = [h for h in hashes if h not in listed[key]]
        if lacking or not hashes:
            bad.append(f"{' '.join(key)} lacks {len(lacking)} of {len(hashes)} hashes")
    if bad:
        sys.exit("\n".join(sorted(bad)))
    print(f"{sbom}: {len(wanted)} packages, each with its version and hashes")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
