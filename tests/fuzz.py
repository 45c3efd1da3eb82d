"""Fuzzing of every file that the program reads: a broken file may cause neither a traceback nor a hang."""

from __future__ import annotations

import hashlib
import io
import json
import os
import random
import select
import shutil
import signal
import sys
import traceback
import warnings
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from typer.testing import CliRunner

from geodata.errors import InputError
from geodata.read.osm.buildings_and_streets import read_osm_buildings, read_osm_streets
from geodata.read.osm.water import read_osm_water
from geodata.read.read_table import read_table
from sweep.cli.main import app
from tests.used import first_edition

MOST_S, MOST_KB = 10.0, 2_000_000
# Timeout, also on slow machines.
_PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Target:
    """File and the command or function that reads it."""

    file: str
    """Path in the folder of `use_everything`; `<edition>` is that of the first edition."""
    read: Callable[[Path], Sequence[object] | None]
    """Arguments of a command, or None if a reader is called instead."""
    is_sealed: bool = False
    """Whether the manifest gets the hash of the broken file, so that the check goes beyond the hash."""


def _reads(file: str, table: str) -> Target:
    def read(place: Path) -> None:
        read_table(place / file, table)

    return Target(file, read)


def _osm(place: Path) -> None:
    for read in (read_osm_buildings, read_osm_streets, read_osm_water):
        try:
            read(place / "seeds/city.osm")
        except InputError:
            continue


def _validate(file: str) -> Target:
    return Target(file, lambda place: ("validate", place / "plain"))


def _replan(place: Path) -> Sequence[object]:
    events = ("--events", place / "seeds/events.json")
    return ("replan", first_edition_of(place), "--at", "14:30", *events, "--iterations", 5, "--by", "K")


def first_edition_of(place: Path) -> Path:
    """Return the first edition, even if its files are broken."""
    return place / "out" / "tiny" / (place / "edition").read_text(encoding="utf-8")


def _on_edition(*words: object) -> Callable[[Path], Sequence[object]]:
    def read(place: Path) -> Sequence[object]:
        named = {"PLAN": first_edition_of(place), "OUT": place / "new", "SCENARIO": place / "plain"}
        return [named.get(str(w), w) for w in words]

    return read


TARGETS: Mapping[str, Target] = {
    "scenario": _validate("plain/scenario.toml"),
    **{t: _validate(f"plain/{t}.csv") for t in ("firms", "leads", "roster", "bases", "history", "building_files")},
    "footprints": _validate("plain/buildings.gpkg"),
    "map": _validate("plain/city.osm.pbf"),
    "kept results": _validate("plain/follow_up/results.csv"),
    "closings": _validate("plain/follow_up/closed.csv"),
    "plan": Target("<edition>/plan.json", _on_edition("check", "SCENARIO", "PLAN")),
    "plan, explained": Target("<edition>/plan.json", _on_edition("explain", "SCENARIO", "PLAN", "--iterations", 1)),
    "manifest": Target("<edition>/manifest.json", _on_edition("approve", "PLAN", "--by", "K")),
    "manifest, exported": Target("<edition>/manifest.json", _on_edition("export", "PLAN", "-f", "csv", "--out", "OUT")),
    "approval": Target("<edition>/approval.json", _on_edition("check", "SCENARIO", "PLAN")),
    "edition": Target("<edition>/edition.json", _on_edition("export", "PLAN", "-f", "xlsx", "--out", "OUT"), True),
    "edition, compared": Target("<edition>/edition.json", _on_edition("compare", "PLAN", "PLAN", "--out", "OUT"), True),
    "edition, ordered": Target("<edition>/edition.json", _on_edition("orders", "PLAN", "--seal"), True),
    "problem, changed": Target("<edition>/problem.json", _replan, True),
    "problem": Target(
        "<edition>/problem.json",
        lambda p: ("run", first_edition_of(p) / "problem.json", "--out", p / "p.json", "--iterations", 5),
    ),
    "events": Target("seeds/events.json", _replan),
    "results": Target("found.csv", lambda p: ("results", p / "plain", first_edition_of(p), p / "found.csv")),
    "log": Target("out/_audit/tiny.jsonl", lambda p: ("audit", "tiny", "--out", p / "out")),
    "log, printed": Target("out/_audit/tiny.jsonl", lambda p: ("audit", "tiny", "--show", "--out", p / "out")),
    "head": Target("out/_audit/tiny.head.json", lambda p: ("audit", "tiny", "--out", p / "out")),
    "retention": Target("<edition>/manifest.json", lambda p: ("purge", p / "plain", "--out", p / "out")),
    "workbook": _reads("seeds/leads.xlsx", "leads"),
    "geojson": _reads("seeds/buildings.geojson", "buildings"),
    "parquet": _reads("seeds/leads.parquet", "leads"),
    "shapefile": _reads("seeds/leads.zip", "leads"),
    "table": _reads("seeds/leads.csv", "leads"),
    "openstreetmap": Target("seeds/city.osm", _osm),
}


def path_of(target: Target, place: Path) -> Path:
    """Return the path of a target's file."""
    return place / target.file.replace("<edition>", f"out/tiny/{(place / 'edition').read_text(encoding='utf-8')}")


def prepared(place: Path) -> Path:
    """Store the id of the first edition and give the file of results a stable name; return the folder."""
    (place / "edition").write_text(first_edition(place).name, encoding="utf-8")
    for path in (place / "plain" / "follow_up").glob("results-*.csv"):
        path.with_name("results.csv").write_bytes(path.read_bytes())
    return place


def fault(name: str, content: bytes, used: Path, work: Path) -> str | None:
    """
    Return the error in the program's handling of a broken file; None without an error.

    Parameters
    ----------
    name
        One of `TARGETS`.
    content
        The file.
    used
        Folder from `prepared`; not changed.
    work
        Folder for a copy; its earlier content is removed.
    """
    target = TARGETS[name]
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(used, work)
    path = path_of(target, work)
    path.write_bytes(content)
    kept = work / "plain" / "follow_up" / "results.csv"
    if target.file.endswith("follow_up/results.csv"):
        kept.rename(kept.with_name("results-aaaaaaaaaaaa.csv"))
    else:
        kept.unlink(missing_ok=True)
    if target.is_sealed:
        _seal(path)
    return _judged(target, work)


def _seal(path: Path) -> None:
    manifest = json.loads((path.parent / "manifest.json").read_bytes())
    manifest["outputs"][path.name] = {"sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "n_bytes": 1}
    (path.parent / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def _judged(target: Target, place: Path) -> str | None:
    read, write = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        _call(target, place, write)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        is_done = select.select([pipe], [], [], _PATIENCE_S)[0]
        if not is_done:
            os.kill(child, signal.SIGKILL)
        text = pipe.read().decode("utf-8", "replace")
    _, status, usage = os.wait4(child, 0)
    if not is_done or usage.ru_utime > MOST_S:
        return f"hang: {usage.ru_utime:.0f} s"
    if usage.ru_maxrss > MOST_KB:
        return f"memory: {usage.ru_maxrss // 1000} MB"
    code = os.waitstatus_to_exitcode(status)
    return None if code == 0 and not text.strip() else f"ended with {code}: {text[-1500:]}"


def _call(target: Target, place: Path, answer: int) -> None:
    """Run in the child process, which writes to the pipe only after an error."""
    text = ""
    try:
        arguments = target.read(place)
        if arguments is not None:
            result = CliRunner().invoke(app, [str(a) for a in arguments])
            if result.exception is not None and result.exc_info and not isinstance(result.exception, SystemExit):
                text = "".join(traceback.format_exception(*result.exc_info))
            elif result.exit_code not in (0, 2, 3):
                text = f"exit code {result.exit_code}: {result.output}"
    except InputError:
        pass
    except BaseException:
        text = traceback.format_exc()
    os.write(answer, text.encode("utf-8", "replace")[-4_000:] or b" ")
    sys.stdout.flush()
    os._exit(0)


_NASTY = (
    "1e999", "-1", "NaN", "Infinity", "9" * 400, "1e308", "-1e308", "2.5", "1e-300", "", "null", "true", "[]", "{}",
    "\"", "\0", "\ud7ff", "\ufeff", "\u202e", "(" * 3_000, "9999-12-31", "0000-00-00", "1899-12-30", "99:99", "24:00",
    "../../etc/passwd", "=cmd()", "'", "，", "\r\n", "A" * 5_000, "２０２６", "2026-02-30", "2026-09-16T25:00:00+99:00",
)  # fmt: skip


def mutant(content: bytes, name: str, chance: random.Random) -> bytes:
    """Return a broken version of a file, with an error typical of its format or with changed bytes."""
    if chance.random() < 0.35:
        return _bytes(content, chance)
    for suffixes, mutate in (
        ((".json",), _json),
        ((".csv",), _csv),
        ((".toml", ".osm", ".geojson", ".jsonl"), _text),
        ((".xlsx", ".zip"), _zip),
    ):
        if name.endswith(suffixes):
            return mutate(content, chance)
    return _bytes(content, chance)


def _bytes(content: bytes, chance: random.Random) -> bytes:
    data = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 8, 40))):
        at = chance.randrange(len(data) + 1)
        kind = chance.randrange(5)
        if kind == 0 and data:
            data[min(at, len(data) - 1)] ^= 1 << chance.randrange(8)
        elif kind == 1:
            del data[at : at + chance.choice((1, 4, 100, 10_000))]
        elif kind == 2:
            data[at:at] = chance.choice((b"\0", b"\xff\xfe", b"\n", b'"', b",", b"\x80" * 9))
        elif kind == 3:
            data[at:at] = data[at : at + chance.choice((1, 16, 500))]
        else:
            data[at : at + 4] = chance.choice((b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff"))
    return bytes(data[: chance.randrange(len(data) + 1)] if chance.random() < 0.1 else data)


def _text(content: bytes, chance: random.Random) -> bytes:
    parts = _split(content.decode("utf-8", "replace"), chance)
    return chance.choice(_NASTY).join(parts).encode("utf-8", "replace")


def _split(text: str, chance: random.Random) -> list[str]:
    """Return the text without one of its words."""
    at = chance.randrange(len(text) + 1)
    end = at
    while end < len(text) and text[end] not in ' ,="<>\n':
        end += 1
    return [text[:at], text[end:]]


def _csv(content: bytes, chance: random.Random) -> bytes:
    lines = content.decode("utf-8-sig", "replace").splitlines()
    for _ in range(chance.choice((1, 1, 3))):
        row = chance.choice((0, chance.randrange(len(lines))))
        cells = lines[row].split(",")
        kind = chance.randrange(4)
        if kind == 0:
            cells[chance.randrange(len(cells))] = chance.choice(_NASTY)
        elif kind == 1:
            cells.append(chance.choice(_NASTY))
        elif kind == 2:
            cells.insert(0, cells[chance.randrange(len(cells))])
        else:
            lines.insert(row, lines[chance.randrange(len(lines))])
        lines[row] = ",".join(cells)
    return "\n".join(lines).encode("utf-8", "replace")


def _json(content: bytes, chance: random.Random) -> bytes:
    tree = json.loads(content)
    for _ in range(chance.choice((1, 1, 2, 5))):
        _spoil(tree, chance)
    text = json.dumps(tree, ensure_ascii=False)
    # Numbers that no serialiser writes.
    for raw in ("1e999", "9" * 400, "-0.0", "1E400", "[" * 20_000):
        text = text.replace(f'"RAW{raw[:20]}"', raw)
    return text.encode("utf-8", "replace")


def _spoil(tree: object, chance: random.Random) -> None:
    at: object = tree
    while isinstance(at, dict | list) and at:
        key = chance.choice(list(at)) if isinstance(at, dict) else chance.randrange(len(at))
        inner = at[key]
        if not isinstance(inner, dict | list) or not inner or chance.random() < 0.15:
            if chance.random() < 0.2:
                del at[key]
            else:
                at[key] = chance.choice(_VALUES)
            return
        at = inner


_VALUES: tuple[object, ...] = (
    *_NASTY, None, True, -1, 0, 2.5, 10**30, -(10**30), 1e308, float("nan"), [], {}, [[]], {"": 1}, "RAW1e999",
    "RAW" + "9" * 20, "RAW1E400", "RAW" + "[" * 20, 2**31, 2**53 + 1, 2**63, -(2**63) - 1,
)  # fmt: skip


def _zip(content: bytes, chance: random.Random) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice(list(parts))
    parts[name] = (_text if name.endswith(".xml") else _bytes)(parts[name], chance)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return out.getvalue()
