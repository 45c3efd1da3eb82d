"""Checks what the main job wrote: all files, as the manifest says, no host, no rule broken, the bound confirmed."""

from __future__ import annotations

import hashlib
import json
import re
import sys
from pathlib import Path

from sweep.jobs.verification.check_proof import check_bound_of_plan

EXPECTED = {
    "map.html",
    "report.html",
    "plan.json",
    "plan.proof.json",
    "clusters.csv",
    "buildings.csv",
    "coverage.csv",
    "plan.gpkg",
    "manifest.json",
}
# An XML name space is a name, not an address.
ADDRESS = re.compile(r"""(?:https?:)?//(?!www\.w3\.org/)[\w-]+\.[\w.-]+""")


def main(edition: str) -> int:
    """0 if all is well; what is wrong goes to standard error."""
    folder = Path(edition)
    written = {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}
    faults = [f"missing: {name}" for name in sorted(EXPECTED - written)]
    n_teams = len(json.loads((folder / "plan.json").read_text(encoding="utf-8"))["teams"])
    if len([name for name in written if name.startswith("teams/")]) != n_teams:
        faults.append("not one order a team")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    for name, entry in manifest["outputs"].items():
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != entry["sha256"]:
            faults.append(f"not as the manifest says: {name}")
    if set(manifest["outputs"]) != written - {"manifest.json"}:
        faults.append("the manifest does not list what is there")
    for name in sorted(n for n in written if n.endswith(".html")):
        hosts = ADDRESS.findall((folder / name).read_text(encoding="utf-8"))
        faults += [f"{name} names {host}" for host in sorted(set(hosts))]
    bound = check_bound_of_plan(folder / "problem.json", folder / "plan.json")
    if bound.status != "confirmed":
        faults.append(f"bound {bound}")
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
