"""
Wrong values for every key of a JSON file, and harmless spellings of it.

The keys come from the file's JSON schema, so that a key added to the schema is covered without a change here; a file
without a schema is its own. A key that the file does not have is put in.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

type Json = Any
type Place = tuple[str | int, ...]

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_HEX = re.compile(r"[0-9a-f]{12,}")


@dataclass(frozen=True)
class Key:
    """A key of a file, whatever lists and mappings it lies in."""

    name: str
    """As `routes[].stops[].start_s`; the entries of a mapping by id are `{}`."""
    schema: Json
    there: tuple[tuple[Place, Json], ...]
    """Places that have it, with their values."""
    around: tuple[Place, ...]
    """Places of the objects that may have it."""


@dataclass(frozen=True)
class Edit:
    """A document with one wrong value."""

    key: str
    value: str
    sound: Json
    """The document without the wrong value."""
    place: Place
    wrong: Json

    @property
    def document(self) -> Json:
        return _with(self.sound, self.place, self.wrong)


def edits_of(document: Json, schema: Json | None = None) -> Iterator[Edit]:
    """Wrong values of every key, one at a time."""
    keys = _keys_of_schema(schema, schema, [((), document)], "") if schema else _keys_of(document)
    for key in keys:
        chosen = [(place, value) for place, value in key.there if value not in (None, [], {})] or list(key.there)
        for place, value in {repr(p): (p, v) for p, v in (*chosen[:1], *chosen[-1:])}.values():
            others = [other for _, other in key.there if type(other) is type(value) and other != value]
            for wrong in (w for w in _wrong(value, others, key.schema, schema) if w != value):
                yield Edit(key.name, f"{wrong!r:.40}", document, place, wrong)
        if not key.there and key.around:
            place = (*key.around[0], key.name.rpartition(".")[2])
            yield Edit(key.name, "put in", document, place, _sample(key.schema, schema))


def respelled(document: Json) -> list[str]:
    """The same content in other words: order of keys, white space, escapes, zeros behind a fraction."""
    return [
        _spelled(document, "\n\t", is_ascii=False),
        _spelled(document, "", is_ascii=True),
        json.dumps(document, indent=7),
    ]


def _spelled(value: Json, blank: str, *, is_ascii: bool) -> str:
    if isinstance(value, dict):
        inner = (
            f"{_spelled(k, blank, is_ascii=is_ascii)}{blank}:{_spelled(v, blank, is_ascii=is_ascii)}"
            for k, v in reversed(value.items())
        )
        return "{" + blank + f",{blank}".join(inner) + "}"
    if isinstance(value, list):
        return "[" + f"{blank},".join(_spelled(v, blank, is_ascii=is_ascii) for v in value) + blank + "]"
    text = json.dumps(value, ensure_ascii=is_ascii)
    return text + "00" if isinstance(value, float) and "e" not in text and "." in text else text


def _with(document: Json, place: Place, value: Json) -> Json:
    """A copy of a document along the way to a place, with another value there."""
    if not place:
        return value
    edited, (step, *inner) = copy.copy(document), place
    edited[step] = _with(document[step], tuple(inner), value) if inner else value
    return edited


def _wrong(value: Json, others: Sequence[Json], schema: Json, root: Json) -> Iterator[Json]:
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield value + 1
        yield value - 7
    elif isinstance(value, float):
        yield value * 1.5 + 1.0
        yield value - 1e-3
    elif isinstance(value, str):
        if day := _DAY.search(value):
            digit = str((int(day.group()[-1]) + 1) % 9 + 1)
            yield value[: day.end() - 1] + digit + value[day.end() :]
        yield "0" * len(value) if _HEX.fullmatch(value) else f"{value}x"
        yield from others[:1]
    elif isinstance(value, list):
        yield value[:-1] if value else [_sample(schema, root)]
        yield [*value, *value[:1]]
    elif isinstance(value, dict):
        yield dict(list(value.items())[1:]) if value else {"x": _sample(schema, root)}
    else:
        yield _sample(schema, root)


def _sample(schema: Json, root: Json) -> Json:
    """A value that the schema allows, and that no file has."""
    parts = [p for p in _parts(schema, root) if p.get("type") != "null"]
    part = parts[0] if parts else {}
    if "enum" in part or "const" in part:
        return part.get("const", part.get("enum", [None])[-1])
    kind = part.get("type", "string")
    if kind == "object":
        needed = part.get("required", [])
        return {name: _sample(part.get("properties", {}).get(name, {}), root) for name in needed}
    if kind == "array":
        prefix = part.get("prefixItems")
        return [_sample(p, root) for p in prefix] if prefix else [_sample(part.get("items", {}), root)]
    if kind == "string":
        return {"date": "2031-01-01"}.get(part.get("format", ""), "x")
    return {"boolean": not part.get("default"), "integer": 17, "number": 17.25}.get(kind, "x")


def _parts(schema: Json, root: Json) -> list[Json]:
    """A schema without references: each of its alternatives."""
    if "$ref" in schema:
        return _parts(root["$defs"][schema["$ref"].rpartition("/")[2]], root)
    inner = [part for name in ("anyOf", "oneOf", "allOf") for part in schema.get(name, ())]
    return [p for part in inner for p in _parts(part, root)] if inner else [schema]


def _keys_of_schema(
    schema: Json, root: Json, there: Sequence[tuple[Place, Json]], name: str, depth: int = 0
) -> Iterator[Key]:
    if depth > 12:
        return
    for part in _parts(schema, root):
        dicts = [(p, v) for p, v in there if isinstance(v, dict)]
        lists = [(p, v) for p, v in there if isinstance(v, list)]
        for key, inner in part.get("properties", {}).items():
            own = tuple(((*p, key), v[key]) for p, v in dicts if key in v)
            full = f"{name}.{key}".lstrip(".")
            yield Key(full, inner, own, tuple(p for p, _ in dicts))
            if own:
                yield from _keys_of_schema(inner, root, own, full, depth + 1)
        if isinstance(more := part.get("additionalProperties"), dict):
            own = tuple(((*p, k), x) for p, v in dicts for k, x in v.items())
            yield Key(f"{name}{{}}", more, own, ())
            yield from _keys_of_schema(more, root, own, f"{name}{{}}", depth + 1)
        if part.get("type") == "array":
            own = tuple(((*p, n), x) for p, v in lists for n, x in enumerate(v))
            items = part.get("items") or (part.get("prefixItems") or [{}])[0]
            yield from _keys_of_schema(items, root, own, f"{name}[]", depth + 1)


def _keys_of(document: Json) -> Iterator[Key]:
    """The keys of a document without a schema; entries of one form are one key."""
    found: dict[str, list[tuple[Place, Json]]] = {}
    _collect(document, (), "", found)
    for name, there in found.items():
        yield Key(name, {}, tuple(there), ())


def _collect(value: Json, place: Place, name: str, found: dict[str, list[tuple[Place, Json]]]) -> None:
    if name:
        found.setdefault(name, []).append((place, value))
    if isinstance(value, dict):
        is_mapping = (
            len(value) > 3
            and len({_form(v) for v in value.values()}) == 1
            and isinstance(next(iter(value.values())), dict | list)
        )
        for key, inner in value.items():
            _collect(inner, (*place, key), f"{name}{{}}" if is_mapping else f"{name}.{key}".lstrip("."), found)
    elif isinstance(value, list):
        for n, inner in enumerate(value):
            _collect(inner, (*place, n), f"{name}[]", found)


def _form(value: Json) -> str:
    return repr(sorted(value)) if isinstance(value, dict) else type(value).__name__
