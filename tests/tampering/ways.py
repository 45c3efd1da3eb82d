"""Ways to tamper with the log, its head, an approval, a manifest, pages, tables and handouts, by name."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from functools import partial

from tests.tampering.place import AT, BY, Json, Place, edit, hashed, listed_again, read, rechained

type Way = Callable[[Place], None]


def all_ways(n_lines: int, pages: list[str], tables: list[str]) -> dict[str, Way]:
    """Every way, for a log of so many lines and an edition of such files."""
    return {
        **_of_the_log(n_lines),
        **_of_the_chain(),
        **_of_the_head(),
        **_of_the_approval(),
        **_of_the_manifest(pages, tables),
        **{name: way for page in pages for name, way in _of_a_page(page).items()},
        **{name: way for table in tables for name, way in _of_a_table(table).items()},
        **_of_handouts(),
    }


def _entries(place: Place) -> list[Json]:
    return [json.loads(line) for line in place.lines()]


def _of_the_log(n_lines: int) -> dict[str, Way]:
    ways: dict[str, Way] = {}
    for k in range(n_lines):
        ways |= {
            f"line {k + 1} removed": partial(_lines, lambda x, k=k: [*x[:k], *x[k + 1 :]]),
            f"line {k + 1} twice": partial(_lines, lambda x, k=k: [*x[: k + 1], x[k], *x[k + 1 :]]),
            f"line {k + 1} cut": partial(_lines, lambda x, k=k: [*x[:k], x[k][:-9] + b"\n", *x[k + 1 :]]),
            f"a blank in line {k + 1}": partial(_line, k, lambda x: x.replace(b",", b", ", 1)),
            f"a bit of line {k + 1}": partial(_line, k, lambda x: x[:20] + bytes([x[20] ^ 1]) + x[21:]),
        }
        for key, value in (("who", "P99"), ("at", AT), ("act", "close"), ("facts", {})):
            changed = lambda x, key=key, value=value: {**json.loads(x), key: value}  # noqa: E731
            ways[f"{key} of line {k + 1}"] = partial(_line, k, lambda x, c=changed: _plain(c(x)))
            ways[f"{key} of line {k + 1} with its hash"] = partial(_line, k, lambda x, c=changed: hashed(c(x)))
    ways |= {
        "two lines exchanged": partial(_lines, lambda x: [x[1], x[0], *x[2:]]),
        "the log emptied": partial(_lines, lambda x: []),
        "a blank line": partial(_lines, lambda x: [*x, b"\n"]),
        "words after the end": partial(_lines, lambda x: [*x, b"and so on\n"]),
        "other ends of lines": partial(_lines, lambda x: [line.replace(b"\n", b"\r\n") for line in x]),
        "a byte order mark": partial(_lines, lambda x: [b"\xef\xbb\xbf" + x[0], *x[1:]]),
        "a line more that follows": partial(_lines, lambda x: [*x, _next(x, "purge", {})]),
        "the log removed": lambda place: place.log.unlink(),
        "log and head removed": lambda place: shutil.rmtree(place.out / "_audit"),
    }
    return ways


def _lines(change: Callable[[list[bytes]], list[bytes]], place: Place) -> None:
    place.write_lines(change(place.lines()))


def _line(k: int, change: Callable[[bytes], bytes], place: Place) -> None:
    lines = place.lines()
    lines[k] = change(lines[k])
    place.write_lines(lines)


def _plain(entry: Json) -> bytes:
    return (json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n").encode()


def _next(lines: list[bytes], act: str, facts: Json) -> bytes:
    last = json.loads(lines[-1])
    return hashed({"n": last["n"] + 1, "at": AT, "who": BY, "act": act, "facts": facts, "prev": last["hash"]})


def _of_the_chain() -> dict[str, Way]:
    """The log written anew with a head that agrees: sound by itself, and at odds with what is there."""

    def rewritten(change: Callable[[list[Json]], list[Json]], place: Place) -> None:
        place.write_lines(rechained(change(_entries(place))), with_head=True)

    def other(key: str, value: object, n: int, entries: list[Json]) -> list[Json]:
        entries[n][key] = value
        return entries

    return {
        "written anew without the run": partial(rewritten, lambda x: x[1:]),
        "written anew without the approval": partial(rewritten, lambda x: [x[0], *x[2:]]),
        "written anew without the handout": partial(rewritten, lambda x: x[:2]),
        "written anew with nothing": lambda place: place.write_lines([], with_head=True),
        "written anew by somebody else": partial(rewritten, partial(other, "who", "P99", 1)),
        "written anew at another time": partial(rewritten, partial(other, "at", AT, 1)),
        "written anew in another order": partial(rewritten, lambda x: [x[1], x[0], *x[2:]]),
        "written anew with another run": partial(rewritten, partial(other, "facts", {"plan_id": "0123456789ab"}, 0)),
        "run again in the log alone": partial(rewritten, lambda x: [*x, x[0]]),
    }


def _of_the_head() -> dict[str, Way]:
    def changed(change: Callable[[str], str], place: Place) -> None:
        place.head.write_text(change(place.head.read_text(encoding="utf-8")), encoding="utf-8")

    def other(key: str, value: object, place: Place) -> None:
        place.head.write_text(json.dumps(read(place.head) | {key: value}) + "\n", encoding="utf-8")

    return {
        "head removed": lambda place: place.head.unlink(),
        "head emptied": partial(changed, lambda x: ""),
        "head that is no JSON": partial(changed, lambda x: x[:-3]),
        "head nested deep": partial(changed, lambda x: "[" * 100_000),
        "head that is infinite": partial(changed, lambda x: '{"n": 1e999, "hash": "", "n_bytes": 1}'),
        "a blank in the head": partial(changed, lambda x: x.replace(",", ", ", 1)),
        "head with one line more": partial(other, "n", 4),
        "head with one line less": partial(other, "n", 2),
        "head of another hash": partial(other, "hash", "ab" * 32),
        "head with other bytes": partial(other, "n_bytes", 12),
        "head with a count in words": partial(other, "n", "3"),
        "head with a part of a line": partial(other, "n", 3.5),
        "head with one key more": partial(other, "by", "P99"),
    }


def _of_the_approval() -> dict[str, Way]:
    def alone(change: Callable[[Json], Json], place: Place) -> None:
        path = place.edition / "approval.json"
        path.write_text(json.dumps(change(read(path))), encoding="utf-8")

    def head_of(n: int, place: Place) -> None:
        entry = _entries(place)[n]
        place.approval(audit_head=f"{entry['n']}:{entry['hash']}")

    changes = {
        "plan_id": "0123456789ab",
        "plan_sha256": "cd" * 32,
        "by": BY,
        "at": AT,
        "audit_head": f"2:{'ab' * 32}",
    }
    ways: dict[str, Way] = {}
    for key, value in changes.items():
        ways[f"{key} of the approval"] = partial(alone, lambda x, key=key, value=value: x | {key: value})
        ways[f"{key} of the approval with the manifest"] = lambda place, key=key, value=value: place.approval(
            **{key: value}
        )
    return ways | {
        "approval with the head of the run": partial(head_of, 0),
        "approval with the head of the handout": partial(head_of, 2),
        "approval with a head that is none": lambda place: place.approval(audit_head="x"),
        "approval that is no text": lambda place: place.approval(by=7),
        "approval with one key more": lambda place: place.approval(note="yes"),
        "approval emptied": lambda place: (place.edition / "approval.json").write_bytes(b"") and None,
        "approval nested deep": lambda place: (place.edition / "approval.json").write_text("[" * 100_000) and None,
        "approval removed": lambda place: (place.edition / "approval.json").unlink(),
        "approval removed and struck off": _approval_gone,
    }


def _approval_gone(place: Place) -> None:
    (place.edition / "approval.json").unlink()
    listed_again(place.edition, "approval.json")


def _of_the_manifest(pages: list[str], tables: list[str]) -> dict[str, Way]:
    def listed(name: str, key: str, value: object, place: Place) -> None:
        outputs = read(place.edition / "manifest.json")["outputs"]
        outputs[name][key] = value
        place.manifest(outputs=outputs)

    def struck(name: str, place: Place) -> None:
        outputs = read(place.edition / "manifest.json")["outputs"]
        del outputs[name]
        place.manifest(outputs=outputs)

    def one_more(place: Place) -> None:
        (place.edition / "more.csv").write_text("a\n", encoding="utf-8")
        listed_again(place.edition, "more.csv")

    def settings(place: Place) -> None:
        own = read(place.edition / "manifest.json")["settings"]
        own["teams"]["n_teams"] += 1
        place.manifest(settings=own)

    ways: dict[str, Way] = {}
    for name in (pages[0], tables[0], "plan.json", "edition.json", "plan.gpkg"):
        ways[f"hash of {name}"] = partial(listed, name, "sha256", "ef" * 32)
        ways[f"size of {name}"] = partial(listed, name, "n_bytes", 1)
        ways[f"{name} struck off the manifest"] = partial(struck, name)
    changes = {
        "n_violations": 1,
        "seed": 99,
        "day": "2026-09-17",
        "plan_id": "0123456789ab",
        "inputs": [],
        "versions": {},
    }
    for key, value in changes.items():
        ways[f"{key} of the manifest"] = lambda place, key=key, value=value: place.manifest(**{key: value})
    return ways | {
        "travel_method of the manifest": lambda place: place.manifest(travel_method="straight_line"),
        "pages said to be carried over": lambda place: place.manifest(carried_over=pages),
        "settings of the manifest": settings,
        "a file put on the manifest": one_more,
        "a file of another folder on the manifest": lambda place: place.manifest(
            outputs=read(place.edition / "manifest.json")["outputs"] | {"../x": {"sha256": "", "n_bytes": 0}}
        ),
        "manifest removed": lambda place: (place.edition / "manifest.json").unlink(),
        "manifest emptied": lambda place: (place.edition / "manifest.json").write_bytes(b"") and None,
        "manifest without outputs": lambda place: place.manifest(outputs={}),
    }


def _of_a_page(name: str) -> dict[str, Way]:
    def changed(change: Callable[[str], str], is_listed: bool, place: Place) -> None:
        page = place.page(name)
        new = change(page)
        assert new != page
        (place.edition / name).write_text(new, encoding="utf-8")
        if is_listed:
            listed_again(place.edition, name)

    def gone(is_listed: bool, place: Place) -> None:
        (place.edition / name).unlink()
        if is_listed:
            listed_again(place.edition, name)

    def copied(place: Place) -> None:
        shutil.copyfile(place.edition / name, place.edition / "teams" / "T99.html")

    edits: dict[str, Callable[[str], str]] = {
        "another word": lambda page: page.replace("</body>", "<p>14:00</p></body>"),
        "another script": lambda page: page.replace("</body>", "<script>alert(1)</script></body>"),
        "another approver": lambda page: page.replace("D07", "D99"),
        "no note of the approval": lambda page: page.replace("<!--mark:note-->", "<!--mark:note--><!--/mark-->", 1),
        "no place for a watermark": lambda page: page.replace("<!--mark:watermark-->", "", 1),
        "a word in a mark": lambda page: page.replace("<!--mark:badge-->", "<!--mark:badge--><b>OFF</b>", 1),
    }
    ways: dict[str, Way] = {}
    for what, change in edits.items():
        ways[f"{what} in {name}"] = partial(changed, change, False)
        ways[f"{what} in {name} with the manifest"] = partial(changed, change, True)
    return ways | {
        f"{name} removed": partial(gone, False),
        f"{name} removed and struck off": partial(gone, True),
        f"{name} as another order": copied,
    }


def _of_a_table(name: str) -> dict[str, Way]:
    def changed(is_listed: bool, place: Place) -> None:
        path = place.edition / name
        path.write_bytes(path.read_bytes() + b" ")
        if is_listed:
            listed_again(place.edition, name)

    return {f"{name} changed": partial(changed, False), f"{name} changed with the manifest": partial(changed, True)}


def _of_handouts() -> dict[str, Way]:
    def changed(is_listed: bool, place: Place) -> None:
        name = next(n for n in sorted(read(place.handout / "manifest.json")["outputs"]) if n.endswith(".html"))
        with (place.handout / name).open("a", encoding="utf-8") as file:
            file.write("<p>14:00</p>")
        if is_listed:
            listed_again(place.handout, name)

    def gone(place: Place) -> None:
        next(iter(sorted(place.handout.rglob("*.html")))).unlink()

    return {
        "a page of a handout changed": partial(changed, False),
        "a page of a handout changed with its manifest": partial(changed, True),
        "a page of a handout removed": gone,
        "another class of a handout": lambda place: edit(place.handout / "manifest.json", output_class="public"),
        "another day of a handout": lambda place: edit(place.handout / "manifest.json", day="2026-09-17"),
        "manifest of a handout removed": lambda place: (place.handout / "manifest.json").unlink(),
    }
