"""Version of a release, checked against git and the changelog, and its files: notes, licences, bill of materials."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
import tomllib
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import Distribution, distributions
from pathlib import Path

HEADING = re.compile(r"^## \[(?P<version>[^\]]+)\] - (?P<date>.+)$", re.MULTILINE)
# A `License` field is a name or a whole text.
LONGEST_NAME = 80


def release_version(root: Path) -> str:
    """
    Version of the checkout, ready for release.

    Raises
    ------
    ValueError
        If files differ from the commit, or the newest heading of the changelog has another version or no date.
    """
    command = ["git", "-C", str(root), "status", "--porcelain"]
    changed = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603
    if changed:
        raise ValueError(f"The checkout differs from its commit. Commit or remove:\n{changed}")
    version = str(tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])
    newest = HEADING.search((root / "CHANGELOG.md").read_text(encoding="utf-8"))
    if newest is None or newest["version"] != version:
        found = "none" if newest is None else newest["version"]
        raise ValueError(f"pyproject.toml has version {version}; the newest heading of CHANGELOG.md: {found}.")
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", newest["date"]):
        raise ValueError(f"CHANGELOG.md dates {version} with {newest['date']!r}. Write the day of the release.")
    return version


def notes(changelog: str) -> str:
    """Section of the newest version in the changelog."""
    start, *later = HEADING.finditer(changelog)
    return changelog[start.start() : later[0].start() if later else None].strip() + "\n"


def licence(package: Distribution) -> str:
    """Licence that the metadata of a package state: an expression, a name, or classifiers; empty without one."""
    about = package.metadata
    name = about.get("License-Expression") or about.get("License") or ""
    if name and len(name) <= LONGEST_NAME and name != "UNKNOWN":
        return str(name)
    classifiers = [c.split(" :: ")[-1] for c in about.get_all("Classifier", []) if c.startswith("License :: ")]
    return " AND ".join(classifiers) or name.strip().partition("\n")[0]


def licences(installed: Path) -> Iterator[tuple[str, str, str]]:
    """
    Name, version and licence of each package below a folder, in alphabetical order.

    Raises
    ------
    ValueError
        If a package states no licence.
    """
    for package in sorted(distributions(path=[str(installed)]), key=lambda p: p.name.lower()):
        if not (found := licence(package)):
            raise ValueError(f"{package.name} {package.version} states no licence in its metadata.")
        yield package.name, package.version, found


def fix_time(sbom: str, commit_s: int) -> str:
    """Bill of materials with the commit's time and a serial number that follows from its content."""
    content = json.loads(sbom)
    content["metadata"]["timestamp"] = datetime.fromtimestamp(commit_s, UTC).isoformat()
    del content["serialNumber"]
    serial = uuid.uuid5(uuid.NAMESPACE_OID, json.dumps(content, sort_keys=True))
    return json.dumps({**content, "serialNumber": serial.urn}, indent=2) + "\n"


def write(root: Path, installed: Path, release: Path) -> None:
    """Write notes and licences into the folder of the release, and date its bill of materials."""
    changelog = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    (release / "NOTES.md").write_text(notes(changelog), encoding="utf-8")
    with (release / "licences.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("package", "version", "licence"), *licences(installed)])
    sbom = release / "sbom.cdx.json"
    fixed = fix_time(sbom.read_text(encoding="utf-8"), int(os.environ["SOURCE_DATE_EPOCH"]))
    sbom.write_text(fixed, encoding="utf-8")


if __name__ == "__main__":
    try:
        if sys.argv[1] == "version":
            print(release_version(Path(sys.argv[2])))
        else:
            write(*map(Path, sys.argv[2:]))
    except ValueError as error:
        sys.exit(str(error))
