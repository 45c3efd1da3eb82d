"""Checks that the wheel holds every file of the two packages, and that it states the range of numba."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile

PACKAGES = ("sweep", "geodata")
# Written by `.ci/build`.
STAMP = "sweep/api/commit.txt"


def main(wheel: str) -> int:
    """0 if nothing is missing and nothing is added; what is amiss goes to standard error."""
    listed = subprocess.run(["git", "ls-files", *PACKAGES], capture_output=True, text=True, check=True)  # noqa: S603, S607
    kept = set(listed.stdout.split())
    with zipfile.ZipFile(wheel) as archive:
        (about,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        needs = archive.read(about).decode()
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    faults = [f"not in the wheel: {name}" for name in sorted(kept - packed)]
    faults += [f"in the wheel alone: {name}" for name in sorted(packed - kept - {STAMP})]
    # Private parts of it are used, which the next minor version may not have.
    if not re.search(r"^Requires-Dist: numba<[\d.]+,>=[\d.]+$", needs, re.MULTILINE):
        faults.append("no range of numba in the metadata")
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
