"""Verification of an edition on disk against its manifest, and the marking of its pages as approved."""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from geodata.atomic_writes import fresh_folder
from geodata.errors import InputError, Issue
from geodata.message_catalogue import LANGUAGES, Texts, load_texts
from geodata.regular_file import read_regular, read_regular_text
from sweep.audit import approval as approvals
from sweep.audit.approval import Approval, approval_text
from sweep.publish.archive.edition_json_file import MANIFEST
from sweep.publish.archive.manifest import parse_manifest, sha256_manifest
from sweep.publish.archive.plan_json import FILE_NAME as PLAN
from sweep.publish.page.render_pages import approved_page, is_marked


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the parsed manifest.json of an edition or handout; InputError S803 if it is missing or malformed."""
    try:
        manifest = parse_manifest(read_regular(folder / MANIFEST))
    except OSError as error:
        raise InputError([Issue("S803", str(folder))]) from error
    if manifest is None:
        raise InputError([Issue("S803", str(folder))])
    return manifest


def changed_files(folder: Path, manifest: dict[str, Any]) -> list[str]:
    """Return the names of the edition's files that are missing or whose bytes differ from the manifest."""
    return [name for name, listed in sorted(manifest["outputs"].items()) if _manifest_entry(folder / name) != listed]


def wrongly_marked_pages(
    folder: Path, manifest: dict[str, Any], approval: Approval | None, on_record: Sequence[Approval]
) -> list[str]:
    """
    Return the pages of an edition whose draft or approval mark does not fit the edition's approval.

    Parameters
    ----------
    approval
        Approval of the edition; None: the edition is a draft.
    on_record
        Earlier approvals of other editions; an order that a re-plan did not change keeps the mark of one of them.
    """
    texts = manifest_texts(manifest)
    carried = set(manifest.get("carried_over", ())) if approval is None else set()
    wrong = []
    for name in sorted(manifest["outputs"]):
        path = folder / name
        if not name.endswith(".html") or not path.is_file():
            continue
        page = read_regular_text(path, errors="replace")
        states = (approval, *on_record) if name in carried else (approval,)
        if not any(is_marked(page, state, texts) for state in states):
            wrong.append(name)
    return wrong


def unlisted_pages(folder: Path, manifest: dict[str, Any]) -> list[str]:
    """Return the HTML pages in an edition's folder that its manifest does not list; each could pass for an order."""
    names = (path.relative_to(folder).as_posix() for path in folder.rglob("*.html"))
    return sorted(name for name in names if name not in manifest["outputs"])


def manifest_texts(manifest: dict[str, Any]) -> Texts:
    """Return the message texts in the language of the edition that a manifest describes."""
    settings = manifest.get("settings")
    lang = settings.get("lang") if isinstance(settings, dict) else None
    return load_texts(lang if lang in LANGUAGES else LANGUAGES[0])


def approvable_sha256(folder: Path) -> str:
    """
    Return the SHA-256 of plan.json, to which an approval refers; raise if the edition cannot be approved.

    Raises
    ------
    InputError
        S803 if the folder holds no plan.json (such as a handout), S804 if its plan breaks rules, S805 for each file
        that was changed after it was written.
    """
    manifest = read_manifest(folder)
    if PLAN not in manifest["outputs"]:
        raise InputError([Issue("S803", str(folder))])
    if manifest.get("n_violations"):
        raise InputError([Issue("S804", str(folder), {"n": int(manifest["n_violations"])})])
    if changed := changed_files(folder, manifest):
        raise InputError(Issue("S805", name) for name in changed)
    return str(manifest["outputs"][PLAN]["sha256"])


def approve_edition(folder: Path, approval: Approval, texts: Texts) -> tuple[Path, ...]:
    """Mark the pages of a draft as approved and add approval.json; return the changed files."""
    changed = {approvals.FILE_NAME: approval_text(approval)}
    for name in read_manifest(folder)["outputs"]:
        if name.endswith(".html"):
            changed[name] = approved_page(read_regular(folder / name).decode("utf-8"), approval, texts)
    return rewrite_files(folder, changed)


def rewrite_files(
    folder: Path, changed: Mapping[str, str], enter: Callable[[Path], object] = lambda _: None
) -> tuple[Path, ...]:
    """
    Replace files of an edition, with its manifest, atomically; return the changed files.

    Parameters
    ----------
    changed
        New text of each file, by name.
    enter
        Callback with the folder of the complete files before they are moved into place; if it fails, nothing changes.
    """
    manifest = read_manifest(folder)
    with fresh_folder(folder) as fresh:
        _copy(folder, fresh)
        for name, text in changed.items():
            (fresh / name).write_bytes(text.encode("utf-8"))
            manifest["outputs"][name] = _manifest_entry(fresh / name)
        text = json.dumps(manifest, ensure_ascii=False, sort_keys=True, indent=1) + "\n"
        (fresh / MANIFEST).write_bytes(text.encode("utf-8"))
        enter(fresh)
    return tuple(folder / name for name in (*changed, MANIFEST))


def _copy(folder: Path, fresh: Path) -> None:
    # File modes follow the current umask; file times are kept, so that an older plan does not look newer.
    for path in sorted(folder.rglob("*")):
        target = fresh / path.relative_to(folder)
        if path.is_dir():
            target.mkdir()
        else:
            target.write_bytes(read_regular(path))
            written = path.stat()
            os.utime(target, ns=(written.st_atime_ns, written.st_mtime_ns))


def _manifest_entry(path: Path) -> dict[str, object]:
    return sha256_manifest({"": read_regular(path)})[""] if path.is_file() else {}
