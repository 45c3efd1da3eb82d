"""The table of all keys of scenario.toml: type, default and meaning, from the sections that read them."""

from __future__ import annotations

import ast
import inspect
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import UnionType
from typing import Any, TypeAliasType, get_args, get_origin

from pydantic import BaseModel, PlainSerializer
from pydantic.fields import FieldInfo

from docs.tools.markdown import code, table
from sweep.campaign.settings import Campaign, CampaignTeams, DutyLimits
from sweep.scenario.scenario import Scenario
from sweep.scenario.section import clock_text

# Set by the program itself: no key of the file.
_NO_KEYS = {"folder"}
_NAMES = {"str": "text", "Datum": "text", "int": "whole number", "float": "number", "bool": "true or false"}


@dataclass(frozen=True, slots=True)
class Key:
    """One key of scenario.toml."""

    name: str
    kind: str
    default: str
    meaning: str


def sections() -> Iterator[tuple[str, type[BaseModel]]]:
    """Header in TOML and record of each section and each below it, the top of the file first, under an empty one."""
    yield "", Scenario
    yield from _below("", Scenario)


def _below(path: str, section: type[BaseModel]) -> Iterator[tuple[str, type[BaseModel]]]:
    for name, field in section.model_fields.items():
        inner = _section_of(field)
        if inner is not None:
            origins = {get_origin(k) for k in _parts(field.annotation)}
            inner_path = f"{path}{name}" + (".TABLE" if Mapping in origins else "")
            yield f"[[{inner_path}]]" if tuple in origins else f"[{inner_path}]", inner
            yield from _below(f"{inner_path}.", inner)


def keys(section: type[BaseModel]) -> list[Key]:
    """The keys of one section in their order."""
    meanings, defaults = field_docstrings(section), section.model_construct().model_dump(mode="json", warnings=False)
    return [
        Key(key := field.alias or name, _kind(field), _default(field, defaults.get(key)), meanings.get(name, ""))
        for name, field in section.model_fields.items()
        if name not in _NO_KEYS and _section_of(field) is None
    ]


def settings_page() -> str:
    """Every section with a table of its keys."""
    parts = [
        "# Settings",
        "Every key of `scenario.toml`. All have a default but `name`, `day` and the data; an unknown key is "
        "refused with the nearest known one. `--set section.key=value` changes one for a single run.",
    ]
    for header, section in sections():
        rows = [(code(k.name), k.kind, k.default, k.meaning) for k in keys(section)]
        title, head = f"## {header or 'At the top of the file'}", ("key", "is", "default", "meaning")
        parts += [title, _first_line(section), table(head, rows)]
    return "\n\n".join(part for part in parts if part) + "\n"


def campaign_keys() -> str:
    """The keys of campaign.toml, section by section, in one table."""
    parts: tuple[tuple[str, type[BaseModel]], ...] = (
        ("", Campaign),
        ("teams.", CampaignTeams),
        ("duty.", DutyLimits),
    )
    rows = [(code(prefix + k.name), k.kind, k.default, k.meaning) for prefix, part in parts for k in keys(part)]
    return table(("key", "is", "default", "meaning"), rows)


def field_docstrings(section: type[BaseModel]) -> dict[str, str]:
    """The text under each field, by its name, those of the classes that it builds on included."""
    found: dict[str, str] = {}
    for one in reversed([c for c in section.__mro__ if issubclass(c, BaseModel) and c is not BaseModel]):
        body = ast.parse(inspect.getsource(one)).body[0]
        statements = body.body if isinstance(body, ast.ClassDef) else []
        for field, below in pairwise(statements):
            if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(below, ast.Expr):
                found[field.target.id] = " ".join(str(ast.literal_eval(below.value)).split())
    return found


def _first_line(section: type[BaseModel]) -> str:
    text = (inspect.getdoc(section) or "").split("\n\n")[0].replace("\n", " ")
    meaning = text.partition("]: ")[2] if text.startswith("[") else ""
    return meaning[:1].upper() + meaning[1:]


def _section_of(field: FieldInfo) -> type[BaseModel] | None:
    return next((k for k in _parts(field.annotation) if isinstance(k, type) and issubclass(k, BaseModel)), None)


def _parts(kind: Any) -> Iterator[Any]:
    """A type, and all that it is made of."""
    yield kind
    for part in get_args(kind):
        yield from _parts(part)


def _kind(field: FieldInfo) -> str:
    if any(map(_is_clock, field.metadata)):
        return "time"
    limits = [_limit(m) for m in field.metadata]
    return " ".join([_type_text(field.annotation), *(x for x in limits if x)])


def _is_clock(rule: object) -> bool:
    return isinstance(rule, PlainSerializer) and rule.func is clock_text


def _type_text(kind: Any) -> str:
    if isinstance(kind, TypeAliasType):
        return _type_text(kind.__value__)
    origin, parts = get_origin(kind), get_args(kind)
    if kind is type(None):
        return "nothing"
    if any(map(_is_clock, parts)):
        return "time"
    if origin is None:
        name = str(getattr(kind, "__name__", kind))
        return _NAMES.get(name, name)
    if str(origin) == "typing.Literal":
        return " or ".join(code(str(p)) for p in parts)
    if origin is UnionType or str(origin) == "typing.Union":
        return " or ".join(_type_text(p) for p in parts if p is not type(None))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return f"table of {_type_text(parts[1])}"
    if origin in (tuple, list):
        return f"list of {_type_text(parts[0])}"
    return _type_text(parts[0]) if parts else str(origin)


def _limit(rule: Any) -> str:
    signs = {"ge": ">=", "gt": ">", "le": "<=", "lt": "<"}
    return " ".join(f"{signs[k]} {getattr(rule, k)}" for k in signs if getattr(rule, k, None) is not None)


def _default(field: FieldInfo, value: object) -> str:
    if field.is_required():
        return "must be given"
    if value is None or value in ([], {}):
        return ""
    text = json.dumps(value, ensure_ascii=False)
    # A time needs no marks in TOML.
    return code(re.sub(r'"(\d\d:\d\d:\d\d)"', r"\1", text))
