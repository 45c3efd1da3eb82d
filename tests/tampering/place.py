"""A folder of editions with all that the log should know of it, to be tampered with, and whether anything finds it."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Run = Callable[..., Any]
type Json = dict[str, Any]

AT, BY = "2026-09-15T08:00:00+08:00", "commander"


@dataclass(frozen=True)
class Place:
    """One approved edition, its handouts and the log of the scenario."""

    scenario: Path
    out: Path
    plan_id: str

    @property
    def edition(self) -> Path:
        return self.out / "tiny" / self.plan_id

    @property
    def handout(self) -> Path:
        return self.out / "tiny" / f"{self.plan_id}.market_regulation"

    @property
    def log(self) -> Path:
        return self.out / "_audit" / "tiny.jsonl"

    @property
    def head(self) -> Path:
        return self.out / "_audit" / "tiny.head.json"

    def lines(self) -> list[bytes]:
        return self.log.read_bytes().splitlines(keepends=True)

    def write_lines(self, lines: list[bytes], *, with_head: bool = False) -> None:
        """Other lines; with a head that agrees, if asked for."""
        self.log.write_bytes(b"".join(lines))
        if with_head:
            last = json.loads(lines[-1])["hash"] if lines else "0" * 64
            content = {"n": len(lines), "hash": last, "n_bytes": len(b"".join(lines))}
            self.head.write_text(json.dumps(content) + "\n", encoding="utf-8")

    def copied(self, to: Path) -> Place:
        shutil.copytree(self.out, to)
        return Place(self.scenario, to, self.plan_id)

    def removed(self) -> None:
        shutil.rmtree(self.out)

    def page(self, name: str) -> str:
        return (self.edition / name).read_text(encoding="utf-8")

    def manifest(self, **changes: Any) -> None:
        edit(self.edition / "manifest.json", **changes)

    def approval(self, **changes: Any) -> None:
        """The approval says something else, and the manifest agrees with what it is now."""
        edit(self.edition / "approval.json", **changes)
        listed_again(self.edition, "approval.json")


def read(path: Path) -> Json:
    return dict(json.loads(path.read_text(encoding="utf-8")))


def edit(path: Path, **changes: Any) -> None:
    path.write_text(json.dumps(read(path) | changes, ensure_ascii=False, sort_keys=True, indent=1) + "\n", "utf-8")


def listed_again(folder: Path, name: str) -> None:
    """The manifest made to agree with a file as it is now; a file that is gone is struck off."""
    manifest, path = read(folder / "manifest.json"), folder / name
    if path.is_file():
        data = path.read_bytes()
        manifest["outputs"][name] = {"sha256": hashlib.sha256(data).hexdigest(), "n_bytes": len(data)}
    else:
        manifest["outputs"].pop(name, None)
    edit(folder / "manifest.json", outputs=manifest["outputs"])


def hashed(entry: Json) -> bytes:
    """A line with the right hash of what it says."""
    content = {k: v for k, v in entry.items() if k != "hash"}
    text = lambda x: json.dumps(x, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"  # noqa: E731
    return text({**content, "hash": hashlib.sha256(text(content).encode()).hexdigest()}).encode()


def rechained(entries: list[Json]) -> list[bytes]:
    """All lines anew, each following the one before."""
    lines, previous = [], "0" * 64
    for n, entry in enumerate(entries, start=1):
        lines.append(hashed({**entry, "n": n, "prev": previous}))
        previous = json.loads(lines[-1])["hash"]
    return lines


def found_by(place: Place, sweep: Run) -> str | None:
    """The first command that finds what was done, and what it says; None if none does."""
    commands = {
        "verify": ("audit", "tiny", "--out", place.out),
        "check": ("check", place.scenario, place.edition),
        "check of a handout": ("check", place.scenario, place.handout),
        "release": ("release", place.scenario, place.edition, "--class", "public"),
    }
    for name, command in commands.items():
        result = sweep(*command)
        if result.exit_code not in (0, 2, 3) or "Traceback" in result.output:
            raise AssertionError(f"{name} broke down: {result.output[-500:]}") from result.exception
        if result.exit_code != 0:
            return name
    return None


def made(scenario: Path, out: Path, plan_id: str, sweep: Run) -> Place:
    """A place of a planned scenario: its edition approved, and one handout given out."""
    place = Place(scenario, out, plan_id)
    for command in (
        ("approve", place.edition, "--by", "D07"),
        ("release", scenario, place.edition, "--class", "market_regulation", "--by", "D07"),
    ):
        result = sweep(*command)
        assert result.exit_code == 0, result.output
    return place


def ways_of(place: Place) -> tuple[int, list[str], list[str]]:
    """Lines of the log, pages and tables of the edition."""
    names = sorted(n for n in read(place.edition / "manifest.json")["outputs"] if n != "approval.json")
    pages = [n for n in names if n.endswith(".html")]
    return len(place.lines()), pages, [n for n in names if n not in pages]
