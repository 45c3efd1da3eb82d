"""An edition on disk, looked at again: whether it is what was written, and its pages once its plan is approved."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from geodata.errors import InputError, Issue
from geodata.staging import fresh_folder
from geodata.texts import Texts
from sweep.audit import approval as approvals
from sweep.audit.approval import Approval, approval_text
from sweep.publish.archive.edition_json import MANIFEST
from sweep.publish.archive.manifest import parse_manifest
from sweep.publish.archive.plan_json import FILE_NAME as PLAN
from sweep.publish.page.marks import approved_page, is_draft

# Pages that send people out: what they say must be what was approved.
ORDERS = ("map.html", "teams/")


def read_manifest(folder: Path) -> dict[str, Any]:
    """
    The manifest of an edition.

    Raises
    ------
    InputError
        S803 if the folder is no edition.
    """
    try:
        manifest = parse_manifest((folder / MANIFEST).read_bytes())
    except OSError as error:
        raise InputError([Issue("S803", str(folder))]) from error
    if manifest is None:
        raise InputError([Issue("S803", str(folder))])
    return manifest


def changed_files(folder: Path, manifest: dict[str, Any]) -> list[str]:
    """The edition's files that are not, byte for byte, what its manifest says."""
    return [
        name for name, listed in sorted(manifest["outputs"].items()) if _sha256(folder / name) != listed.get("sha256")
    ]


def undrafted_pages(folder: Path, manifest: dict[str, Any]) -> list[str]:
    """The orders and maps of an edition that carry no draft mark."""
    # An order that a change of the plan left as it was keeps the mark that it went out with.
    carried = set(manifest.get("carried_over", ()))
    pages = [
        n for n in sorted(manifest["outputs"]) if n.startswith(ORDERS) and n.endswith(".html") and n not in carried
    ]
    return [n for n in pages if (folder / n).is_file() and not is_draft((folder / n).read_text(encoding="utf-8"))]


def approvable_sha256(folder: Path) -> str:
    """
    The hash of the plan that an approval would be given to.

    Raises
    ------
    InputError
        S803 no edition, S804 its plan breaks rules, S805 a file was changed after it was written.
    """
    manifest = read_manifest(folder)
    if manifest.get("n_violations"):
        raise InputError([Issue("S804", str(folder), {"n": int(manifest["n_violations"])})])
    if changed := changed_files(folder, manifest):
        raise InputError(Issue("S805", name) for name in changed)
    return str(manifest["outputs"][PLAN]["sha256"])


def approve_edition(folder: Path, approval: Approval, texts: Texts) -> tuple[Path, ...]:
    """
    Turn the draft's pages into approved ones and lay the approval beside them, all at once or not at all.

    Returns
    -------
    tuple of Path
        The files that changed.
    """
    manifest = read_manifest(folder)
    with fresh_folder(folder) as fresh:
        _copy(folder, fresh)
        changed = {approvals.FILE_NAME: approval_text(approval)}
        for name in manifest["outputs"]:
            if name.endswith(".html"):
                changed[name] = approved_page((folder / name).read_bytes().decode("utf-8"), approval, texts)
        for name, text in changed.items():
            (fresh / name).write_bytes(text.encode("utf-8"))
            manifest["outputs"][name] = {"sha256": _sha256(fresh / name), "n_bytes": len(text.encode("utf-8"))}
        text = json.dumps(manifest, ensure_ascii=False, sort_keys=True, indent=1) + "\n"
        (fresh / MANIFEST).write_bytes(text.encode("utf-8"))
    return tuple(folder / name for name in (*changed, MANIFEST))


def _copy(folder: Path, fresh: Path) -> None:
    # Without the modes: who may read is for the umask of the day to say.
    for path in sorted(folder.rglob("*")):
        target = fresh / path.relative_to(folder)
        if path.is_dir():
            target.mkdir()
        else:
            target.write_bytes(path.read_bytes())


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
