"""
The tables of all keys of scenario.toml and campaign.toml: type, default and meaning, from the sections that read them.

The English meanings are the docstrings of the sections; the Chinese ones are kept in `settings_zh.toml`.
"""

from __future__ import annotations

import ast
import inspect
import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from types import UnionType
from typing import Any, TypeAliasType, get_args, get_origin

from pydantic import BaseModel, PlainSerializer
from pydantic.fields import FieldInfo

from docs.tools.markdown import DOCS, code, table
from geodata.message_catalogue import Texts
from sweep.campaign.campaign_settings import Campaign, CampaignTeams, DutyLimits
from sweep.scenario.base_section import clock_text
from sweep.scenario.city_toml import City
from sweep.scenario.scenario import Scenario

# Fields that are no key of the file: set by the program itself, or held by a file of their own.
_NO_KEYS = {"folder", "city"}
# The top of each file has no header.
_TOP = "scenario"
_CAMPAIGN = {"campaign": Campaign, "campaign.teams": CampaignTeams, "campaign.duty": DutyLimits}


def sections() -> Iterator[tuple[str, type[BaseModel]]]:
    """Header in TOML and record of each section and each below it, the top of the file first, under an empty one."""
    yield "", Scenario
    yield from _below("", Scenario)


def _below(path: str, section: type[BaseModel]) -> Iterator[tuple[str, type[BaseModel]]]:
    for name, field in section.model_fields.items():
        inner = _section_of(field)
        if inner is not None and name not in _NO_KEYS:
            origins = {get_origin(k) for k in _parts(field.annotation)}
            inner_path = f"{path}{name}" + (".TABLE" if Mapping in origins else "")
            yield f"[[{inner_path}]]" if tuple in origins else f"[{inner_path}]", inner
            yield from _below(f"{inner_path}.", inner)


def paths() -> dict[str, type[BaseModel]]:
    """Every section of the settings files by the path under which its Chinese meanings are kept."""
    return {header.strip("[]") or _TOP: section for header, section in sections()} | _CAMPAIGN | {"city": City}


def key_names(section: type[BaseModel]) -> dict[str, FieldInfo]:
    """The fields of one section in their order, by key."""
    return {
        field.alias or name: field
        for name, field in section.model_fields.items()
        if name not in _NO_KEYS and _section_of(field) is None
    }


def meanings(path: str, lang: str) -> Mapping[str, str]:
    """Meaning of each key of a section, and of the section itself under an empty key."""
    if lang == "zh_CN":
        return chinese().get(path, {})
    section = paths()[path]
    texts = field_docstrings(section)
    by_key = {field.alias or name: texts.get(name, "") for name, field in section.model_fields.items()}
    return {"": _first_line(section), **by_key}


@cache
def chinese() -> dict[str, dict[str, str]]:
    """The Chinese meanings by path and key."""
    return tomllib.loads((DOCS / "tools" / "settings_zh.toml").read_text(encoding="utf-8"))


def settings_page(texts: Texts) -> str:
    """Every section with a table of its keys."""
    parts = [f"# {texts('reference.settings')}", texts("reference.settings_text")]
    for header, section in sections():
        path = header.strip("[]") or _TOP
        parts += [f"## {header or texts('reference.settings_top')}", meanings(path, texts.lang).get("", "")]
        parts.append(_table(_rows(path, section, texts), texts))
    return "\n\n".join(part for part in parts if part) + "\n"


def campaign_keys(texts: Texts) -> str:
    """The keys of campaign.toml, section by section, in one table."""
    rows: list[tuple[str, ...]] = []
    for path, section in _CAMPAIGN.items():
        rows += _rows(path, section, texts, f"{path}.".removeprefix("campaign."))
    return _table(rows, texts)


def city_keys(texts: Texts) -> str:
    """The keys of city.toml in a table."""
    return _table(_rows("city", City, texts), texts)


def _table(rows: Sequence[Sequence[str]], texts: Texts) -> str:
    return table([texts(f"reference.column.{c}") for c in ("key", "kind", "default", "means")], rows)


def _rows(path: str, section: type[BaseModel], texts: Texts, prefix: str = "") -> list[tuple[str, ...]]:
    means = meanings(path, texts.lang)
    defaults = section.model_construct().model_dump(mode="json", warnings=False)
    return [
        (code(prefix + key), _kind(field, texts), _default(field, defaults.get(key), texts), means.get(key, ""))
        for key, field in key_names(section).items()
    ]


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


def _kind(field: FieldInfo, texts: Texts) -> str:
    if any(map(_is_clock, field.metadata)):
        return texts("reference.kind.clock")
    limits = [_limit(m) for m in field.metadata]
    return " ".join([_type_text(field.annotation, texts), *(x for x in limits if x)])


def _is_clock(rule: object) -> bool:
    return isinstance(rule, PlainSerializer) and rule.func is clock_text


def _type_text(kind: Any, texts: Texts) -> str:
    if isinstance(kind, TypeAliasType):
        return _type_text(kind.__value__, texts)
    origin, parts = get_origin(kind), [p for p in get_args(kind) if p is not type(None)]
    if any(map(_is_clock, parts)):
        return texts("reference.kind.clock")
    if origin is None:
        return texts(f"reference.kind.{kind.__name__.lower()}")
    if str(origin) == "typing.Literal":
        return texts("reference.or").join(code(str(p)) for p in parts)
    if origin is UnionType or str(origin) == "typing.Union":
        return texts("reference.or").join(_type_text(p, texts) for p in parts)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return texts("reference.kind.table", of=_type_text(parts[1], texts))
    if origin in (tuple, list):
        return texts("reference.kind.list", of=_type_text(parts[0], texts))
    return _type_text(parts[0], texts)


def _limit(rule: Any) -> str:
    signs = {"ge": ">=", "gt": ">", "le": "<=", "lt": "<"}
    return " ".join(f"{signs[k]} {getattr(rule, k)}" for k in signs if getattr(rule, k, None) is not None)


def _default(field: FieldInfo, value: object, texts: Texts) -> str:
    if field.is_required():
        return texts("reference.must_be_given")
    if value is None or value in ([], {}):
        return ""
    text = json.dumps(value, ensure_ascii=False)
    # A time needs no marks in TOML.
    return code(re.sub(r'"(\d\d:\d\d:\d\d)"', r"\1", text))
